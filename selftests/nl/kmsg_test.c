// SPDX-License-Identifier: GPL-2.0-or-later
/* The codec of the family: there and back, and everything that is refused. */
#include "kselftest_harness.h"

#include <arpa/inet.h>
#include <errno.h>

#include <libmnl/libmnl.h>
#include <linux/genetlink.h>

#include "exact.h"
#include "nl/kmsg.h"

#define FAMILY	0x1234
#define ROOM	8192

static uint8_t buf[ROOM] __attribute__((aligned(8)));

/* Every member that a request can have, each with a value of its own. */
static void full_request(struct nl_session *s)
{
	memset(s, 0, sizeof(*s));
	s->given = (NL_GIVEN(KPPTP_A_SESSION_MAX + 1) - 1) & ~NL_GIVEN(0) &
		   ~NL_GIVEN(KPPTP_A_SESSION_FRAME) & ~NL_GIVEN(KPPTP_A_SESSION_REASON) &
		   ~NL_GIVEN(KPPTP_A_SESSION_DESYNC) & ~NL_GIVEN(KPPTP_A_SESSION_STATS) &
		   ~NL_GIVEN(KPPTP_A_SESSION_DROPS);
	s->id = 0x01020304;
	s->local.s_addr = htonl(0xc0000201);
	s->peer.s_addr = htonl(0xc6336407);
	s->local_call_id = 0x1111;
	s->peer_call_id = 0x2222;
	s->ifindex = 0x03030303;
	s->flags = 0x5a;
	s->flags_mask = 0xa5;
	s->status = 3;
	s->peer_mru = 1400;
	s->mtu = 1396;
	s->reorder_window = 64;
	s->reorder_timeout = 30;
	s->ttl = 63;
	s->tos = 0x10;
	s->take_over = true;
	s->orphaned = true;
	s->owner = 0xdeadbeef;
	s->age = 100;
	s->idle = 200;
	s->silent = 300;
	s->relay = 0x0a0b0c0d;
	s->tx.bits = 128;
	s->tx.stateless = true;
	s->tx.compress = true;
	memset(s->tx.key, 0xaa, sizeof(s->tx.key));
	s->rx.bits = 40;
	memset(s->rx.key, 0xbb, sizeof(s->rx.key));
	s->inner_count = 1;
	s->inner[0].prefix.address.family = AF_INET;
	memcpy(s->inner[0].prefix.address.octets, "\x0a\x01\x02", 3);
	s->inner[0].prefix.bits = 24;
	s->inner[0].flags = KPPTP_INNER_FLAGS_MOVE;
}

/* As many as can be, all of the longer kind. */
TEST(inner_addresses)
{
	struct nl_session in = { .given = NL_GIVEN(KPPTP_A_SESSION_INNER) }, out;
	struct nlmsghdr *msg, *copy;
	unsigned int i;

	in.inner_count = KPPTP_INNER_MAX;
	for (i = 0; i < KPPTP_INNER_MAX; i++) {
		in.inner[i].prefix.address.family = AF_INET6;
		memset(in.inner[i].prefix.address.octets, (int)i, 16);
		in.inner[i].prefix.bits = 128;
		in.inner[i].flags = KPPTP_INNER_FLAGS_REMOVE;
	}
	msg = kmsg_session(buf, KMSG_ROOM, FAMILY, KPPTP_CMD_SESSION_SET, false, &in);
	ASSERT_NE(NULL, msg);
	copy = exact_copy(msg, msg->nlmsg_len);
	ASSERT_EQ(0, kmsg_session_parse(copy, msg->nlmsg_len, &out));
	free(copy);
	EXPECT_EQ(0, memcmp(&in, &out, sizeof(in)));
}

