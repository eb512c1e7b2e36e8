// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * MPPC: the codes and the sentence of the RFC, both ways; packets in each state
 * of the two histories; what is no MPPC.
 */
#include "core/mppc.h"

#include "kselftest_harness.h"
#include "vectors/mppc.h"

#define ARRAY_LEN(a) (sizeof(a) / sizeof((a)[0]))
#define HISTORY ((int)KPPTP_MPPC_HISTORY)

static struct kpptp_mppc_tx tx;
static struct kpptp_mppc_rx rx;

/* A stream of bits, written as text. */
struct stream {
	u8 octets[KPPTP_MPPC_HISTORY];
	size_t bits;
};

static struct stream stream;

static void begin(void)
{
	memset(&stream, 0, sizeof(stream));
}

static void put(const char *bits)
{
	for (; *bits; bits++, stream.bits++)
		stream.octets[stream.bits / 8] |= (*bits == '1') << (7 - stream.bits % 8);
}

static bool expand(bool flushed, bool front)
{
	return kpptp_mppc_expand(&rx, stream.octets, (stream.bits + 7) / 8, flushed, front);
}

/* Octets that differ from their neighbours, the same in each run. */
static u8 pattern(size_t i)
{
	return (u8)(((u32)i * 2654435761u) >> 23);
}

FIXTURE(mppc) { };

FIXTURE_SETUP(mppc)
{
	memset(&rx, 0xaa, sizeof(rx));
	memset(&tx, 0xaa, sizeof(tx));
	kpptp_mppc_tx_init(&tx);
	kpptp_mppc_rx_flush(&rx);
	begin();
}

FIXTURE_TEARDOWN(mppc) { }

TEST_F(mppc, codes_expand)
{
	size_t i, n;

	for (i = 0; i < ARRAY_LEN(mppc_codes); i++) {
		u16 value = mppc_codes[i].value;

		begin();
		if (mppc_codes[i].code == MPPC_LITERAL) {
			put(mppc_codes[i].bits);
			ASSERT_TRUE(expand(true, false));
			EXPECT_EQ(1, rx.len);
			EXPECT_EQ(value, rx.out[0]);
		} else if (mppc_codes[i].code == MPPC_OFFSET) {
			/* Three octets from so far back in a full history. */
			for (n = 0; n < KPPTP_MPPC_HISTORY; n++)
				rx.history[n] = pattern(n);
			rx.pos = HISTORY - 3;
			put(mppc_codes[i].bits);
			put("0");
			ASSERT_TRUE(expand(false, false)) TH_LOG("offset %d", value);
			ASSERT_EQ(3, rx.len);
			for (n = 0; n < 3; n++)
				EXPECT_EQ(pattern((HISTORY - 3 - value + n) % HISTORY),
					  rx.out[n]) TH_LOG("offset %d", value);
		} else {
			put("011000011111000001");
			put(mppc_codes[i].bits);
			ASSERT_TRUE(expand(true, false)) TH_LOG("length %d", value);
			ASSERT_EQ(value + 1, rx.len);
			for (n = 0; n < rx.len; n++)
				ASSERT_EQ('a', rx.out[n]);
		}
	}
}

/* The code is what the compressed packet ends with, but for the padding. */
static bool ends_with(size_t len, const char *bits)
{
	size_t want = strlen(bits), pad, i;

	for (pad = 0; pad < 8; pad++) {
		size_t from = 8 * len - pad - want;

		for (i = 0; i < want; i++, from++)
			if ((tx.out[from / 8] >> (7 - from % 8) & 1) != (bits[i] == '1'))
				break;
		if (i == want)
			return true;
	}
	return false;
}

TEST_F(mppc, codes_compress)
{
	static u8 text[KPPTP_MPPC_HISTORY];
	char bits[64];
	size_t i, len;
	bool front;

	for (i = 0; i < ARRAY_LEN(mppc_codes); i++) {
		u16 value = mppc_codes[i].value;

		kpptp_mppc_tx_flush(&tx);
		if (mppc_codes[i].code == MPPC_LITERAL ||
		    (mppc_codes[i].code == MPPC_OFFSET && value > HISTORY - 3))
			continue;
		memset(text, 'z', sizeof(text));
		if (mppc_codes[i].code == MPPC_OFFSET) {
			memcpy(text, "abc", 3);
			memcpy(text + value, "abc", 3);
			len = kpptp_mppc_compress(&tx, text, value + 3, &front);
			snprintf(bits, sizeof(bits), "%s0", mppc_codes[i].bits);
		} else {
			len = kpptp_mppc_compress(&tx, text, value + 1, &front);
			snprintf(bits, sizeof(bits), "011110101111000001%s",
				 mppc_codes[i].bits);
			if (value == 3)		/* 19 bits are no gain over 4 octets */
				EXPECT_EQ(3, len);
		}
		ASSERT_NE(0, len) TH_LOG("%d", value);
		EXPECT_TRUE(ends_with(len, bits)) TH_LOG("%d", value);
	}
}

