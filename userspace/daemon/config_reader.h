/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What config.c and its parts share while a file is read. No other file
 * includes this.
 */
#ifndef DAEMON_CONFIG_READER_H
#define DAEMON_CONFIG_READER_H

#include "config.h"
#include "lib/ini.h"

#define CONFIG_LINE_SETTINGS_MAX 8
#define CONFIG_SETTINGS_MAX	128

/**
 * struct config_reader - one reading of a file
 * @ini: with its @arg back to this
 * @base: the file's own configuration
 * @cfg: what the section at hand is about, @base or one of its listeners
 * @listeners: the second reading, which is for the sections [listener]
 * @seen: settings of @base, and of each listener
 * @blame: the last line that chose methods or MPPE policy, by the same numbers
 * @pool_next_line: where the "next" of each pool stands
 * @pool_next: and what it says
 * @line_seen: settings of each section [line]
 */
struct config_reader {
	struct ini ini;
	struct config *base;
	struct config *cfg;
	bool listeners;
	bool seen[1 + CONFIG_LISTENERS_MAX][CONFIG_SETTINGS_MAX];
	unsigned int blame[1 + CONFIG_LISTENERS_MAX];
	unsigned int pool_next_line[CONFIG_POOLS_MAX];
	char pool_next[CONFIG_POOLS_MAX][POLICY_NAME_MAX];
	bool line_seen[CONFIG_LINES_MAX][CONFIG_LINE_SETTINGS_MAX];
};

/* Types, for struct ini_setting.set. One name for PPP and for control connections. */
bool config_name(struct ini *ini, const struct ini_setting *s, const char *value, void *to);

/* A template for devices' names, or "mp NAME", the device of all. */
bool config_device(struct ini *ini, const struct ini_setting *s, const char *value, void *to);

/* Addresses of the struct config at @to to listen on, or "none"; a list. */
bool config_listen(struct ini *ini, const struct ini_setting *s, const char *value, void *to);

/* Two struct in_addr of servers; a list. */
bool config_servers(struct ini *ini, const struct ini_setting *s, const char *value, void *to);

/* A struct policy_routes of networks, not of all there is; a list. */
bool config_networks(struct ini *ini, const struct ini_setting *s, const char *value, void *to);

/* Text that is a domain of DNS. */
bool config_domain(struct ini *ini, const struct ini_setting *s, const char *value, void *to);

/* An enum config_inform. */
bool config_inform(struct ini *ini, const struct ini_setting *s, const char *value, void *to);

/* Ranges of the default pool; a list. */
bool config_pool(struct ini *ini, const struct ini_setting *s, const char *value, void *to);

/* The number of a pool that the file has. */
bool config_pool_name(struct ini *ini, const struct ini_setting *s, const char *value, void *to);

/* The prefix, and the DNS servers, of the struct config at @to; the latter a list. */
bool config_prefix6(struct ini *ini, const struct ini_setting *s, const char *value, void *to);
bool config_servers6(struct ini *ini, const struct ini_setting *s, const char *value, void *to);

/* A struct sockaddr_in6, a struct in6_addr, and a struct rtroute_prefix of IPv6. */
bool config_server6(struct ini *ini, const struct ini_setting *s, const char *value, void *to);
bool config_address6(struct ini *ini, const struct ini_setting *s, const char *value, void *to);
bool config_delegate(struct ini *ini, const struct ini_setting *s, const char *value, void *to);

/* A bool: replace the session that is there. */
bool config_exceeded(struct ini *ini, const struct ini_setting *s, const char *value, void *to);

/* An enum log_level. */
bool config_log_level(struct ini *ini, const struct ini_setting *s, const char *value, void *to);

/* The index of a setting, -1: there is none. @known: there is such a section. */
int config_setting_find(const char *section, const char *name, bool *known);

/*
 * A line that sets @setting, an index, for r->cfg; @name: what it is called there.
 * @number: 0: the section is the file's own; otherwise the listener's, from 1.
 */
bool config_take(struct config_reader *r, unsigned int number, int setting,
		 const char *name, const char *value);

/* A line of the section [listener NAME]. */
bool config_listener_setting(struct config_reader *r, const char *listener,
			     const char *name, const char *value);

/* The part after "pool ", "listener " and so on of a section's name; NULL: it is another. */
const char *config_section_name(const char *section, const char *kind);

/* A line of the section [pool NAME]. */
bool config_pool_setting(struct config_reader *r, const char *pool, const char *name,
			 const char *value);

/* When all lines have been read: names of other pools become numbers. */
bool config_pool_check(struct config_reader *r);

/* A line of the section [forward NAME]. */
bool config_forward_setting(struct config_reader *r, const char *section, const char *name,
			    const char *value);

/* When all lines have been read: none is incomplete. */
bool config_forward_check(struct config_reader *r);

/* A line of the section [line NAME]. */
bool config_line_setting(struct config_reader *r, const char *section, const char *name,
			 const char *value);

/*
 * When config_forward_check() was content: each line knows its PNS, by itself or by
 * the sections [forward].
 */
bool config_line_check(struct config_reader *r);

/* When all lines have been read: what no line, or more than one, can be blamed for. */
bool config_check(struct config_reader *r);

#endif /* DAEMON_CONFIG_READER_H */
