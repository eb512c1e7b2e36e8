// SPDX-License-Identifier: GPL-2.0-only
/*
 * The family's commands, but for frame-send. Each is three steps: attributes to a
 * plain struct (netlink_parse), checks that the policy cannot express
 * (netlink_check), and the act itself. Every refusal has a sentence and names its
 * attribute.
 */
#include <linux/netlink.h>
#include <linux/rtnetlink.h>
#include <net/genetlink.h>

#include "demand.h"
#include "lookup.h"
#include "netlink-gen.h"
#include "netlink.h"
#include "netlink_check.h"
#include "netlink_owner.h"
#include "netlink_parse.h"
#include "netlink_put.h"
#include "notify.h"
#include "rxq.h"
#include "session.h"

/* As kpptp_nl_check_relay() has found it good. */
static void nl_relay(struct kpptp_session *s, struct kpptp_session *other)
{
	u32 parted = 0;

	if (kpptp_session_partner(s) == other)
		return;
	if (other)
		kpptp_session_join(s, other);
	else
		parted = kpptp_session_part(s);
	if (parted)
		kpptp_notify_relay_ended(s->kn->net, s->id, parted);
}

static int nl_attach(struct genl_info *info, struct kpptp_session *s,
		     struct kpptp_session_config *cfg)
{
	int err;

	if (!cfg->dev)
		return 0;
	err = kpptp_nl_check_former(info, s, cfg);
	if (err)
		return err;
	err = kpptp_lookup_attach(s, cfg->dev, info->extack);
	if (err)
		NL_SET_BAD_ATTR(info->extack,
				info->attrs[KPPTP_A_SESSION_IFINDEX]);
	return err;
}

/* After nl_attach(), when @s is as it is to be. */
static void nl_settle_dev(struct kpptp_session *s,
			  const struct kpptp_session_config *cfg)
{
	kpptp_lookup_carrier(s);
	if (cfg->former)
		kpptp_demand_release(cfg->former, s);
}

/* rtnl is for the device only. */
static void nl_lock(struct kpptp_net *kn, bool rtnl)
{
	if (rtnl)
		rtnl_lock();
	mutex_lock(&kn->lock);
}

static void nl_unlock(struct kpptp_net *kn, bool rtnl)
{
	mutex_unlock(&kn->lock);
	if (rtnl)
		rtnl_unlock();
}

/* session-new */

/* Caller holds kn->lock, and rtnl when there is a device. */
static int nl_add(struct genl_info *info, struct kpptp_session *s,
		  struct kpptp_session_config *cfg)
{
	int err;

	err = kpptp_nl_check_dev(info, cfg);
	if (err)
		return err;
	err = kpptp_nl_check_flags(info, NULL, cfg);
	if (err)
		return err;
	err = kpptp_nl_check_raw(info, NULL, cfg);
	if (err)
		return err;
	err = kpptp_nl_check_demand(info, NULL, cfg);
	if (err)
		return err;
	err = kpptp_lookup_check_inner(s, cfg, info->extack);
	if (err)
		return err;
	kpptp_session_set(s, cfg);
	err = kpptp_lookup_publish(s, cfg->local_call_id, info->extack);
	if (err) {
		NL_SET_BAD_ATTR(info->extack,
				info->attrs[KPPTP_A_SESSION_LOCAL_CALL_ID]);
		return err;
	}
	err = nl_attach(info, s, cfg);
	if (err) {
		kpptp_lookup_unpublish(s);
		kpptp_session_stop(s);
		return err;
	}
	kpptp_lookup_set_inner(s, cfg);
	nl_settle_dev(s, cfg);
	kpptp_nl_tell_created(s);
	return 0;
}

static int nl_reply_new(struct genl_info *info, const struct kpptp_session *s,
			struct sk_buff *msg)
{
	void *hdr = genlmsg_put_reply(msg, info, &kpptp_nl_family, 0,
				      KPPTP_CMD_SESSION_NEW);

	if (!hdr || nla_put_u32(msg, KPPTP_A_SESSION_ID, s->id) ||
	    nla_put_u16(msg, KPPTP_A_SESSION_LOCAL_CALL_ID, s->key.call_id)) {
		nlmsg_free(msg);
		return -EMSGSIZE;
	}
	genlmsg_end(msg, hdr);
	return genlmsg_reply(msg, info);
}

/* The answer's memory comes first: a session that was made is also told of. */
static int nl_session_new(struct genl_info *info,
			  struct kpptp_session_config *cfg)
{
	struct kpptp_net *kn = kpptp_net(genl_info_net(info));
	bool rtnl = info->attrs[KPPTP_A_SESSION_IFINDEX];
	struct kpptp_session *s;
	struct sk_buff *msg;
	int err;

