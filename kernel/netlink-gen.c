// SPDX-License-Identifier: ((GPL-2.0 WITH Linux-syscall-note) OR BSD-3-Clause)
/* Do not edit directly, auto-generated from: */
/*	Documentation/netlink/specs/kpptp.yaml */
/* YNL-GEN kernel source */
/* To regenerate run: tools/net/ynl/ynl-regen.sh */

#include <net/netlink.h>
#include <net/genetlink.h>

#include "netlink-gen.h"

#include <uapi/linux/kpptp.h>

/* Sparse enums validation callbacks */
static int
kpptp_a_mppe_bits_validate(const struct nlattr *attr,
			   struct netlink_ext_ack *extack)
{
	switch (nla_get_u32(attr)) {
	case KPPTP_MPPE_STRENGTH_BITS_40:
		fallthrough;
	case KPPTP_MPPE_STRENGTH_BITS_56:
		fallthrough;
	case KPPTP_MPPE_STRENGTH_BITS_128:
		return 0;
	}
	NL_SET_ERR_MSG_ATTR(extack, attr, "invalid enum value");
	return -EINVAL;
}

/* Common nested types */
const struct nla_policy kpptp_inner_nl_policy[KPPTP_A_INNER_FLAGS + 1] = {
	[KPPTP_A_INNER_ADDRESS] = NLA_POLICY_MAX_LEN(16),
	[KPPTP_A_INNER_PREFIX_LENGTH] = NLA_POLICY_MAX(NLA_U8, 128),
	[KPPTP_A_INNER_FLAGS] = NLA_POLICY_MASK(NLA_U32, 0x3),
};

const struct nla_policy kpptp_mppe_nl_policy[KPPTP_A_MPPE_COMPRESS + 1] = {
	[KPPTP_A_MPPE_BITS] = NLA_POLICY_VALIDATE_FN(NLA_U32, &kpptp_a_mppe_bits_validate),
	[KPPTP_A_MPPE_STATELESS] = NLA_POLICY_MAX(NLA_U8, 1),
	[KPPTP_A_MPPE_KEY] = NLA_POLICY_MAX_LEN(16),
	[KPPTP_A_MPPE_COMPRESS] = { .type = NLA_FLAG, },
};

/* KPPTP_CMD_SESSION_NEW - do */
static const struct nla_policy kpptp_session_new_nl_policy[KPPTP_A_SESSION_OUTER_IFINDEX + 1] = {
	[KPPTP_A_SESSION_LOCAL_ADDRESS] = { .type = NLA_BE32, },
	[KPPTP_A_SESSION_PEER_ADDRESS] = { .type = NLA_BE32, },
	[KPPTP_A_SESSION_LOCAL_CALL_ID] = NLA_POLICY_MIN(NLA_U16, 1),
	[KPPTP_A_SESSION_PEER_CALL_ID] = { .type = NLA_U16, },
	[KPPTP_A_SESSION_IFINDEX] = NLA_POLICY_MIN(NLA_U32, 1),
	[KPPTP_A_SESSION_FLAGS] = NLA_POLICY_MASK(NLA_U32, 0x7ff),
	[KPPTP_A_SESSION_FLAGS_MASK] = NLA_POLICY_MASK(NLA_U32, 0x7ff),
	[KPPTP_A_SESSION_PEER_MRU] = NLA_POLICY_MIN(NLA_U16, 128),
	[KPPTP_A_SESSION_REORDER_WINDOW] = NLA_POLICY_MAX(NLA_U16, KPPTP_REORDER_WINDOW_MAX),
	[KPPTP_A_SESSION_REORDER_TIMEOUT] = NLA_POLICY_MAX(NLA_U16, KPPTP_REORDER_TIMEOUT_MAX),
	[KPPTP_A_SESSION_TTL] = NLA_POLICY_MIN(NLA_U8, 1),
	[KPPTP_A_SESSION_TOS] = { .type = NLA_U8, },
	[KPPTP_A_SESSION_MPPE_TX] = NLA_POLICY_NESTED(kpptp_mppe_nl_policy),
	[KPPTP_A_SESSION_MPPE_RX] = NLA_POLICY_NESTED(kpptp_mppe_nl_policy),
	[KPPTP_A_SESSION_INNER] = NLA_POLICY_NESTED(kpptp_inner_nl_policy),
	[KPPTP_A_SESSION_OUTER_IFINDEX] = NLA_POLICY_MIN(NLA_U32, 1),
};

/* KPPTP_CMD_SESSION_GET - do */
static const struct nla_policy kpptp_session_get_do_nl_policy[KPPTP_A_SESSION_ID + 1] = {
	[KPPTP_A_SESSION_ID] = NLA_POLICY_MIN(NLA_U32, 1),
};

/* KPPTP_CMD_SESSION_GET - dump */
static const struct nla_policy kpptp_session_get_dump_nl_policy[KPPTP_A_SESSION_ORPHANED + 1] = {
	[KPPTP_A_SESSION_LOCAL_ADDRESS] = { .type = NLA_BE32, },
	[KPPTP_A_SESSION_PEER_ADDRESS] = { .type = NLA_BE32, },
	[KPPTP_A_SESSION_IFINDEX] = NLA_POLICY_MIN(NLA_U32, 1),
	[KPPTP_A_SESSION_ORPHANED] = { .type = NLA_FLAG, },
};