/* One inner address of @len octets, of which @bits count. */
static int parse_inner_of(size_t len, uint8_t bits)
{
	static const uint8_t octets[20];
	struct nl_session in = { 0 }, out;
	struct nlmsghdr *msg = kmsg_session(buf, ROOM, FAMILY, KPPTP_CMD_SESSION_GET, false, &in);
	struct nlattr *nest = mnl_attr_nest_start(msg, KPPTP_A_SESSION_INNER);

	if (len)
		mnl_attr_put(msg, KPPTP_A_INNER_ADDRESS, len, octets);
	mnl_attr_put_u8(msg, KPPTP_A_INNER_PREFIX_LENGTH, bits);
	mnl_attr_nest_end(msg, nest);
	return kmsg_session_parse(msg, msg->nlmsg_len, &out);
}

TEST(inner_addresses_that_are_none)
{
	EXPECT_EQ(0, parse_inner_of(4, 32));
	EXPECT_EQ(-EBADMSG, parse_inner_of(4, 33));
	EXPECT_EQ(0, parse_inner_of(16, 128));
	EXPECT_EQ(-EBADMSG, parse_inner_of(16, 129));
	EXPECT_EQ(-EBADMSG, parse_inner_of(5, 8));
	EXPECT_EQ(-EBADMSG, parse_inner_of(20, 8));
	EXPECT_EQ(-EBADMSG, parse_inner_of(0, 8));
}

static int cmd_of(const struct nlmsghdr *msg)
{
	return ((const struct genlmsghdr *)mnl_nlmsg_get_payload(msg))->cmd;
}

TEST(there_and_back)
{
	struct nl_session in, out;
	struct nlmsghdr *msg, *copy;

	full_request(&in);
	msg = kmsg_session(buf, ROOM, FAMILY, KPPTP_CMD_SESSION_NEW, false, &in);
	ASSERT_NE(NULL, msg);
	EXPECT_EQ(FAMILY, msg->nlmsg_type);
	EXPECT_EQ(NLM_F_REQUEST, msg->nlmsg_flags);
	EXPECT_EQ(KPPTP_CMD_SESSION_NEW, cmd_of(msg));
	copy = exact_copy(msg, msg->nlmsg_len);
	ASSERT_EQ(0, kmsg_session_parse(copy, msg->nlmsg_len, &out));
	free(copy);
	/* Keys are never read back. */
	memset(in.tx.key, 0, sizeof(in.tx.key));
	memset(in.rx.key, 0, sizeof(in.rx.key));
	EXPECT_EQ(0, memcmp(&in, &out, sizeof(in)));
}

/* Each member alone makes one attribute with its number. */
TEST(one_attribute_each)
{
	struct nl_session in;
	struct nlmsghdr *msg;
	struct nlattr *attr;
	uint64_t given;
	int type;

	full_request(&in);
	given = in.given;
	for (type = 1; type <= KPPTP_A_SESSION_MAX; type++) {
		in.given = NL_GIVEN(type);
		msg = kmsg_session(buf, ROOM, FAMILY, KPPTP_CMD_SESSION_GET, true, &in);
		if (!(given & NL_GIVEN(type))) {
			EXPECT_EQ(NULL, msg) TH_LOG("attribute %d", type);
			continue;
		}
		ASSERT_NE(NULL, msg) TH_LOG("attribute %d", type);
		EXPECT_EQ(NLM_F_REQUEST | NLM_F_DUMP, msg->nlmsg_flags);
		attr = mnl_nlmsg_get_payload_offset(msg, GENL_HDRLEN);
		EXPECT_EQ(type, mnl_attr_get_type(attr));
		EXPECT_EQ(msg->nlmsg_len, NLMSG_HDRLEN + GENL_HDRLEN +
			  MNL_ALIGN(attr->nla_len)) TH_LOG("attribute %d", type);
	}
}

TEST(addresses_are_in_network_order)
{
	struct nl_session in = { .given = NL_GIVEN(KPPTP_A_SESSION_PEER_ADDRESS) };
	static const uint8_t want[] = { 192, 0, 2, 1 };
	struct nlmsghdr *msg;

	in.peer.s_addr = htonl(0xc0000201);
	msg = kmsg_session(buf, ROOM, FAMILY, KPPTP_CMD_SESSION_NEW, false, &in);
	ASSERT_NE(NULL, msg);
	EXPECT_EQ(0, memcmp(want, buf + NLMSG_HDRLEN + GENL_HDRLEN + NLA_HDRLEN, 4));
}

