// SPDX-License-Identifier: GPL-2.0-only
/*
 * A request's attributes, as the policy has let them in, to a plain struct.
 */
#include <linux/netlink.h>
#include <net/genetlink.h>

#include "inner.h"
#include "netlink-gen.h"
#include "netlink_parse.h"
#include "session.h"

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

/* What the policy leaves open of one inner address. */
static int nl_parse_prefix(struct nlattr **tb, struct kpptp_inner_change *change,
			   struct netlink_ext_ack *extack)
{
	const struct nlattr *addr = tb[KPPTP_A_INNER_ADDRESS];
	const struct nlattr *len = tb[KPPTP_A_INNER_PREFIX_LENGTH];

	if (!addr || (nla_len(addr) != KPPTP_LPM_IP && nla_len(addr) != KPPTP_LPM_IPV6)) {
		NL_SET_ERR_MSG_ATTR(extack, change->attr,
				    "An inner address has 4 octets or 16");
		return -EINVAL;
	}
	change->ipv6 = nla_len(addr) == KPPTP_LPM_IPV6;
	if (!kpptp_lpm_prefix(nla_data(addr), nla_len(addr),
			      len ? nla_get_u8(len) : nla_len(addr) * 8,
			      &change->prefix)) {
		NL_SET_ERR_MSG_ATTR(extack, change->attr,
				    "The prefix is longer than the address, or has bits set behind it");
		return -EINVAL;
	}
	return 0;
}

static int nl_parse_change(struct nlattr *nest, struct kpptp_inner_change *change,
			   struct netlink_ext_ack *extack)
{
	struct nlattr *tb[KPPTP_A_INNER_MAX + 1];
	int err;

	err = nla_parse_nested(tb, KPPTP_A_INNER_MAX, nest,
			       kpptp_inner_nl_policy, extack);
	if (err)
		return err;
	change->attr = nest;
	if (tb[KPPTP_A_INNER_FLAGS])
		change->flags = nla_get_u32(tb[KPPTP_A_INNER_FLAGS]);
	return nl_parse_prefix(tb, change, extack);
}

/* How often the request has the attribute inner. */
static unsigned int nl_count_inner(struct genl_info *info)
{
	const struct nlattr *attr;
	unsigned int count = 0;
	int rem;

	nlmsg_for_each_attr(attr, info->nlhdr, GENL_HDRLEN, rem)
		count += nla_type(attr) == KPPTP_A_SESSION_INNER;
	return count;
}

/* The only attribute that comes more than once, and so is not in attrs. */
static int nl_parse_inner(struct genl_info *info,
			  struct kpptp_session_config *cfg)
{
	unsigned int i = 0, count = nl_count_inner(info);
	struct nlattr *attr;
	int err, rem;

	if (!count)
		return 0;
	if (count > KPPTP_INNER_MAX)
		return nl_refuse(info, KPPTP_A_SESSION_INNER, -EINVAL,
				 "A request changes 64 inner addresses at most");
	cfg->inner = kpptp_inner_changes_new(count);
	if (!cfg->inner)
		return -ENOMEM;
	nlmsg_for_each_attr(attr, info->nlhdr, GENL_HDRLEN, rem) {
		if (nla_type(attr) != KPPTP_A_SESSION_INNER)
			continue;
		err = nl_parse_change(attr, &cfg->inner->change[i++],
				      info->extack);
		if (err)
			return err;
	}
	return 0;
}

int kpptp_nl_parse_config(struct genl_info *info,
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
	err = nl_parse_inner(info, cfg);
	if (err)
		return err;
	return nl_parse_keys(info, cfg);
}

bool kpptp_nl_parse_waits(const struct genl_info *info)
{
	const struct nlattr *flags = info->attrs[KPPTP_A_SESSION_FLAGS];

	return flags && (nla_get_u32(flags) & KPPTP_SESSION_FLAGS_DEMAND);
}

static int nl_parse_no_addresses(struct genl_info *info)
{
	struct nlattr **a = info->attrs;

	if (a[KPPTP_A_SESSION_LOCAL_ADDRESS])
		return nl_refuse(info, KPPTP_A_SESSION_LOCAL_ADDRESS, -EINVAL,
				 NL_NO_PEER);
	if (a[KPPTP_A_SESSION_PEER_ADDRESS])
		return nl_refuse(info, KPPTP_A_SESSION_PEER_ADDRESS, -EINVAL,
				 NL_NO_PEER);
	return 0;
}

static int nl_parse_addresses(struct genl_info *info,
			      struct kpptp_session_config *cfg)
{
	struct nlattr **a = info->attrs;

	if (kpptp_nl_parse_waits(info))
		return nl_parse_no_addresses(info);
	if (GENL_REQ_ATTR_CHECK(info, KPPTP_A_SESSION_LOCAL_ADDRESS) ||
	    GENL_REQ_ATTR_CHECK(info, KPPTP_A_SESSION_PEER_ADDRESS)) {
		GENL_SET_ERR_MSG(info,
				 "A session needs local-address and peer-address");
		return -EINVAL;
	}
	cfg->local = nla_get_in_addr(a[KPPTP_A_SESSION_LOCAL_ADDRESS]);
	cfg->peer = nla_get_in_addr(a[KPPTP_A_SESSION_PEER_ADDRESS]);
	return 0;
}

int kpptp_nl_parse_new(struct genl_info *info,
		       struct kpptp_session_config *cfg)
{
	struct nlattr **a = info->attrs;
	int err;

	err = nl_parse_addresses(info, cfg);
	if (err)
		return err;
	if (a[KPPTP_A_SESSION_LOCAL_CALL_ID])
		cfg->local_call_id = nla_get_u16(a[KPPTP_A_SESSION_LOCAL_CALL_ID]);
	if (a[KPPTP_A_SESSION_OUTER_IFINDEX])
		cfg->outer_ifindex = nla_get_u32(a[KPPTP_A_SESSION_OUTER_IFINDEX]);
	return kpptp_nl_parse_config(info, cfg);
}

int kpptp_nl_parse_id(struct genl_info *info, u32 *id)
{
	if (GENL_REQ_ATTR_CHECK(info, KPPTP_A_SESSION_ID)) {
		GENL_SET_ERR_MSG(info, "Which session? The request has no id");
		return -EINVAL;
	}
	*id = nla_get_u32(info->attrs[KPPTP_A_SESSION_ID]);
	return 0;
}
