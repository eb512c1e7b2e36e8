// SPDX-License-Identifier: GPL-2.0-only
/*
 * The network device, kind "kpptp": what the stack sees of a session.
 */
#include <linux/ethtool.h>
#include <linux/if_arp.h>
#include <linux/netdevice.h>
#include <linux/rtnetlink.h>
#include <net/ip.h>
#include <net/rtnetlink.h>

#include "core/mppe.h"
#include "core/pppframe.h"
#include "dev.h"
#include "lookup.h"
#include "route.h"
#include "session.h"
#include "tx.h"

/* All that may precede an inner packet: outer IP, GRE with ack, PPP and MPPE. */
#define DEV_OVERHEAD	(KPPTP_ROUTE_OVERHEAD + KPPTP_PPP_HDR_MAX + \
			 KPPTP_MPPE_HDR_LEN + 2)

/* Ethernet's 1500 less the overhead; 1456, the default until somebody knows. */
#define DEV_MTU		(ETH_DATA_LEN - DEV_OVERHEAD)
static_assert(DEV_MTU == 1456);

static void dev_drop_no_session(struct net_device *dev, struct sk_buff *skb)
{
	dev_core_stats_tx_dropped_inc(dev);
	kpptp_session_drop(kpptp_net(dev_net(dev)), NULL, skb,
			   KPPTP_A_DROPS_TX_NO_SESSION);
}

/* The stack calls with BH off; the session is good for this RCU section. */
static netdev_tx_t kpptp_dev_xmit(struct sk_buff *skb, struct net_device *dev)
{
	struct kpptp_session *s;

	rcu_read_lock();
	s = kpptp_lookup_tx(dev, skb);
	if (!s)
		dev_drop_no_session(dev, skb);
	else if (!kpptp_session_flag(s, KPPTP_SESSION_FLAGS_UP))
		kpptp_session_drop(s->kn, s, skb, KPPTP_A_DROPS_TX_NO_SESSION);
	else
		kpptp_tx_data(s, skb);
	rcu_read_unlock();
	return NETDEV_TX_OK;
}

/* The device is going: under rtnl, before it is freed. */
static void kpptp_dev_uninit(struct net_device *dev)
{
	struct kpptp_net *kn = kpptp_net(dev_net(dev));
	struct kpptp_dev *kd = netdev_priv(dev);
	struct kpptp_session *s;

	mutex_lock(&kn->lock);
	s = rtnl_dereference(kd->session);
	if (s)
		kpptp_lookup_remove(s, KPPTP_DELETE_REASON_DEVICE_GONE);
	mutex_unlock(&kn->lock);
}

static const struct net_device_ops kpptp_dev_ops = {
	.ndo_uninit = kpptp_dev_uninit,
	.ndo_start_xmit = kpptp_dev_xmit,
	.ndo_get_stats64 = dev_get_tstats64,
};

static void kpptp_dev_drvinfo(struct net_device *dev,
			      struct ethtool_drvinfo *info)
{
	strscpy(info->driver, KPPTP_KIND, sizeof(info->driver));
}

static const struct ethtool_ops kpptp_dev_ethtool_ops = {
	.get_drvinfo = kpptp_dev_drvinfo,
	.get_link = ethtool_op_get_link,
};

static const struct device_type kpptp_dev_type = {
	.name = KPPTP_KIND,
};

static void dev_set_features(struct net_device *dev)
{
	netdev_features_t feat = NETIF_F_SG | NETIF_F_FRAGLIST |
				 NETIF_F_HW_CSUM | NETIF_F_HIGHDMA |
				 NETIF_F_GSO_SOFTWARE;

	dev->features |= feat;
	dev->hw_features |= feat;
	dev->hw_enc_features |= feat;
	kpptp_compat_set_lltx(dev);
	/*
	 * A session's addresses belong to one namespace, and so does its
	 * entry in the tables: the device stays with it.
	 */
	kpptp_compat_set_netns_immutable(dev);
}

/*
 * The MTU may exceed what fits: the session knows that for itself, and answers
 * with "fragmentation needed".
 */
static void kpptp_dev_setup(struct net_device *dev)
{
	dev->netdev_ops = &kpptp_dev_ops;
	dev->ethtool_ops = &kpptp_dev_ethtool_ops;
	dev->needs_free_netdev = true;
	dev->pcpu_stat_type = NETDEV_PCPU_STAT_TSTATS;
	dev->type = ARPHRD_PPP;
	dev->flags = IFF_POINTOPOINT | IFF_NOARP | IFF_MULTICAST;
	dev->priv_flags |= IFF_NO_QUEUE;
	dev->tx_queue_len = 0;
	dev->hard_header_len = 0;
	dev->addr_len = 0;
	dev->needed_headroom = LL_MAX_HEADER + DEV_OVERHEAD;
	dev->mtu = DEV_MTU;
	dev->min_mtu = ETH_MIN_MTU;
	dev->max_mtu = IP_MAX_MTU - DEV_OVERHEAD;
	/* The answer to a packet that is too big needs its route. */
	netif_keep_dst(dev);
	dev_set_features(dev);
	/* The session brings the carrier. */
	netif_carrier_off(dev);
	SET_NETDEV_DEVTYPE(dev, &kpptp_dev_type);
}

/* No newlink and dellink: the stack's own suffice. */
static struct rtnl_link_ops kpptp_dev_link_ops __read_mostly = {
	.kind = KPPTP_KIND,
	.priv_size = sizeof(struct kpptp_dev),
	.setup = kpptp_dev_setup,
};

int kpptp_dev_init(void)
{
	return rtnl_link_register(&kpptp_dev_link_ops);
}

void kpptp_dev_exit(void)
{
	rtnl_link_unregister(&kpptp_dev_link_ops);
}