TEST(flags_that_are_false_are_left_out)
{
	struct nl_session in = { .given = NL_GIVEN(KPPTP_A_SESSION_TAKE_OVER) };
	struct nlmsghdr *msg;

	msg = kmsg_session(buf, ROOM, FAMILY, KPPTP_CMD_SESSION_SET, false, &in);
	ASSERT_NE(NULL, msg);
	EXPECT_EQ(NLMSG_HDRLEN + GENL_HDRLEN, msg->nlmsg_len);
}

/* Octets of key by strength; no other strength can be expressed. */
TEST(key_lengths)
{
	struct nl_session in = { .given = NL_GIVEN(KPPTP_A_SESSION_MPPE_TX) };
	struct nlattr *nest, *attr;
	struct nlmsghdr *msg;
	unsigned int bits;
	size_t key;

	for (bits = 0; bits < 300; bits++) {
		in.tx.bits = bits;
		msg = kmsg_session(buf, ROOM, FAMILY, KPPTP_CMD_SESSION_NEW, false, &in);
		if (bits != 40 && bits != 56 && bits != 128) {
			EXPECT_EQ(NULL, msg) TH_LOG("%u bits", bits);
			continue;
		}
		ASSERT_NE(NULL, msg);
		nest = mnl_nlmsg_get_payload_offset(msg, GENL_HDRLEN);
		key = 0;
		mnl_attr_for_each_nested(attr, nest) {
			if (mnl_attr_get_type(attr) == KPPTP_A_MPPE_KEY)
				key = mnl_attr_get_payload_len(attr);
		}
		EXPECT_EQ(bits == 128 ? 16 : 8, key);
	}
}

/* Less room than a request takes gives nothing and writes nothing past it. */
TEST(room)
{
	struct nlmsghdr *msg;
	struct nl_session in;
	uint8_t *tight;
	size_t need, room;

	full_request(&in);
	msg = kmsg_session(buf, ROOM, FAMILY, KPPTP_CMD_SESSION_NEW, false, &in);
	ASSERT_NE(NULL, msg);
	need = msg->nlmsg_len;
	for (room = 0; room <= need; room++) {
		tight = malloc(room ? room : 1);
		msg = kmsg_session(tight, room, FAMILY, KPPTP_CMD_SESSION_NEW, false, &in);
		EXPECT_EQ(room == need, !!msg) TH_LOG("room %zu of %zu", room, need);
		free(tight);
	}
}

TEST(frame_limits)
{
	static uint8_t frame[KPPTP_FRAME_MAX + 1];
	struct nl_event event;
	struct nlmsghdr *msg;

	EXPECT_EQ(NULL, kmsg_frame_send(buf, ROOM, FAMILY, 1, frame, sizeof(frame)));
	msg = kmsg_frame_send(buf, KMSG_ROOM, FAMILY, 7, frame, KPPTP_FRAME_MAX);
	ASSERT_NE(NULL, msg);
	EXPECT_EQ(KPPTP_CMD_FRAME_SEND, cmd_of(msg));
	/* The same attributes make the event of the other direction. */
	((struct genlmsghdr *)mnl_nlmsg_get_payload(msg))->cmd = KPPTP_CMD_FRAME_RECEIVED;
	ASSERT_EQ(0, kmsg_event_parse(msg, msg->nlmsg_len, &event));
	EXPECT_EQ(7, event.session.id);
	EXPECT_EQ(KPPTP_FRAME_MAX, event.frame_len);
	msg = kmsg_frame_send(buf, KMSG_ROOM, FAMILY, 7, frame, 1);
	((struct genlmsghdr *)mnl_nlmsg_get_payload(msg))->cmd = KPPTP_CMD_FRAME_RECEIVED;
	EXPECT_EQ(-EBADMSG, kmsg_event_parse(msg, msg->nlmsg_len, &event));
}

