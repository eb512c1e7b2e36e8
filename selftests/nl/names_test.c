// SPDX-License-Identifier: GPL-2.0-or-later
/* Every name that the netlink spec gives, in its order, and no other. */
#include "kselftest_harness.h"

#include "nl/names.h"

#include <linux/kpptp.h>

static const char *flag(int i)
{
	return names_flag(i);
}

static const char *status(int i)
{
	return names_status(i);
}

static const char *reason(int i)
{
	return names_reason(i);
}

static const char *desync(int i)
{
	return names_desync(i);
}

/* A list of the spec, what numbers its entries, and the first number. */
static const struct {
	const char *list;
	const char *(*name)(int number);
	int first;
	int count;	/* from the header; 0: it has no maximum for these */
} lists[] = {
	{ "session", names_session, 1, KPPTP_A_SESSION_MAX },
	{ "mppe", names_mppe, 1, KPPTP_A_MPPE_MAX },
	{ "stats", names_stats, 1, KPPTP_A_STATS_MAX },
	{ "drops", names_drops, 1, KPPTP_A_DROPS_MAX },
	{ "session-flags", flag, 0, 0 },
	{ "session-status", status, 0, 0 },
	{ "delete-reason", reason, 0, 0 },
	{ "desync-kind", desync, 0, 0 },
};

/*
 * The spec is indented by two: the name of a list has four blanks before it and
 * those of its entries eight.
 */
static int name_of(const char *line, int indent, char *name, size_t room)
{
	if ((int)strspn(line, " ") != indent || strncmp(line + indent, "name: ", 6))
		return 0;
	snprintf(name, room, "%s", line + indent + 6);
	name[strcspn(name, "\n")] = '\0';
	return 1;
}

TEST(names)
{
	int count[ARRAY_SIZE(lists)] = { 0 };
	char line[200], name[64];
	int list = -1;
	FILE *spec;
	size_t i;

	spec = fopen(SPEC, "r");
	ASSERT_NE(NULL, spec);
	while (fgets(line, sizeof(line), spec)) {
		const char *have;

		if (name_of(line, 4, name, sizeof(name))) {
			list = -1;
			for (i = 0; i < ARRAY_SIZE(lists); i++)
				list = strcmp(lists[i].list, name) ? list : (int)i;
		}
		if (list < 0 || !name_of(line, 8, name, sizeof(name)))
			continue;
		have = lists[list].name(lists[list].first + count[list]++);
		if (!strcmp(name, "pad")) {
			EXPECT_EQ(NULL, have);
			continue;
		}
		ASSERT_NE(NULL, have) TH_LOG("%s has no %s", lists[list].list, name);
		EXPECT_STREQ(name, have) TH_LOG("%s", lists[list].list);
	}
	fclose(spec);
	for (i = 0; i < ARRAY_SIZE(lists); i++) {
		EXPECT_LT(0, count[i]) TH_LOG("%s", lists[i].list);
		if (lists[i].count)
			EXPECT_EQ(lists[i].count, count[i]) TH_LOG("%s", lists[i].list);
	}
	EXPECT_EQ(NULL, names_flag(count[4]));
	EXPECT_EQ(NULL, names_status(count[5]));
	EXPECT_STREQ("unknown", names_reason(count[6]));
	EXPECT_STREQ("unknown", names_desync(count[7]));
}

TEST(no_number)
{
	EXPECT_EQ(NULL, names_session(0));
	EXPECT_EQ(NULL, names_session(-1));
	EXPECT_EQ(NULL, names_session(KPPTP_A_SESSION_MAX + 1));
	EXPECT_EQ(NULL, names_drops(KPPTP_A_DROPS_MAX + 1));
	EXPECT_EQ(NULL, names_stats(KPPTP_A_STATS_MAX + 1));
	EXPECT_EQ(NULL, names_mppe(KPPTP_A_MPPE_MAX + 1));
}

TEST_HARNESS_MAIN
