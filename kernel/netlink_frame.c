// SPDX-License-Identifier: GPL-2.0-only
/*
 * The command frame-send.
 */
#include <linux/netlink.h>
#include <net/genetlink.h>

#include "core/pppframe.h"
#include "lookup.h"
#include "netlink-gen.h"
#include "netlink_parse.h"
#include "session.h"
#include "tx.h"

/* 0 and @proto, or refused: RFC 1661 section 2 has the shape of a protocol. */
static int nl_parse_control(struct genl_info *info, u16 *proto)
{
	const struct nlattr *frame = info->attrs[KPPTP_A_SESSION_FRAME];

	if (nla_len(frame) < 2)
		return nl_refuse(info, KPPTP_A_SESSION_FRAME, -EINVAL,
				 "The frame is shorter than its protocol number");
	*proto = kpptp_get_be16(nla_data(frame));
	if ((*proto & 0x0101) != 0x0001)
		return nl_refuse(info, KPPTP_A_SESSION_FRAME, -EINVAL,
				 "The frame does not begin with a PPP protocol number");
	if (kpptp_ppp_is_data(*proto))
		return nl_refuse(info, KPPTP_A_SESSION_FRAME, -EINVAL,
				 "Network protocols go through the device, not through netlink");
	return 0;
}

static struct kpptp_session *nl_hold_id(struct genl_info *info, u32 id)
{
	struct kpptp_net *kn = kpptp_net(genl_info_net(info));
	struct kpptp_session *s;

	rcu_read_lock();
	s = kpptp_lookup_id(kn, id);
	if (s && !kpptp_session_hold(s))
		s = NULL;
	rcu_read_unlock();
	return s;
}

static int nl_send_control(struct genl_info *info, struct kpptp_session *s)
{
	const struct nlattr *frame = info->attrs[KPPTP_A_SESSION_FRAME];
	const u8 *p = nla_data(frame);
	u16 proto;
	int err;

	err = nl_parse_control(info, &proto);
	if (err)
		return err;
	err = kpptp_tx_control(s, proto, p + 2, nla_len(frame) - 2);
	if (err == -EMSGSIZE)
		return nl_refuse(info, KPPTP_A_SESSION_FRAME, err,
				 "The frame is larger than what goes to the peer");
	return err;
}

static int nl_send_raw(struct genl_info *info, struct kpptp_session *s)
{
	const struct nlattr *frame = info->attrs[KPPTP_A_SESSION_FRAME];
	int err;

	err = kpptp_tx_raw(s, nla_data(frame), nla_len(frame));
	if (err == -EINVAL)
		return nl_refuse(info, KPPTP_A_SESSION_FRAME, err,
				 "The frame has no PPP protocol number");
	if (err == -EPERM)
		return nl_refuse(info, KPPTP_A_SESSION_FRAME, err,
				 "MPPE is required, and the frame is in clear");
	return err;
}

/* What sending has said, with a sentence when it was about the way to the peer. */
static int nl_refuse_way(struct genl_info *info, int err)
{
	switch (err) {
	case -ENODEV:
		return nl_refuse(info, KPPTP_A_SESSION_ID, err,
				 "The device that the session is bound to is gone");
	case -ELOOP:
		return nl_refuse(info, KPPTP_A_SESSION_ID, err,
				 "The route to the session's peer leads into its own device");
	case -ENETUNREACH:
	case -EHOSTUNREACH:
	case -EACCES:
		return nl_refuse(info, KPPTP_A_SESSION_ID, err,
				 "There is no route to the session's peer");
	default:
		return err;
	}
}

static int nl_send(struct genl_info *info, struct kpptp_session *s)
{
	int err;

	if (s->demand)
		return nl_refuse(info, KPPTP_A_SESSION_ID, -ENOTCONN, NL_NO_PEER);
	if (kpptp_session_flag(s, KPPTP_SESSION_FLAGS_RAW))
		err = nl_send_raw(info, s);
	else
		err = nl_send_control(info, s);
	return nl_refuse_way(info, err);
}

int kpptp_nl_frame_send_doit(struct sk_buff *skb, struct genl_info *info)
{
	struct kpptp_session *s;
	u32 id;
	int err;

	err = kpptp_nl_parse_id(info, &id);
	if (err)
		return err;
	if (GENL_REQ_ATTR_CHECK(info, KPPTP_A_SESSION_FRAME)) {
		GENL_SET_ERR_MSG(info, "There is no frame to send");
		return -EINVAL;
	}
	s = nl_hold_id(info, id);
	if (!s)
		return nl_refuse_id(info);
	err = nl_send(info, s);
	kpptp_session_put(s);
	return err;
}
