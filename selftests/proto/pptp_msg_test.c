// SPDX-License-Identifier: GPL-2.0-or-later
/* The codec of the control messages and the reader of their stream. */
#include "kselftest_harness.h"

#include "proto/pptp_msg.h"
#include "vectors/pptp_messages.h"

#define N_VECTORS	ARRAY_SIZE(pptp_vectors)

static void put16(uint8_t *p, unsigned int v)
{
	p[0] = (uint8_t)(v >> 8);
	p[1] = (uint8_t)v;
}

/* Decodes a copy that ends where the heap block does, so that ASan sees all. */
static int decode_exact(const uint8_t *data, size_t len, struct pptp_msg *msg)
{
	uint8_t *copy = malloc(len ? len : 1);
	int ret;

	memcpy(copy, data, len);
	ret = pptp_msg_decode(copy, len, msg);
	free(copy);
	return ret;
}

/* Feeds a fresh reader with a copy in pieces of @piece; what came last. */
static int feed_all(struct pptp_msg_reader *r, const uint8_t *data, size_t len,
		    size_t piece)
{
	size_t done = 0, n, used;
	uint8_t *copy;
	int ret = 0;

	memset(r, 0, sizeof(*r));
	while (done < len && !ret) {
		n = len - done < piece ? len - done : piece;
		copy = malloc(n);
		memcpy(copy, data + done, n);
		ret = pptp_msg_reader_feed(r, copy, n, &used);
		free(copy);
		done += used;
		if (!used)
			return -EIO;
	}
	return ret;
}

TEST(every_type_has_one_vector)
{
	unsigned int type, i, seen;

	for (type = 1; type < PPTP_MSG_TYPES; type++) {
		for (i = seen = 0; i < N_VECTORS; i++)
			seen += pptp_vectors[i].msg.type == type;
		EXPECT_EQ(1, seen) TH_LOG("type %u", type);
	}
	EXPECT_EQ(PPTP_MSG_TYPES - 1, N_VECTORS);
}

TEST(sizes)
{
	size_t i;

	for (i = 0; i < N_VECTORS; i++)
		EXPECT_EQ(pptp_vectors[i].len,
			  pptp_msg_size(pptp_vectors[i].msg.type))
			TH_LOG("vector %zu", i);
	EXPECT_EQ(0, pptp_msg_size(0));
	EXPECT_EQ(0, pptp_msg_size(PPTP_MSG_TYPES));
	EXPECT_EQ(0, pptp_msg_size(0xffff));
}

TEST(decode)
{
	struct pptp_msg msg;
	size_t i;

	for (i = 0; i < N_VECTORS; i++) {
		memset(&msg, 0xaa, sizeof(msg));
		ASSERT_EQ(0, decode_exact(pptp_vectors[i].wire,
					  pptp_vectors[i].len, &msg));
		EXPECT_EQ(0, memcmp(&msg, &pptp_vectors[i].msg, sizeof(msg)))
			TH_LOG("%s", pptp_vectors[i].name);
	}
}

TEST(encode)
{
	uint8_t out[PPTP_MSG_MAX];
	struct writer w;
	size_t i;

	for (i = 0; i < N_VECTORS; i++) {
		memset(out, 0xaa, sizeof(out));
		w = writer_of(out, pptp_vectors[i].len);
		pptp_msg_encode(&pptp_vectors[i].msg, &w);
		EXPECT_FALSE(w.bad);
		EXPECT_EQ(pptp_vectors[i].len, w.len);
		EXPECT_EQ(0, memcmp(out, pptp_vectors[i].wire, w.len))
			TH_LOG("%s", pptp_vectors[i].name);
	}
}

TEST(encode_without_room)
{
	uint8_t out[PPTP_MSG_MAX];
	size_t i, room;

	for (i = 0; i < N_VECTORS; i++) {
		for (room = 0; room < pptp_vectors[i].len; room++) {
			struct writer w = writer_of(out, room);

			pptp_msg_encode(&pptp_vectors[i].msg, &w);
			EXPECT_TRUE(w.bad) TH_LOG("%s, room %zu",
						  pptp_vectors[i].name, room);
			EXPECT_LE(w.len, room);
		}
	}
}

