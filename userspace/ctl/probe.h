/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Dials a PPTP server as far as its first PPP packet, and hangs up: without a
 * password, without kpptpd and without a session in the kernel. GRE goes through a raw
 * socket, which gets a copy of every packet whoever else takes it.
 */
#ifndef CTL_PROBE_H
#define CTL_PROBE_H

#include <netinet/in.h>
#include <stdbool.h>
#include <stdint.h>

#include "proto/pptp_msg.h"

#define PROBE_ERROR_MAX	256

/* How far it came. */
enum probe_step {
	PROBE_NAME,		/* the name is to be looked up */
	PROBE_ROUTE,
	PROBE_CONNECT,		/* TCP port 1723 */
	PROBE_START,		/* Start-Control-Connection-Reply */
	PROBE_CALL,		/* Outgoing-Call-Reply */
	PROBE_GRE,		/* any PPP packet from there */
	PROBE_GRE_OUT,		/* an answer to ours */
	PROBE_SIZE,		/* one of full size */
	PROBE_DONE,
};

/**
 * struct probe - what was found
 * @step: that failed; PROBE_DONE: none did
 * @error: of errno or of the resolver, or what the server's code says; may be ""
 * @address: of the server, once the name is known
 * @host, @vendor: the server's words, printable
 * @path: octets that the path takes, as far as this machine knows, 0: unknown
 */
struct probe {
	enum probe_step step;
	char error[PROBE_ERROR_MAX];
	int code;		/* errno, where @error is of errno; else 0 */
	struct in_addr address;
	char host[PPTP_NAME_LEN + 1];
	char vendor[PPTP_NAME_LEN + 1];
	unsigned int path;
};

/* @call_id: ours, which no session with the server may have. Takes up to a minute. */
void probe_run(struct probe *probe, const char *server, uint16_t call_id);

#endif /* CTL_PROBE_H */
