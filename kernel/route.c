// SPDX-License-Identifier: GPL-2.0-only
/*
 * The outer IPv4 header, its route and what fits into it.
 */
#include <linux/ip.h>
#include <net/dst_cache.h>
#include <net/icmp.h>
#include <net/ip.h>
#include <net/l3mdev.h>
#include <net/route.h>

#include "core/mppe.h"
#include "core/mssclamp.h"
#include "core/pppframe.h"
#include "notify.h"
#include "route.h"
#include "session.h"

static bool route_encrypts(const struct kpptp_session *s)
{
	return READ_ONCE(s->tx.has_key) ||
	       kpptp_session_flag(s, KPPTP_SESSION_FLAGS_REQUIRE_MPPE);
}

/* Octets of the PPP header (and the MPPE header) before an inner packet. */
static unsigned int route_ppp_len(const struct kpptp_session *s)
{
	unsigned int len = 0;

	if (!kpptp_session_flag(s, KPPTP_SESSION_FLAGS_ACFC))
		len += 2;
	len += kpptp_session_flag(s, KPPTP_SESSION_FLAGS_PFC) ? 1 : 2;
	if (route_encrypts(s))
		len += KPPTP_MPPE_HDR_LEN + 2;
	return len;
}

u16 kpptp_route_mru(const struct kpptp_session *s)
{
	u16 mru = READ_ONCE(s->peer_mru);

	/*
	 * The information field of an encrypted frame also holds the MPPE
	 * header and the inner protocol; pppd and Windows drop what exceeds
	 * their MRU by those four octets.
	 */
	return route_encrypts(s) ? mru - KPPTP_MPPE_HDR_LEN - 2 : mru;
}

u16 kpptp_route_mtu(const struct kpptp_session *s)
{
	unsigned int path = READ_ONCE(s->tx.path_mtu) ?: KPPTP_ROUTE_PATH_MTU;
	unsigned int room = path - KPPTP_ROUTE_OVERHEAD - route_ppp_len(s);

	return min_t(unsigned int, room, kpptp_route_mru(s));
}

/* The other end's MTU is not known; that of our device stands in for it. */
void kpptp_route_clamp_mss(const struct kpptp_session *s, struct sk_buff *skb)
{
	unsigned int mtu = READ_ONCE(skb->dev->mtu);

	kpptp_mssclamp_packet(skb->data, skb->len,
			      min_t(unsigned int, mtu, kpptp_route_mtu(s)));
}

/* A route's MTU is at least 68 (RFC 791), so that the subtraction above is safe. */
static void route_notice_mtu(struct kpptp_session *s, u32 path)
{
	u16 before, after;

	path = clamp_t(u32, path, IPV4_MIN_MTU, U16_MAX);
	if (likely(path == s->tx.path_mtu))
		return;
	before = kpptp_route_mtu(s);
	WRITE_ONCE(s->tx.path_mtu, path);
	after = kpptp_route_mtu(s);
	if (after != before)
		kpptp_notify_mtu(s->kn->net, s->id, after);
}

static struct rtable *route_lookup(struct kpptp_session *s)
{
	struct rtable *rt;
	struct flowi4 fl4;

	rt = ip_route_output_ports(s->kn->net, &fl4, NULL, s->key.peer,
				   s->key.local, 0, 0, IPPROTO_GRE,
				   READ_ONCE(s->tos), s->outer_ifindex);
	if (!IS_ERR(rt))
		dst_cache_set_ip4(&s->tx.dst, &rt->dst, s->key.local);
	return rt;
}

struct rtable *kpptp_route_get(struct kpptp_session *s)
{
	struct rtable *rt;
	__be32 saddr;

	lockdep_assert_held(&s->tx.lock);

	rt = dst_cache_get_ip4(&s->tx.dst, &saddr);
	if (!rt)
		rt = route_lookup(s);
	if (IS_ERR(rt))
		return rt;
	if (rt->dst.dev == rcu_access_pointer(s->dev)) {
		ip_rt_put(rt);
		return ERR_PTR(-ELOOP);
	}
	route_notice_mtu(s, dst_mtu(&rt->dst));
	return rt;
}

void kpptp_route_send(struct kpptp_session *s, struct rtable *rt,
		      struct sk_buff *skb, u8 tos, bool df)
{
	struct net *net = s->kn->net;
	struct iphdr *iph;

	skb_scrub_packet(skb, true);
	skb_clear_hash(skb);
	skb_dst_set_noref(skb, &rt->dst);
	memset(IPCB(skb), 0, sizeof(*IPCB(skb)));

	skb_reset_transport_header(skb);
	iph = skb_push(skb, sizeof(*iph));
	skb_reset_network_header(skb);
	iph->version = 4;
	iph->ihl = sizeof(*iph) / 4;
	iph->tos = tos;
	/* A route whose MTU is locked is too narrow for path MTU discovery. */
	iph->frag_off = df && !ip_mtu_locked(&rt->dst) ? htons(IP_DF) : 0;
	iph->ttl = READ_ONCE(s->ttl) ?: ip4_dst_hoplimit(&rt->dst);
	iph->protocol = IPPROTO_GRE;
	iph->saddr = s->key.local;
	iph->daddr = s->key.peer;

	skb->protocol = htons(ETH_P_IP);
	skb->ip_summed = CHECKSUM_NONE;
	/* Only fragments need an identification (RFC 6864 section 4). */
	skb->ignore_df = skb->len > dst_mtu(&rt->dst);
	ip_select_ident(net, skb, NULL);
	ip_local_out(net, NULL, skb);
}

void kpptp_route_too_big(struct net *net, struct sk_buff *skb, u32 mtu)
{
	/* A VRF has routes of its own, and is the device that the error came by. */
	ipv4_update_pmtu(skb, net, mtu, l3mdev_master_ifindex_rcu(skb->dev), IPPROTO_GRE);
}
