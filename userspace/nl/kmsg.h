/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Codec of the generic netlink family "kpptp". Pure: bytes and plain structs.
 *
 * Builders write into the caller's buffer, aligned for a struct nlmsghdr, and
 * return the message, or NULL when @room is too small or a value cannot be
 * expressed. KMSG_ROOM is enough for every request. Parsers take @len octets,
 * check all of them and return 0 or -EBADMSG; attributes that they do not know
 * are passed over, a newer module may send them.
 */
#ifndef NL_KMSG_H
#define NL_KMSG_H

#include <stddef.h>
#include <stdint.h>

#include "types.h"

#define KMSG_ROOM	(KPPTP_FRAME_MAX + 512)
_Static_assert(KPPTP_FRAME_MAX >= 40 * KPPTP_INNER_MAX, "as many inner addresses as may be");

struct nlmsghdr;

/*
 * A request @cmd with every member of @session that its given names. @dump: ask
 * for all that fit. Members that requests do not have (stats, drops, frame) are
 * refused with NULL.
 */
struct nlmsghdr *kmsg_session(void *buf, size_t room, uint16_t family, int cmd,
			      bool dump, const struct nl_session *session);

struct nlmsghdr *kmsg_frame_send(void *buf, size_t room, uint16_t family,
				 uint32_t id, const uint8_t *frame, size_t len);

struct nlmsghdr *kmsg_totals_get(void *buf, size_t room, uint16_t family);

/* A report about a session; given names what was in it. */
int kmsg_session_parse(const struct nlmsghdr *msg, size_t len,
		       struct nl_session *session);

int kmsg_totals_parse(const struct nlmsghdr *msg, size_t len,
		      struct nl_totals *totals);

/*
 * An event with everything that its kind must carry. @event->frame points into
 * @msg. -ENOMSG: well formed, but no event that we know.
 */
int kmsg_event_parse(const struct nlmsghdr *msg, size_t len,
		     struct nl_event *event);

#endif /* NL_KMSG_H */
