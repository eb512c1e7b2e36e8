/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Checks between attributes and act. All return 0, or a negative errno with a
 * sentence and the attribute to blame in the request's extack.
 */
#ifndef KPPTP_NETLINK_CHECK_H
#define KPPTP_NETLINK_CHECK_H

struct genl_info;
struct kpptp_session;
struct kpptp_session_config;

int kpptp_nl_check_addresses(struct genl_info *info,
			     const struct kpptp_session_config *cfg);

/*
 * The device of the session's own packets is there. It may go later, and then nothing
 * leaves: one that is new has another index.
 */
int kpptp_nl_check_outer(struct genl_info *info,
			 const struct kpptp_session_config *cfg);

/* Finds the device that is asked for. Caller holds rtnl when there is one. */
int kpptp_nl_check_dev(struct genl_info *info, struct kpptp_session_config *cfg);

/*
 * Do the flags that @s (NULL: a new one) would have fit the rest? And who will
 * own it. Caller holds kn->lock.
 */
int kpptp_nl_check_flags(struct genl_info *info, const struct kpptp_session *s,
			 struct kpptp_session_config *cfg);

/*
 * Relay, device and keys exclude each other, whichever came first. Finds the
 * session that is to be relayed to. Caller holds kn->lock.
 */
int kpptp_nl_check_relay(struct genl_info *info, struct kpptp_session *s,
			 struct kpptp_session_config *cfg);

/*
 * A session that waits for demand has nobody to send to. @s NULL: a new one. Caller
 * holds kn->lock.
 */
int kpptp_nl_check_demand(struct genl_info *info, const struct kpptp_session *s,
			  const struct kpptp_session_config *cfg);

/*
 * May @s have the device that it asks for from another session, one of the two waiting
 * for demand? Finds the former one. Caller holds rtnl and kn->lock.
 */
int kpptp_nl_check_former(struct genl_info *info, struct kpptp_session *s,
			  struct kpptp_session_config *cfg);

/*
 * A raw session's frames are nobody's but the owner's. @s NULL: a new one; @cfg has
 * been through kpptp_nl_check_relay(). Caller holds kn->lock.
 */
int kpptp_nl_check_raw(struct genl_info *info, const struct kpptp_session *s,
		       const struct kpptp_session_config *cfg);

#endif /* KPPTP_NETLINK_CHECK_H */
