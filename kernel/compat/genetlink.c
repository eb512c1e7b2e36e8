// SPDX-License-Identifier: GPL-2.0-only
/*
 * Split operations for Linux before 6.2, see compat/include/net/genetlink.h.
 */
#include <linux/slab.h>
#include <linux/string.h>
#include <net/genetlink.h>

#undef genl_register_family
#undef genl_unregister_family

static struct genl_ops *compat_ops;
static struct nla_policy *compat_policy;

static unsigned int compat_width(const struct genl_family *family)
{
	unsigned int width = 0, i;

	for (i = 0; i < family->n_ops; i++)
		width = max(width, family->ops[i].maxattr + 1);
	return width;
}

/*
 * Adds a half to its command. The policies unite: such a kernel takes a dump's
 * filter in a single request too, where nobody reads it.
 */
static void compat_join(struct genl_ops *op, const struct genl_ops *half,
			struct nla_policy *policy)
{
	unsigned int i;

	if (!op->cmd)
		*op = *half;
	if (half->dumpit)
		op->dumpit = half->dumpit;
	op->flags |= half->flags;
	op->maxattr = max(op->maxattr, half->maxattr);
	for (i = 0; half->policy && i <= half->maxattr; i++)
		if (half->policy[i].type != NLA_UNSPEC)
			memcpy(&policy[i], &half->policy[i], sizeof(*policy));
	if (half->policy)
		op->policy = policy;
}

static void compat_free(void)
{
	kfree(compat_policy);
	kfree(compat_ops);
	compat_policy = NULL;
	compat_ops = NULL;
}

/* The halves of a command stand side by side in the generated table. */
int kpptp_compat_genl_register(struct genl_family *family)
{
	unsigned int width = compat_width(family);
	unsigned int i, n = 0;
	int err;

	compat_ops = kcalloc(family->n_ops, sizeof(*compat_ops), GFP_KERNEL);
	compat_policy = kcalloc(family->n_ops * width, sizeof(*compat_policy),
				GFP_KERNEL);
	if (!compat_ops || !compat_policy) {
		compat_free();
		return -ENOMEM;
	}
	for (i = 0; i < family->n_ops; i++) {
		if (i && family->ops[i].cmd != family->ops[i - 1].cmd)
			n++;
		compat_join(&compat_ops[n], &family->ops[i],
			    &compat_policy[n * width]);
	}
	family->ops = compat_ops;
	family->n_ops = n + 1;
	err = genl_register_family(family);
	if (err)
		compat_free();
	return err;
}

int kpptp_compat_genl_unregister(const struct genl_family *family)
{
	int err = genl_unregister_family(family);

	compat_free();
	return err;
}