/*
 * Each octet of the body is either part of exactly the value that it should be,
 * or reserved: all octets different, decoded and encoded, leave only the
 * reserved ones zero.
 */
TEST(reserved_octets)
{
	static const uint64_t reserved[PPTP_MSG_TYPES] = {
		/* bit n: octet 12 + n; all of them are in the first 64 */
		[PPTP_START_REQUEST] = 0x3ull << 2,
		[PPTP_STOP_REQUEST] = 0x7ull << 1,
		[PPTP_STOP_REPLY] = 0x3ull << 2,
		[PPTP_ECHO_REPLY] = 0x3ull << 6,
		[PPTP_OUTGOING_CALL_REQUEST] = 0x3ull << 26,
		[PPTP_INCOMING_CALL_REPLY] = 0x3ull << 10,
		[PPTP_INCOMING_CALL_CONNECTED] = 0x3ull << 2,
		[PPTP_CALL_CLEAR_REQUEST] = 0x3ull << 2,
		[PPTP_CALL_DISCONNECT_NOTIFY] = 0x3ull << 6,
		[PPTP_WAN_ERROR_NOTIFY] = 0x3ull << 2,
		[PPTP_SET_LINK_INFO] = 0x3ull << 2,
	};
	uint8_t in[PPTP_MSG_MAX], out[PPTP_MSG_MAX];
	struct pptp_msg msg;
	struct writer w;
	size_t i, k;

	for (i = 0; i < N_VECTORS; i++) {
		memcpy(in, pptp_vectors[i].wire, 10);
		for (k = 10; k < pptp_vectors[i].len; k++)
			in[k] = (uint8_t)(k + 1);
		ASSERT_EQ(0, decode_exact(in, pptp_vectors[i].len, &msg));
		w = writer_of(out, sizeof(out));
		pptp_msg_encode(&msg, &w);
		EXPECT_EQ(0, out[10] | out[11]);
		for (k = 12; k < pptp_vectors[i].len; k++) {
			bool zero = k < 76 &&
				reserved[msg.type] >> (k - 12) & 1;

			EXPECT_EQ(zero ? 0 : in[k], out[k])
				TH_LOG("%s octet %zu", pptp_vectors[i].name, k);
		}
	}
}

TEST(text_without_terminator)
{
	uint8_t in[156], out[156];
	struct pptp_msg msg;
	struct writer w = writer_of(out, sizeof(out));

	memcpy(in, pptp_vectors[0].wire, sizeof(in));
	memset(in + 28, 'h', 64);
	memset(in + 92, 'v', 64);
	ASSERT_EQ(0, decode_exact(in, sizeof(in), &msg));
	EXPECT_EQ(64, strlen(msg.start.host));
	EXPECT_EQ(64, strlen(msg.start.vendor));
	pptp_msg_encode(&msg, &w);
	EXPECT_EQ(0, memcmp(in, out, sizeof(in)));
}

/* What stands after the terminator is not the peer's word: it never comes out. */
TEST(text_ends_at_nul)
{
	uint8_t in[156];
	struct pptp_msg msg;

	memcpy(in, pptp_vectors[0].wire, sizeof(in));
	memset(in + 28, 'x', 64);
	in[31] = 0;
	ASSERT_EQ(0, decode_exact(in, sizeof(in), &msg));
	EXPECT_STREQ("xxx", msg.start.host);
	EXPECT_EQ('\0', msg.start.host[4]);
	EXPECT_EQ('\0', msg.start.host[64]);
}

TEST(every_truncation)
{
	struct pptp_msg_reader r;
	struct pptp_msg msg;
	size_t i, len;

	for (i = 0; i < N_VECTORS; i++) {
		for (len = 0; len < pptp_vectors[i].len; len++) {
			EXPECT_EQ(-EBADMSG,
				  decode_exact(pptp_vectors[i].wire, len, &msg))
				TH_LOG("%s cut to %zu", pptp_vectors[i].name, len);
			EXPECT_EQ(0, feed_all(&r, pptp_vectors[i].wire, len,
					      len ? len : 1));
			EXPECT_EQ(len > 0, pptp_msg_reader_partial(&r));
		}
	}
}