/* KPPTP_CMD_SESSION_SET - do */
static const struct nla_policy kpptp_session_set_nl_policy[KPPTP_A_SESSION_INNER + 1] = {
	[KPPTP_A_SESSION_ID] = NLA_POLICY_MIN(NLA_U32, 1),
	[KPPTP_A_SESSION_PEER_CALL_ID] = { .type = NLA_U16, },
	[KPPTP_A_SESSION_IFINDEX] = NLA_POLICY_MIN(NLA_U32, 1),
	[KPPTP_A_SESSION_FLAGS] = NLA_POLICY_MASK(NLA_U32, 0x7ff),
	[KPPTP_A_SESSION_FLAGS_MASK] = NLA_POLICY_MASK(NLA_U32, 0x7ff),
	[KPPTP_A_SESSION_PEER_MRU] = NLA_POLICY_MIN(NLA_U16, 128),
	[KPPTP_A_SESSION_REORDER_WINDOW] = NLA_POLICY_MAX(NLA_U16, KPPTP_REORDER_WINDOW_MAX),
	[KPPTP_A_SESSION_REORDER_TIMEOUT] = NLA_POLICY_MAX(NLA_U16, KPPTP_REORDER_TIMEOUT_MAX),
	[KPPTP_A_SESSION_TTL] = NLA_POLICY_MIN(NLA_U8, 1),
	[KPPTP_A_SESSION_TOS] = { .type = NLA_U8, },
	[KPPTP_A_SESSION_MPPE_TX] = NLA_POLICY_NESTED(kpptp_mppe_nl_policy),
	[KPPTP_A_SESSION_MPPE_RX] = NLA_POLICY_NESTED(kpptp_mppe_nl_policy),
	[KPPTP_A_SESSION_TAKE_OVER] = { .type = NLA_FLAG, },
	[KPPTP_A_SESSION_RELAY] = { .type = NLA_U32, },
	[KPPTP_A_SESSION_INNER] = NLA_POLICY_NESTED(kpptp_inner_nl_policy),
};

/* KPPTP_CMD_SESSION_DEL - do */
static const struct nla_policy kpptp_session_del_nl_policy[KPPTP_A_SESSION_ID + 1] = {
	[KPPTP_A_SESSION_ID] = NLA_POLICY_MIN(NLA_U32, 1),
};

/* KPPTP_CMD_FRAME_SEND - do */
static const struct nla_policy kpptp_frame_send_nl_policy[KPPTP_A_SESSION_FRAME + 1] = {
	[KPPTP_A_SESSION_ID] = NLA_POLICY_MIN(NLA_U32, 1),
	[KPPTP_A_SESSION_FRAME] = NLA_POLICY_MAX_LEN(KPPTP_FRAME_MAX),
};

/* Ops table for kpptp */
static const struct genl_split_ops kpptp_nl_ops[] = {
	{
		.cmd		= KPPTP_CMD_SESSION_NEW,
		.doit		= kpptp_nl_session_new_doit,
		.policy		= kpptp_session_new_nl_policy,
		.maxattr	= KPPTP_A_SESSION_OUTER_IFINDEX,
		.flags		= GENL_UNS_ADMIN_PERM | GENL_CMD_CAP_DO,
	},
	{
		.cmd		= KPPTP_CMD_SESSION_GET,
		.doit		= kpptp_nl_session_get_doit,
		.policy		= kpptp_session_get_do_nl_policy,
		.maxattr	= KPPTP_A_SESSION_ID,
		.flags		= GENL_CMD_CAP_DO,
	},
	{
		.cmd		= KPPTP_CMD_SESSION_GET,
		.dumpit		= kpptp_nl_session_get_dumpit,
		.policy		= kpptp_session_get_dump_nl_policy,
		.maxattr	= KPPTP_A_SESSION_ORPHANED,
		.flags		= GENL_CMD_CAP_DUMP,
	},
	{
		.cmd		= KPPTP_CMD_SESSION_SET,
		.doit		= kpptp_nl_session_set_doit,
		.policy		= kpptp_session_set_nl_policy,
		.maxattr	= KPPTP_A_SESSION_INNER,
		.flags		= GENL_UNS_ADMIN_PERM | GENL_CMD_CAP_DO,
	},
	{
		.cmd		= KPPTP_CMD_SESSION_DEL,
		.doit		= kpptp_nl_session_del_doit,
		.policy		= kpptp_session_del_nl_policy,
		.maxattr	= KPPTP_A_SESSION_ID,
		.flags		= GENL_UNS_ADMIN_PERM | GENL_CMD_CAP_DO,
	},
	{
		.cmd		= KPPTP_CMD_FRAME_SEND,
		.doit		= kpptp_nl_frame_send_doit,
		.policy		= kpptp_frame_send_nl_policy,
		.maxattr	= KPPTP_A_SESSION_FRAME,
		.flags		= GENL_UNS_ADMIN_PERM | GENL_CMD_CAP_DO,
	},
	{
		.cmd	= KPPTP_CMD_TOTALS_GET,
		.doit	= kpptp_nl_totals_get_doit,
		.flags	= GENL_CMD_CAP_DO,
	},
};

static const struct genl_multicast_group kpptp_nl_mcgrps[] = {
	[KPPTP_NLGRP_EVENTS] = { "events", },
};

struct genl_family kpptp_nl_family __ro_after_init = {
	.name		= KPPTP_FAMILY_NAME,
	.version	= KPPTP_FAMILY_VERSION,
	.netnsok	= true,
	.parallel_ops	= true,
	.module		= THIS_MODULE,
	.split_ops	= kpptp_nl_ops,
	.n_split_ops	= ARRAY_SIZE(kpptp_nl_ops),
	.mcgrps		= kpptp_nl_mcgrps,
	.n_mcgrps	= ARRAY_SIZE(kpptp_nl_mcgrps),
};
