// SPDX-License-Identifier: GPL-2.0-or-later
#include <errno.h>
#include <linux/filter.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>
#include <uthash.h>

#include "allowance.h"
#include "dhcp4_server.h"
#include "lib/array.h"
#include "lib/log.h"
#include "proto/udp.h"

/*
 * Messages of one host: so many at once, and one more in each interval. One that
 * repeats as it should (RFC 2131 section 4.1) stays far below.
 */
#define DHCP4_HOST_BURST	10
#define DHCP4_HOST_INTERVAL	1000	/* ms */

#define DHCP4_BATCH		16	/* messages of one round */

/* Octets of a packet: what is longer than a device's MTU can be is cut, and no message. */
#define DHCP4_PACKET_MAX	2048

struct dhcp4_server {
	struct loop *loop;
	int fd;
	struct loop_source *io;
	struct dhcp4_host *hosts;
};

/* By which a host is found: where it was heard, and by which address. */
struct dhcp4_key {
	uint32_t ifindex;
	struct in_addr address;
};

struct dhcp4_host {
	struct dhcp4_server *server;
	struct dhcp4_key key;
	char *user;
	struct dhcp4_given given;
	struct allowance allowance;
	unsigned int answers;
	UT_hash_handle hh;
};

/* From our address on the session's device, which has no other way to the host. */
static bool dhcp4_host_send(const struct dhcp4_host *host, const uint8_t *message, size_t len)
{
	struct udp_datagram udp = { .from = host->given.server, .to = host->key.address,
				    .from_port = DHCP4_SERVER_PORT,
				    .to_port = DHCP4_CLIENT_PORT, .data = message, .len = len };
	struct sockaddr_in to = { .sin_family = AF_INET, .sin_addr = host->key.address };
	struct in_pktinfo info = { .ipi_ifindex = (int)host->key.ifindex,
				   .ipi_spec_dst = host->given.server };
	uint8_t room[CMSG_SPACE(sizeof(info))] __attribute__((aligned(8))) = { 0 };
	uint8_t header[UDP_HEADER_LEN];
	struct iovec data[2] = { { .iov_base = header, .iov_len = sizeof(header) },
				 { .iov_base = (uint8_t *)message, .iov_len = len } };
	struct msghdr msg = { .msg_name = &to, .msg_namelen = sizeof(to), .msg_iov = data,
			      .msg_iovlen = ARRAY_SIZE(data), .msg_control = room,
			      .msg_controllen = sizeof(room) };
	struct cmsghdr *control = CMSG_FIRSTHDR(&msg);

	udp_header(&udp, header);
	control->cmsg_level = IPPROTO_IP;
	control->cmsg_type = IP_PKTINFO;
	control->cmsg_len = CMSG_LEN(sizeof(info));
	memcpy(CMSG_DATA(control), &info, sizeof(info));
	return sendmsg(host->server->fd, &msg, MSG_NOSIGNAL) >= 0;
}

/* The answer goes to the address in the message (RFC 2131 section 4.3.5): it is the host's. */
static void dhcp4_host_take(struct dhcp4_host *host, const uint8_t *data, size_t len)
{
	uint8_t out[DHCP4_MESSAGE_MAX];
	struct dhcp4_inform inform;

	if (!allowance_take(&host->allowance, loop_now())) {
		log_limited(LOG_LEVEL_INFO, "%s sends more DHCP messages than it may", host->user);
		return;
	}
	if (!dhcp4_inform_read(data, len, &inform)) {
		log_limited(LOG_LEVEL_INFO, "%s sends a DHCP message that is no DHCPINFORM",
			    host->user);
		return;
	}
	if (inform.address.s_addr != host->key.address.s_addr) {
		log_limited(LOG_LEVEL_INFO, "%s sends a DHCPINFORM for another address",
			    host->user);
		return;
	}
	len = dhcp4_ack_write(&inform, &host->given, out);
	if (dhcp4_host_send(host, out, len))
		host->answers++;
	else
		log_limited(LOG_LEVEL_INFO, "cannot answer the DHCPINFORM of %s: %s", host->user,
			    strerror(errno));
}

/* The device that a packet came through, 0: unknown. */
static uint32_t dhcp4_ifindex(struct msghdr *msg)
{
	struct cmsghdr *control;
	struct in_pktinfo info;

	for (control = CMSG_FIRSTHDR(msg); control; control = CMSG_NXTHDR(msg, control)) {
		if (control->cmsg_level != IPPROTO_IP || control->cmsg_type != IP_PKTINFO)
			continue;
		memcpy(&info, CMSG_DATA(control), sizeof(info));
		return (uint32_t)info.ipi_ifindex;
	}
	return 0;
}

