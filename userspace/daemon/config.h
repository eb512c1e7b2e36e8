/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The configuration file, kpptpd.conf(5), as one struct, and one more for each
 * [listener], which is the file's with what that section says instead. A reload
 * makes new structs; connections and links keep the one that they began with.
 */
#ifndef DAEMON_CONFIG_H
#define DAEMON_CONFIG_H

#include <netinet/in.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "lib/ini.h"
#include "lib/log.h"
#include "lib/policy.h"
#include "nl/rtroute.h"
#include "proto/ppp_link.h"
#include "proto/pptp_conn.h"
#include "proto/ra.h"
#include "tty.h"

#define CONFIG_FILE_MAX		65536	/* octets of the file */
#define CONFIG_LINE_MAX		INI_LINE_MAX
#define CONFIG_LISTEN_MAX	16
#define CONFIG_LISTENERS_MAX	16	/* sections [listener] */
#define CONFIG_POOLS_MAX	32
#define CONFIG_RANGES_MAX	128	/* of all pools */
#define CONFIG_POOL_SIZE_MAX	1048576	/* addresses of one range */
#define CONFIG_FORWARDS_MAX	32	/* sections [forward] */
#define CONFIG_LINES_MAX	32	/* sections [line] */
#define CONFIG_POOL_DEFAULT	"default"
#define CONFIG_RATE_BURST	5	/* times max-rate may come at once */
#define CONFIG_PATH_MAX		108	/* fits sun_path */
#define CONFIG_FILE_NAME_MAX	CONFIG_LINE_MAX
#define CONFIG_USER_MAX		33	/* a name of useradd(8), and its 0 */
#define CONFIG_DEVICE_MAX	16	/* IFNAMSIZ */
#define CONFIG_ERROR_MAX	INI_ERROR_MAX

/* Is the DHCPINFORM of clients answered? */
enum config_inform {
	CONFIG_INFORM_AUTO,	/* where there are routes or a domain to be given */
	CONFIG_INFORM_NO,
	CONFIG_INFORM_YES,
};

/* Addresses @first to @last, host order, both included; of the pool number @pool. */
struct config_range {
	uint32_t first;
	uint32_t last;
	unsigned int pool;
};

/* @next: the pool that is used when this one is full, -1: none. */
struct config_pool {
	char name[POLICY_NAME_MAX];
	int next;
};

/**
 * struct config_forward - callers that are taken on to a PNS
 * @called: the number that they ask for, empty: any
 * @source, @source_mask: their addresses, a mask of 0: any
 * @user: what they say that they are called, all of it; empty: anything
 * @realm: the part of that which names a realm, empty: any or none
 * @to: the PNS
 */
struct config_forward {
	char name[POLICY_NAME_MAX];
	char called[PPTP_NAME_LEN + 1];
	struct in_addr source;
	in_addr_t source_mask;
	char user[CONFIG_LINE_MAX];
	char realm[CONFIG_LINE_MAX];
	struct in_addr to;
};

/**
 * struct config_line - a serial line, whose callers are taken on to a PNS
 * @device, @tty: where it is, and how it is used. Where it is local, nothing but PPP
 *	tells of a caller
 * @called, @calling: the numbers in Incoming-Call-Request
 * @to: the PNS; in a whole configuration never 0.0.0.0
 */
struct config_line {
	char name[POLICY_NAME_MAX];
	char device[CONFIG_PATH_MAX];
	struct tty_settings tty;
	char called[PPTP_NAME_LEN + 1];
	char calling[PPTP_NAME_LEN + 1];
	struct in_addr to;
};

/**
 * struct config_caller - what is known of a caller
 * @called: the number that it asks for
 * @name: what its PPP says that it is called, NULL: it has not spoken yet
 */
struct config_caller {
	const char *called;
	struct in_addr source;
	const char *name;
};

/**
 * struct config - the whole file, or the whole file for one listener
 * @listener: its name; empty: the file's own
 * @listeners: of the file's own only, a reference each
 * @auth: bits of enum ppp_auth_method that are offered
 * @weak_auth: methods that are broken may be among them
 * @sessions: of one user at the same time, 0: any number
 * @replace: a session too many ends the user's oldest one, rather than be refused
 * @weak_auth: methods that are broken may be among those of @ppp.auth_peer
 * @session_timeout, @idle_timeout: ms, 0: none
 * @pool_first: of listeners' clients
 */
struct config {
	unsigned int refs;
	char listener[POLICY_NAME_MAX];
	struct config *listeners[CONFIG_LISTENERS_MAX];
	unsigned int listeners_n;

