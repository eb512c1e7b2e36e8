// SPDX-License-Identifier: GPL-2.0-only
/*
 * The network devices: what the stack sees of a session (p2p, kind "kpptp"), or of
 * many that share one (mp, kind "kpptp-mp").
 */
#include <linux/ethtool.h>
#include <linux/icmpv6.h>
#include <linux/if_arp.h>
#include <linux/netdevice.h>
#include <linux/rtnetlink.h>
#include <net/icmp.h>
#include <net/ip.h>
#include <net/rtnetlink.h>

#include "core/mppe.h"
#include "core/pppframe.h"
#include "demand.h"
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

/*
 * The route says that the destination is here, and no session has it: its sender
 * is told. The other devices have no carrier when they have no session.
 */
static void dev_unreachable(const struct net_device *dev, struct sk_buff *skb)
{
	const struct kpptp_dev *kd = netdev_priv(dev);

	if (!kd->mp)
		return;
	skb_reset_network_header(skb);
	if (skb->protocol == htons(ETH_P_IP) &&
	    pskb_network_may_pull(skb, sizeof(struct iphdr)))
		icmp_ndo_send(skb, ICMP_DEST_UNREACH, ICMP_HOST_UNREACH, 0);
	else if (skb->protocol == htons(ETH_P_IPV6) &&
		 pskb_network_may_pull(skb, sizeof(struct ipv6hdr)))
		icmpv6_ndo_send(skb, ICMPV6_DEST_UNREACH, ICMPV6_ADDR_UNREACH, 0);
}

static void dev_drop_no_session(struct net_device *dev, struct sk_buff *skb)
{
	dev_unreachable(dev, skb);
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
	else if (kpptp_session_flag(s, KPPTP_SESSION_FLAGS_UP))
		kpptp_tx_data(s, skb);
	else if (s->demand)
		kpptp_demand_wait(s, skb);
	else
		kpptp_session_drop(s->kn, s, skb, KPPTP_A_DROPS_TX_NO_SESSION);
	rcu_read_unlock();
	return NETDEV_TX_OK;
}

/* The device is going: under rtnl, before it is freed. */
static void kpptp_dev_uninit(struct net_device *dev)
{
	struct kpptp_net *kn = kpptp_net(dev_net(dev));

	mutex_lock(&kn->lock);
	kpptp_lookup_remove_dev(dev);
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

static const struct device_type kpptp_dev_type_mp = {
	.name = KPPTP_KIND_MP,
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
 * What both modes have in common. The MTU may exceed what fits: the session knows
 * that for itself, and answers with "fragmentation needed".
 */
static void dev_setup(struct net_device *dev)
{
	struct kpptp_dev *kd = netdev_priv(dev);

	INIT_LIST_HEAD(&kd->sessions);
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
}

static void dev_setup_p2p(struct net_device *dev)
{
	dev_setup(dev);
	/* The session brings the carrier. */
	netif_carrier_off(dev);
	SET_NETDEV_DEVTYPE(dev, &kpptp_dev_type);
}

/* Sessions come and go; the carrier is there as long as the device is. */
static void dev_setup_mp(struct net_device *dev)
{
	struct kpptp_dev *kd = netdev_priv(dev);

	dev_setup(dev);
	kd->mp = true;
	SET_NETDEV_DEVTYPE(dev, &kpptp_dev_type_mp);
}

/* No newlink and dellink: the stack's own suffice. */
static struct rtnl_link_ops kpptp_dev_link_ops __read_mostly = {
	.kind = KPPTP_KIND,
	.priv_size = sizeof(struct kpptp_dev),
	.setup = dev_setup_p2p,
};

/* A kind of its own, so that it needs no attribute and hence no new ip(8). */
static struct rtnl_link_ops kpptp_dev_link_ops_mp __read_mostly = {
	.kind = KPPTP_KIND_MP,
	.priv_size = sizeof(struct kpptp_dev),
	.setup = dev_setup_mp,
};

int kpptp_dev_init(void)
{
	int err;

	err = rtnl_link_register(&kpptp_dev_link_ops);
	if (err)
		return err;
	err = rtnl_link_register(&kpptp_dev_link_ops_mp);
	if (err)
		rtnl_link_unregister(&kpptp_dev_link_ops);
	return err;
}

void kpptp_dev_exit(void)
{
	rtnl_link_unregister(&kpptp_dev_link_ops_mp);
	rtnl_link_unregister(&kpptp_dev_link_ops);
}
