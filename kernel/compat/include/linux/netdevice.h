/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Two properties of a device that were feature bits up to Linux 6.11 and are
 * members of the struct since; one of them has changed its name again. And a
 * device that only carries NAPIs, which Linux before 6.10 cannot allocate.
 */
#ifndef KPPTP_COMPAT_LINUX_NETDEVICE_H
#define KPPTP_COMPAT_LINUX_NETDEVICE_H

#include_next <linux/netdevice.h>

/* Sends without the transmit lock. Before registration. */
static inline void kpptp_compat_set_lltx(struct net_device *dev)
{
#ifdef KPPTP_HAVE_DEV_LLTX
	dev->lltx = true;
#else
	dev->features |= NETIF_F_LLTX;
#endif
}

/* Cannot be moved to another namespace. Before registration. */
static inline void kpptp_compat_set_netns_immutable(struct net_device *dev)
{
#if defined(KPPTP_HAVE_DEV_NETNS_IMMUTABLE)
	dev->netns_immutable = true;
#elif defined(KPPTP_HAVE_DEV_NETNS_LOCAL)
	dev->netns_local = true;
#else
	dev->features |= NETIF_F_NETNS_LOCAL;
#endif
}

#ifndef KPPTP_HAVE_ALLOC_NETDEV_DUMMY
static inline void kpptp_compat_dummy_setup(struct net_device *dev)
{
	set_bit(__LINK_STATE_PRESENT, &dev->state);
	set_bit(__LINK_STATE_START, &dev->state);
}

/* Free with free_netdev(); never registered. */
static inline struct net_device *alloc_netdev_dummy(int sizeof_priv)
{
	return alloc_netdev(sizeof_priv, "dummy#", NET_NAME_UNKNOWN,
			    kpptp_compat_dummy_setup);
}
#endif

#endif /* KPPTP_COMPAT_LINUX_NETDEVICE_H */