/* True: there may be more. What comes from other networks is somebody else's. */
static bool dhcp4_server_receive(struct dhcp4_server *server)
{
	uint8_t room[CMSG_SPACE(sizeof(struct in_pktinfo))] __attribute__((aligned(8)));
	uint8_t packet[DHCP4_PACKET_MAX];
	struct iovec to = { .iov_base = packet, .iov_len = sizeof(packet) };
	struct msghdr msg = { .msg_iov = &to, .msg_iovlen = 1, .msg_control = room,
			      .msg_controllen = sizeof(room) };
	struct udp_datagram udp;
	struct dhcp4_host *host;
	struct dhcp4_key key;
	ssize_t n;

	n = recvmsg(server->fd, &msg, MSG_DONTWAIT);
	if (n < 0)
		return false;
	memset(&key, 0, sizeof(key));
	key.ifindex = dhcp4_ifindex(&msg);
	if (!udp_read(packet, (size_t)n, &udp) || udp.to_port != DHCP4_SERVER_PORT)
		return true;
	key.address = udp.from;
	HASH_FIND(hh, server->hosts, &key, sizeof(key), host);
	if (host)
		dhcp4_host_take(host, udp.data, udp.len);
	return true;
}

static void dhcp4_server_on_io(void *arg, unsigned int events)
{
	unsigned int i;

	(void)events;
	for (i = 0; i < DHCP4_BATCH && dhcp4_server_receive(arg); i++)
		;
}

/* Of all that is sent to 255.255.255.255, what goes to the port of DHCP servers. */
static bool dhcp4_server_filter(int fd)
{
	struct sock_filter code[] = {
		BPF_STMT(BPF_LDX | BPF_B | BPF_MSH, 0),
		BPF_STMT(BPF_LD | BPF_H | BPF_IND, 2),
		BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, DHCP4_SERVER_PORT, 0, 1),
		BPF_STMT(BPF_RET | BPF_K, DHCP4_PACKET_MAX),
		BPF_STMT(BPF_RET | BPF_K, 0),
	};
	struct sock_fprog program = { .len = ARRAY_SIZE(code), .filter = code };

	return setsockopt(fd, SOL_SOCKET, SO_ATTACH_FILTER, &program, sizeof(program)) == 0;
}

static bool dhcp4_server_listen(int fd)
{
	struct sockaddr_in all = { .sin_family = AF_INET,
				   .sin_addr.s_addr = htonl(INADDR_BROADCAST) };
	int one = 1;

	return dhcp4_server_filter(fd) &&
	       setsockopt(fd, IPPROTO_IP, IP_PKTINFO, &one, sizeof(one)) == 0 &&
	       bind(fd, (const struct sockaddr *)&all, sizeof(all)) == 0;
}

struct dhcp4_server *dhcp4_server_open(struct loop *loop)
{
	struct dhcp4_server *server = calloc(1, sizeof(*server));

	if (!server)
		return NULL;
	server->loop = loop;
	server->fd = socket(AF_INET, SOCK_RAW | SOCK_CLOEXEC | SOCK_NONBLOCK, IPPROTO_UDP);
	if (server->fd >= 0 && dhcp4_server_listen(server->fd)) {
		errno = ENOMEM;
		server->io = loop_io(loop, server->fd, LOOP_READ, dhcp4_server_on_io, server);
	}
	if (server->io)
		return server;
	dhcp4_server_close(server);
	return NULL;
}

void dhcp4_server_close(struct dhcp4_server *server)
{
	int saved = errno;

	if (!server)
		return;
	loop_source_free(server->io);
	if (server->fd >= 0)
		close(server->fd);
	free(server);
	errno = saved;
}

struct dhcp4_host *dhcp4_host_new(struct dhcp4_server *server,
				  const struct dhcp4_host_config *cfg)
{
	struct dhcp4_host *host = calloc(1, sizeof(*host));

	if (!host)
		return NULL;
	host->server = server;
	host->key.ifindex = cfg->ifindex;
	host->key.address = cfg->address;
	host->given = cfg->given;
	allowance_init(&host->allowance, DHCP4_HOST_BURST, DHCP4_HOST_INTERVAL, loop_now());
	host->user = strdup(cfg->user);
	if (!host->user) {
		free(host);
		return NULL;
	}
	HASH_ADD(hh, server->hosts, key, sizeof(host->key), host);
	return host;
}

void dhcp4_host_free(struct dhcp4_host *host)
{
	if (!host)
		return;
	HASH_DELETE(hh, host->server->hosts, host);
	free(host->user);
	free(host);
}

struct in_addr dhcp4_host_address(const struct dhcp4_host *host)
{
	return host->key.address;
}

unsigned int dhcp4_host_answers(const struct dhcp4_host *host)
{
	return host ? host->answers : 0;
}
