// SPDX-License-Identifier: GPL-2.0-or-later
#include "ends.h"

#include <arpa/inet.h>
#include <stdio.h>
#include <string.h>

#include "program.h"

#define OUTER_A		0xc0000201	/* 192.0.2.1 */
#define OUTER_B		0xc0000202
#define CALL_A		1
#define CALL_B		20001

static void put_end(struct end *end, const char *netns, uint32_t local, uint32_t peer,
		    uint16_t local_call_id, uint16_t peer_call_id)
{
	end->netns = netns;
	end->local.s_addr = htonl(local);
	end->peer.s_addr = htonl(peer);
	end->local_call_id = local_call_id;
	end->peer_call_id = peer_call_id;
	memset(end->tx_key, local_call_id & 0xff, MPPE_KEY_LEN);
	memset(end->rx_key, peer_call_id & 0xff, MPPE_KEY_LEN);
}

static void read_arguments(struct plan *plan, int argc, char **argv)
{
	if (argc != 4)
		die("usage: %s NS_A NS_B|- none|stateless|stateful|mp", argv[0]);
	put_end(&plan->end[0], argv[1], OUTER_A, OUTER_B, CALL_A, CALL_B);
	put_end(&plan->end[1], argv[2], OUTER_B, OUTER_A, CALL_B, CALL_A);
	plan->ends = strcmp(argv[2], "-") ? 2 : 1;
	plan->stateless = !strcmp(argv[3], "stateless");
	plan->mppe = plan->stateless || !strcmp(argv[3], "stateful");
	plan->shared = !strcmp(argv[3], "mp");
	if (!plan->mppe && !plan->shared && strcmp(argv[3], "none"))
		die("%s is no mode", argv[3]);
	if (plan->mppe && plan->ends == 1)
		die("MPPE needs both ends");
}

int tunnels_main(int argc, char **argv, void (*make)(struct plan *plan, unsigned int count))
{
	struct plan plan = { 0 };
	uint64_t count, start;

	read_arguments(&plan, argc, argv);
	allow_files();
	while (next_command(&count)) {
		start = now_ns();
		make(&plan, (unsigned int)count);
		answer(now_ns() - start);
	}
	return 0;
}