static struct nlmsghdr *begin(int cmd)
{
	struct nlmsghdr *msg = mnl_nlmsg_put_header(buf);
	struct genlmsghdr *header;

	msg->nlmsg_type = FAMILY;
	header = mnl_nlmsg_put_extra_header(msg, sizeof(*header));
	header->cmd = cmd;
	return msg;
}

/* Counters with a value that tells their number, the pad attribute among them. */
static void put_counters(struct nlmsghdr *msg, int nest_type, int max)
{
	struct nlattr *nest = mnl_attr_nest_start(msg, nest_type);
	int attr;

	mnl_attr_put(msg, 1, 0, NULL);
	for (attr = 2; attr <= max; attr++)
		mnl_attr_put_u64(msg, attr, 0x100000000ull + attr);
	mnl_attr_put_u64(msg, max + 1, 99);
	mnl_attr_nest_end(msg, nest);
}

TEST(counters)
{
	struct nl_session out;
	struct nlmsghdr *msg;
	int attr;

	msg = begin(KPPTP_CMD_SESSION_GET);
	put_counters(msg, KPPTP_A_SESSION_STATS, KPPTP_A_STATS_MAX);
	put_counters(msg, KPPTP_A_SESSION_DROPS, KPPTP_A_DROPS_MAX);
	ASSERT_EQ(0, kmsg_session_parse(msg, msg->nlmsg_len, &out));
	EXPECT_EQ(NL_GIVEN(KPPTP_A_SESSION_STATS) | NL_GIVEN(KPPTP_A_SESSION_DROPS), out.given);
	for (attr = 2; attr <= KPPTP_A_STATS_MAX; attr++)
		EXPECT_EQ(0x100000000ull + attr, out.stats[attr]);
	for (attr = 2; attr <= KPPTP_A_DROPS_MAX; attr++)
		EXPECT_EQ(0x100000000ull + attr, out.drops[attr]);
	EXPECT_EQ(0, out.stats[1]);
}

TEST(totals)
{
	struct nl_totals totals;
	struct nlmsghdr *msg;

	msg = kmsg_totals_get(buf, ROOM, FAMILY);
	ASSERT_NE(NULL, msg);
	EXPECT_EQ(KPPTP_CMD_TOTALS_GET, cmd_of(msg));
	msg = begin(KPPTP_CMD_TOTALS_GET);
	mnl_attr_put_u32(msg, KPPTP_A_TOTALS_SESSIONS, 77);
	put_counters(msg, KPPTP_A_TOTALS_DROPS, KPPTP_A_DROPS_MAX);
	ASSERT_EQ(0, kmsg_totals_parse(msg, msg->nlmsg_len, &totals));
	EXPECT_EQ(77, totals.sessions);
	EXPECT_EQ(0x100000000ull + KPPTP_A_DROPS_TX_LOOP, totals.drops[KPPTP_A_DROPS_TX_LOOP]);
}

/* An attribute that we do not know is passed over, as a newer module sends. */
TEST(unknown_attribute)
{
	struct nl_session out;
	struct nlmsghdr *msg;

	msg = begin(KPPTP_CMD_SESSION_GET);
	mnl_attr_put_u32(msg, KPPTP_A_SESSION_MAX + 1, 1);
	mnl_attr_put_u32(msg, KPPTP_A_SESSION_ID, 5);
	ASSERT_EQ(0, kmsg_session_parse(msg, msg->nlmsg_len, &out));
	EXPECT_EQ(5, out.id);
	EXPECT_EQ(NL_GIVEN(KPPTP_A_SESSION_ID), out.given);
}

