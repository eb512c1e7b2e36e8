// SPDX-License-Identifier: GPL-2.0-or-later
#include <errno.h>
#include <netinet/icmp6.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>
#include <sys/socket.h>
#include <unistd.h>
#include <uthash.h>

#include "advertiser.h"
#include "lib/array.h"
#include "lib/log.h"

/* RFC 4861 sections 6.2.1 and 10; ms. */
#define ADVERTISER_INITIAL		3	/* at the beginning, more quickly */
#define ADVERTISER_INITIAL_INTERVAL	16000
#define ADVERTISER_INTERVAL_MIN		200000
#define ADVERTISER_INTERVAL_MAX		600000
#define ADVERTISER_DELAY_MIN		3000	/* between two */

/* Nobody has forwarded it. */
#define ADVERTISER_HOPS		255

/* Solicitations of one round. */
#define ADVERTISER_BATCH	16
#define ADVERTISER_PACKET_MAX	1500

struct advertiser {
	struct loop *loop;
	int fd;
	struct loop_source *io;
	struct advert *by_ifindex;
};

/* @sent: how many; @last: when the last one was, ms */
struct advert {
	struct advertiser *advertiser;
	uint32_t ifindex;
	struct in6_addr source;
	struct loop_source *timer;
	unsigned int sent;
	uint64_t last;
	size_t len;
	uint8_t data[RA_MAX];
	UT_hash_handle hh;
};

/* Hosts of many sessions shall not be told all at once. */
static uint64_t advert_interval(const struct advert *advert)
{
	uint32_t random = 0;

	if (advert->sent <= ADVERTISER_INITIAL)
		return ADVERTISER_INITIAL_INTERVAL;
	if (getrandom(&random, sizeof(random), GRND_NONBLOCK) < 0)
		return ADVERTISER_INTERVAL_MAX;
	return ADVERTISER_INTERVAL_MIN +
	       random % (ADVERTISER_INTERVAL_MAX - ADVERTISER_INTERVAL_MIN);
}

/* To all nodes of the device, from our address there. */
static void advert_send(struct advert *advert)
{
	struct sockaddr_in6 to = { .sin6_family = AF_INET6, .sin6_scope_id = advert->ifindex };
	struct in6_pktinfo info = { .ipi6_ifindex = advert->ifindex };
	struct iovec data = { .iov_base = advert->data, .iov_len = advert->len };
	uint8_t room[CMSG_SPACE(sizeof(info))] __attribute__((aligned(8))) = { 0 };
	struct msghdr msg = { .msg_name = &to, .msg_namelen = sizeof(to), .msg_iov = &data,
			      .msg_iovlen = 1, .msg_control = room,
			      .msg_controllen = sizeof(room) };
	struct cmsghdr *control = CMSG_FIRSTHDR(&msg);

	to.sin6_addr.s6_addr[0] = 0xff;
	to.sin6_addr.s6_addr[1] = 0x02;
	to.sin6_addr.s6_addr[15] = 0x01;
	info.ipi6_addr = advert->source;
	control->cmsg_level = IPPROTO_IPV6;
	control->cmsg_type = IPV6_PKTINFO;
	control->cmsg_len = CMSG_LEN(sizeof(info));
	memcpy(CMSG_DATA(control), &info, sizeof(info));
	if (sendmsg(advert->advertiser->fd, &msg, MSG_NOSIGNAL) < 0)
		log_limited(LOG_LEVEL_WARNING, "cannot send a router advertisement: %s",
			    strerror(errno));
}

static void advert_on_timer(void *arg)
{
	struct advert *advert = arg;

	advert_send(advert);
	advert->sent++;
	advert->last = loop_now();
	loop_timer_set(advert->timer, advert->last + advert_interval(advert));
}

/* At once, or as soon after the last one as is allowed. */
static void advert_solicited(struct advert *advert)
{
	uint64_t now = loop_now(), when = advert->last + ADVERTISER_DELAY_MIN;

	loop_timer_set(advert->timer, when > now ? when : now);
}

/* What a message came with: its device and its hop limit, 0 and -1: unknown. */
static void advertiser_control(struct msghdr *msg, uint32_t *ifindex, int *hops)
{
	struct cmsghdr *control;
	struct in6_pktinfo info;

	*ifindex = 0;
	*hops = -1;
	for (control = CMSG_FIRSTHDR(msg); control; control = CMSG_NXTHDR(msg, control)) {
		if (control->cmsg_level != IPPROTO_IPV6)
			continue;
		if (control->cmsg_type == IPV6_PKTINFO) {
			memcpy(&info, CMSG_DATA(control), sizeof(info));
			*ifindex = info.ipi6_ifindex;
		} else if (control->cmsg_type == IPV6_HOPLIMIT) {
			memcpy(hops, CMSG_DATA(control), sizeof(*hops));
		}
	}
}

