/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Linux before 6.2 knows no split operations, which the generated table
 * consists of. There the table is made of whole ones, and compat/genetlink.c
 * joins the two halves of a command when the family is registered.
 */
#ifndef KPPTP_COMPAT_NET_GENETLINK_H
#define KPPTP_COMPAT_NET_GENETLINK_H

#include_next <net/genetlink.h>

#ifndef KPPTP_HAVE_GENL_SPLIT_OPS

int kpptp_compat_genl_register(struct genl_family *family);
int kpptp_compat_genl_unregister(const struct genl_family *family);

#define genl_split_ops		genl_ops
#define split_ops		ops
#define n_split_ops		n_ops
#define genl_register_family	kpptp_compat_genl_register
#define genl_unregister_family	kpptp_compat_genl_unregister

/* Both have the member attrs, and that is what is asked for. */
#define genl_info_dump		genl_dumpit_info

#endif /* KPPTP_HAVE_GENL_SPLIT_OPS */

#endif /* KPPTP_COMPAT_NET_GENETLINK_H */
