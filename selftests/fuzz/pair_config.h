/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Which links the input asks for, of those that proto/ppp_pair.h makes.
 */
#ifndef FUZZ_PAIR_CONFIG_H
#define FUZZ_PAIR_CONFIG_H

#include "proto/ppp_pair.h"

/*
 * Every way of proving who one is that needs no certificates, every policy of MPPE,
 * both families, callback; @seed[3] bit 7: both ends prove who they are.
 */
static inline void pair_configure(const uint8_t seed[4], struct ppp_link_config cfg[2])
{
	static const unsigned int methods = PPP_AUTH_BIT(PPP_AUTH_PAP) |
		PPP_AUTH_BIT(PPP_AUTH_CHAP_MD5) | PPP_AUTH_BIT(PPP_AUTH_MSCHAP) |
		PPP_AUTH_BIT(PPP_AUTH_MSCHAP_V2) | PPP_AUTH_BIT(PPP_AUTH_EAP_MD5) |
		PPP_AUTH_BIT(PPP_AUTH_EAP_MSCHAP_V2);
	unsigned int i;

	cfg[0] = pair_server;
	cfg[1] = pair_client;
	cfg[0].auth_peer = (seed[0] << 1) & methods;
	cfg[1].credentials.methods = (seed[1] << 1) & methods;
	cfg[0].callback = seed[0] & 0x40;
	cfg[1].callback_number = seed[1] & 0x40 ? "5551212" : NULL;
	if (seed[3] & 0x80) {
		cfg[0].credentials = cfg[1].credentials;
		cfg[1].auth_peer = cfg[0].auth_peer;
	}
	for (i = 0; i < 2; i++) {
		uint8_t bits = i ? seed[2] >> 4 : seed[2];
		uint8_t more = i ? seed[3] >> 3 : seed[3];

		cfg[i].mppe = bits & 3;
		cfg[i].mppe_stateful = (bits >> 2) % 3;
		cfg[i].mppe_bits |= more & 1 ? CCP_MPPE_40 | CCP_MPPE_56 : 0;
		cfg[i].mppe_compression = more & 8;
		cfg[i].ipv6 = more & 2;
		cfg[i].ipv4 = !cfg[i].ipv6 || !(more & 4);
	}
}

#endif /* FUZZ_PAIR_CONFIG_H */
