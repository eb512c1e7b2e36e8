// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * RFC 3079 section 3.5: server's send keys are printed there, the receive keys
 * are computed. The shorter keys of 3.5.1 and 3.5.2 are the first eight octets.
 */
#include "kselftest_harness.h"

#include "proto/mppe_start.h"
#include "vectors/eap_keys.h"
#include "vectors/mschap.h"

static const uint8_t send_start[16] = {
	0x8b, 0x7c, 0xdc, 0x14, 0x9b, 0x99, 0x3a, 0x1b,
	0xa1, 0x18, 0xcb, 0x15, 0x3f, 0x56, 0xdc, 0xcb,
};

static const uint8_t receive_start[16] = {
	0xd5, 0xf0, 0xe9, 0x52, 0x1e, 0x3e, 0xa9, 0x58,
	0x96, 0x45, 0xe8, 0x60, 0x51, 0xc8, 0x22, 0x26,
};

TEST(rfc3079_section_3_5)
{
	const struct mschap_vector *v = &mschap_vectors[0];
	uint8_t tx[16], rx[16];

	mppe_start_server(v->nt_hash, v->nt, tx, rx);
	EXPECT_EQ(0, memcmp(tx, send_start, 16));
	EXPECT_EQ(0, memcmp(rx, receive_start, 16));
}

/* What one end sends with, the other receives with. */
TEST(client)
{
	const struct mschap_vector *v = &mschap_vectors[0];
	uint8_t tx[16], rx[16];

	mppe_start_client(v->nt_hash, v->nt, tx, rx);
	EXPECT_EQ(0, memcmp(rx, send_start, 16));
	EXPECT_EQ(0, memcmp(tx, receive_start, 16));
}

TEST(keys_depend_on_both_inputs)
{
	const struct mschap_vector *v = &mschap_vectors[0];
	uint8_t tx[16], rx[16], hash[16], nt[24];

	memcpy(hash, v->nt_hash, 16);
	memcpy(nt, v->nt, 24);
	hash[15] ^= 1;
	mppe_start_server(hash, nt, tx, rx);
	EXPECT_NE(0, memcmp(tx, send_start, 16));
	EXPECT_NE(0, memcmp(rx, receive_start, 16));
	hash[15] ^= 1;
	nt[23] ^= 1;
	mppe_start_server(hash, nt, tx, rx);
	EXPECT_NE(0, memcmp(tx, send_start, 16));
	EXPECT_NE(0, memcmp(rx, receive_start, 16));
}

TEST(halves_of_the_msk)
{
	const struct eap_tls_vector *v = &eap_tls_vector;
	uint8_t tx[16], rx[16];

	mppe_start_msk(v->msk, tx, rx);
	EXPECT_EQ(0, memcmp(tx, v->server_tx_start, 16));
	EXPECT_EQ(0, memcmp(rx, v->server_rx_start, 16));
	/* That of EAP-MSCHAPv2 is MS-CHAPv2's two keys, one behind the other. */
	EXPECT_EQ(0, memcmp(eap_mschap_msk, receive_start, 16));
	EXPECT_EQ(0, memcmp(eap_mschap_msk + 16, send_start, 16));
}

TEST_HARNESS_MAIN