	/* [server] */
	struct in_addr listen[CONFIG_LISTEN_MAX];
	unsigned int listen_n;
	bool listen_none;
	char bind_device[CONFIG_DEVICE_MAX];	/* empty: any */
	uint16_t port;
	unsigned int max_connections;
	unsigned int max_connections_per_address;
	unsigned int max_half_open;
	struct policy_routes clients;	/* that may connect; none: all */
	unsigned int max_rate;			/* a second, 0: any */
	char control_socket[CONFIG_PATH_MAX];
	char user[CONFIG_USER_MAX];		/* who the daemon becomes */
	enum log_level log_level;

	/* [server] name, [control] */
	struct pptp_conn_config control;

	/* [server] name, [ppp], [mppe] */
	struct ppp_link_config ppp;
	bool weak_auth;
	unsigned int session_timeout;
	unsigned int idle_timeout;

	/* [network] */
	char device[CONFIG_DEVICE_MAX];
	bool device_shared;		/* @device is a multipoint device */
	unsigned int mtu;		/* the device's at most */
	struct in_addr local_address;
	unsigned int pool_first;
	struct in_addr dns[2];
	struct in_addr wins[2];
	enum config_inform inform;
	struct policy_routes client_routes;
	char domain[POLICY_DOMAIN_MAX + 1];
	char proxy_arp[CONFIG_DEVICE_MAX];	/* empty: on none */
	bool peer_address_choice;
	bool clamp_mss;
	bool copy_tos;
	bool no_df;
	unsigned int ttl;		/* 0: the system's */
	unsigned int reorder_packets;
	unsigned int reorder_ms;

	/* [tunnels], times in ms */
	char tunnels_directory[CONFIG_PATH_MAX];
	unsigned int connect_timeout;
	unsigned int retry_min;
	unsigned int retry_max;
	char dns_hook[CONFIG_PATH_MAX];		/* empty: resolv_conf is written */
	char resolv_conf[CONFIG_PATH_MAX];

	/* [tls], empty: not given */
	char tls_certificate[CONFIG_FILE_NAME_MAX];
	char tls_key[CONFIG_FILE_NAME_MAX];
	char tls_ca[CONFIG_FILE_NAME_MAX];
	char tls_crl[CONFIG_FILE_NAME_MAX];

	/* [ipv6]: a /64 of @ipv6_prefix for each session; 0 bits: no IPv6 */
	struct in6_addr ipv6_prefix;
	unsigned int ipv6_bits;
	struct in6_addr ipv6_dns[RA_DNS_MAX];
	unsigned int ipv6_dns_n;

	/* [ipv6], as in struct dhcp6_relay_config */
	struct sockaddr_in6 dhcp6_server;
	struct in6_addr dhcp6_source;
	struct rtroute_prefix dhcp6_delegate;

	/* [scripts], empty: none */
	char script_up[CONFIG_FILE_NAME_MAX];
	char script_down[CONFIG_FILE_NAME_MAX];
	char script_change[CONFIG_FILE_NAME_MAX];
	unsigned int script_timeout;

	/* [users] */
	char users_file[CONFIG_PATH_MAX];
	unsigned int sessions;
	bool replace;
	unsigned int wrong_delay;	/* ms, 0: none */
	unsigned int wrong_delay_max;

	/* [pool], and [network] pool, which is the pool number 0 */
	struct config_pool pool[CONFIG_POOLS_MAX];
	unsigned int pool_n;
	struct config_range range[CONFIG_RANGES_MAX];
	unsigned int range_n;

	/* [forward] */
	struct config_forward forward[CONFIG_FORWARDS_MAX];
	unsigned int forward_n;

	/* [line] */
	struct config_line line[CONFIG_LINES_MAX];
	unsigned int line_n;
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

/* May connections come from @client? */
bool config_admits(const struct config *cfg, struct in_addr client);

/* PPP_AUTH_BIT() of every method that some listener offers. */
unsigned int config_auth_methods(const struct config *cfg);

/* The number of the pool called @name, -1: there is none. */
int config_pool_find(const struct config *cfg, const char *name);

/*
 * The first section [forward] that @caller meets, NULL: none, the call is served here.
 * As long as there is no name, whatever a section says about it is met, so that one
 * for which config_forward_needs_name() is true is a maybe: ask again with the name.
 */
const struct config_forward *config_forward_find(const struct config *cfg,
						 const struct config_caller *caller);

bool config_forward_needs_name(const struct config_forward *forward);

/* NULL is fine. */
void config_put(struct config *cfg);

#endif /* DAEMON_CONFIG_H */
