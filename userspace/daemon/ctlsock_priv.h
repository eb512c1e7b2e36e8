/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The inside of the control socket, for the files that it consists of:
 *
 *	ctlsock_show.c		commands that tell
 *	ctlsock_change.c	commands that change
 *	ctlsock.c		the socket, its clients and their lines
 */
#ifndef DAEMON_CTLSOCK_PRIV_H
#define DAEMON_CTLSOCK_PRIV_H

#include <arpa/inet.h>
#include <jansson.h>

#include "ctlsock.h"

/* Octets of a request with its line feed: a tunnel with all its servers and routes. */
#define CTLSOCK_REQUEST_MAX	16384

struct ctlsock {
	struct daemon *daemon;
	ctlsock_reload_fn reload;
	void *arg;
	int fd;
	struct loop_source *io;
	struct ctlsock_client *clients;
	unsigned int clients_n;
	char path[CONFIG_PATH_MAX];
};

struct ctlsock_client {
	struct ctlsock_client *prev, *next;
	struct ctlsock *ctl;
	int fd;
	struct loop_source *io;
	bool watches;		/* monitor */
	bool broken;		/* to be freed when its turn is over */
	size_t in_len;
	char in[CTLSOCK_REQUEST_MAX];
	char *out;
	size_t out_len;
	size_t out_room;
};

/* Says one object; takes the reference on @reply, NULL: there was no memory for it. */
void ctlsock_say(struct ctlsock_client *client, json_t *reply);

/* The end of an answer: what was asked for has been done, to or with @count. */
void ctlsock_done(struct ctlsock_client *client, unsigned int count);

/* The end of an answer: it was not, and why. */
void ctlsock_refuse(struct ctlsock_client *client, const char *why);

/* "" for 0.0.0.0. */
const char *ctlsock_address(struct in_addr address, char text[INET_ADDRSTRLEN]);

/* Commands, as kpptpd(8) describes them. */
void ctlsock_sessions(struct ctlsock_client *client, const json_t *request);
void ctlsock_tunnels(struct ctlsock_client *client, const json_t *request);
void ctlsock_ports(struct ctlsock_client *client, const json_t *request);
void ctlsock_weak(struct ctlsock_client *client, const json_t *request);
void ctlsock_failures(struct ctlsock_client *client, const json_t *request);
void ctlsock_pools(struct ctlsock_client *client, const json_t *request);
void ctlsock_files(struct ctlsock_client *client, const json_t *request);
void ctlsock_disconnect(struct ctlsock_client *client, const json_t *request);
void ctlsock_connect(struct ctlsock_client *client, const json_t *request);
void ctlsock_add_tunnel(struct ctlsock_client *client, const json_t *request);
void ctlsock_set_tunnel(struct ctlsock_client *client, const json_t *request);
void ctlsock_del_tunnel(struct ctlsock_client *client, const json_t *request);

#endif /* DAEMON_CTLSOCK_PRIV_H */
