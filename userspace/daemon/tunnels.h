/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * All tunnels that we dial: one file each in the directory of [tunnels], read at
 * the start, written when pptpctl changes one.
 */
#ifndef DAEMON_TUNNELS_H
#define DAEMON_TUNNELS_H

#include <jansson.h>
#include <stdbool.h>

#include "daemon.h"
#include "dialer.h"

#define TUNNELS_MAX	4096

struct tunnels;

/*
 * Gives back what a former kpptpd left (routes, DNS), reads the files and dials
 * what persists. A file that is wrong is told of in the log and left out. NULL
 * with @err.
 */
struct tunnels *tunnels_open(struct daemon *daemon, char err[TUNNEL_ERROR_MAX]);

/* Ends all of them in order and lifts kill switches; tunnels_close() follows. */
void tunnels_stop(struct tunnels *tunnels);

/* All connections have ended. NULL is fine. */
void tunnels_close(struct tunnels *tunnels);

/*
 * Requests of pptpctl. @settings: an object of strings, names as in the file.
 * Each returns false with a sentence in @err, and then has done nothing.
 * @clear: the file has the password itself in it.
 */
bool tunnels_add(struct tunnels *tunnels, const char *name, const json_t *settings,
		 bool *clear, char err[TUNNEL_ERROR_MAX]);
bool tunnels_set(struct tunnels *tunnels, const char *name, const json_t *settings,
		 bool *clear, char err[TUNNEL_ERROR_MAX]);
bool tunnels_del(struct tunnels *tunnels, const char *name, char err[TUNNEL_ERROR_MAX]);
bool tunnels_connect(struct tunnels *tunnels, const char *name, char err[TUNNEL_ERROR_MAX]);
bool tunnels_disconnect(struct tunnels *tunnels, const char *name,
			char err[TUNNEL_ERROR_MAX]);

/* Calls @fn for each, by name. */
void tunnels_each(const struct tunnels *tunnels,
		  void (*fn)(void *arg, const struct dialer *dialer), void *arg);

#endif /* DAEMON_TUNNELS_H */