TEST_F(mppc, rfc_sentence)
{
	size_t len = strlen(mppc_sentence);
	bool front = false;

	kpptp_mppc_tx_flush(&tx);
	ASSERT_EQ(sizeof(mppc_sentence_packed),
		  kpptp_mppc_compress(&tx, (const u8 *)mppc_sentence, len, &front));
	EXPECT_EQ(0, memcmp(mppc_sentence_packed, tx.out, sizeof(mppc_sentence_packed)));
	EXPECT_TRUE(front);
	EXPECT_FALSE(tx.flush);
	ASSERT_TRUE(kpptp_mppc_expand(&rx, mppc_sentence_packed,
				      sizeof(mppc_sentence_packed), true, true));
	ASSERT_EQ(len, rx.len);
	EXPECT_EQ(0, memcmp(mppc_sentence, rx.out, len));
}

/* The same once more is a copy or two, and only after a commit. */
TEST_F(mppc, history)
{
	size_t len = strlen(mppc_sentence), first, second;
	u8 twice[sizeof(tx.out)];
	bool front;

	kpptp_mppc_tx_flush(&tx);
	first = kpptp_mppc_compress(&tx, (const u8 *)mppc_sentence, len, &front);
	ASSERT_TRUE(kpptp_mppc_expand(&rx, tx.out, first, true, front));
	second = kpptp_mppc_compress(&tx, (const u8 *)mppc_sentence, len, &front);
	EXPECT_GT(first / 4, second);
	EXPECT_FALSE(front);
	memcpy(twice, tx.out, second);

	/* Not committed, the history has zeros where the copy is from. */
	ASSERT_TRUE(kpptp_mppc_expand(&rx, twice, second, false, front));
	EXPECT_NE(0, memcmp(mppc_sentence, rx.out, len));

	ASSERT_TRUE(kpptp_mppc_expand(&rx, mppc_sentence_packed,
				      sizeof(mppc_sentence_packed), true, true));
	kpptp_mppc_commit(&rx);
	ASSERT_TRUE(kpptp_mppc_expand(&rx, twice, second, false, front));
	ASSERT_EQ(len, rx.len);
	EXPECT_EQ(0, memcmp(mppc_sentence, rx.out, len));
	/* Looking changes nothing: once more it is the same. */
	ASSERT_TRUE(kpptp_mppc_expand(&rx, twice, second, false, front));
	EXPECT_EQ(0, memcmp(mppc_sentence, rx.out, len));

	/* A flush forgets, on both sides. */
	kpptp_mppc_rx_flush(&rx);
	ASSERT_TRUE(kpptp_mppc_expand(&rx, twice, second, false, front));
	EXPECT_NE(0, memcmp(mppc_sentence, rx.out, len));
	kpptp_mppc_tx_flush(&tx);
	EXPECT_EQ(first, kpptp_mppc_compress(&tx, (const u8 *)mppc_sentence, len, &front));
	EXPECT_TRUE(front);
}

/* A flushed packet empties the history when it is committed. */
TEST_F(mppc, flushed)
{
	size_t n;

	memset(rx.history, 'x', sizeof(rx.history));
	rx.pos = 5000;
	put("0110000111110000110");	/* a, then three from before it */
	ASSERT_TRUE(expand(true, false));
	EXPECT_EQ(0, memcmp("a\0\0a", rx.out, 4));
	EXPECT_EQ(4, rx.len);
	EXPECT_EQ('x', rx.history[0]);
	kpptp_mppc_commit(&rx);
	EXPECT_EQ(4, rx.pos);
	for (n = 4; n < KPPTP_MPPC_HISTORY; n++)
		ASSERT_EQ(0, rx.history[n]);
}

/* B goes to the front; what stands behind may still be referred to. */
TEST_F(mppc, front)
{
	size_t n;

	for (n = 0; n < KPPTP_MPPC_HISTORY; n++)
		rx.history[n] = pattern(n);
	rx.pos = HISTORY;
	put("01100001");
	EXPECT_FALSE(expand(false, false));	/* no room */
	ASSERT_TRUE(expand(false, true));
	kpptp_mppc_commit(&rx);
	EXPECT_EQ(1, rx.pos);
	EXPECT_EQ('a', rx.history[0]);
	begin();
	put("11110000100");		/* two before: over the front */
	ASSERT_TRUE(expand(false, false));
	ASSERT_EQ(3, rx.len);
	EXPECT_EQ(pattern(HISTORY - 1), rx.out[0]);
	EXPECT_EQ('a', rx.out[1]);
	EXPECT_EQ(pattern(HISTORY - 1), rx.out[2]);
}

