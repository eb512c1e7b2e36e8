/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The daemon's control socket: one JSON object a line, each way (kpptpd(8)).
 */
#ifndef CTL_DSOCK_H
#define CTL_DSOCK_H

#include <stdbool.h>
#include <stddef.h>

#include <jansson.h>

struct dsock;

/*
 * Connects to the daemon at @path. NULL, with errno set (ENOENT, ECONNREFUSED:
 * the daemon does not run), and nothing printed.
 */
struct dsock *dsock_open(const char *path);
void dsock_close(struct dsock *sock);

int dsock_fd(const struct dsock *sock);

/* Prints why dsock_open() of @path failed, from errno; returns CTL_FAILED. */
int dsock_fail(const char *path);

/*
 * Sends @request and takes the reference. Each {"item": {…}} of the answer is
 * appended to @items, an array, which may be NULL. The final object is returned
 * and owned by the caller; NULL, with a message, when the daemon refused, went
 * away or does not answer.
 */
json_t *dsock_ask(struct dsock *sock, json_t *request, json_t *items);

/*
 * The same for a request of its own: connects to the daemon at @path, whose answer has
 * no items that anybody wants.
 */
json_t *dsock_ask_once(const char *path, json_t *request);

/* Sends @request and takes the reference, waits for nothing. False with a message. */
bool dsock_send(struct dsock *sock, json_t *request);

/*
 * The next object, waiting for it for at most the socket's time-out. NULL, with
 * a message.
 */
json_t *dsock_next(struct dsock *sock);

/* A whole line is here already, so that poll(2) may not tell of it. */
bool dsock_ready(const struct dsock *sock);

#endif /* CTL_DSOCK_H */
