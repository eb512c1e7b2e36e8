// SPDX-License-Identifier: GPL-2.0-only
/*
 * The MSS option of a SYN, in the kernel: lowered, and by the kernel's own sum
 * the segment is still right.
 */
#include <kunit/test.h>
#include <linux/tcp.h>
#include <net/ip.h>
#include <net/tcp.h>

#include "../core/mssclamp.h"

#define SYN_LEN	(sizeof(struct iphdr) + sizeof(struct tcphdr) + 8)

/* The option's value stands at an even place, or at an odd one. */
static void mssclamp_make(u8 *p, u16 mss, bool odd)
{
	struct iphdr *iph = (struct iphdr *)p;
	struct tcphdr *th = (struct tcphdr *)(iph + 1);
	u8 *opt = (u8 *)(th + 1);
	u16 len = SYN_LEN - sizeof(*iph);

	memset(p, 0, SYN_LEN);
	iph->version = 4;
	iph->ihl = 5;
	iph->tot_len = htons(SYN_LEN);
	iph->protocol = IPPROTO_TCP;
	iph->saddr = htonl(0x0a000001);
	iph->daddr = htonl(0x0a000002);
	th->syn = 1;
	th->doff = len / 4;
	memset(opt, TCPOPT_NOP, 8);
	opt += odd;
	opt[0] = TCPOPT_MSS;
	opt[1] = TCPOLEN_MSS;
	kpptp_put_be16(opt + 2, mss);
	th->check = tcp_v4_check(len, iph->saddr, iph->daddr, csum_partial(th, len, 0));
}

static bool mssclamp_sum_right(const u8 *p)
{
	const struct iphdr *iph = (const struct iphdr *)p;
	u16 len = SYN_LEN - sizeof(*iph);

	return !tcp_v4_check(len, iph->saddr, iph->daddr,
			     csum_partial(iph + 1, len, 0));
}

static void mssclamp_lowered(struct kunit *test)
{
	u32 mtu;
	int odd;
	u8 *p;

	p = kunit_kzalloc(test, SYN_LEN, GFP_KERNEL);
	KUNIT_ASSERT_NOT_NULL(test, p);
	for (odd = 0; odd <= 1; odd++) {
		for (mtu = 68; mtu < 1500; mtu++) {
			mssclamp_make(p, 1460, odd);
			KUNIT_ASSERT_TRUE(test, mssclamp_sum_right(p));
			KUNIT_ASSERT_TRUE(test, kpptp_mssclamp_packet(p, SYN_LEN, mtu));
			KUNIT_ASSERT_EQ(test, mtu - 40, kpptp_get_be16(p + 42 + odd));
			KUNIT_ASSERT_TRUE_MSG(test, mssclamp_sum_right(p), "mtu %u", mtu);
		}
	}
}

static void mssclamp_left(struct kunit *test)
{
	u8 *p;

	p = kunit_kzalloc(test, SYN_LEN, GFP_KERNEL);
	KUNIT_ASSERT_NOT_NULL(test, p);
	mssclamp_make(p, 1360, false);
	KUNIT_EXPECT_FALSE(test, kpptp_mssclamp_packet(p, SYN_LEN, 1400));
	KUNIT_EXPECT_TRUE(test, kpptp_mssclamp_packet(p, SYN_LEN, 1399));
}

static struct kunit_case mssclamp_cases[] = {
	KUNIT_CASE(mssclamp_lowered),
	KUNIT_CASE(mssclamp_left),
	{}
};

static struct kunit_suite mssclamp_suite = {
	.name = "kpptp_mssclamp",
	.test_cases = mssclamp_cases,
};

kunit_test_suite(mssclamp_suite);
