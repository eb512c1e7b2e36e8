/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Messages in heap blocks that end where they end, so that ASan sees all. */
#ifndef SELFTESTS_NL_EXACT_H
#define SELFTESTS_NL_EXACT_H

#include <stdlib.h>
#include <string.h>

#include <linux/netlink.h>

/* A copy of the first @len octets of @msg, to be freed. */
static inline struct nlmsghdr *exact_copy(const void *msg, size_t len)
{
	struct nlmsghdr *copy = malloc(len ? len : 1);

	if (!copy)
		abort();
	memcpy(copy, msg, len);
	return copy;
}

#endif /* SELFTESTS_NL_EXACT_H */
