/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The configuration file, kpptpd.conf(5), as one struct. A reload makes a new
 * struct; connections and links keep the one that they began with.
 */
#ifndef DAEMON_CONFIG_H
#define DAEMON_CONFIG_H

#include <netinet/in.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "lib/log.h"
#include "proto/ppp_link.h"
#include "proto/pptp_conn.h"

#define CONFIG_FILE_MAX		65536	/* octets of the file */
#define CONFIG_LINE_MAX		190	/* octets of a line, below inih's buffer */
#define CONFIG_LISTEN_MAX	16
#define CONFIG_POOLS_MAX	32
#define CONFIG_POOL_SIZE_MAX	1048576	/* addresses of all pools */
#define CONFIG_PATH_MAX		108	/* fits sun_path */
#define CONFIG_FILE_NAME_MAX	CONFIG_LINE_MAX
#define CONFIG_DEVICE_MAX	16	/* IFNAMSIZ */
#define CONFIG_ERROR_MAX	512

/* Addresses @first to @last, host order, both included. */
struct config_range {
	uint32_t first;
	uint32_t last;
};

struct config {
	unsigned int refs;

	/* [server] */
	struct in_addr listen[CONFIG_LISTEN_MAX];
	unsigned int listen_n;
	uint16_t port;
	unsigned int max_connections;
	unsigned int max_connections_per_address;
	unsigned int max_half_open;
	char control_socket[CONFIG_PATH_MAX];
	enum log_level log_level;

	/* [server] name, [control] */
	struct pptp_conn_config control;

	/* [server] name, [ppp], [mppe] */
	struct ppp_link_config ppp;

	/* [network] */
	char device[CONFIG_DEVICE_MAX];
	unsigned int mtu;		/* the device's at most */
	struct in_addr local_address;
	struct config_range pool[CONFIG_POOLS_MAX];
	unsigned int pool_n;
	struct in_addr dns[2];
	struct in_addr wins[2];
	bool peer_address_choice;
	bool copy_tos;
	bool no_df;
	unsigned int ttl;		/* 0: the system's */
	unsigned int reorder_packets;
	unsigned int reorder_ms;

	/* [scripts], empty: none */
	char script_up[CONFIG_FILE_NAME_MAX];
	char script_down[CONFIG_FILE_NAME_MAX];
	char script_change[CONFIG_FILE_NAME_MAX];
	unsigned int script_timeout;

	/* [users] */
	char users_file[CONFIG_PATH_MAX];
};

/*
 * Reads a configuration from @len octets of @text; @file is its name in
 * messages. A new struct with one reference, or NULL with "FILE:LINE: sentence"
 * in @err.
 */
struct config *config_parse(const char *file, const char *text, size_t len,
			    char err[CONFIG_ERROR_MAX]);

/* The same from the file system. */
struct config *config_load(const char *file, char err[CONFIG_ERROR_MAX]);

struct config *config_get(struct config *cfg);

/* NULL is fine. */
void config_put(struct config *cfg);

#endif /* DAEMON_CONFIG_H */
