// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * What a host or a server of DHCP sends, as a message and as the packet that a raw
 * socket gives: what is read of it is within bounds, an answer to what was taken is
 * read by who asked, and a question that is asked again is the same.
 */
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "fuzz.h"
#include "proto/dhcp4.h"
#include "proto/udp.h"

static void must(bool truth)
{
	if (!truth)
		abort();
}

static in_addr_t first_mask(unsigned int bits)
{
	return bits ? htonl(~0u << (32 - bits)) : 0;
}

static void check_got(const struct dhcp4_got *got)
{
	unsigned int i;

	must(got->route_n <= DHCP4_ROUTES_MAX);
	for (i = 0; i < got->route_n; i++) {
		must(got->route[i].bits <= 32);
		must(!(got->route[i].network.s_addr & ~first_mask(got->route[i].bits)));
	}
}

/* As much as can be given, of the input's octets. */
static void check_answer(const struct dhcp4_inform *inform, const uint8_t *data)
{
	struct dhcp4_given given = { .route_n = data[0] % (DHCP4_GIVEN_MAX + 1) };
	uint8_t out[DHCP4_MESSAGE_MAX];
	struct dhcp4_got got;
	unsigned int i;
	size_t len;

	memcpy(&given.server, data + 1, sizeof(given.server));
	memcpy(given.dns, data + 5, sizeof(given.dns));
	memcpy(given.wins, data + 13, sizeof(given.wins));
	memset(given.domain, 'a', data[21] % (DHCP4_DOMAIN_MAX + 1));
	for (i = 0; i < given.route_n; i++) {
		given.route[i].bits = data[22 + i] % 33;
		memcpy(&given.route[i].network, data + 40 + i, sizeof(struct in_addr));
		given.route[i].network.s_addr &= first_mask(given.route[i].bits);
	}
	len = dhcp4_ack_write(inform, &given, out);
	must(len <= sizeof(out) && dhcp4_ack_read(out, len, inform, &got));
	must(got.server.s_addr == given.server.s_addr);
	if (!(inform->wanted & (DHCP4_ROUTES | DHCP4_MS_ROUTES)))
		given.route_n = 0;
	must(got.route_n == given.route_n);
	for (i = 0; i < given.route_n; i++)
		must(got.route[i].bits == given.route[i].bits &&
		     got.route[i].network.s_addr == given.route[i].network.s_addr);
}

static void check_question(const struct dhcp4_inform *inform)
{
	uint8_t out[DHCP4_MESSAGE_MAX];
	struct dhcp4_inform again;
	size_t len = dhcp4_inform_write(inform, out);

	must(len <= sizeof(out) && dhcp4_inform_read(out, len, &again));
	must(again.xid == inform->xid && again.wanted == inform->wanted);
	must(again.address.s_addr == inform->address.s_addr && again.hlen == inform->hlen);
}

static void check_message(const uint8_t *data, size_t size)
{
	struct dhcp4_inform inform = { 0 };
	struct dhcp4_got got;

	if (dhcp4_inform_read(data, size, &inform)) {
		check_answer(&inform, data);
		check_question(&inform);
	}
	/* A reply to whom it is for. */
	if (size >= 44 && data[2] <= DHCP4_CHADDR_LEN) {
		inform.xid = (uint32_t)data[4] << 24 | (uint32_t)data[5] << 16 |
			     (uint32_t)data[6] << 8 | data[7];
		inform.hlen = data[2];
		memcpy(inform.chaddr, data + 28, sizeof(inform.chaddr));
	}
	if (dhcp4_ack_read(data, size, &inform, &got))
		check_got(&got);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	uint8_t header[UDP_HEADER_LEN], *packet;
	struct udp_datagram udp;

	check_message(data, size);
	if (!udp_read(data, size, &udp))
		return 0;
	must(udp.data >= data && udp.data + udp.len <= data + size);
	check_message(udp.data, udp.len);
	/* With the header that we write, it is read again. */
	packet = malloc(size);
	memcpy(packet, data, size);
	udp_header(&udp, header);
	memcpy(packet + (udp.data - data) - UDP_HEADER_LEN, header, sizeof(header));
	must(udp_read(packet, size, &udp));
	free(packet);
	return 0;
}
