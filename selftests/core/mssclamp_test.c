// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * The MSS option: what is lowered, what is not, and that the checksum stays
 * right wherever the option stands.
 */
#include "core/mssclamp.h"

#include <stdlib.h>

#include "hex.h"
#include "kselftest_harness.h"

#define ARRAY_LEN(a) (sizeof(a) / sizeof((a)[0]))

#define SYN	0x02
#define ACK	0x10
#define PACKET_MAX 256

struct packet {
	u8 octets[PACKET_MAX];
	size_t len;
	size_t tcp;	/* offset of the TCP header */
};

/* How a packet is made. */
struct recipe {
	bool six;
	u8 flags;
	u16 frag;		/* IPv4's field, or the fragment header's */
	const char *ip_options;	/* hex; IPv6: extension headers, chained */
	const char *options;	/* hex, a multiple of four octets */
};

static u32 add(u32 sum, const u8 *p, size_t len)
{
	size_t i;

	for (i = 0; i < len; i++)
		sum += i & 1 ? p[i] : p[i] << 8;
	return sum;
}

/* Pseudo header and segment; all ones when the checksum is right. */
static u16 tcp_sum(const struct packet *p, bool six)
{
	u32 sum = six ? add(0, p->octets + 8, 32) : add(0, p->octets + 12, 8);

	sum += 6 + p->len - p->tcp;
	sum = add(sum, p->octets + p->tcp, p->len - p->tcp);
	while (sum >> 16)
		sum = (sum & 0xffff) + (sum >> 16);
	return sum;
}

static void ip_header(struct packet *p, const struct recipe *r)
{
	size_t more;

	if (r->six) {
		p->octets[0] = 0x60;
		more = hex_octets(r->ip_options, p->octets + 40, sizeof(p->octets) - 40);
		p->octets[6] = more ? p->octets[40 + --more] : 6;
		p->tcp = 40 + more;
	} else {
		more = hex_octets(r->ip_options, p->octets + 20, sizeof(p->octets) - 20);
		p->octets[0] = 0x45 + more / 4;
		kpptp_put_be16(p->octets + 6, r->frag);
		p->octets[9] = 6;
		p->tcp = 20 + more;
	}
	memset(p->octets + (r->six ? 8 : 12), 0x5a, r->six ? 32 : 8);
}

/*
 * Hex of IPv6's extension headers ends with one more octet: the kind of the
 * first one.
 */
static void make(struct packet *p, const struct recipe *r)
{
	u8 *tcp;

	memset(p, 0, sizeof(*p));
	ip_header(p, r);
	tcp = p->octets + p->tcp;
	memset(tcp, 0, 20);
	kpptp_put_be16(tcp, 40000);
	kpptp_put_be16(tcp + 2, 443);
	kpptp_put_be32(tcp + 4, 0x12345678);
	tcp[13] = r->flags;
	p->len = p->tcp + 20 + hex_octets(r->options, tcp + 20, 40);
	tcp[12] = (u8)((p->len - p->tcp) / 4 << 4);
	if (r->six)
		kpptp_put_be16(p->octets + 4, p->len - 40);
	else
		kpptp_put_be16(p->octets + 2, p->len);
	kpptp_put_be16(tcp + 16, (u16)~tcp_sum(p, r->six));
}

static bool clamp(struct packet *p, u16 mtu)
{
	u8 *copy = malloc(p->len);
	bool changed;

	/* In a block of its own size, so that ASan sees a step past the end. */
	memcpy(copy, p->octets, p->len);
	changed = kpptp_mssclamp_packet(copy, p->len, mtu);
	memcpy(p->octets, copy, p->len);
	free(copy);
	return changed;
}

#define HOP	"060000000000000000"		/* hop-by-hop, then TCP */
#define TWO	"3c00000000000000060100000000000000000000000000002b"
#define FRAG_0	"06000001000000012c"
#define FRAG_8	"06000009000000012c"

