// SPDX-License-Identifier: GPL-2.0-only
/*
 * The family's commands. Each is three steps: attributes to a plain struct,
 * checks that the policy cannot express, and the act itself. Every refusal has
 * a sentence and names its attribute.
 */
#include <linux/inetdevice.h>
#include <linux/netlink.h>
#include <linux/rtnetlink.h>
#include <linux/slab.h>
#include <net/genetlink.h>
#include <net/route.h>

#include "core/pppframe.h"
#include "lookup.h"
#include "netlink-gen.h"
#include "netlink.h"
#include "notify.h"
#include "route.h"
#include "rxq.h"
#include "session.h"
#include "tx.h"

#define NL_OWNED	(KPPTP_SESSION_FLAGS_CONTROL | \
			 KPPTP_SESSION_FLAGS_DIE_WITH_OWNER)

#define NL_RAW_ALONE	"A raw session has neither a device, keys nor relay"

/* Refuses with a sentence and the attribute that is to blame. */
#define nl_refuse(info, attr, err, sentence) ({				\
	const struct genl_info *__info = (info);			\
									\
	NL_SET_ERR_MSG_ATTR(__info->extack, __info->attrs[attr], sentence); \
	(err);								\
})

/* Attributes to struct. */

static int nl_parse_key_parts(struct nlattr **tb, struct kpptp_key_config *key,
			      struct netlink_ext_ack *extack)
{
	unsigned int bits = nla_get_u32(tb[KPPTP_A_MPPE_BITS]);

	if (nla_len(tb[KPPTP_A_MPPE_KEY]) != kpptp_mppe_key_len(bits)) {
		NL_SET_ERR_MSG_ATTR(extack, tb[KPPTP_A_MPPE_KEY],
				    "A key has 8 octets for 40 and 56 bits, 16 for 128");
		return -EINVAL;
	}
	key->present = true;
	key->bits = bits;
	key->stateless = nla_get_u8(tb[KPPTP_A_MPPE_STATELESS]);
	key->compress = nla_get_flag(tb[KPPTP_A_MPPE_COMPRESS]);
	memcpy(key->key, nla_data(tb[KPPTP_A_MPPE_KEY]),
	       nla_len(tb[KPPTP_A_MPPE_KEY]));
	return 0;
}

/* The message is wiped of the key, whether it was good or not. */
static int nl_parse_key(struct nlattr *nest, struct kpptp_key_config *key,
			struct netlink_ext_ack *extack)
{
	struct nlattr *tb[KPPTP_A_MPPE_MAX + 1];
	int err;

	if (!nest)
		return 0;
	err = nla_parse_nested(tb, KPPTP_A_MPPE_MAX, nest, kpptp_mppe_nl_policy,
			       extack);
	if (err)
		return err;
	if (NL_REQ_ATTR_CHECK(extack, nest, tb, KPPTP_A_MPPE_BITS) ||
	    NL_REQ_ATTR_CHECK(extack, nest, tb, KPPTP_A_MPPE_STATELESS) ||
	    NL_REQ_ATTR_CHECK(extack, nest, tb, KPPTP_A_MPPE_KEY)) {
		NL_SET_ERR_MSG(extack, "MPPE needs bits, stateless and key");
		err = -EINVAL;
	} else {
		err = nl_parse_key_parts(tb, key, extack);
	}
	if (tb[KPPTP_A_MPPE_KEY])
		memzero_explicit(nla_data(tb[KPPTP_A_MPPE_KEY]),
				 nla_len(tb[KPPTP_A_MPPE_KEY]));
	return err;
}

static int nl_parse_keys(struct genl_info *info,
			 struct kpptp_session_config *cfg)
{
	int err;

	err = nl_parse_key(info->attrs[KPPTP_A_SESSION_MPPE_TX], &cfg->tx,
			   info->extack);
	if (err)
		return err;
	err = nl_parse_key(info->attrs[KPPTP_A_SESSION_MPPE_RX], &cfg->rx,
			   info->extack);
	if (err)
		return err;
	return kpptp_session_config_alloc(cfg);
}