/* All 65 536 values of Length: under the type's size or over the cap is fatal. */
TEST(every_length)
{
	uint8_t in[PPTP_MSG_CAP] = { 0 };
	struct pptp_msg_reader r;
	struct pptp_msg msg;
	unsigned int len;
	size_t i, size;

	for (i = 0; i < N_VECTORS; i++) {
		size = pptp_vectors[i].len;
		memset(in, 0x5a, sizeof(in));
		memcpy(in, pptp_vectors[i].wire, size);
		for (len = 0; len <= 0xffff; len++) {
			bool good = len >= size && len <= PPTP_MSG_CAP;

			put16(in, len);
			ASSERT_EQ(good ? 1 : -EBADMSG,
				  feed_all(&r, in, sizeof(in), sizeof(in)))
				TH_LOG("%s Length %u", pptp_vectors[i].name, len);
			if (!good)
				continue;
			ASSERT_EQ(len, r.have);
			ASSERT_EQ(0, decode_exact(r.buf, r.have, &msg));
			ASSERT_EQ(0, memcmp(&msg, &pptp_vectors[i].msg,
					    sizeof(msg)));
		}
	}
}

/* A lone octet short of what Length claims is not a message. */
TEST(decode_believes_the_octets_not_length)
{
	uint8_t in[PPTP_MSG_CAP] = { 0 };
	struct pptp_msg msg;
	size_t i;

	for (i = 0; i < N_VECTORS; i++) {
		memcpy(in, pptp_vectors[i].wire, pptp_vectors[i].len);
		put16(in, (unsigned int)pptp_vectors[i].len + 1);
		EXPECT_EQ(-EBADMSG, decode_exact(in, pptp_vectors[i].len, &msg));
		EXPECT_EQ(0, decode_exact(in, pptp_vectors[i].len + 1, &msg));
		memset(in, 0, sizeof(in));
	}
}

/* Every one-bit error of the PPTP type and of the cookie. */
TEST(out_of_step)
{
	struct pptp_msg_reader r;
	struct pptp_msg msg;
	unsigned int bit;
	uint8_t in[16];

	for (bit = 2 * 8; bit < 8 * 8; bit++) {
		memcpy(in, pptp_vectors[4].wire, sizeof(in));
		in[bit / 8] ^= 1 << bit % 8;
		EXPECT_EQ(-EBADMSG, decode_exact(in, sizeof(in), &msg))
			TH_LOG("bit %u", bit);
		EXPECT_EQ(-EBADMSG, feed_all(&r, in, sizeof(in), 1))
			TH_LOG("bit %u", bit);
	}
}

TEST(fatal_as_soon_as_the_header_is_here)
{
	struct pptp_msg_reader r;
	uint8_t in[12];

	memcpy(in, pptp_vectors[6].wire, sizeof(in));
	in[4] ^= 1;
	EXPECT_EQ(0, feed_all(&r, in, 11, 1));
	EXPECT_EQ(-EBADMSG, feed_all(&r, in, 12, 1));
}

/* Reserved0 is not looked at: Cisco fills it. */
TEST(header_reserved)
{
	struct pptp_msg msg;
	uint8_t in[16];

	memcpy(in, pptp_vectors[4].wire, sizeof(in));
	memset(in + 10, 0xff, 2);
	EXPECT_EQ(0, decode_exact(in, sizeof(in), &msg));
	EXPECT_EQ(0, memcmp(&msg, &pptp_vectors[4].msg, sizeof(msg)));
}

TEST(unknown_types_are_cut_out_by_length)
{
	static const unsigned int lengths[] = { 12, 13, 16, PPTP_MSG_CAP };
	struct pptp_msg_reader r;
	uint8_t in[PPTP_MSG_CAP];
	struct pptp_msg msg;
	unsigned int type;
	size_t i;

	memset(in, 0xff, sizeof(in));
	memcpy(in, pptp_vectors[4].wire, PPTP_HEADER_LEN);
	for (type = 0; type <= 0xffff; type++) {
		if (pptp_msg_size(type))
			continue;
		put16(in + 8, type);
		for (i = 0; i < 4; i++) {
			put16(in, lengths[i]);
			ASSERT_EQ(1, feed_all(&r, in, sizeof(in), sizeof(in)));
			ASSERT_EQ(lengths[i], r.have);
			ASSERT_EQ(-EOPNOTSUPP,
				  decode_exact(r.buf, r.have, &msg));
		}
		put16(in, 11);
		ASSERT_EQ(-EBADMSG, feed_all(&r, in, sizeof(in), sizeof(in)));
	}
}

