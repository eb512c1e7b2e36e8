// SPDX-License-Identifier: GPL-2.0-only
/*
 * The order in which the parts come and go, and the namespaces.
 */
#include <linux/module.h>
#include <linux/rtnetlink.h>
#include <net/genetlink.h>
#include <net/netns/generic.h>
#include <net/rtnetlink.h>

#include "crypt.h"
#include "dev.h"
#include "gre_in.h"
#include "kpptp.h"
#include "lookup.h"
#include "netlink.h"
#include "rxq.h"
#include "session.h"
#include "txq.h"

#define MAIN_VERSION	"0.1.0"

unsigned int kpptp_net_id __read_mostly;

/* The module is going: namespaces that come now get no session. */
static bool main_closing;

struct kpptp_net *kpptp_net(const struct net *net)
{
	return net_generic(net, kpptp_net_id);
}

static int __net_init main_net_init(struct net *net)
{
	struct kpptp_net *kn = kpptp_net(net);

	kn->net = net;
	kn->dying = READ_ONCE(main_closing);
	mutex_init(&kn->lock);
	atomic_set(&kn->objects, 0);
	kpptp_netlink_net_init(kn);
	return kpptp_lookup_net_init(kn);
}

/*
 * Called for all namespaces that go before main_net_exit() for the first, with
 * a grace period in between, which so serves all their sessions.
 */
static void __net_exit main_net_pre_exit(struct net *net)
{
	struct kpptp_net *kn = kpptp_net(net);

	kpptp_netlink_net_exit(kn);
	rtnl_lock();
	kpptp_lookup_close(kn, KPPTP_DELETE_REASON_NETNS_GONE);
	rtnl_unlock();
}

/*
 * Packets in receive queues and timers that just run may still hold a session,
 * which points to @kn: wait for the last of them.
 */
static void __net_exit main_net_exit(struct net *net)
{
	struct kpptp_net *kn = kpptp_net(net);

	wait_var_event(&kn->objects, !atomic_read(&kn->objects));
	kpptp_lookup_net_exit(kn);
}

/*
 * A pernet device, not a subsystem: so it leaves before the loopback and
 * the devices do.
 */
static struct pernet_operations main_net_ops = {
	.init = main_net_init,
	.pre_exit = main_net_pre_exit,
	.exit = main_net_exit,
	.id = &kpptp_net_id,
	.size = sizeof(struct kpptp_net),
};

/*
 * Deletes every session while the family is still there to tell about it. A
 * namespace that is just being born is not listed yet and may still get one:
 * that one goes with unregister_pernet_device(), and nobody hears of it.
 */
static void main_close(void)
{
	struct net *net;

	WRITE_ONCE(main_closing, true);
	rtnl_lock();
	down_read(&net_rwsem);
	for_each_net(net)
		kpptp_lookup_close(kpptp_net(net),
				   KPPTP_DELETE_REASON_MODULE_REMOVED);
	up_read(&net_rwsem);
	rtnl_unlock();
}

/* From the lowest floor up; requests are let in last. */
static int __init main_init(void)
{
	int err;

	err = kpptp_session_init();
	if (err)
		return err;
	err = kpptp_crypt_init();
	if (err)
		goto no_crypt;
	err = kpptp_txq_init();
	if (err)
		goto no_txq;
	err = kpptp_rxq_init();
	if (err)
		goto no_rxq;
	err = register_pernet_device(&main_net_ops);
	if (err)
		goto no_net;
	err = kpptp_gre_in_init();
	if (err)
		goto no_gre;
	err = kpptp_dev_init();
	if (err)
		goto no_dev;
	err = kpptp_netlink_init();
	if (err)
		goto no_netlink;
	return 0;

no_netlink:
	kpptp_dev_exit();
no_dev:
	kpptp_gre_in_exit();
no_gre:
	unregister_pernet_device(&main_net_ops);
no_net:
	kpptp_rxq_exit();
no_rxq:
	kpptp_txq_exit();
no_txq:
	kpptp_crypt_exit();
no_crypt:
	rcu_barrier();
	kpptp_session_exit();
	return err;
}

/*
 * Who can still run our code afterwards: nobody.
 *  1. requests and closing sockets: no, the family and its notifier are gone;
 *  2. packets: no, neither the GRE handler nor a device is left;
 *  3. works, timers and queued packets: no, leaving the namespaces waited until
 *     no session was held;
 *  4. RCU callbacks: no, the barrier waited for them.
 */
static void __exit main_exit(void)
{
	main_close();
	kpptp_netlink_exit();
	kpptp_dev_exit();
	kpptp_gre_in_exit();
	unregister_pernet_device(&main_net_ops);
	kpptp_rxq_exit();
	kpptp_txq_exit();
	kpptp_crypt_exit();
	rcu_barrier();
	kpptp_session_exit();
}

module_init(main_init);
module_exit(main_exit);

MODULE_DESCRIPTION("PPTP (RFC 2637) data path: GRE, PPP framing and MPPE");
MODULE_AUTHOR("The kpptp authors");
MODULE_LICENSE("GPL");
MODULE_VERSION(MAIN_VERSION);
MODULE_ALIAS_GENL_FAMILY(KPPTP_FAMILY_NAME);
MODULE_ALIAS_RTNL_LINK(KPPTP_KIND);
MODULE_ALIAS_RTNL_LINK(KPPTP_KIND_MP);