/* Each plain attribute with one octet more or less than it has. */
TEST(wrong_lengths)
{
	static const uint8_t zeros[16];
	static const size_t right[KPPTP_A_SESSION_MAX + 1] = {
		[KPPTP_A_SESSION_ID] = 4, [KPPTP_A_SESSION_LOCAL_ADDRESS] = 4,
		[KPPTP_A_SESSION_PEER_ADDRESS] = 4, [KPPTP_A_SESSION_LOCAL_CALL_ID] = 2,
		[KPPTP_A_SESSION_PEER_CALL_ID] = 2, [KPPTP_A_SESSION_IFINDEX] = 4,
		[KPPTP_A_SESSION_FLAGS] = 4, [KPPTP_A_SESSION_STATUS] = 4,
		[KPPTP_A_SESSION_PEER_MRU] = 2, [KPPTP_A_SESSION_MTU] = 2,
		[KPPTP_A_SESSION_TTL] = 1, [KPPTP_A_SESSION_TOS] = 1,
		[KPPTP_A_SESSION_OWNER] = 4, [KPPTP_A_SESSION_REASON] = 4,
		[KPPTP_A_SESSION_DESYNC] = 4, [KPPTP_A_SESSION_AGE] = 4,
	};
	struct nl_event event;
	struct nlmsghdr *msg;
	size_t len;
	int type;

	for (type = 1; type <= KPPTP_A_SESSION_MAX; type++) {
		if (!right[type])
			continue;
		for (len = 0; len <= 8; len++) {
			msg = begin(KPPTP_CMD_FIRST_DATA);
			mnl_attr_put_u32(msg, KPPTP_A_SESSION_ID, 1);
			mnl_attr_put(msg, type, len, zeros);
			EXPECT_EQ(len == right[type] ? 0 : -EBADMSG,
				  kmsg_event_parse(msg, msg->nlmsg_len, &event))
				TH_LOG("attribute %d of %zu octets", type, len);
		}
	}
}

/* What each event must carry, and that it is refused without. */
static const struct {
	int cmd;
	int needs;	/* besides the id; 0: nothing */
	size_t len;
} events[] = {
	{ KPPTP_CMD_FRAME_RECEIVED, KPPTP_A_SESSION_FRAME, 2 },
	{ KPPTP_CMD_SESSION_CREATED, 0, 0 },
	{ KPPTP_CMD_SESSION_DELETED, KPPTP_A_SESSION_REASON, 4 },
	{ KPPTP_CMD_MTU_CHANGED, KPPTP_A_SESSION_MTU, 2 },
	{ KPPTP_CMD_FIRST_DATA, 0, 0 },
	{ KPPTP_CMD_DESYNC, KPPTP_A_SESSION_DESYNC, 4 },
	{ KPPTP_CMD_RELAY_ENDED, KPPTP_A_SESSION_RELAY, 4 },
	{ KPPTP_CMD_DEMAND, 0, 0 },
};

TEST(events_need)
{
	static const uint8_t ones[4] = { 1, 1, 1, 1 };
	struct nl_event event;
	struct nlmsghdr *msg;
	bool id, other;
	size_t i;
	int ret;

	for (i = 0; i < 4 * ARRAY_SIZE(events); i++) {
		id = i & 1;
		other = i & 2;
		msg = begin(events[i / 4].cmd);
		if (id)
			mnl_attr_put_u32(msg, KPPTP_A_SESSION_ID, 9);
		if (other && events[i / 4].needs)
			mnl_attr_put(msg, events[i / 4].needs, events[i / 4].len, ones);
		ret = kmsg_event_parse(msg, msg->nlmsg_len, &event);
		EXPECT_EQ(id && (other || !events[i / 4].needs) ? 0 : -EBADMSG, ret)
			TH_LOG("command %d", events[i / 4].cmd);
		if (ret)
			continue;
		EXPECT_EQ(events[i / 4].cmd, event.cmd);
		EXPECT_EQ(9, event.session.id);
		EXPECT_EQ(event.cmd == KPPTP_CMD_MTU_CHANGED ? 0x0101 : 0, event.mtu);
		EXPECT_EQ(event.cmd == KPPTP_CMD_SESSION_DELETED ? 0x01010101 : 0, event.reason);
		EXPECT_EQ(event.cmd == KPPTP_CMD_DESYNC ? 0x01010101 : 0, event.desync);
		EXPECT_EQ(event.cmd == KPPTP_CMD_RELAY_ENDED ? 0x01010101 : 0,
			  event.session.relay);
		EXPECT_EQ(event.cmd == KPPTP_CMD_FRAME_RECEIVED ? 2 : 0, event.frame_len);
	}
}

