// SPDX-License-Identifier: GPL-2.0-only
/*
 * Longest-prefix match in the kernel: hosts and prefixes of a network, added one by
 * one and removed in another order, are found by every address of it.
 */
#include <kunit/test.h>

#include "../core/lpm.h"

#define LPM_NET		0x0a000000	/* 10.0.0.0/24 */
#define LPM_HOSTS	256

struct lpm_rig {
	struct kpptp_lpm tree;
	struct kpptp_lpm_node *node[2 * LPM_HOSTS + 1];	/* by place */
};

/* A prefix has a place: that of its first address and length. */
static unsigned int lpm_place_of(unsigned int first, unsigned int len)
{
	return (LPM_HOSTS + first) >> (32 - len);
}

static void lpm_make(u32 first, unsigned int len, struct kpptp_lpm_prefix *prefix)
{
	u8 addr[KPPTP_LPM_IP];

	kpptp_put_be32(addr, LPM_NET + first);
	kpptp_lpm_prefix(addr, sizeof(addr), len, prefix);
}

static void lpm_add(struct kunit *test, struct lpm_rig *rig, u32 first,
		    unsigned int len)
{
	unsigned int place = lpm_place_of(first, len);
	struct kpptp_lpm_node *spare[2];
	struct kpptp_lpm_prefix prefix;
	unsigned int i;

	for (i = 0; i < 2; i++) {
		spare[i] = kunit_kzalloc(test, sizeof(**spare), GFP_KERNEL);
		KUNIT_ASSERT_NOT_NULL(test, spare[i]);
	}
	lpm_make(first, len, &prefix);
	rig->node[place] = kpptp_lpm_insert(&rig->tree, &prefix,
					    &rig->node[place], spare);
}

static void lpm_del(struct lpm_rig *rig, u32 first, unsigned int len)
{
	unsigned int place = lpm_place_of(first, len);
	struct kpptp_lpm_node *gone[2];

	kpptp_lpm_remove(&rig->tree, rig->node[place], gone);
	rig->node[place] = NULL;
}

/* Place p is inside of p / 2: the first one upwards that is there is the longest. */
static void *lpm_expect(struct lpm_rig *rig, u32 host)
{
	unsigned int place = lpm_place_of(host, 32);

	while (place && !rig->node[place])
		place /= 2;
	return place ? &rig->node[place] : NULL;
}

static void lpm_check(struct kunit *test, struct lpm_rig *rig)
{
	u8 addr[KPPTP_LPM_IP];
	u32 host;

	for (host = 0; host < LPM_HOSTS; host++) {
		kpptp_put_be32(addr, LPM_NET + host);
		KUNIT_ASSERT_PTR_EQ(test, kpptp_lpm_lookup(&rig->tree, addr, sizeof(addr)),
				    lpm_expect(rig, host));
	}
}

static void lpm_longest(struct kunit *test)
{
	struct lpm_rig *rig = kunit_kzalloc(test, sizeof(*rig), GFP_KERNEL);
	unsigned int len, first;

	KUNIT_ASSERT_NOT_NULL(test, rig);
	for (len = 32; len >= 24; len -= 2) {
		for (first = 0; first < LPM_HOSTS; first += 3u << (32 - len))
			lpm_add(test, rig, first, len);
		lpm_check(test, rig);
	}
	for (len = 24; len <= 32; len += 2) {
		for (first = 0; first < LPM_HOSTS; first += 3u << (32 - len))
			lpm_del(rig, first, len);
		lpm_check(test, rig);
	}
	KUNIT_EXPECT_PTR_EQ(test, rig->tree.root, NULL);
}

static struct kunit_case lpm_cases[] = {
	KUNIT_CASE(lpm_longest),
	{}
};

static struct kunit_suite lpm_suite = {
	.name = "kpptp_lpm",
	.test_cases = lpm_cases,
};

kunit_test_suite(lpm_suite);