	msg = genlmsg_new(NLMSG_DEFAULT_SIZE, GFP_KERNEL);
	if (!msg)
		return -ENOMEM;
	s = kpptp_session_new(kn, cfg);
	if (IS_ERR(s)) {
		nlmsg_free(msg);
		return PTR_ERR(s);
	}
	kpptp_rxq_session_init(s);
	nl_lock(kn, rtnl);
	err = nl_add(info, s, cfg);
	nl_unlock(kn, rtnl);
	if (err)
		nlmsg_free(msg);
	else
		err = nl_reply_new(info, s, msg);
	kpptp_session_put(s);
	return err;
}

int kpptp_nl_session_new_doit(struct sk_buff *skb, struct genl_info *info)
{
	struct kpptp_session_config cfg = {};
	int err;

	err = kpptp_nl_parse_new(info, &cfg);
	if (!err)
		err = kpptp_nl_check_addresses(info, &cfg);
	if (!err)
		err = kpptp_nl_check_outer(info, &cfg);
	if (!err)
		err = nl_session_new(info, &cfg);
	kpptp_session_config_wipe(&cfg);
	return err;
}

/* session-set */

/* Everything that can fail comes before the first change. */
static int nl_change(struct genl_info *info, struct kpptp_net *kn, u32 id,
		     struct kpptp_session_config *cfg)
{
	struct kpptp_session *s = kpptp_lookup_id(kn, id);
	int err;

	if (!s)
		return nl_refuse_id(info);
	err = kpptp_nl_check_dev(info, cfg);
	if (err)
		return err;
	err = kpptp_nl_check_flags(info, s, cfg);
	if (err)
		return err;
	err = kpptp_nl_check_relay(info, s, cfg);
	if (err)
		return err;
	err = kpptp_nl_check_raw(info, s, cfg);
	if (err)
		return err;
	err = kpptp_nl_check_demand(info, s, cfg);
	if (err)
		return err;
	err = kpptp_lookup_check_inner(s, cfg, info->extack);
	if (err)
		return err;
	err = nl_attach(info, s, cfg);
	if (err)
		return err;
	kpptp_lookup_set_inner(s, cfg);
	nl_relay(s, cfg->relay);
	kpptp_session_set(s, cfg);
	nl_settle_dev(s, cfg);
	return 0;
}

static int nl_session_set(struct genl_info *info, u32 id,
			  struct kpptp_session_config *cfg)
{
	struct kpptp_net *kn = kpptp_net(genl_info_net(info));
	bool rtnl = info->attrs[KPPTP_A_SESSION_IFINDEX];
	int err;

	nl_lock(kn, rtnl);
	err = nl_change(info, kn, id, cfg);
	nl_unlock(kn, rtnl);
	return err;
}

int kpptp_nl_session_set_doit(struct sk_buff *skb, struct genl_info *info)
{
	struct kpptp_session_config cfg = {};
	u32 id;
	int err;

	err = kpptp_nl_parse_id(info, &id);
	if (!err)
		err = kpptp_nl_parse_config(info, &cfg);
	if (!err)
		err = nl_session_set(info, id, &cfg);
	kpptp_session_config_wipe(&cfg);
	return err;
}

/* session-del */

int kpptp_nl_session_del_doit(struct sk_buff *skb, struct genl_info *info)
{
	struct kpptp_net *kn = kpptp_net(genl_info_net(info));
	struct kpptp_session *s;
	u32 id;
	int err;

	err = kpptp_nl_parse_id(info, &id);
	if (err)
		return err;
	nl_lock(kn, true);
	s = kpptp_lookup_id(kn, id);
	if (s)
		kpptp_lookup_remove(s, KPPTP_DELETE_REASON_REQUESTED);
	else
		err = nl_refuse_id(info);
	nl_unlock(kn, true);
	return err;
}

/* session-get */

static int nl_get(struct genl_info *info, u32 id, struct sk_buff *msg)
{
	struct kpptp_net *kn = kpptp_net(genl_info_net(info));
	struct kpptp_session *s;
	int err;

	mutex_lock(&kn->lock);
	s = kpptp_lookup_id(kn, id);
	if (s)
		err = kpptp_nl_put_session(msg, s, KPPTP_CMD_SESSION_GET,
					   info->snd_portid, info->snd_seq, 0);
	else
		err = nl_refuse_id(info);
	mutex_unlock(&kn->lock);
	return err;
}