TEST(no_event)
{
	struct nl_event event;
	struct nlmsghdr *msg;
	int cmd;

	for (cmd = 0; cmd < 256; cmd++) {
		if (cmd >= KPPTP_CMD_FRAME_RECEIVED && cmd <= KPPTP_CMD_DEMAND)
			continue;
		msg = begin(cmd);
		mnl_attr_put_u32(msg, KPPTP_A_SESSION_ID, 1);
		EXPECT_EQ(-ENOMSG, kmsg_event_parse(msg, msg->nlmsg_len, &event));
	}
}

/* A report with everything in it. */
static struct nlmsghdr *full_report(void)
{
	struct nl_session in;
	struct nlmsghdr *msg;

	full_request(&in);
	msg = kmsg_session(buf, ROOM, FAMILY, KPPTP_CMD_SESSION_DELETED, false, &in);
	mnl_attr_put_u32(msg, KPPTP_A_SESSION_REASON, 1);
	put_counters(msg, KPPTP_A_SESSION_STATS, KPPTP_A_STATS_MAX);
	put_counters(msg, KPPTP_A_SESSION_DROPS, KPPTP_A_DROPS_MAX);
	return msg;
}

/* Fewer octets than the header claims are refused, however few. */
TEST(truncated)
{
	struct nlmsghdr *msg = full_report();
	struct nl_event event;
	struct nlmsghdr *copy;
	size_t len;

	for (len = 0; len < msg->nlmsg_len; len++) {
		copy = exact_copy(msg, len);
		EXPECT_EQ(-EBADMSG, kmsg_event_parse(copy, len, &event)) TH_LOG("%zu", len);
		free(copy);
	}
	EXPECT_EQ(0, kmsg_event_parse(msg, msg->nlmsg_len, &event));
}

/* The same with a header that fits: never an access past the end. */
TEST(cut)
{
	struct nlmsghdr *msg = full_report();
	size_t whole = msg->nlmsg_len;
	struct nl_event event;
	struct nlmsghdr *copy;
	size_t len;

	for (len = sizeof(*msg); len < whole; len++) {
		copy = exact_copy(msg, len);
		copy->nlmsg_len = len;
		kmsg_event_parse(copy, len, &event);
		free(copy);
	}
	EXPECT_EQ(0, kmsg_event_parse(msg, whole, &event));
}

/* Each octet with each of its bits turned; the sanitizers are the judges. */
TEST(mutated)
{
	struct nlmsghdr *msg = full_report();
	size_t len = msg->nlmsg_len;
	unsigned int good = 0;
	struct nl_event event;
	struct nlmsghdr *copy;
	size_t i;

	for (i = 0; i < 8 * len; i++) {
		copy = exact_copy(msg, len);
		((uint8_t *)copy)[i / 8] ^= 1 << i % 8;
		good += !kmsg_event_parse(copy, len, &event);
		free(copy);
	}
	/* Bits of values and of unused fields change nothing about the form. */
	EXPECT_LT(0, good);
	EXPECT_GT(8 * len, good);
}

TEST(random_octets)
{
	struct nl_session session;
	struct nl_totals totals;
	struct nl_event event;
	struct nlmsghdr *msg;
	unsigned int i;
	size_t len, j;

	srandom(1);
	for (i = 0; i < 100000; i++) {
		len = sizeof(*msg) + GENL_HDRLEN + random() % 64;
		for (j = 0; j < len; j++)
			buf[j] = random() % 5 ? 0 : random();
		msg = exact_copy(buf, len);
		msg->nlmsg_len = len;
		kmsg_event_parse(msg, len, &event);
		kmsg_session_parse(msg, len, &session);
		kmsg_totals_parse(msg, len, &totals);
		free(msg);
	}
}

TEST_HARNESS_MAIN
