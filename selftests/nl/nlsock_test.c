// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * The socket against this machine's own kernel: its controller of generic
 * netlink answers everybody. Unsolicited messages come from a second socket,
 * which takes CAP_NET_ADMIN.
 */
#include "kselftest_harness.h"

#include <errno.h>
#include <linux/genetlink.h>
#include <linux/netlink.h>
#include <sys/socket.h>

#include "nl/nlsock.h"

#define TYPE	(NLMSG_MIN_TYPE + 1)

FIXTURE(sock) {
	struct nlsock *sock;
	struct nl_error err;
};

FIXTURE_SETUP(sock)
{
	self->sock = nlsock_open(NETLINK_GENERIC, 1 << 20, &self->err);
	ASSERT_NE(NULL, self->sock) TH_LOG("%s", self->err.text);
}

FIXTURE_TEARDOWN(sock)
{
	nlsock_close(self->sock);
}

TEST_F(sock, family)
{
	uint16_t family = 0;

	EXPECT_EQ(0, nlsock_family(self->sock, "nlctrl", &family, &self->err));
	EXPECT_EQ(GENL_ID_CTRL, family);
	EXPECT_NE(0, nlsock_port(self->sock));
	EXPECT_LE(0, nlsock_fd(self->sock));
}

TEST_F(sock, no_such_family)
{
	uint16_t family = 0;

	EXPECT_EQ(-ENOENT, nlsock_family(self->sock, "no-such-family", &family, &self->err));
	EXPECT_EQ(ENOENT, self->err.err);
	EXPECT_NE('\0', self->err.text[0]);
	EXPECT_NE(0, nlsock_family(self->sock, "a-name-that-is-far-too-long-for-a-family",
				   &family, &self->err));
}

TEST_F(sock, groups)
{
	EXPECT_EQ(0, nlsock_join(self->sock, "nlctrl", "notify", &self->err))
		TH_LOG("%s", self->err.text);
	EXPECT_EQ(-ENOENT, nlsock_join(self->sock, "nlctrl", "nothing", &self->err));
	EXPECT_NE(NULL, strstr(self->err.text, "nothing"));
}

/* What a message handed out said. */
struct got {
	unsigned int count;
	uint32_t next;
	bool in_order;
	struct nlsock *talk;	/* ask something in the middle of each message */
};

static int take(const struct nlmsghdr *msg, size_t len, void *arg)
{
	struct got *got = arg;
	struct nl_error err;
	uint32_t number;
	uint16_t family;

	memcpy(&number, NLMSG_DATA(msg), sizeof(number));
	got->in_order &= len == NLMSG_LENGTH(sizeof(number)) && msg->nlmsg_type == TYPE &&
			 number == got->next;
	got->next++;
	got->count++;
	if (got->talk && nlsock_family(got->talk, "nlctrl", &family, &err))
		got->in_order = false;
	return 0;
}

/* Sends the numbers from @first to @last to the socket. False: not allowed to. */
static bool send_numbers(const struct nlsock *sock, uint32_t first, uint32_t last)
{
	struct sockaddr_nl to = { .nl_family = AF_NETLINK, .nl_pid = nlsock_port(sock) };
	int fd = socket(AF_NETLINK, SOCK_RAW, NETLINK_GENERIC);
	struct {
		struct nlmsghdr head;
		uint32_t number;
	} msg = { { .nlmsg_len = NLMSG_LENGTH(4), .nlmsg_type = TYPE } };
	bool good = true;

	for (; good && first <= last; first++) {
		msg.number = first;
		good = sendto(fd, &msg, msg.head.nlmsg_len, 0,
			      (struct sockaddr *)&to, sizeof(to)) > 0;
	}
	close(fd);
	return good;
}

/* Messages that stand before an answer come afterwards, all and in order. */
TEST_F(sock, kept_while_talking)
{
	struct got got = { .in_order = true };
	uint16_t family;

	if (!send_numbers(self->sock, 0, 9))
		SKIP(return, "takes CAP_NET_ADMIN");
	EXPECT_FALSE(nlsock_kept(self->sock));
	EXPECT_EQ(0, nlsock_family(self->sock, "nlctrl", &family, &self->err));
	EXPECT_EQ(GENL_ID_CTRL, family);
	EXPECT_TRUE(nlsock_kept(self->sock));
	ASSERT_TRUE(send_numbers(self->sock, 10, 14));
	EXPECT_EQ(3, nlsock_receive(self->sock, 3, take, &got));
	EXPECT_EQ(3, got.count);
	EXPECT_EQ(12, nlsock_receive(self->sock, 100, take, &got));
	EXPECT_EQ(15, got.count);
	EXPECT_TRUE(got.in_order);
	EXPECT_FALSE(nlsock_kept(self->sock));
	EXPECT_EQ(0, nlsock_receive(self->sock, 100, take, &got));
}

/* Who takes a message may make a request. */
TEST_F(sock, talks_while_receiving)
{
	struct got got = { .in_order = true, .talk = self->sock };

	if (!send_numbers(self->sock, 0, 49))
		SKIP(return, "takes CAP_NET_ADMIN");
	EXPECT_EQ(50, nlsock_receive(self->sock, 100, take, &got));
	EXPECT_EQ(50, got.count);
	EXPECT_TRUE(got.in_order);
}

/* What does not fit is lost, and that is said once. */
TEST_F(sock, too_many)
{
	struct got got = { .in_order = true };
	uint16_t family;

	if (!send_numbers(self->sock, 0, 600))
		SKIP(return, "takes CAP_NET_ADMIN");
	EXPECT_EQ(0, nlsock_family(self->sock, "nlctrl", &family, &self->err));
	ASSERT_TRUE(send_numbers(self->sock, 601, NLSOCK_KEEP_MAX + 5));
	EXPECT_EQ(0, nlsock_family(self->sock, "nlctrl", &family, &self->err));
	EXPECT_EQ(-ENOBUFS, nlsock_receive(self->sock, 2000, take, &got));
	EXPECT_EQ(0, got.count);
	EXPECT_EQ(NLSOCK_KEEP_MAX, nlsock_receive(self->sock, 2000, take, &got));
	EXPECT_TRUE(got.in_order);
	EXPECT_FALSE(nlsock_kept(self->sock));
}

TEST_HARNESS_MAIN