TEST_F(mppc, refused)
{
	static const struct {
		const char *what;
		const char *bits;
	} wrong[] = {
		{ "offset 0", "0110000111110000000" },
		{ "offset 8192", "0110000111011110110000000" },
		{ "offset cut off", "0110000111110000" },
		{ "no length", "01100001011000011101000000000000" },
		{ "length cut off", "011000011111000001111110" },
		{ "too many ones", "0110000111110000011111111111110000000000000" },
		{ "only ones", "11111111111111111111111111111111" },
		{ "9 bits cut off", "10000000" },
		{ "longer than the history",
		  "01100001011000011111000001111111111110111111111111" },
	};
	size_t i;

	for (i = 0; i < ARRAY_LEN(wrong); i++) {
		begin();
		put(wrong[i].bits);
		EXPECT_FALSE(expand(true, false)) TH_LOG("%s", wrong[i].what);
	}
	begin();
	EXPECT_FALSE(expand(true, false)) TH_LOG("nothing");
}

/* What does not shrink goes as it is, and the next packet is flushed. */
TEST_F(mppc, expansion)
{
	u8 noise[600];
	u32 state = 1;
	bool front;
	size_t i;

	EXPECT_TRUE(tx.flush);
	kpptp_mppc_tx_flush(&tx);
	for (i = 0; i < sizeof(noise); i++) {
		state = state * 1103515245 + 12345;
		noise[i] = state >> 16;
	}
	EXPECT_EQ(0, kpptp_mppc_compress(&tx, noise, sizeof(noise), &front));
	EXPECT_TRUE(tx.flush);
	kpptp_mppc_tx_flush(&tx);
	EXPECT_FALSE(tx.flush);
	EXPECT_EQ(0, kpptp_mppc_compress(&tx, (const u8 *)"abc", 3, &front));
	EXPECT_TRUE(tx.flush);
	kpptp_mppc_tx_flush(&tx);
	EXPECT_EQ(0, kpptp_mppc_compress(&tx, noise, 0, &front));
	EXPECT_TRUE(tx.flush);
}

/* One octet longer than the history goes as it is, whatever is in it. */
TEST_F(mppc, longest)
{
	static u8 zeros[KPPTP_MPPC_HISTORY + 1];
	bool front;
	size_t len;

	kpptp_mppc_tx_flush(&tx);
	EXPECT_EQ(0, kpptp_mppc_compress(&tx, zeros, sizeof(zeros), &front));
	EXPECT_TRUE(tx.flush);
	kpptp_mppc_tx_flush(&tx);
	len = kpptp_mppc_compress(&tx, zeros, sizeof(zeros) - 1, &front);
	EXPECT_EQ(6, len);
	ASSERT_TRUE(kpptp_mppc_expand(&rx, tx.out, len, false, front));
	EXPECT_EQ(HISTORY, rx.len);
}

/* A packet as a peer would send it: some text, some numbers, some of before. */
static size_t make(u8 *text, u32 round)
{
	size_t len = 40 + round * 7919 % 1400, i;

	for (i = 0; i < len; i++)
		text[i] = i % 61 < 40 ? "the quick brown fox"[(i + round) % 19] :
			  pattern(i * (round % 5 + 1));
	return len;
}

TEST_F(mppc, conversation)
{
	size_t len, packed, squeezed = 0, fronts = 0;
	static u8 text[KPPTP_MPPC_HISTORY];
	bool flushed, front;
	u32 round;

	for (round = 0; round < 2000; round++) {
		len = make(text, round);
		flushed = tx.flush || round % 97 == 0;
		if (flushed)
			kpptp_mppc_tx_flush(&tx);
		packed = kpptp_mppc_compress(&tx, text, len, &front);
		if (!packed) {
			if (flushed)
				kpptp_mppc_rx_flush(&rx);
			continue;
		}
		squeezed++;
		fronts += front && !flushed;
		ASSERT_LT(packed, len);
		ASSERT_TRUE(kpptp_mppc_expand(&rx, tx.out, packed, flushed, front));
		ASSERT_EQ(len, rx.len);
		ASSERT_EQ(0, memcmp(text, rx.out, len)) TH_LOG("round %u", round);
		kpptp_mppc_commit(&rx);
	}
	EXPECT_LT(1900, squeezed);
	EXPECT_LT(100, fronts);
}

/* Every cut of a packet is looked at without a step past its end. */
TEST_F(mppc, truncations)
{
	size_t len, packed, cut;
	u8 text[2000], *copy;
	bool front;

	kpptp_mppc_tx_flush(&tx);
	len = make(text, 100);
	packed = kpptp_mppc_compress(&tx, text, len, &front);
	ASSERT_NE(0, packed);
	for (cut = 0; cut < packed; cut++) {
		copy = malloc(cut ? cut : 1);
		ASSERT_NE(NULL, copy);
		memcpy(copy, tx.out, cut);
		if (kpptp_mppc_expand(&rx, copy, cut, true, front))
			ASSERT_GE(len, rx.len);
		free(copy);
	}
}

TEST_HARNESS_MAIN
