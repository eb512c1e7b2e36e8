/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * IPv6 networks for sessions: each gets a /64 of the prefix that is configured.
 */
#ifndef DAEMON_PREFIXES_H
#define DAEMON_PREFIXES_H

#include <netinet/in.h>
#include <stdbool.h>

#define PREFIXES_BITS_MIN	48	/* 65536 sessions */
#define PREFIXES_BITS_MAX	64

struct prefixes;

/* The /64s of the first @bits of @base. NULL: no memory. */
struct prefixes *prefixes_new(const struct in6_addr *base, unsigned int bits);
void prefixes_free(struct prefixes *prefixes);

/* Takes a free one, which was not in use lately. False: none is free. */
bool prefixes_take(struct prefixes *prefixes, struct in6_addr *network);

/* Takes @network, if it is one of them. False: it is not, or taken. */
bool prefixes_claim(struct prefixes *prefixes, const struct in6_addr *network);

/* Nothing happens when @network is none of them. */
void prefixes_release(struct prefixes *prefixes, const struct in6_addr *network);

#endif /* DAEMON_PREFIXES_H */
