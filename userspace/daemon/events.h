/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What happens in the daemon, for those who watch: `pptpctl monitor`.
 */
#ifndef DAEMON_EVENTS_H
#define DAEMON_EVENTS_H

#include <jansson.h>
#include <stdbool.h>

/* @fn borrows @event. @watched: somebody listens. All zeros: nobody does. */
struct events {
	void (*fn)(void *arg, json_t *event);
	void *arg;
	bool watched;
};

/*
 * Tells of @name with the members that a json_pack() format makes, which is an
 * object: "{s:s}", … Nothing is built when nobody listens.
 */
void events_tell(const struct events *events, const char *name, const char *fmt, ...);

/*
 * Makes a name that a peer or a file gave fit for JSON: what is not UTF-8 gets
 * '?' in place of its octets from 0x80 on.
 */
void events_text(char *text);

#endif /* DAEMON_EVENTS_H */
