/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The kernel module's side of the seam as functions: one request each, built,
 * sent and its answer parsed. None of them sleeps (see nlsock.h).
 *
 * All return 0 or a negative errno with a sentence in @err. Requests and
 * answers with keys are wiped before return.
 */
#ifndef NL_KERNEL_H
#define NL_KERNEL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "types.h"

struct nlsock;

/* The module, through one socket. The socket owns the sessions that ask for it. */
struct kernel {
	struct nlsock *sock;
	uint16_t family;
};

typedef void (*kernel_session_fn)(const struct nl_session *session, void *arg);
typedef void (*kernel_event_fn)(const struct nl_event *event, void *arg);

/*
 * Opens the socket and finds the family, which loads the module when modprobe
 * finds it. @rcvbuf: see nlsock_open(). Close with kernel_close(), also after an
 * error (harmless).
 */
int kernel_open(struct kernel *kernel, size_t rcvbuf, struct nl_error *err);
void kernel_close(struct kernel *kernel);

/* Asks for the multicast events (everything but FRAME_RECEIVED needs it). */
int kernel_join(struct kernel *kernel, struct nl_error *err);

/*
 * Makes a session of the members named in @session->given; sets its id and
 * local_call_id to what the kernel chose.
 */
int kernel_session_new(struct kernel *kernel, struct nl_session *session,
		       struct nl_error *err);

/* Changes the members named in @session->given, which includes the id. */
int kernel_session_set(struct kernel *kernel, const struct nl_session *session,
		       struct nl_error *err);

int kernel_session_get(struct kernel *kernel, uint32_t id,
		       struct nl_session *session, struct nl_error *err);

/*
 * Calls @fn for each session that fits the members named in @filter->given
 * (local, peer, ifindex, orphaned). NULL: all. @fn may not use @kernel.
 */
int kernel_session_each(struct kernel *kernel, const struct nl_session *filter,
			kernel_session_fn fn, void *arg, struct nl_error *err);

int kernel_session_del(struct kernel *kernel, uint32_t id, struct nl_error *err);

/*
 * Sends a PPP control frame: two octets of protocol number and the information
 * field, at most KPPTP_FRAME_MAX octets.
 */
int kernel_frame_send(struct kernel *kernel, uint32_t id, const uint8_t *frame,
		      size_t len, struct nl_error *err);

int kernel_totals(struct kernel *kernel, struct nl_totals *totals,
		  struct nl_error *err);

/*
 * Hands at most @max events to @fn, which may make requests through @kernel.
 * Returns as nlsock_receive() does. Call it when nlsock_fd() is readable, and
 * after requests as long as nlsock_kept().
 */
int kernel_events(struct kernel *kernel, unsigned int max, kernel_event_fn fn,
		  void *arg);

#endif /* NL_KERNEL_H */
