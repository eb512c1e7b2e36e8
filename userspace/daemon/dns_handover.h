/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The system's DNS servers: taken over while a tunnel is up that asks for it,
 * given back as they were. Two ways, chosen by the configuration:
 *
 *	a hook	a program with the arguments of resolvconf(8): "-a DEVICE" with
 *		nameserver lines on its standard input, "-d DEVICE"; run by the
 *		process for scripts (scripts.h)
 *	a file	/etc/resolv.conf is written in place, after a copy of it has been
 *		stored; in place, because a rename would break a symbolic link and is
 *		refused for a file that is a mount
 *
 * What was taken over is stored in the state directory first, so that a kpptpd
 * that is started after a crash gives it back.
 */
#ifndef DAEMON_DNS_HANDOVER_H
#define DAEMON_DNS_HANDOVER_H

#include <netinet/in.h>
#include <stdbool.h>
#include <stddef.h>

#include "scripts.h"
#include "statedir.h"

#define DNS_SERVERS_MAX	2	/* of one tunnel: what IPCP can name (RFC 1877) */
#define DNS_FILE_MAX	16384	/* octets of a resolv.conf */
#define DNS_PATH_MAX	108

struct dns_handover;

/**
 * struct dns_config - how
 * @hook: there is one; otherwise the file
 * @file: resolv.conf
 * @dir: where copies are kept
 */
struct dns_config {
	bool hook;
	char file[DNS_PATH_MAX];
	struct statedir dir;
};

/*
 * Gives back what a former kpptpd left taken over. @scripts runs the hook, until after
 * dns_handover_free(). NULL: no memory.
 */
struct dns_handover *dns_handover_new(struct scripts *scripts, const struct dns_config *cfg);

/* Gives everything back. NULL is fine. */
void dns_handover_free(struct dns_handover *dns);

/*
 * From now on @server, 0.0.0.0 where there is none, are asked first, for the
 * tunnel with this device. What goes wrong is logged, and the servers stay.
 */
void dns_handover_take(struct dns_handover *dns, const char *device,
		       const struct in_addr server[DNS_SERVERS_MAX]);

/* The tunnel is down. One that has taken nothing is fine. */
void dns_handover_give(struct dns_handover *dns, const char *device);

/*
 * The text of a resolv.conf with @n servers in place of those of @original, into
 * @room octets with a final 0; 0: it does not fit. Pure, for tests.
 */
size_t dns_handover_compose(const char *original, const struct in_addr *server,
			    unsigned int n, char *text, size_t room);

#endif /* DAEMON_DNS_HANDOVER_H */
