/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The inside of a dialled tunnel, for the files that it consists of:
 *
 *	dialer_demand.c	its device while there is no call
 *	dialer_link.c	its PPP link: what it is to be, and what comes of it
 *	dialer.c	its states, from name to connection and round again
 */
#ifndef DAEMON_DIALER_PRIV_H
#define DAEMON_DIALER_PRIV_H

#include <net/if.h>

#include "crypto/tls.h"
#include "dialer.h"
#include "link.h"
#include "timeouts.h"

/*
 * @next: a configuration for after the end of the connection
 * @password, @new_password: what the link points to, whatever becomes of @cfg
 * @tls: for EAP-TLS, while a connection is in use
 * @user: as it is sent, with the domain
 * @wanted: dial; blocked: the kill switch is on
 * @doomed: free it when the connection has ended
 * @server: index of the name in use; @address, @address_n: what it means; @at: the
 *	    one in use
 * @known: the address by which each server was reached last
 * @pinned: of which routes_pin() was called, 0.0.0.0: none
 * @refused: the password or certificate was: the next try will end the same
 * @blamed: @error is of this try
 * @ipv6: it is up, and its ways are open
 * @learned: the server's routes for @local, NULL: none were asked for
 * @waiting: waits for demand, and has the device unless a link has borrowed it. NULL:
 *	there is none
 * @asked: a packet has come since the last try began
 * @hung_up: we have, because the tunnel was idle
 * @last: our address in the last call, 0.0.0.0: there was none
 * @broken: what cannot be, found where the link cannot be closed; see @later
 */
struct dialer {
	struct dialer_services services;
	struct tunnel_config cfg;
	struct tunnel_config next;
	bool has_next;
	char password[TUNNEL_TEXT_MAX + 1];
	char new_password[TUNNEL_TEXT_MAX + 1];
	struct tls_config *tls;
	char user[2 * TUNNEL_TEXT_MAX + 2];
	enum dialer_state state;
	uint64_t since;
	bool wanted;
	bool blocked;
	bool doomed;
	unsigned int tries;
	uint64_t next_try;
	unsigned int server;
	struct in_addr address[RESOLVER_ADDRESSES_MAX];
	unsigned int address_n;
	unsigned int at;
	struct in_addr known[TUNNEL_SERVERS_MAX];
	struct in_addr pinned;
	struct resolver_query *query;
	int fd;
	struct loop_source *io;
	struct loop_source *timer;
	struct loop_source *later;
	struct connection *conn;
	struct link *link;
	uint32_t ifindex;
	bool ipv6;
	char device[IF_NAMESIZE];
	struct learned *learned;
	struct in_addr local;
	struct in_addr remote;
	struct in_addr dns[DNS_SERVERS_MAX];
	struct ksession *waiting;
	bool asked;
	bool hung_up;
	struct in_addr last;
	struct timeouts *timeouts;
	uint64_t up_since;
	bool refused;
	bool broken;
	bool blamed;
	char error[DIALER_ERROR_MAX];
};

/* dialer.c */

void dialer_enter(struct dialer *d, enum dialer_state state);

/* Remembers why this try fails, and tells the log; the first reason counts. */
void dialer_blame(struct dialer *d, const char *fmt, ...) __attribute__((format(printf, 2, 3)));

/* What @cfg wants to be reached through its tunnel; points into @cfg. */
struct routes_wanted dialer_routes(const struct tunnel_config *cfg);

/* A round over all servers, from the first. */
void dialer_begin(struct dialer *d);

/* The next try comes after a while. */
void dialer_wait(struct dialer *d);

/* The kill switch, on or off, as the configuration wants it. */
void dialer_block(struct dialer *d, bool on);

/* dialer_demand.c */

/* Waits for a packet, if that is wanted and the addresses are known; or dials. */
void dialer_start(struct dialer *d);

/* The same after a try or a call; true: whatever has waited till now is dropped. */
void dialer_again(struct dialer *d, bool drop);

/* The device goes, if no link has it, and there is none in between. */
void dialer_demand_close(struct dialer *d);

/* The device of @link, which is freed, stays. False: it goes. */
bool dialer_demand_keep(struct dialer *d, struct link *link);

/* The next call has our address @local: what waits with another one is dropped. */
void dialer_demand_readdress(struct dialer *d, struct in_addr local);

/* dialer_link.c */

/* The link's ways of one family: all of them, or false, and blamed. */
bool dialer_open_ways(struct dialer *d, uint8_t family);

/* IPv6 comes and goes while the link stays. */
void dialer_set_ipv6(struct dialer *d, bool ipv6);

/* The device and what is on it are forgotten. */
void dialer_forget_device(struct dialer *d);

/* timeouts_idle_fn, timeouts_end_fn */
uint64_t dialer_idle(void *arg);
void dialer_on_idle(void *arg, enum timeouts_end end);

/* What kind of link it is to be. Secret. */
void dialer_profile(struct dialer *d, struct link_profile *profile);

/* The certificates are read at each attempt, so that new ones count. False: blamed. */
bool dialer_load_tls(struct dialer *d);

/* The server's words where it refused us, with what they mean. */
void dialer_blame_link(struct dialer *d, const struct link *link);

#endif /* DAEMON_DIALER_PRIV_H */
