/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Serial lines of an access concentrator (RFC 2637 section 1.1): a caller who comes
 * in by one is announced to a PNS, and its PPP is carried between the line's framing
 * and GRE, untouched.
 */
#ifndef DAEMON_LINE_H
#define DAEMON_LINE_H

#include <stdbool.h>
#include <stdint.h>

#include "daemon.h"

struct line;

/*
 * Those of @cfg are there from now on: lines that are the same as before go on with
 * their callers, others end. False: the kernel cannot be reached, said in the log.
 */
bool lines_set(struct daemon *daemon, const struct config *cfg);

/* Hangs up and closes all; their calls end in order. */
void lines_close(struct daemon *daemon);

const struct line *line_next(const struct line *line);

/* What `show lines` tells. Strings are the line's. */
struct line_info {
	const struct config_line *cfg;
	const char *state;
	uint64_t since;			/* ms of the loop's clock */
	uint64_t frames_in, frames_out;	/* of the call at hand or the last one */
	uint64_t lost;			/* frames for a caller who does not read */
	struct pptp_wan_error errors;	/* on the line */
};

void line_describe(const struct line *line, struct line_info *info);

#endif /* DAEMON_LINE_H */