int kpptp_nl_session_get_doit(struct sk_buff *skb, struct genl_info *info)
{
	struct sk_buff *msg;
	u32 id;
	int err;

	err = kpptp_nl_parse_id(info, &id);
	if (err)
		return err;
	msg = genlmsg_new(NLMSG_GOODSIZE, GFP_KERNEL);
	if (!msg)
		return -ENOMEM;
	err = nl_get(info, id, msg);
	if (err) {
		nlmsg_free(msg);
		return err;
	}
	return genlmsg_reply(msg, info);
}

static bool nl_fits_dev(const struct kpptp_session *s, u32 ifindex)
{
	const struct net_device *dev;

	dev = rcu_dereference_protected(s->dev,
					lockdep_is_held(&s->kn->lock));
	return dev && dev->ifindex == ifindex;
}

/* Does @s pass the filter of a dump? Caller holds kn->lock. */
static bool nl_fits(const struct kpptp_session *s, struct nlattr **a)
{
	if (a[KPPTP_A_SESSION_LOCAL_ADDRESS] &&
	    nla_get_in_addr(a[KPPTP_A_SESSION_LOCAL_ADDRESS]) != s->key.local)
		return false;
	if (a[KPPTP_A_SESSION_PEER_ADDRESS] &&
	    nla_get_in_addr(a[KPPTP_A_SESSION_PEER_ADDRESS]) != s->key.peer)
		return false;
	if (a[KPPTP_A_SESSION_IFINDEX] &&
	    !nl_fits_dev(s, nla_get_u32(a[KPPTP_A_SESSION_IFINDEX])))
		return false;
	return !a[KPPTP_A_SESSION_ORPHANED] ||
	       test_bit(ilog2(KPPTP_SESSION_STATUS_ORPHANED), &s->status);
}

/*
 * cb->args[0] is the id to go on with. One buffer of sessions is told of under the
 * lock, so that their inner addresses stay with them.
 */
int kpptp_nl_session_get_dumpit(struct sk_buff *skb,
				struct netlink_callback *cb)
{
	struct kpptp_net *kn = kpptp_net(sock_net(skb->sk));
	struct nlattr **attrs = genl_info_dump(cb)->attrs;
	struct kpptp_session *s;
	u32 id = cb->args[0];

	mutex_lock(&kn->lock);
	for (; (s = kpptp_lookup_next(kn, &id)); id++)
		if (nl_fits(s, attrs) &&
		    kpptp_nl_put_session(skb, s, KPPTP_CMD_SESSION_GET,
					 NETLINK_CB(cb->skb).portid,
					 cb->nlh->nlmsg_seq, NLM_F_MULTI))
			break;
	mutex_unlock(&kn->lock);
	cb->args[0] = id;
	return skb->len;
}

/* totals-get */

int kpptp_nl_totals_get_doit(struct sk_buff *skb, struct genl_info *info)
{
	struct kpptp_net *kn = kpptp_net(genl_info_net(info));
	u64 drops[KPPTP_DROP_COUNT];
	struct sk_buff *msg;
	void *hdr;

	msg = genlmsg_new(NLMSG_GOODSIZE, GFP_KERNEL);
	if (!msg)
		return -ENOMEM;
	kpptp_drops_read(&kn->drops, drops);
	hdr = genlmsg_put_reply(msg, info, &kpptp_nl_family, 0,
				KPPTP_CMD_TOTALS_GET);
	if (!hdr || nla_put_u32(msg, KPPTP_A_TOTALS_SESSIONS,
				READ_ONCE(kn->count)) ||
	    kpptp_notify_put_drops(msg, KPPTP_A_TOTALS_DROPS, drops)) {
		nlmsg_free(msg);
		return -EMSGSIZE;
	}
	genlmsg_end(msg, hdr);
	return genlmsg_reply(msg, info);
}

void kpptp_netlink_net_init(struct kpptp_net *kn)
{
	kpptp_nl_owner_net_init(kn);
}

void kpptp_netlink_net_exit(struct kpptp_net *kn)
{
	kpptp_nl_owner_net_exit(kn);
}

int kpptp_netlink_init(void)
{
	int err;

	kpptp_notify_init(&kpptp_nl_family);
	err = kpptp_nl_owner_init();
	if (err)
		return err;
	err = genl_register_family(&kpptp_nl_family);
	if (err)
		kpptp_nl_owner_exit();
	return err;
}

void kpptp_netlink_exit(void)
{
	kpptp_notify_init(NULL);
	genl_unregister_family(&kpptp_nl_family);
	kpptp_nl_owner_exit();
}