/* Flags without a mask mean all of them. */
static int nl_parse_flags(struct genl_info *info,
			  struct kpptp_session_config *cfg)
{
	struct nlattr *flags = info->attrs[KPPTP_A_SESSION_FLAGS];
	struct nlattr *mask = info->attrs[KPPTP_A_SESSION_FLAGS_MASK];

	if (mask && !flags)
		return nl_refuse(info, KPPTP_A_SESSION_FLAGS_MASK, -EINVAL,
				 "flags-mask says nothing without flags");
	if (!flags)
		return 0;
	cfg->flags = nla_get_u32(flags);
	cfg->flags_mask = mask ? nla_get_u32(mask) : U32_MAX;
	if (cfg->flags & ~cfg->flags_mask)
		return nl_refuse(info, KPPTP_A_SESSION_FLAGS, -EINVAL,
				 "flags has a bit that flags-mask leaves out");
	return 0;
}

static int nl_parse_outer(struct genl_info *info,
			  struct kpptp_session_config *cfg)
{
	struct nlattr **a = info->attrs;

	if (a[KPPTP_A_SESSION_TTL])
		cfg->ttl = nla_get_u8(a[KPPTP_A_SESSION_TTL]);
	if (a[KPPTP_A_SESSION_TOS])
		cfg->tos = nla_get_u8(a[KPPTP_A_SESSION_TOS]);
	if (cfg->tos & 3)
		return nl_refuse(info, KPPTP_A_SESSION_TOS, -EINVAL,
				 "The two lowest bits of tos are ECN and stay 0");
	return 0;
}

/* What session-new and session-set have in common. */
static int nl_parse_config(struct genl_info *info,
			   struct kpptp_session_config *cfg)
{
	struct nlattr **a = info->attrs;
	unsigned int i;
	int err;

	for (i = 1; i <= KPPTP_A_SESSION_MPPE_RX; i++)
		if (a[i])
			cfg->given |= BIT_ULL(i);
	if (a[KPPTP_A_SESSION_PEER_CALL_ID])
		cfg->peer_call_id = nla_get_u16(a[KPPTP_A_SESSION_PEER_CALL_ID]);
	if (a[KPPTP_A_SESSION_PEER_MRU])
		cfg->peer_mru = nla_get_u16(a[KPPTP_A_SESSION_PEER_MRU]);
	if (a[KPPTP_A_SESSION_REORDER_WINDOW])
		cfg->reorder_window =
			nla_get_u16(a[KPPTP_A_SESSION_REORDER_WINDOW]);
	if (a[KPPTP_A_SESSION_REORDER_TIMEOUT])
		cfg->reorder_timeout =
			nla_get_u16(a[KPPTP_A_SESSION_REORDER_TIMEOUT]);
	err = nl_parse_outer(info, cfg);
	if (err)
		return err;
	err = nl_parse_flags(info, cfg);
	if (err)
		return err;
	return nl_parse_keys(info, cfg);
}

static int nl_parse_new(struct genl_info *info,
			struct kpptp_session_config *cfg)
{
	struct nlattr **a = info->attrs;

	if (GENL_REQ_ATTR_CHECK(info, KPPTP_A_SESSION_LOCAL_ADDRESS) ||
	    GENL_REQ_ATTR_CHECK(info, KPPTP_A_SESSION_PEER_ADDRESS)) {
		GENL_SET_ERR_MSG(info,
				 "A session needs local-address and peer-address");
		return -EINVAL;
	}
	cfg->local = nla_get_in_addr(a[KPPTP_A_SESSION_LOCAL_ADDRESS]);
	cfg->peer = nla_get_in_addr(a[KPPTP_A_SESSION_PEER_ADDRESS]);
	if (a[KPPTP_A_SESSION_LOCAL_CALL_ID])
		cfg->local_call_id = nla_get_u16(a[KPPTP_A_SESSION_LOCAL_CALL_ID]);
	return nl_parse_config(info, cfg);
}