/* MTU 1400: 1360 for IPv4, 1340 for IPv6. @want: value, 0: no change. */
static const struct {
	const char *what;
	struct recipe r;
	u16 at;			/* of the value, behind the TCP header's 20 octets */
	u16 want;
} cases[] = {
	{ "SYN", { .flags = SYN, .options = "020405b4" }, 2, 1360 },
	{ "SYN and ACK", { .flags = SYN | ACK, .options = "020405b4" }, 2, 1360 },
	{ "SYN, all options",
	  { .flags = SYN, .options = "020405b40402080a000000010000000001030307" }, 2, 1360 },
	{ "option at an odd place", { .flags = SYN, .options = "01020405b4010101" }, 3, 1360 },
	{ "option last", { .flags = SYN, .options = "0402080a0000000100000000030307020405b400" },
	  17, 1360 },
	{ "the lowest that is too much", { .flags = SYN, .options = "02040551" }, 2, 1360 },
	{ "IPv4 options",
	  { .flags = SYN, .ip_options = "94040000", .options = "020405b4" }, 2, 1360 },
	{ "first fragment", { .flags = SYN, .frag = 0x2000, .options = "020405b4" }, 2, 1360 },
	{ "IPv6", { .six = true, .flags = SYN, .options = "020405a0" }, 2, 1340 },
	{ "IPv6, hop-by-hop",
	  { .six = true, .flags = SYN, .ip_options = HOP, .options = "020405a0" }, 2, 1340 },
	{ "IPv6, two headers",
	  { .six = true, .flags = SYN, .ip_options = TWO, .options = "020405a0" }, 2, 1340 },
	{ "IPv6, first fragment",
	  { .six = true, .flags = SYN, .ip_options = FRAG_0, .options = "020405a0" }, 2, 1340 },

	{ "fits already", { .flags = SYN, .options = "02040550" }, 0, 0 },
	{ "lower already", { .flags = SYN, .options = "02040218" }, 0, 0 },
	{ "no option", { .flags = SYN, .options = "0402010103030701" }, 0, 0 },
	{ "no options at all", { .flags = SYN }, 0, 0 },
	{ "no SYN", { .flags = ACK, .options = "020405b4" }, 0, 0 },
	{ "behind the end of options", { .flags = SYN, .options = "00000000020405b4" }, 0, 0 },
	{ "option of length 0", { .flags = SYN, .options = "03000000020405b4" }, 0, 0 },
	{ "option of length 1", { .flags = SYN, .options = "03010000020405b4" }, 0, 0 },
	{ "option past the end", { .flags = SYN, .options = "030a0000020405b4" }, 0, 0 },
	{ "MSS of a wrong length", { .flags = SYN, .options = "020605b4ffff0000" }, 0, 0 },
	{ "MSS cut off", { .flags = SYN, .options = "01010204" }, 0, 0 },
	{ "later fragment", { .flags = SYN, .frag = 0x0001, .options = "020405b4" }, 0, 0 },
	{ "IPv6, later fragment",
	  { .six = true, .flags = SYN, .ip_options = FRAG_8, .options = "020405a0" }, 0, 0 },
	{ "IPv6, fits already", { .six = true, .flags = SYN, .options = "0204053c" }, 0, 0 },
};

TEST(table)
{
	struct packet p, before;
	size_t i;

	for (i = 0; i < ARRAY_LEN(cases); i++) {
		make(&before, &cases[i].r);
		p = before;
		ASSERT_EQ(0xffff, tcp_sum(&p, cases[i].r.six));
		EXPECT_EQ(cases[i].want != 0, clamp(&p, 1400)) TH_LOG("%s", cases[i].what);
		EXPECT_EQ(0xffff, tcp_sum(&p, cases[i].r.six)) TH_LOG("%s", cases[i].what);
		if (cases[i].want) {
			EXPECT_EQ(cases[i].want,
				  kpptp_get_be16(p.octets + p.tcp + 20 + cases[i].at))
				TH_LOG("%s", cases[i].what);
			memcpy(p.octets + p.tcp + 16, before.octets + p.tcp + 16, 2);
			memcpy(p.octets + p.tcp + 20 + cases[i].at,
			       before.octets + p.tcp + 20 + cases[i].at, 2);
		}
		EXPECT_EQ(0, memcmp(before.octets, p.octets, sizeof(p.octets)))
			TH_LOG("%s: and nothing else", cases[i].what);
	}
}

/* Every value to every other, so that all carries of the sum happen. */
TEST(sums)
{
	struct recipe even = { .flags = SYN, .options = "0204ffff" };
	struct recipe odd = { .flags = SYN, .options = "010204ffff010101" };
	struct packet p, q;
	u32 mtu;

	for (mtu = 41; mtu < 65536; mtu += 7) {
		make(&p, &even);
		make(&q, &odd);
		ASSERT_TRUE(clamp(&p, mtu));
		ASSERT_TRUE(clamp(&q, mtu));
		ASSERT_EQ(0xffff, tcp_sum(&p, false)) TH_LOG("mtu %u", mtu);
		ASSERT_EQ(0xffff, tcp_sum(&q, false)) TH_LOG("mtu %u, odd", mtu);
	}
}

TEST(no_room)
{
	struct recipe r = { .flags = SYN, .options = "020405b4" };
	struct packet p;

	make(&p, &r);
	EXPECT_FALSE(clamp(&p, 40));
	EXPECT_FALSE(clamp(&p, 0));
	EXPECT_TRUE(clamp(&p, 41));
	r.six = true;
	make(&p, &r);
	EXPECT_FALSE(clamp(&p, 60));
	EXPECT_TRUE(clamp(&p, 61));
}

/* Nothing but the whole header will do, and no step past the end is made. */
TEST(truncations)
{
	struct packet p;
	size_t i, len;

	for (i = 0; i < ARRAY_LEN(cases); i++) {
		make(&p, &cases[i].r);
		len = p.len;
		for (p.len = 0; p.len < len; p.len++)
			EXPECT_FALSE(clamp(&p, 1400)) TH_LOG("%s at %zu", cases[i].what, p.len);
	}
}

/* A header length or version that lies. */
TEST(lies)
{
	struct recipe r = { .flags = SYN, .options = "020405b4" };
	struct packet p;

	make(&p, &r);
	p.octets[0] = 0x44;
	EXPECT_FALSE(clamp(&p, 1400));
	p.octets[0] = 0x4f;
	EXPECT_FALSE(clamp(&p, 1400));
	p.octets[0] = 0x55;
	EXPECT_FALSE(clamp(&p, 1400));
	make(&p, &r);
	p.octets[p.tcp + 12] = 0x40;
	EXPECT_FALSE(clamp(&p, 1400));
	p.octets[p.tcp + 12] = 0x70;
	EXPECT_FALSE(clamp(&p, 1400));
	make(&p, &r);
	p.octets[9] = 17;
	EXPECT_FALSE(clamp(&p, 1400));
}

TEST_HARNESS_MAIN
