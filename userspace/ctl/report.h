/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What the kernel tells, as JSON objects: the one form from which both the text
 * and the JSON output are made. Members are named as in the netlink spec, with _
 * for -. The caller owns what is returned.
 */
#ifndef CTL_REPORT_H
#define CTL_REPORT_H

#include <jansson.h>

#include "nl/types.h"

json_t *report_session(const struct nl_session *session);
json_t *report_stats(const uint64_t *stats);	/* by KPPTP_A_STATS_* */
json_t *report_drops(const uint64_t *drops);	/* by KPPTP_A_DROPS_* */
json_t *report_event(const struct nl_event *event);

#endif /* CTL_REPORT_H */