/* Checks. */

static bool nl_addr_own(struct net *net, __be32 addr)
{
	bool own;

	rcu_read_lock();
	own = __ip_dev_find(net, addr, false);
	rcu_read_unlock();
	return own;
}

/* Neither nothing, nor many, nor everybody of a subnet of ours. */
static bool nl_addr_unicast(struct net *net, __be32 addr)
{
	unsigned int type;

	if (ipv4_is_zeronet(addr) || ipv4_is_multicast(addr) ||
	    ipv4_is_lbcast(addr))
		return false;
	type = inet_addr_type(net, addr);
	return type == RTN_UNICAST || type == RTN_LOCAL;
}

static int nl_check_addresses(struct genl_info *info,
			      const struct kpptp_session_config *cfg)
{
	struct net *net = genl_info_net(info);

	if (!nl_addr_unicast(net, cfg->local) || !nl_addr_own(net, cfg->local))
		return nl_refuse(info, KPPTP_A_SESSION_LOCAL_ADDRESS,
				 -EADDRNOTAVAIL,
				 "local-address is no address of this namespace");
	if (!nl_addr_unicast(net, cfg->peer))
		return nl_refuse(info, KPPTP_A_SESSION_PEER_ADDRESS, -EINVAL,
				 "peer-address is not a unicast address");
	if (nl_addr_own(net, cfg->peer))
		return nl_refuse(info, KPPTP_A_SESSION_PEER_ADDRESS, -EINVAL,
				 "peer-address is an address of this namespace");
	return 0;
}

/* The flags that @s (NULL: a new one) would have. Caller holds kn->lock. */
static u32 nl_new_flags(const struct kpptp_session *s,
			const struct kpptp_session_config *cfg)
{
	u32 old = s ? s->flags : 0;

	return (old & ~cfg->flags_mask) | (cfg->flags & cfg->flags_mask);
}

/*
 * Do the flags that @s (NULL: a new one) would have fit the rest? And who will
 * own it. Caller holds kn->lock.
 */
static int nl_check_flags(struct genl_info *info, const struct kpptp_session *s,
			  struct kpptp_session_config *cfg)
{
	/* session-new has no such attribute, and no room for it in attrs. */
	bool take = s && info->attrs[KPPTP_A_SESSION_TAKE_OVER];
	u32 old = s ? s->flags : 0;
	u32 flags = nl_new_flags(s, cfg);
	bool dev = info->attrs[KPPTP_A_SESSION_IFINDEX] ||
		   (s && rcu_access_pointer(s->dev));

	if ((flags & KPPTP_SESSION_FLAGS_RAW) &&
	    !(flags & KPPTP_SESSION_FLAGS_CONTROL))
		return nl_refuse(info, KPPTP_A_SESSION_FLAGS, -EINVAL,
				 "A raw session needs flag control: its frames are the owner's");
	if ((flags & KPPTP_SESSION_FLAGS_UP) && !dev)
		return nl_refuse(info, KPPTP_A_SESSION_FLAGS, -EINVAL,
				 "A session that is up needs a device: give ifindex");
	if (take && !(flags & NL_OWNED))
		return nl_refuse(info, KPPTP_A_SESSION_TAKE_OVER, -EINVAL,
				 "take-over needs flag control or die-with-owner");
	if (s && (flags & ~old & NL_OWNED) && !s->owner && !take)
		return nl_refuse(info, KPPTP_A_SESSION_FLAGS, -EINVAL,
				 "The session has no owner: add take-over");
	if (take || (!s && (flags & NL_OWNED)))
		cfg->owner = info->snd_portid;
	return 0;
}

/* Does @s end here, and its packets with it? Then it cannot be relayed. */
static bool nl_ends_here(const struct kpptp_session *s)
{
	return rcu_access_pointer(s->dev) || READ_ONCE(s->tx.has_key) ||
	       READ_ONCE(s->rx.has_key);
}

