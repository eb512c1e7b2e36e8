/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Attributes to struct. All return 0, or a negative errno with a sentence and the
 * attribute to blame in the request's extack.
 */
#ifndef KPPTP_NETLINK_PARSE_H
#define KPPTP_NETLINK_PARSE_H

#include <linux/types.h>

struct genl_info;
struct kpptp_session_config;

/* Refuses with a sentence and the attribute that is to blame. */
#define nl_refuse(info, attr, err, sentence) ({				\
	const struct genl_info *__info = (info);			\
									\
	NL_SET_ERR_MSG_ATTR(__info->extack, __info->attrs[attr], sentence); \
	(err);								\
})

#define nl_refuse_id(info) \
	nl_refuse(info, KPPTP_A_SESSION_ID, -ENOENT, "There is no session with this id")

#define NL_NO_PEER	"The session waits for demand and has no peer"

/* Is this request about a session that waits for demand? All others have addresses. */
bool kpptp_nl_parse_waits(const struct genl_info *info);

/* The id of the session that is meant; every command but session-new has one. */
int kpptp_nl_parse_id(struct genl_info *info, u32 *id);

/*
 * What session-new and session-set have in common; session-new's request has the
 * addresses beside. kpptp_session_config_wipe() is due either way.
 */
int kpptp_nl_parse_config(struct genl_info *info,
			  struct kpptp_session_config *cfg);
int kpptp_nl_parse_new(struct genl_info *info,
		       struct kpptp_session_config *cfg);

#endif /* KPPTP_NETLINK_PARSE_H */
