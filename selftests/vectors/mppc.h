/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * MPPC: codes and the sentence of RFC 2118 section 4, its bits packed by hand;
 * codes that the RFC does not print follow from its ranges.
 *
 * The includer has the types u8 and u16.
 */
#ifndef KPPTP_VECTORS_MPPC_H
#define KPPTP_VECTORS_MPPC_H

/* What a code stands for. */
enum mppc_code { MPPC_LITERAL, MPPC_OFFSET, MPPC_LENGTH };

static const struct {
	enum mppc_code code;
	u16 value;
	const char *bits;
} mppc_codes[] = {
	{ MPPC_LITERAL, 86, "01010110" },
	{ MPPC_LITERAL, 231, "101100111" },
	{ MPPC_OFFSET, 3, "1111000011" },
	{ MPPC_OFFSET, 128, "111001000000" },
	{ MPPC_OFFSET, 1024, "1100001011000000" },
	{ MPPC_LENGTH, 15, "110111" },
	{ MPPC_LENGTH, 120, "111110111000" },
	{ MPPC_LENGTH, 4097, "111111111110000000000001" },
	{ MPPC_OFFSET, 63, "1111111111" },
	{ MPPC_OFFSET, 64, "111000000000" },
	{ MPPC_OFFSET, 319, "111011111111" },
	{ MPPC_OFFSET, 320, "1100000000000000" },
	{ MPPC_OFFSET, 8191, "1101111010111111" },
	{ MPPC_LENGTH, 3, "0" },
	{ MPPC_LENGTH, 4, "1000" },
	{ MPPC_LENGTH, 7, "1011" },
	{ MPPC_LENGTH, 8, "110000" },
	{ MPPC_LENGTH, 16, "11100000" },
	{ MPPC_LENGTH, 32, "1111000000" },
	{ MPPC_LENGTH, 64, "111110000000" },
	{ MPPC_LENGTH, 128, "11111100000000" },
	{ MPPC_LENGTH, 256, "1111111000000000" },
	{ MPPC_LENGTH, 512, "111111110000000000" },
	{ MPPC_LENGTH, 1024, "11111111100000000000" },
	{ MPPC_LENGTH, 2048, "1111111111000000000000" },
	{ MPPC_LENGTH, 4096, "111111111110000000000000" },
	{ MPPC_LENGTH, 8191, "111111111110111111111111" },
};

static const char mppc_sentence[] =
	"for whom the bell tolls, the bell tolls for thee.";

static const u8 mppc_sentence_packed[] = {
	0x66, 0x6f, 0x72, 0x20, 0x77, 0x68, 0x6f, 0x6d,
	0x20, 0x74, 0x68, 0x65, 0x20, 0x62, 0x65, 0x6c,
	0x6c, 0x20, 0x74, 0x6f, 0x6c, 0x6c, 0x73, 0x2c,
	0xf4, 0x37, 0x20, 0xfa, 0x23, 0xd3, 0x32, 0x97,
	0x00,
};

#endif /* KPPTP_VECTORS_MPPC_H */
