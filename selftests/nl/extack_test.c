// SPDX-License-Identifier: GPL-2.0-or-later
/* Acknowledgments: success, refusals with sentence and attribute, and nonsense. */
#include "kselftest_harness.h"

#include <errno.h>

#include <libmnl/libmnl.h>
#include <linux/genetlink.h>

#include "exact.h"
#include "nl/extack.h"

#define MISS_TYPE	5
#define MISS_NEST	6

static uint8_t request_buf[512] __attribute__((aligned(8)));
static uint8_t ack_buf[1024] __attribute__((aligned(8)));

/* id, then mppe-tx { bits, key }. Offsets of the four in @at. */
static struct nlmsghdr *make_request(uint32_t at[4])
{
	struct nlmsghdr *msg = mnl_nlmsg_put_header(request_buf);
	struct nlattr *nest;

	mnl_nlmsg_put_extra_header(msg, GENL_HDRLEN);
	at[0] = msg->nlmsg_len;
	mnl_attr_put_u32(msg, KPPTP_A_SESSION_ID, 1);
	at[1] = msg->nlmsg_len;
	nest = mnl_attr_nest_start(msg, KPPTP_A_SESSION_MPPE_TX);
	at[2] = msg->nlmsg_len;
	mnl_attr_put_u32(msg, KPPTP_A_MPPE_BITS, 128);
	at[3] = msg->nlmsg_len;
	mnl_attr_put(msg, KPPTP_A_MPPE_KEY, 16, request_buf);
	mnl_attr_nest_end(msg, nest);
	return msg;
}

/* An error acknowledgment; @echo: octets of the request after its header in it. */
static struct nlmsghdr *make_ack(int error, const struct nlmsghdr *request, size_t echo)
{
	struct nlmsghdr *ack = mnl_nlmsg_put_header(ack_buf);
	struct nlmsgerr *head;

	ack->nlmsg_type = NLMSG_ERROR;
	ack->nlmsg_flags = NLM_F_ACK_TLVS | (echo ? 0 : NLM_F_CAPPED);
	head = mnl_nlmsg_put_extra_header(ack, sizeof(*head) + echo);
	head->error = error;
	memcpy(&head->msg, request, sizeof(*request) + echo);
	return ack;
}

static int parse(const struct nlmsghdr *ack, const struct nlmsghdr *request,
		 struct nl_error *err)
{
	struct nlmsghdr *copy = exact_copy(ack, ack->nlmsg_len);
	int ret = extack_parse(copy, ack->nlmsg_len, request, GENL_HDRLEN, err);

	free(copy);
	return ret;
}

TEST(success)
{
	struct nlmsghdr *request, *ack;
	struct nl_error err;
	uint32_t at[4];

	request = make_request(at);
	ack = make_ack(0, request, 0);
	EXPECT_EQ(0, parse(ack, request, &err));
	EXPECT_EQ(0, err.err);
	/* A warning beside a success is no error. */
	mnl_attr_put_strz(ack, NLMSGERR_ATTR_MSG, "by the way");
	EXPECT_EQ(0, parse(ack, request, &err));
	EXPECT_STREQ("", err.text);
}

TEST(number_alone)
{
	struct nlmsghdr *request, *ack;
	struct nl_error err;
	uint32_t at[4];

	request = make_request(at);
	ack = make_ack(-ENODEV, request, 0);
	ack->nlmsg_flags = NLM_F_CAPPED;
	EXPECT_EQ(-ENODEV, parse(ack, request, &err));
	EXPECT_EQ(ENODEV, err.err);
	EXPECT_STREQ(strerror(ENODEV), err.text);
	ack = make_ack(-EPERM, request, 0);
	EXPECT_EQ(-EPERM, parse(ack, request, &err));
	EXPECT_NE(NULL, strstr(err.text, "root"));
}

/* The attribute at an offset of the request, capped or not. */
TEST(bad_attribute)
{
	static const char * const names[] = { "id", "mppe-tx", "bits", "key" };
	struct nlmsghdr *request, *ack;
	struct nl_error err;
	uint32_t at[4];
	size_t i;

	request = make_request(at);
	for (i = 0; i < 8; i++) {
		ack = make_ack(-EINVAL, request, i < 4 ? 0 : request->nlmsg_len - NLMSG_HDRLEN);
		mnl_attr_put_strz(ack, NLMSGERR_ATTR_MSG, "That will not do");
		mnl_attr_put_u32(ack, NLMSGERR_ATTR_OFFS, at[i % 4]);
		EXPECT_EQ(-EINVAL, parse(ack, request, &err));
		EXPECT_STREQ("That will not do", err.text);
		EXPECT_STREQ(names[i % 4], err.attr) TH_LOG("case %zu", i);
	}
}

/* An offset at which nothing begins names nothing. */
TEST(bad_offset)
{
	struct nlmsghdr *request, *ack;
	struct nl_error err;
	uint32_t at[4], offset;

	request = make_request(at);
	for (offset = 0; offset < 2000; offset++) {
		if (offset == at[0] || offset == at[1] || offset == at[2] || offset == at[3])
			continue;
		ack = make_ack(-EINVAL, request, 0);
		mnl_attr_put_u32(ack, NLMSGERR_ATTR_OFFS, offset);
		EXPECT_EQ(-EINVAL, parse(ack, request, &err));
		EXPECT_STREQ("", err.attr) TH_LOG("offset %u", offset);
	}
}

