/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Programs for the kernel's packet filter, so that what is not recorded is not even
 * copied. They see IPv4 headers first.
 */
#ifndef CTL_RECORD_FILTER_H
#define CTL_RECORD_FILTER_H

#include <linux/filter.h>
#include <netinet/in.h>
#include <stdbool.h>

#define RECORD_FILTER_MAX	48

struct record_filter {
	unsigned short n;
	struct sock_filter code[RECORD_FILTER_MAX];
};

/*
 * Takes control connections and enhanced GRE of @peer, 0.0.0.0: of everybody.
 * @data: data and acknowledgements as well, else PPP's control frames only.
 */
void record_filter_make(struct record_filter *filter, struct in_addr peer, bool data);

/* True, or false with errno. */
bool record_filter_attach(int fd, const struct record_filter *filter);

#endif /* CTL_RECORD_FILTER_H */
