/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Netlink acknowledgments with their extended part -> struct nl_error. Pure.
 */
#ifndef NL_EXTACK_H
#define NL_EXTACK_H

#include <stddef.h>

#include "types.h"

struct nlmsghdr;

/*
 * @ack: an NLMSG_ERROR or NLMSG_DONE of @len octets. @request: what it answers;
 * the kernel names an attribute at fault by its place in it. @header: octets
 * between the request's struct nlmsghdr and its attributes when its attributes
 * are those of the family "kpptp", 0 otherwise (the attribute stays unnamed).
 *
 * Returns 0 for success, else a negative errno with @err filled; -EBADMSG when
 * the acknowledgment itself is malformed.
 */
int extack_parse(const struct nlmsghdr *ack, size_t len,
		 const struct nlmsghdr *request, size_t header,
		 struct nl_error *err);

#endif /* NL_EXTACK_H */
