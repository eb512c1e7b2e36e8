/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Who may connect: counts of control connections, in all, half-open and by source
 * address, and how fast an address makes new ones. Anybody can open TCP/1723, so that
 * each is bounded. Pure: numbers.
 */
#ifndef DAEMON_ADMISSION_H
#define DAEMON_ADMISSION_H

#include <netinet/in.h>
#include <stdbool.h>
#include <stdint.h>

#include "allowance.h"
#include "config.h"

/* Rates that are kept apart; addresses that share one share what is allowed. */
#define ADMISSION_RATES		1024

/*
 * One address may have this part of all that are half-open, one at least, or as large a
 * part as of all connections.
 */
#define ADMISSION_HALF_OPEN_PART 8

struct admission_source;

struct admission {
	uint32_t factor;		/* of the hash that finds a rate */
	unsigned int total;
	unsigned int half_open;		/* no Start-Control-Connection-Request yet */
	struct admission_source *sources;
	struct allowance rate[ADMISSION_RATES];
};

/*
 * Nobody has connected. Which addresses share a rate follows from @secret, so that who
 * does not know it cannot use up a client's with an address that he has chosen for that.
 */
void admission_init(struct admission *a, uint32_t secret);

/*
 * A connection from @address is there at @now, ms, which never goes back. NULL: it may
 * stay, and counts as half open. Otherwise why not, in words that follow "refused: ".
 */
const char *admission_enter(struct admission *a, const struct config *cfg,
			    struct in_addr address, uint64_t now);

/* The same of one that was there under a former daemon, however many come at once. */
const char *admission_return(struct admission *a, const struct config *cfg,
			     struct in_addr address);

/* That of @address is not half open any more. */
void admission_established(struct admission *a, struct in_addr address);

/* It is gone. @half_open: admission_established() was not called for it. */
void admission_leave(struct admission *a, struct in_addr address, bool half_open);

#endif /* DAEMON_ADMISSION_H */