static bool advertiser_receive(struct advertiser *advertiser)
{
	uint8_t data[ADVERTISER_PACKET_MAX];
	uint8_t room[CMSG_SPACE(sizeof(struct in6_pktinfo)) + CMSG_SPACE(sizeof(int))]
		__attribute__((aligned(8)));
	struct iovec to = { .iov_base = data, .iov_len = sizeof(data) };
	struct sockaddr_in6 from = { 0 };
	struct msghdr msg = { .msg_name = &from, .msg_namelen = sizeof(from), .msg_iov = &to,
			      .msg_iovlen = 1, .msg_control = room,
			      .msg_controllen = sizeof(room) };
	struct advert *advert;
	uint32_t ifindex;
	ssize_t n;
	int hops;

	n = recvmsg(advertiser->fd, &msg, MSG_DONTWAIT);
	if (n < 0)
		return false;
	advertiser_control(&msg, &ifindex, &hops);
	HASH_FIND(hh, advertiser->by_ifindex, &ifindex, sizeof(ifindex), advert);
	if (advert && ra_is_solicitation(data, (size_t)n, hops,
					 IN6_IS_ADDR_UNSPECIFIED(&from.sin6_addr)))
		advert_solicited(advert);
	return true;
}

static void advertiser_on_io(void *arg, unsigned int events)
{
	unsigned int i;

	(void)events;
	for (i = 0; i < ADVERTISER_BATCH && advertiser_receive(arg); i++)
		;
}

static bool advertiser_set(int fd)
{
	static const struct {
		int name;
		int value;
	} options[] = {
		{ IPV6_RECVPKTINFO, 1 },
		{ IPV6_RECVHOPLIMIT, 1 },
		{ IPV6_MULTICAST_HOPS, ADVERTISER_HOPS },
		{ IPV6_MULTICAST_LOOP, 0 },
	};
	struct icmp6_filter filter;
	size_t i;

	ICMP6_FILTER_SETBLOCKALL(&filter);
	ICMP6_FILTER_SETPASS(ND_ROUTER_SOLICIT, &filter);
	if (setsockopt(fd, IPPROTO_ICMPV6, ICMP6_FILTER, &filter, sizeof(filter)) < 0)
		return false;
	for (i = 0; i < ARRAY_SIZE(options); i++) {
		if (setsockopt(fd, IPPROTO_IPV6, options[i].name, &options[i].value,
			       sizeof(options[i].value)) < 0)
			return false;
	}
	return true;
}

struct advertiser *advertiser_open(struct loop *loop)
{
	struct advertiser *advertiser = calloc(1, sizeof(*advertiser));

	if (!advertiser)
		return NULL;
	advertiser->loop = loop;
	advertiser->fd = socket(AF_INET6, SOCK_RAW | SOCK_CLOEXEC | SOCK_NONBLOCK,
				IPPROTO_ICMPV6);
	if (advertiser->fd >= 0 && advertiser_set(advertiser->fd))
		advertiser->io = loop_io(loop, advertiser->fd, LOOP_READ, advertiser_on_io,
					 advertiser);
	if (advertiser->io)
		return advertiser;
	advertiser_close(advertiser);
	return NULL;
}

void advertiser_close(struct advertiser *advertiser)
{
	int saved = errno;

	if (!advertiser)
		return;
	loop_source_free(advertiser->io);
	if (advertiser->fd >= 0)
		close(advertiser->fd);
	free(advertiser);
	errno = saved;
}

struct advert *advert_new(struct advertiser *advertiser, uint32_t ifindex,
			  const struct in6_addr *source, const struct ra *ra)
{
	struct advert *advert = calloc(1, sizeof(*advert));

	if (!advert)
		return NULL;
	advert->advertiser = advertiser;
	advert->ifindex = ifindex;
	advert->source = *source;
	advert->len = ra_build(ra, advert->data);
	advert->timer = loop_timer(advertiser->loop, advert_on_timer, advert);
	if (!advert->timer) {
		free(advert);
		return NULL;
	}
	HASH_ADD(hh, advertiser->by_ifindex, ifindex, sizeof(advert->ifindex), advert);
	loop_timer_set(advert->timer, loop_now());
	return advert;
}

void advert_free(struct advert *advert)
{
	if (!advert)
		return;
	HASH_DEL(advert->advertiser->by_ifindex, advert);
	loop_source_free(advert->timer);
	free(advert);
}
