/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What tunnels there are to be, for the programs that make them by one driver or
 * the other. Tunnel i has call IDs local + i and peer + i.
 */
#ifndef BENCH_ENDS_H
#define BENCH_ENDS_H

#include <netinet/in.h>
#include <stdbool.h>
#include <stdint.h>

#define MPPE_KEY_LEN	16
#define TUNNEL_MTU	1400	/* what most distributions have in options.pptp */

/* One end of all tunnels. */
struct end {
	const char *netns;
	struct in_addr local;
	struct in_addr peer;
	uint16_t local_call_id;
	uint16_t peer_call_id;
	uint8_t tx_key[MPPE_KEY_LEN];
	uint8_t rx_key[MPPE_KEY_LEN];
};

struct plan {
	struct end end[2];
	unsigned int ends;	/* 1 or 2 */
	bool mppe;
	bool stateless;
	bool shared;		/* one multipoint device for all, only of kpptp */
};

/*
 * Reads the arguments NS_A NS_B MODE, makes as many tunnels as a command says
 * with @make, and keeps them until the input ends.
 */
int tunnels_main(int argc, char **argv, void (*make)(struct plan *plan, unsigned int count));

#endif /* BENCH_ENDS_H */