TEST(missing_attribute)
{
	struct nlmsghdr *request, *ack;
	struct nl_error err;
	uint32_t at[4];

	request = make_request(at);
	ack = make_ack(-EINVAL, request, 0);
	mnl_attr_put_u32(ack, MISS_TYPE, KPPTP_A_SESSION_PEER_ADDRESS);
	EXPECT_EQ(-EINVAL, parse(ack, request, &err));
	EXPECT_STREQ("peer-address", err.attr);
	mnl_attr_put_u32(ack, MISS_NEST, at[1]);
	EXPECT_EQ(-EINVAL, parse(ack, request, &err));
	EXPECT_STREQ("key", err.attr);
	ack = make_ack(-EINVAL, request, 0);
	mnl_attr_put_u32(ack, MISS_TYPE, 0xffffffff);
	EXPECT_EQ(-EINVAL, parse(ack, request, &err));
	EXPECT_STREQ("", err.attr);
}

/* Another family's attributes are not named by our table. */
TEST(other_family)
{
	struct nlmsghdr *request, *ack;
	struct nl_error err;
	uint32_t at[4];

	request = make_request(at);
	ack = make_ack(-EINVAL, request, 0);
	mnl_attr_put_u32(ack, NLMSGERR_ATTR_OFFS, at[0]);
	EXPECT_EQ(-EINVAL, extack_parse(ack, ack->nlmsg_len, request, 0, &err));
	EXPECT_STREQ("", err.attr);
}

/* A sentence is cut to its room, and need not end with a 0. */
TEST(long_sentence)
{
	struct nlmsghdr *request, *ack;
	struct nl_error err;
	uint32_t at[4];
	char text[400];

	request = make_request(at);
	memset(text, 'x', sizeof(text));
	ack = make_ack(-EINVAL, request, 0);
	mnl_attr_put(ack, NLMSGERR_ATTR_MSG, sizeof(text), text);
	EXPECT_EQ(-EINVAL, parse(ack, request, &err));
	EXPECT_EQ(sizeof(err.text) - 1, strlen(err.text));
}

TEST(done_of_a_dump)
{
	struct nlmsghdr *ack = mnl_nlmsg_put_header(ack_buf);
	struct nlmsghdr *request;
	struct nl_error err;
	uint32_t at[4];
	int *error;

	request = make_request(at);
	ack->nlmsg_type = NLMSG_DONE;
	error = mnl_nlmsg_put_extra_header(ack, sizeof(*error));
	EXPECT_EQ(0, parse(ack, request, &err));
	*error = -EINVAL;
	ack->nlmsg_flags = NLM_F_ACK_TLVS;
	mnl_attr_put_strz(ack, NLMSGERR_ATTR_MSG, "No");
	EXPECT_EQ(-EINVAL, parse(ack, request, &err));
	EXPECT_STREQ("No", err.text);
}

TEST(nonsense)
{
	struct nlmsghdr *request, *ack;
	struct nl_error err;
	uint32_t at[4];

	request = make_request(at);
	ack = make_ack(1, request, 0);
	EXPECT_EQ(-EBADMSG, parse(ack, request, &err));
	ack = make_ack(-4096, request, 0);
	EXPECT_EQ(-EBADMSG, parse(ack, request, &err));
	ack = make_ack(-EINVAL, request, 0);
	mnl_attr_put_u16(ack, NLMSGERR_ATTR_OFFS, 1);
	EXPECT_EQ(-EBADMSG, parse(ack, request, &err));
	EXPECT_EQ(EBADMSG, err.err);
	EXPECT_NE('\0', err.text[0]);
}

TEST(truncated_and_mutated)
{
	struct nlmsghdr *request, *ack, *copy;
	struct nl_error err;
	uint32_t at[4];
	size_t i;

	request = make_request(at);
	ack = make_ack(-EINVAL, request, request->nlmsg_len - NLMSG_HDRLEN);
	mnl_attr_put_strz(ack, NLMSGERR_ATTR_MSG, "No");
	mnl_attr_put_u32(ack, NLMSGERR_ATTR_OFFS, at[3]);
	for (i = 0; i < ack->nlmsg_len; i++) {
		copy = exact_copy(ack, i);
		EXPECT_EQ(-EBADMSG, extack_parse(copy, i, request, GENL_HDRLEN, &err));
		if (i >= sizeof(*copy)) {
			copy->nlmsg_len = i;
			EXPECT_GT(0, extack_parse(copy, i, request, GENL_HDRLEN, &err));
		}
		free(copy);
	}
	for (i = 0; i < 8 * ack->nlmsg_len; i++) {
		copy = exact_copy(ack, ack->nlmsg_len);
		((uint8_t *)copy)[i / 8] ^= 1 << i % 8;
		extack_parse(copy, ack->nlmsg_len, request, GENL_HDRLEN, &err);
		free(copy);
	}
}

TEST_HARNESS_MAIN
