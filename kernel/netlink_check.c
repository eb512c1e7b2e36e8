// SPDX-License-Identifier: GPL-2.0-only
/*
 * What a request may not ask for, as far as the policy cannot say it.
 */
#include <linux/inetdevice.h>
#include <linux/netlink.h>
#include <net/genetlink.h>
#include <net/route.h>

#include "lookup.h"
#include "netlink-gen.h"
#include "netlink_check.h"
#include "netlink_parse.h"
#include "session.h"

#define NL_OWNED	(KPPTP_SESSION_FLAGS_CONTROL | \
			 KPPTP_SESSION_FLAGS_DIE_WITH_OWNER)

#define NL_RAW_ALONE	"A raw session has neither a device, keys nor relay"

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

int kpptp_nl_check_outer(struct genl_info *info,
			 const struct kpptp_session_config *cfg)
{
	bool there;

	if (!cfg->outer_ifindex)
		return 0;
	rcu_read_lock();
	there = dev_get_by_index_rcu(genl_info_net(info), cfg->outer_ifindex);
	rcu_read_unlock();
	if (there)
		return 0;
	return nl_refuse(info, KPPTP_A_SESSION_OUTER_IFINDEX, -ENODEV,
			 "There is no device with the index outer-ifindex");
}

int kpptp_nl_check_addresses(struct genl_info *info,
			     const struct kpptp_session_config *cfg)
{
	struct net *net = genl_info_net(info);

	if (kpptp_nl_parse_waits(info))
		return 0;
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

int kpptp_nl_check_flags(struct genl_info *info, const struct kpptp_session *s,
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
	if (s->demand || other->demand)
		return nl_refuse(info, KPPTP_A_SESSION_RELAY, -EINVAL, NL_NO_PEER);
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

int kpptp_nl_check_relay(struct genl_info *info, struct kpptp_session *s,
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

int kpptp_nl_check_raw(struct genl_info *info, const struct kpptp_session *s,
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

int kpptp_nl_check_dev(struct genl_info *info, struct kpptp_session_config *cfg)
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

int kpptp_nl_check_demand(struct genl_info *info, const struct kpptp_session *s,
			  const struct kpptp_session_config *cfg)
{
	u32 flags = nl_new_flags(s, cfg);

	if (s && ((flags ^ s->flags) & KPPTP_SESSION_FLAGS_DEMAND))
		return nl_refuse(info, KPPTP_A_SESSION_FLAGS, -EINVAL,
				 "Flag demand is said when a session is made, and stays");
	if (!(flags & KPPTP_SESSION_FLAGS_DEMAND))
		return 0;
	if (flags & (KPPTP_SESSION_FLAGS_UP | KPPTP_SESSION_FLAGS_RAW))
		return nl_refuse(info, KPPTP_A_SESSION_FLAGS, -EINVAL, NL_NO_PEER);
	if (cfg->tx.present)
		return nl_refuse(info, KPPTP_A_SESSION_MPPE_TX, -EINVAL, NL_NO_PEER);
	if (cfg->rx.present)
		return nl_refuse(info, KPPTP_A_SESSION_MPPE_RX, -EINVAL, NL_NO_PEER);
	return 0;
}

/* A call is up at once when it takes the device: no packet falls between the two. */
int kpptp_nl_check_former(struct genl_info *info, struct kpptp_session *s,
			  struct kpptp_session_config *cfg)
{
	struct kpptp_session *other = kpptp_lookup_carried(cfg->dev);

	if (!other || other == s || (!other->demand && !s->demand))
		return 0;
	if (nl_is_foreign(info, other))
		return nl_refuse(info, KPPTP_A_SESSION_IFINDEX, -EPERM,
				 "Another socket owns the session that has the device");
	if (s->demand)
		return 0;
	if (!(nl_new_flags(s, cfg) & KPPTP_SESSION_FLAGS_UP))
		return nl_refuse(info, KPPTP_A_SESSION_IFINDEX, -EINVAL,
				 "The device waits for demand, and goes to a session that is up");
	cfg->former = other;
	return 0;
}
