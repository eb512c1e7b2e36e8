/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What is configured of one tunnel that we dial: the file of kpptp-tunnel(5), and
 * the same settings as a request of pptpctl. Pure: text in, a struct out, and text
 * again.
 */
#ifndef DAEMON_TUNNEL_CONFIG_H
#define DAEMON_TUNNEL_CONFIG_H

#include <net/if.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "lib/ini.h"
#include "lib/policy.h"
#include "nl/rtroute.h"
#include "proto/ppp_link.h"

#define TUNNEL_NAME_MAX		(IF_NAMESIZE - 1)	/* it names the device as well */
#define TUNNEL_SERVERS_MAX	8
#define TUNNEL_HOST_MAX		253	/* characters of a DNS name */
#define TUNNEL_ROUTES_MAX	64
#define TUNNEL_TEXT_MAX		128	/* octets of a name or a password */
#define TUNNEL_PATH_MAX		128
#define TUNNEL_FILE_MAX		32768	/* octets of a file */
#define TUNNEL_ERROR_MAX	INI_ERROR_MAX

/**
 * struct tunnel_config - one tunnel. Secret.
 * @name: of the tunnel, of its file and, unless @device is given, of its device
 * @server: names or addresses, in the order in which they are tried
 * @user: as it is sent, without @domain
 * @domain: for DOMAIN\user, may be empty
 * @password: counts unless @has_hash; empty for methods that need none
 * @nt_hash: of the password, all that MS-CHAP needs
 * @new_password: for a server that says that the password has expired; may be empty
 * @remote_name: the server must call itself so; empty: anything
 * @methods: PPP_AUTH_BIT() of those by which we prove who we are
 * @mppe, @mppe_bits, @mppe_stateful, @mppe_compression: as in struct
 *	ppp_link_config
 * @route: destinations of either family that are reached through the tunnel
 * @default_route: everything is
 * @dhcp_routes: and what the server gives by DHCP
 * @ipv6: IPv6 is asked for; see tunnel_config_ipv6()
 * @metric: of these routes, 0: the kernel's
 * @mtu: the device's at most
 * @device: name or template, empty: @name
 * @bind_device: the device, or VRF, by which the server is reached, empty: any
 * @persist: dial at start, and again when the link ends
 * @demand: dial when a packet wants to leave, and keep the device in between
 * @idle_timeout: ms without a packet after which we hang up, 0: never
 * @local_address: that we ask for, and that the device has before the first call;
 *	0.0.0.0: any
 * @dns: take over the DNS servers that the server names
 * @kill_switch: while the tunnel is down its routes lead nowhere
 * @callback: the number at which we want to be called back, POLICY_CALLBACK_YES: at one
 *	that the server knows; empty: we do not
 * @ca, @certificate, @key: PEM files for EAP-TLS; @crl: may be empty
 */
struct tunnel_config {
	char name[TUNNEL_NAME_MAX + 1];
	char server[TUNNEL_SERVERS_MAX][TUNNEL_HOST_MAX + 1];
	unsigned int server_n;
	char user[TUNNEL_TEXT_MAX + 1];
	char domain[TUNNEL_TEXT_MAX + 1];
	char password[TUNNEL_TEXT_MAX + 1];
	bool has_hash;
	uint8_t nt_hash[16];
	char new_password[TUNNEL_TEXT_MAX + 1];
	char remote_name[TUNNEL_TEXT_MAX + 1];
	unsigned int methods;
	enum ppp_mppe_policy mppe;
	unsigned int mppe_bits;
	enum ccp_stateful mppe_stateful;
	bool mppe_compression;
	struct rtroute_prefix route[TUNNEL_ROUTES_MAX];
	unsigned int route_n;
	bool default_route;
	bool dhcp_routes;
	bool ipv6;
	unsigned int metric;
	unsigned int mtu;
	char device[IF_NAMESIZE];
	char bind_device[IF_NAMESIZE];
	bool persist;
	bool demand;
	unsigned int idle_timeout;
	struct in_addr local_address;
	bool dns;
	bool kill_switch;
	char callback[POLICY_NUMBER_MAX + 1];
	char ca[TUNNEL_PATH_MAX];
	char crl[TUNNEL_PATH_MAX];
	char certificate[TUNNEL_PATH_MAX];
	char key[TUNNEL_PATH_MAX];
};

/* Letters, digits, "_", "-" and ".", as a device and a file can be named. */
bool tunnel_config_name(const char *name);

/* Everything at its default. @name has passed tunnel_config_name(). */
void tunnel_config_init(struct tunnel_config *cfg, const char *name);

/*
 * Sets @key, named as in the file, to @value; a list takes the place of the one
 * that was there, and an empty value is the default. False: a sentence in @err.
 */
bool tunnel_config_set(struct tunnel_config *cfg, const char *key, const char *value,
		       char err[TUNNEL_ERROR_MAX]);

/*
 * What a single setting cannot be blamed for. The password becomes its NT hash
 * when no method needs more.
 */
bool tunnel_config_finish(struct tunnel_config *cfg, char err[TUNNEL_ERROR_MAX]);

/*
 * Reads @len octets of @text; @file is its name in messages, @name the tunnel's,
 * which its section must have. False: "FILE:LINE: sentence" in @err.
 */
bool tunnel_config_parse(struct tunnel_config *cfg, const char *file, const char *name,
			 const char *text, size_t len, char err[TUNNEL_ERROR_MAX]);

/* Is IPv6 to be negotiated? A route to an IPv6 network asks for it as well. */
bool tunnel_config_ipv6(const struct tunnel_config *cfg);

/* The file's text into @room octets, with a final 0; 0: it does not fit. */
size_t tunnel_config_format(const struct tunnel_config *cfg, char *text, size_t room);

/* A server has taken @new_password, which is the password from now on. */
void tunnel_config_renew(struct tunnel_config *cfg);

/* Forgets the secrets. */
void tunnel_config_wipe(struct tunnel_config *cfg);

#endif /* DAEMON_TUNNEL_CONFIG_H */