/* The one rule of who may: the owner, and anybody where there is none. */
static bool nl_is_foreign(const struct genl_info *info,
			  const struct kpptp_session *s)
{
	return s->owner && s->owner != info->snd_portid;
}

/* May @s be relayed to @other from now on? Caller holds kn->lock. */
static int nl_check_pair(struct genl_info *info, struct kpptp_session *s,
			 struct kpptp_session *other)
{
	struct kpptp_session *of_s = kpptp_session_partner(s);
	struct kpptp_session *of_other = kpptp_session_partner(other);

	if (s == other)
		return nl_refuse(info, KPPTP_A_SESSION_RELAY, -EINVAL,
				 "A session cannot be relayed to itself");
	if ((of_s && of_s != other) || (of_other && of_other != s))
		return nl_refuse(info, KPPTP_A_SESSION_RELAY, -EBUSY,
				 "One of the two is relayed to a third session: end that first");
	if (nl_ends_here(s) || nl_ends_here(other))
		return nl_refuse(info, KPPTP_A_SESSION_RELAY, -EINVAL,
				 "A relayed session has neither a device nor keys");
	if (kpptp_session_flag(other, KPPTP_SESSION_FLAGS_RAW))
		return nl_refuse(info, KPPTP_A_SESSION_RELAY, -EINVAL, NL_RAW_ALONE);
	return 0;
}

/* Finds the session of the attribute relay and checks it; 0 there means none. */
static int nl_find_relay(struct genl_info *info, struct kpptp_session *s,
			 struct kpptp_session_config *cfg)
{
	u32 id = nla_get_u32(info->attrs[KPPTP_A_SESSION_RELAY]);
	struct kpptp_session *other = kpptp_session_partner(s);

	if (id)
		other = kpptp_lookup_id(s->kn, id);
	if (id && !other)
		return nl_refuse(info, KPPTP_A_SESSION_RELAY, -ENOENT,
				 "There is no session with this id to relay to");
	if (nl_is_foreign(info, s) || (other && nl_is_foreign(info, other)))
		return nl_refuse(info, KPPTP_A_SESSION_RELAY, -EPERM,
				 "Another socket owns one of the two sessions");
	cfg->relay = id ? other : NULL;
	return id ? nl_check_pair(info, s, other) : 0;
}

/* The attribute by which a session is to end here, 0: there is none. */
static u16 nl_given_end(const struct genl_info *info)
{
	static const u16 ends[] = {
		KPPTP_A_SESSION_IFINDEX, KPPTP_A_SESSION_MPPE_TX,
		KPPTP_A_SESSION_MPPE_RX,
	};
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(ends); i++)
		if (info->attrs[ends[i]])
			return ends[i];
	return 0;
}

/* Relay, device and keys exclude each other, whichever came first. */
static int nl_check_relay(struct genl_info *info, struct kpptp_session *s,
			  struct kpptp_session_config *cfg)
{
	u16 end = nl_given_end(info);
	int err;

	cfg->relay = kpptp_session_partner(s);
	if (info->attrs[KPPTP_A_SESSION_RELAY]) {
		err = nl_find_relay(info, s, cfg);
		if (err)
			return err;
	}
	if (cfg->relay && end)
		return nl_refuse(info, end, -EINVAL,
				 "A relayed session has neither a device nor keys");
	return 0;
}

/*
 * A raw session's frames are nobody's but the owner's. @s NULL: a new one; @cfg has
 * been through nl_check_relay(). Caller holds kn->lock.
 */
static int nl_check_raw(struct genl_info *info, const struct kpptp_session *s,
			const struct kpptp_session_config *cfg)
{
	u16 blame = nl_given_end(info);

	if (!(nl_new_flags(s, cfg) & KPPTP_SESSION_FLAGS_RAW))
		return 0;
	if (!blame && cfg->relay && info->attrs[KPPTP_A_SESSION_RELAY])
		blame = KPPTP_A_SESSION_RELAY;
	if (!blame && (cfg->relay || (s && nl_ends_here(s))))
		blame = KPPTP_A_SESSION_FLAGS;
	if (blame)
		return nl_refuse(info, blame, -EINVAL, NL_RAW_ALONE);
	return 0;
}

