/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The octets of a capture file in the format of libpcap (pcap-savefile(5)), with IPv4
 * packets and no link header. Big-endian wherever it was made; readers turn it round.
 */
#ifndef CTL_RECORD_PCAP_H
#define CTL_RECORD_PCAP_H

#include <stddef.h>
#include <stdint.h>
#include <sys/time.h>

#define RECORD_PCAP_HEAD	24
#define RECORD_PCAP_ENTRY	16
#define RECORD_PCAP_PACKET_MAX	65535

/* What a file begins with. */
void record_pcap_head(uint8_t head[RECORD_PCAP_HEAD]);

/* What goes before the first @keep octets of a packet that has @whole. */
void record_pcap_entry(uint8_t entry[RECORD_PCAP_ENTRY], const struct timeval *when,
		       size_t keep, size_t whole);

#endif /* CTL_RECORD_PCAP_H */
