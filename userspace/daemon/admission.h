/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Who may connect: counts of control connections, in all, half-open and by
 * source address. Anybody can open TCP/1723, so that each is bounded.
 */
#ifndef DAEMON_ADMISSION_H
#define DAEMON_ADMISSION_H

#include <netinet/in.h>
#include <stdbool.h>

#include "config.h"

struct admission_source;

/* All zeros to begin with. */
struct admission {
	unsigned int total;
	unsigned int half_open;		/* no Start-Control-Connection-Request yet */
	struct admission_source *sources;
};

/*
 * A connection from @address is there. NULL: it may stay, and counts as half
 * open. Otherwise why not, in words that follow "refused: ".
 */
const char *admission_enter(struct admission *a, const struct config *cfg,
			    struct in_addr address);

/* It is not half open any more. */
void admission_established(struct admission *a);

/* It is gone. @half_open: admission_established() was not called for it. */
void admission_leave(struct admission *a, struct in_addr address, bool half_open);

#endif /* DAEMON_ADMISSION_H */