/* All messages one after the other, in pieces of every size. */
TEST(stream)
{
	uint8_t all[PPTP_MSG_MAX * N_VECTORS];
	struct pptp_msg_reader r = { 0 };
	size_t len = 0, piece, i, done, used;
	struct pptp_msg msg;

	for (i = 0; i < N_VECTORS; i++) {
		memcpy(all + len, pptp_vectors[i].wire, pptp_vectors[i].len);
		len += pptp_vectors[i].len;
	}
	for (piece = 1; piece <= len; piece++) {
		for (done = i = 0; done < len; done += used) {
			size_t n = len - done < piece ? len - done : piece;
			int ret = pptp_msg_reader_feed(&r, all + done, n, &used);

			ASSERT_LE(0, ret);
			ASSERT_LT(0, used);
			ASSERT_LE(used, n);
			if (!ret)
				continue;
			ASSERT_LT(i, N_VECTORS);
			ASSERT_EQ(0, decode_exact(r.buf, r.have, &msg));
			ASSERT_EQ(0, memcmp(&msg, &pptp_vectors[i].msg,
					    sizeof(msg)))
				TH_LOG("pieces of %zu", piece);
			pptp_msg_reader_next(&r);
			i++;
		}
		ASSERT_EQ(N_VECTORS, i);
		ASSERT_FALSE(pptp_msg_reader_partial(&r));
	}
}

TEST(feeding_nothing)
{
	struct pptp_msg_reader r = { 0 };
	size_t used = 1;

	EXPECT_EQ(0, pptp_msg_reader_feed(&r, NULL, 0, &used));
	EXPECT_EQ(0, used);
	EXPECT_FALSE(pptp_msg_reader_partial(&r));
}

TEST(printable)
{
	char in[256], out[256], want[256];
	int i;

	for (i = 1; i < 256; i++) {
		in[i - 1] = (char)i;
		want[i - 1] = i >= 0x20 && i <= 0x7e ? (char)i : '?';
	}
	in[255] = '\0';
	want[255] = '\0';
	memset(out, 'x', sizeof(out));
	pptp_msg_printable(out, in);
	EXPECT_STREQ(want, out);
	pptp_msg_printable(out, "");
	EXPECT_STREQ("", out);
}

/* Every code that RFC 2637 has its own words, every other has the same. */
TEST(code_texts)
{
	static const struct {
		unsigned int type;
		unsigned int codes;	/* the last that is known */
	} tables[] = {
		{ PPTP_START_REPLY, 5 }, { PPTP_OUTGOING_CALL_REPLY, 7 },
		{ PPTP_INCOMING_CALL_REPLY, 3 },
		{ PPTP_CALL_DISCONNECT_NOTIFY, 4 },
	};
	const char *text, *before;
	unsigned int i, code, other;

	for (i = 0; i < ARRAY_SIZE(tables); i++) {
		for (code = 0; code <= 0xff; code++) {
			text = pptp_msg_result_text(tables[i].type, (uint8_t)code);
			EXPECT_EQ(code > tables[i].codes,
				  !strcmp(text, "unknown code"));
			for (other = 0; other < code && code <= tables[i].codes; other++) {
				before = pptp_msg_result_text(tables[i].type,
							      (uint8_t)other);
				EXPECT_STRNE(text, before);
			}
		}
	}
	EXPECT_STREQ("unknown code", pptp_msg_result_text(0, 1));
	EXPECT_STREQ("unknown code", pptp_msg_result_text(PPTP_ECHO_REPLY, 1));
	EXPECT_STREQ("busy", pptp_msg_result_text(PPTP_OUTGOING_CALL_REPLY, 4));
	EXPECT_STREQ("out of resources", pptp_msg_error_text(4));
	EXPECT_STREQ("error in the PAC", pptp_msg_error_text(6));
	EXPECT_STREQ("unknown code", pptp_msg_error_text(7));
	EXPECT_STREQ("shutting down", pptp_msg_stop_text(3));
	EXPECT_STREQ("unknown code", pptp_msg_stop_text(4));
}

TEST_HARNESS_MAIN
