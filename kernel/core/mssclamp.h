/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The maximum segment size that a TCP SYN offers (RFC 9293 section 3.7.1), made
 * to fit through a tunnel, so that nobody depends on ICMP to find out:
 *
 *      0                   1                   2                   3
 *      0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1
 *     +---------------+---------------+-------------------------------+
 *     |    Kind 2     |   Length 4    |      Maximum segment size     |
 *     +---------------+---------------+-------------------------------+
 */
#ifndef KPPTP_CORE_MSSCLAMP_H
#define KPPTP_CORE_MSSCLAMP_H

#include "port.h"

/**
 * kpptp_mssclamp_packet() - lower the option of one packet
 * @p: an IPv4 or IPv6 header and what follows, writable; whatever a peer sends
 * @len: octets readable at @p
 * @mtu: octets of the largest IP packet that passes
 *
 * A SYN that offers more than @mtu less 40 octets (60 for IPv6) is made to offer
 * that, and its checksum, which must be complete, follows. An offer that is
 * lower stays, a SYN without the option too (RFC 9293 has 536 and 1220 for it),
 * and so does all that is not the first fragment of a TCP packet. True when the
 * packet was changed. Any context.
 */
bool kpptp_mssclamp_packet(u8 *p, size_t len, u16 mtu);

#endif /* KPPTP_CORE_MSSCLAMP_H */