/* As nl_check_relay() has found it good. */
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

/* Caller holds rtnl when ifindex is given. */
static int nl_find_dev(struct genl_info *info, struct kpptp_session_config *cfg)
{
	struct nlattr *ifindex = info->attrs[KPPTP_A_SESSION_IFINDEX];

	if (!ifindex)
		return 0;
	cfg->dev = __dev_get_by_index(genl_info_net(info), nla_get_u32(ifindex));
	if (!cfg->dev)
		return nl_refuse(info, KPPTP_A_SESSION_IFINDEX, -ENODEV,
				 "There is no device with this ifindex");
	return 0;
}

static int nl_attach(struct genl_info *info, struct kpptp_session *s,
		     const struct kpptp_session_config *cfg)
{
	int err;

	if (!cfg->dev)
		return 0;
	err = kpptp_lookup_attach(s, cfg->dev, info->extack);
	if (err)
		NL_SET_BAD_ATTR(info->extack,
				info->attrs[KPPTP_A_SESSION_IFINDEX]);
	return err;
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

/* Struct to attributes. */

static int nl_put_key(struct sk_buff *skb, int attr, u8 bits, bool stateless,
		      bool compress)
{
	struct nlattr *nest = nla_nest_start(skb, attr);

	if (!nest || nla_put_u32(skb, KPPTP_A_MPPE_BITS, bits) ||
	    nla_put_u8(skb, KPPTP_A_MPPE_STATELESS, stateless))
		return -EMSGSIZE;
	if (compress && nla_put_flag(skb, KPPTP_A_MPPE_COMPRESS))
		return -EMSGSIZE;
	nla_nest_end(skb, nest);
	return 0;
}

/*
 * What is negotiated, never the key itself. A key that is being replaced just
 * now may show as the old one or the new one.
 */
static int nl_put_keys(struct sk_buff *skb, const struct kpptp_session *s)
{
	if (READ_ONCE(s->tx.has_key) &&
	    nl_put_key(skb, KPPTP_A_SESSION_MPPE_TX, s->tx.mppe.key.bits,
		       s->tx.mppe.stateless, READ_ONCE(s->tx.mppc)))
		return -EMSGSIZE;
	if (READ_ONCE(s->rx.has_key) &&
	    nl_put_key(skb, KPPTP_A_SESSION_MPPE_RX, s->rx.mppe.pos.key.bits,
		       s->rx.mppe.stateless, s->rx.mppe.compress))
		return -EMSGSIZE;
	return 0;
}

static int nl_put_ident(struct sk_buff *skb, const struct kpptp_session *s)
{
	struct kpptp_ident id;

	kpptp_session_ident(s, &id);
	return kpptp_notify_put_ident(skb, &id);
}

static int nl_put_outer(struct sk_buff *skb, const struct kpptp_session *s)
{
	u8 ttl = READ_ONCE(s->ttl);

	if (ttl && nla_put_u8(skb, KPPTP_A_SESSION_TTL, ttl))
		return -EMSGSIZE;
	return nla_put_u8(skb, KPPTP_A_SESSION_TOS, READ_ONCE(s->tos));
}

static int nl_put_relay(struct sk_buff *skb, const struct kpptp_session *s)
{
	const struct kpptp_session *other;
	u32 id;

	rcu_read_lock();
	other = rcu_dereference(s->relay);
	id = other ? other->id : 0;
	rcu_read_unlock();
	return id ? nla_put_u32(skb, KPPTP_A_SESSION_RELAY, id) : 0;
}

static int nl_put_config(struct sk_buff *skb, const struct kpptp_session *s)
{
	u32 owner = READ_ONCE(s->owner);

	if (nla_put_u32(skb, KPPTP_A_SESSION_FLAGS, READ_ONCE(s->flags)) ||
	    nla_put_u32(skb, KPPTP_A_SESSION_STATUS, READ_ONCE(s->status)) ||
	    nla_put_u16(skb, KPPTP_A_SESSION_PEER_MRU, READ_ONCE(s->peer_mru)) ||
	    nla_put_u16(skb, KPPTP_A_SESSION_MTU, kpptp_route_mtu(s)) ||
	    nla_put_u16(skb, KPPTP_A_SESSION_REORDER_WINDOW,
			READ_ONCE(s->reorder_window)) ||
	    nla_put_u16(skb, KPPTP_A_SESSION_REORDER_TIMEOUT,
			READ_ONCE(s->reorder_timeout)))
		return -EMSGSIZE;
	if (owner && nla_put_u32(skb, KPPTP_A_SESSION_OWNER, owner))
		return -EMSGSIZE;
	if (nl_put_relay(skb, s))
		return -EMSGSIZE;
	return nl_put_outer(skb, s);
}

/* Seconds since @then, which was read before and cannot lie in the future. */
static u32 nl_seconds(unsigned long then)
{
	return (jiffies - then) / HZ;
}

static int nl_put_times(struct sk_buff *skb, const struct kpptp_session *s)
{
	unsigned long sent = READ_ONCE(s->tx.last_data);
	unsigned long received = READ_ONCE(s->rx.last_data);
	unsigned long heard = READ_ONCE(s->rx.last_any);

	if (time_after(sent, received))
		received = sent;
	if (nla_put_u32(skb, KPPTP_A_SESSION_AGE, nl_seconds(s->born)) ||
	    nla_put_u32(skb, KPPTP_A_SESSION_IDLE, nl_seconds(received)) ||
	    nla_put_u32(skb, KPPTP_A_SESSION_SILENT, nl_seconds(heard)))
		return -EMSGSIZE;
	return 0;
}

static int nl_put_counters(struct sk_buff *skb, const struct kpptp_session *s)
{
	struct kpptp_counters c;

	kpptp_session_counters(s, &c);
	return kpptp_notify_put_counters(skb, KPPTP_A_SESSION_STATS,
					 KPPTP_A_SESSION_DROPS, &c);
}

/* One message about @s, under RCU or kn->lock. -EMSGSIZE leaves @skb as it was. */
static int nl_put_session(struct sk_buff *skb, const struct kpptp_session *s,
			  u8 cmd, u32 portid, u32 seq, int flags)
{
	void *hdr = genlmsg_put(skb, portid, seq, &kpptp_nl_family, flags, cmd);

	if (!hdr)
		return -EMSGSIZE;
	if (nl_put_ident(skb, s) || nl_put_config(skb, s) ||
	    nl_put_keys(skb, s) || nl_put_times(skb, s) ||
	    nl_put_counters(skb, s)) {
		genlmsg_cancel(skb, hdr);
		return -EMSGSIZE;
	}
	genlmsg_end(skb, hdr);
	return 0;
}

/* Caller holds kn->lock, so that "created" comes before "deleted". */
static void nl_notify_created(const struct kpptp_session *s)
{
	struct net *net = s->kn->net;
	struct sk_buff *msg;

	if (!genl_has_listeners(&kpptp_nl_family, net, KPPTP_NLGRP_EVENTS))
		return;
	msg = genlmsg_new(NLMSG_GOODSIZE, GFP_KERNEL);
	if (!msg)
		return;
	if (nl_put_session(msg, s, KPPTP_CMD_SESSION_CREATED, 0, 0, 0)) {
		nlmsg_free(msg);
		return;
	}
	genlmsg_multicast_netns(&kpptp_nl_family, net, msg, 0,
				KPPTP_NLGRP_EVENTS, GFP_KERNEL);
}

/* session-new */

/* Caller holds kn->lock, and rtnl when there is a device. */
static int nl_add(struct genl_info *info, struct kpptp_session *s,
		  struct kpptp_session_config *cfg)
{
	int err;

	err = nl_find_dev(info, cfg);
	if (err)
		return err;
	err = nl_check_flags(info, NULL, cfg);
	if (err)
		return err;
	err = nl_check_raw(info, NULL, cfg);
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
	nl_notify_created(s);
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

	err = nl_parse_new(info, &cfg);
	if (!err)
		err = nl_check_addresses(info, &cfg);
	if (!err)
		err = nl_session_new(info, &cfg);
	kpptp_session_config_wipe(&cfg);
	return err;
}

/* One session by id, for the other commands. */

static int nl_need_id(struct genl_info *info, u32 *id)
{
	if (GENL_REQ_ATTR_CHECK(info, KPPTP_A_SESSION_ID)) {
		GENL_SET_ERR_MSG(info, "Which session? The request has no id");
		return -EINVAL;
	}
	*id = nla_get_u32(info->attrs[KPPTP_A_SESSION_ID]);
	return 0;
}

static int nl_refuse_id(struct genl_info *info)
{
	return nl_refuse(info, KPPTP_A_SESSION_ID, -ENOENT,
			 "There is no session with this id");
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
	err = nl_find_dev(info, cfg);
	if (err)
		return err;
	err = nl_check_flags(info, s, cfg);
	if (err)
		return err;
	err = nl_check_relay(info, s, cfg);
	if (err)
		return err;
	err = nl_check_raw(info, s, cfg);
	if (err)
		return err;
	err = nl_attach(info, s, cfg);
	if (err)
		return err;
	nl_relay(s, cfg->relay);
	kpptp_session_set(s, cfg);
	kpptp_lookup_carrier(s);
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

	err = nl_need_id(info, &id);
	if (!err)
		err = nl_parse_config(info, &cfg);
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

	err = nl_need_id(info, &id);
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

	rcu_read_lock();
	s = kpptp_lookup_id(kn, id);
	if (s)
		err = nl_put_session(msg, s, KPPTP_CMD_SESSION_GET,
				     info->snd_portid, info->snd_seq, 0);
	else
		err = nl_refuse_id(info);
	rcu_read_unlock();
	return err;
}

int kpptp_nl_session_get_doit(struct sk_buff *skb, struct genl_info *info)
{
	struct sk_buff *msg;
	u32 id;
	int err;

	err = nl_need_id(info, &id);
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
	const struct net_device *dev = rcu_dereference(s->dev);

	return dev && dev->ifindex == ifindex;
}

/* Does @s pass the filter of a dump? Under RCU. */
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

/* cb->args[0] is the id to go on with. */
int kpptp_nl_session_get_dumpit(struct sk_buff *skb,
				struct netlink_callback *cb)
{
	struct kpptp_net *kn = kpptp_net(sock_net(skb->sk));
	struct nlattr **attrs = genl_info_dump(cb)->attrs;
	struct kpptp_session *s;
	u32 id = cb->args[0];

	rcu_read_lock();
	for (; (s = kpptp_lookup_next(kn, &id)); id++)
		if (nl_fits(s, attrs) &&
		    nl_put_session(skb, s, KPPTP_CMD_SESSION_GET,
				   NETLINK_CB(cb->skb).portid,
				   cb->nlh->nlmsg_seq, NLM_F_MULTI))
			break;
	rcu_read_unlock();
	cb->args[0] = id;
	return skb->len;
}

/* frame-send */

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

static int nl_send(struct genl_info *info, struct kpptp_session *s)
{
	int err;

	if (kpptp_session_flag(s, KPPTP_SESSION_FLAGS_RAW))
		err = nl_send_raw(info, s);
	else
		err = nl_send_control(info, s);
	if (err == -ENETUNREACH)
		return nl_refuse(info, KPPTP_A_SESSION_ID, err,
				 "There is no route to the session's peer");
	return err;
}

int kpptp_nl_frame_send_doit(struct sk_buff *skb, struct genl_info *info)
{
	struct kpptp_session *s;
	u32 id;
	int err;

	err = nl_need_id(info, &id);
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

/* Owners that go away. */

static bool nl_must_die(const struct kpptp_session *s)
{
	return test_bit(ilog2(KPPTP_SESSION_STATUS_ORPHANED), &s->status) &&
	       kpptp_session_flag(s, KPPTP_SESSION_FLAGS_DIE_WITH_OWNER);
}

/* All of a dead owner's sessions, and their devices in one go. */
static void nl_reap(struct work_struct *work)
{
	struct kpptp_net *kn = container_of(work, struct kpptp_net, reap);
	struct kpptp_session *s;
	struct net_device *dev;
	LIST_HEAD(gone);
	u32 id = 0;

	nl_lock(kn, true);
	for (; (s = kpptp_lookup_next(kn, &id)); id++) {
		if (!nl_must_die(s))
			continue;
		dev = rtnl_dereference(s->dev);
		kpptp_lookup_remove(s, KPPTP_DELETE_REASON_OWNER_GONE);
		if (dev)
			unregister_netdevice_queue(dev, &gone);
	}
	/* Unregistering takes kn->lock; rtnl keeps the devices ours. */
	mutex_unlock(&kn->lock);
	unregister_netdevice_many(&gone);
	rtnl_unlock();
}

/*
 * Every generic netlink socket of the system that closes comes by here, so look
 * first without a lock and without holding anybody up.
 */
static bool nl_owns_any(struct kpptp_net *kn, u32 portid)
{
	struct kpptp_session *s;
	bool owned = false;
	u32 id = 0;

	do {
		rcu_read_lock();
		s = kpptp_lookup_next(kn, &id);
		if (s)
			owned = READ_ONCE(s->owner) == portid;
		rcu_read_unlock();
		id++;
		cond_resched();
	} while (s && !owned);
	return owned;
}

static void nl_orphan(struct kpptp_net *kn, u32 portid)
{
	struct kpptp_session *s;
	bool reap = false;
	u32 id = 0;

	mutex_lock(&kn->lock);
	for (; (s = kpptp_lookup_next(kn, &id)); id++) {
		if (s->owner != portid)
			continue;
		WRITE_ONCE(s->owner, 0);
		set_bit(ilog2(KPPTP_SESSION_STATUS_ORPHANED), &s->status);
		reap |= nl_must_die(s);
	}
	mutex_unlock(&kn->lock);
	if (reap)
		schedule_work(&kn->reap);
}

static int nl_socket_closed(struct notifier_block *nb, unsigned long event,
			    void *data)
{
	const struct netlink_notify *n = data;
	struct kpptp_net *kn;

	if (event != NETLINK_URELEASE || n->protocol != NETLINK_GENERIC)
		return NOTIFY_DONE;
	kn = kpptp_net(n->net);
	if (nl_owns_any(kn, n->portid))
		nl_orphan(kn, n->portid);
	return NOTIFY_DONE;
}

static struct notifier_block nl_notifier = {
	.notifier_call = nl_socket_closed,
};

void kpptp_netlink_net_init(struct kpptp_net *kn)
{
	INIT_WORK(&kn->reap, nl_reap);
}

void kpptp_netlink_net_exit(struct kpptp_net *kn)
{
	cancel_work_sync(&kn->reap);
}

int kpptp_netlink_init(void)
{
	int err;

	kpptp_notify_init(&kpptp_nl_family);
	err = netlink_register_notifier(&nl_notifier);
	if (err)
		return err;
	err = genl_register_family(&kpptp_nl_family);
	if (err)
		netlink_unregister_notifier(&nl_notifier);
	return err;
}

void kpptp_netlink_exit(void)
{
	kpptp_notify_init(NULL);
	genl_unregister_family(&kpptp_nl_family);
	netlink_unregister_notifier(&nl_notifier);
}
