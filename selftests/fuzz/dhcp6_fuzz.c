// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * What a client or a server of DHCPv6 sends: what is read of it is within bounds,
 * and what was taken from a client comes out of its wrapping as it went in.
 */
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "fuzz.h"
#include "proto/dhcp6.h"

static void must(bool truth)
{
	if (!truth)
		abort();
}

static void check_prefixes(const struct dhcp6_message *msg)
{
	unsigned int i, bit;

	must(msg->prefix_n <= DHCP6_PREFIXES_MAX && msg->xid <= 0xffffff);
	for (i = 0; i < msg->prefix_n; i++) {
		const struct dhcp6_prefix *prefix = &msg->prefix[i];

		must(prefix->bits <= 128);
		for (bit = prefix->bits; bit < 128; bit++)
			must(!(prefix->prefix.s6_addr[bit / 8] & 0x80 >> bit % 8));
	}
}

static void check_wrapping(const uint8_t *data, size_t size)
{
	struct dhcp6_relayed relay = {
		.interface = data, .interface_len = size % (DHCP6_INTERFACE_MAX + 1),
		.message = data, .message_len = size,
	};
	uint8_t out[DHCP6_RELAY_MAX];
	struct dhcp6_relayed again;
	size_t len;

	if (relay.interface_len > size)
		relay.interface_len = size;
	len = dhcp6_relay_forward(&relay, out);
	must(!dhcp6_relay_reply(out, len, &again));
	out[0] = DHCP6_RELAY_REPLY;
	must(dhcp6_relay_reply(out, len, &again));
	must(again.interface_len == relay.interface_len && again.message_len == size);
	must(!memcmp(again.interface, data, relay.interface_len));
	must(!memcmp(again.message, data, size));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct dhcp6_message msg;
	struct dhcp6_relayed relay;

	if (dhcp6_from_client(data, size, &msg)) {
		check_prefixes(&msg);
		check_wrapping(data, size);
	}
	if (dhcp6_from_server(data, size, &msg))
		check_prefixes(&msg);
	if (dhcp6_relay_reply(data, size, &relay) &&
	    dhcp6_from_server(relay.message, relay.message_len, &msg))
		check_prefixes(&msg);
	return 0;
}
