// SPDX-License-Identifier: GPL-2.0-or-later
/* Files that are whole or not there, and for root's eyes only. */
#include "kselftest_harness.h"

#include <errno.h>
#include <sys/stat.h>
#include <unistd.h>

#include "daemon/statedir.h"

FIXTURE(dir) {
	char base[32];
	struct statedir dir;
	char err[STATEDIR_ERROR_MAX];
	char text[64];
};

FIXTURE_SETUP(dir)
{
	snprintf(self->base, sizeof(self->base), "/tmp/statedir.XXXXXX");
	ASSERT_NE(NULL, mkdtemp(self->base));
	snprintf(self->dir.path, sizeof(self->dir.path), "%s/d", self->base);
}

FIXTURE_TEARDOWN(dir)
{
	statedir_remove(&self->dir, "a.conf", self->err);
	statedir_remove(&self->dir, "b.conf", self->err);
	statedir_remove(&self->dir, "c", self->err);
	rmdir(self->dir.path);
	rmdir(self->base);
}

static void count(void *arg, const char *name)
{
	unsigned int *n = arg;

	*n += name[0] == 'a' || name[0] == 'b' ? 1 : 100;
}

/* What is not there is empty; the first write makes it. */
TEST_F(dir, made_by_writing)
{
	unsigned int n = 0;
	struct stat st;

	EXPECT_TRUE(statedir_each(&self->dir, ".conf", count, &n, self->err));
	EXPECT_EQ(0, n);
	EXPECT_EQ(-ENOENT, statedir_read(&self->dir, "a.conf", self->text,
					 sizeof(self->text), self->err));
	EXPECT_TRUE(statedir_remove(&self->dir, "a.conf", self->err));
	EXPECT_NE(0, access(self->dir.path, F_OK));
	ASSERT_TRUE(statedir_write(&self->dir, "a.conf", "one", 3, self->err));
	ASSERT_TRUE(statedir_write(&self->dir, "b.conf", "", 0, self->err));
	ASSERT_TRUE(statedir_write(&self->dir, "c", "x", 1, self->err));
	ASSERT_EQ(0, stat(self->dir.path, &st));
	EXPECT_EQ(0700, st.st_mode & 07777);
	EXPECT_TRUE(statedir_each(&self->dir, ".conf", count, &n, self->err));
	EXPECT_EQ(2, n);
}

TEST_F(dir, read_and_replace)
{
	ASSERT_TRUE(statedir_write(&self->dir, "a.conf", "one", 3, self->err));
	EXPECT_EQ(3, statedir_read(&self->dir, "a.conf", self->text, sizeof(self->text),
				   self->err));
	EXPECT_STREQ("one", self->text);
	ASSERT_TRUE(statedir_write(&self->dir, "a.conf", "twotwo", 6, self->err));
	EXPECT_EQ(6, statedir_read(&self->dir, "a.conf", self->text, 7, self->err));
	EXPECT_STREQ("twotwo", self->text);
	EXPECT_EQ(-EFBIG, statedir_read(&self->dir, "a.conf", self->text, 6, self->err));
	EXPECT_TRUE(statedir_remove(&self->dir, "a.conf", self->err));
	EXPECT_EQ(-ENOENT, statedir_read(&self->dir, "a.conf", self->text, 7, self->err));
}

TEST_F(dir, modes)
{
	static const mode_t modes[] = { 0640, 0604, 0620, 0602, 0610, 0601 };
	char path[STATEDIR_PATH_MAX + 8];
	size_t i;

	ASSERT_TRUE(statedir_write(&self->dir, "a.conf", "one", 3, self->err));
	snprintf(path, sizeof(path), "%s/a.conf", self->dir.path);
	for (i = 0; i < ARRAY_SIZE(modes); i++) {
		ASSERT_EQ(0, chmod(path, modes[i]));
		EXPECT_EQ(-EPERM, statedir_read(&self->dir, "a.conf", self->text,
						sizeof(self->text), self->err))
			TH_LOG("%zu", i);
		EXPECT_NE(NULL, strstr(self->err, "only its owner can read and write"));
	}
}

TEST_HARNESS_MAIN
