// SPDX-License-Identifier: GPL-2.0-or-later
#include <string.h>

#include "dhcp4.h"
#include "lib/array.h"
#include "lib/bytes.h"

#define DHCP4_COOKIE		0x63825363u
#define DHCP4_SNAME		44	/* offsets of the fields that options can be in */
#define DHCP4_FILE		108
#define DHCP4_VEND		236	/* of the cookie */
#define DHCP4_SNAME_LEN		64
#define DHCP4_FILE_LEN		128

/* What relay agents and servers of BOOTP may take for granted (RFC 951 section 3). */
#define DHCP4_MESSAGE_MIN	300

#define DHCP4_REQUEST		1	/* op */
#define DHCP4_REPLY		2

#define DHCP4_TYPE_ACK		5
#define DHCP4_TYPE_INFORM	8

/* RFC 2132, and RFC 3442 and MS-DHCPE for the last ones */
#define DHCP4_OPT_PAD		0
#define DHCP4_OPT_DNS		6
#define DHCP4_OPT_DOMAIN	15
#define DHCP4_OPT_WINS		44
#define DHCP4_OPT_OVERLOAD	52
#define DHCP4_OPT_TYPE		53
#define DHCP4_OPT_SERVER	54
#define DHCP4_OPT_WANTED	55
#define DHCP4_OPT_MAX_SIZE	57
#define DHCP4_OPT_CLIENT	61
#define DHCP4_OPT_ROUTES	121
#define DHCP4_OPT_MS_ROUTES	249
#define DHCP4_OPT_END		255

/* Octets of an IPv4 packet around a message. */
#define DHCP4_PACKET_HEADERS	28

#define DHCP4_OPTIONS_MAX \
	(3 + 6 + 2 + DHCP4_GIVEN_MAX * 9 + 2 * (2 + DHCP4_SERVERS_MAX * 4) + \
	 2 + DHCP4_DOMAIN_MAX + 1)

_Static_assert(DHCP4_VEND + 4 + DHCP4_OPTIONS_MAX <= DHCP4_MESSAGE_MAX,
	       "all that can be given fits");

/* What is read of one option that may be there in parts: more than any message has. */
#define DHCP4_VALUE_MAX		1500

/* The fields of a message that have options in them, in their order (RFC 3396). */
struct dhcp4_message {
	uint8_t op;
	uint32_t xid;
	uint16_t flags;
	struct in_addr ciaddr;
	struct in_addr giaddr;
	uint8_t htype;
	uint8_t hlen;
	uint8_t chaddr[DHCP4_CHADDR_LEN];
	struct reader field[3];
	unsigned int field_n;
};

struct dhcp4_option {
	uint8_t code;
	struct reader data;
};

/* An option with all of its parts together. */
struct dhcp4_value {
	size_t len;
	uint8_t data[DHCP4_VALUE_MAX];
};

/*
 * The next option; false at the end, and with @r bad when that is not where it should
 * be. Not all senders write the end.
 */
static bool dhcp4_next(struct reader *r, struct dhcp4_option *option)
{
	const uint8_t *data;
	uint8_t len;

	do {
		if (!r->left)
			return false;
		option->code = reader_u8(r);
	} while (option->code == DHCP4_OPT_PAD);
	if (option->code == DHCP4_OPT_END)
		return false;
	len = reader_u8(r);
	data = reader_take(r, len);
	option->data = reader_of(data, data ? len : 0);
	return data;
}

/* The parts of @code, one after the other (RFC 3396 section 5). False: it is not there. */
static bool dhcp4_find(const struct dhcp4_message *msg, uint8_t code, struct dhcp4_value *value)
{
	struct dhcp4_option option;
	bool found = false;
	unsigned int i;

	value->len = 0;
	for (i = 0; i < msg->field_n; i++) {
		struct reader r = msg->field[i];

		while (dhcp4_next(&r, &option)) {
			if (option.code != code ||
			    option.data.left > sizeof(value->data) - value->len)
				continue;
			memcpy(value->data + value->len, option.data.p, option.data.left);
			value->len += option.data.left;
			found = true;
		}
	}
	return found;
}

/* Every option is where its length says. */
static bool dhcp4_whole(const struct dhcp4_message *msg)
{
	struct dhcp4_option option;
	unsigned int i;

	for (i = 0; i < msg->field_n; i++) {
		struct reader r = msg->field[i];

		while (dhcp4_next(&r, &option))
			;
		if (r.bad)
			return false;
	}
	return true;
}

/* Of a whole message: sname and file may have options too (RFC 2132 section 9.3). */
static bool dhcp4_overload(struct dhcp4_message *msg, const uint8_t *data)
{
	struct dhcp4_value value;

	if (!dhcp4_find(msg, DHCP4_OPT_OVERLOAD, &value))
		return true;
	if (value.len != 1 || value.data[0] < 1 || value.data[0] > 3)
		return false;
	if (value.data[0] & 1)
		msg->field[msg->field_n++] = reader_of(data + DHCP4_FILE, DHCP4_FILE_LEN);
	if (value.data[0] & 2)
		msg->field[msg->field_n++] = reader_of(data + DHCP4_SNAME, DHCP4_SNAME_LEN);
	return true;
}

static bool dhcp4_parse(const uint8_t *data, size_t len, struct dhcp4_message *msg)
{
	struct reader r = reader_of(data, len);
	const uint8_t *addresses, *chaddr;

	memset(msg, 0, sizeof(*msg));
	msg->op = reader_u8(&r);
	msg->htype = reader_u8(&r);
	msg->hlen = reader_u8(&r);
	reader_u8(&r);
	msg->xid = reader_u32(&r);
	reader_u16(&r);
	msg->flags = reader_u16(&r);
	addresses = reader_take(&r, 16);
	chaddr = reader_take(&r, DHCP4_CHADDR_LEN);
	reader_take(&r, DHCP4_SNAME_LEN + DHCP4_FILE_LEN);
	if (reader_u32(&r) != DHCP4_COOKIE || msg->hlen > DHCP4_CHADDR_LEN)
		return false;
	memcpy(&msg->ciaddr, addresses, sizeof(msg->ciaddr));
	memcpy(&msg->giaddr, addresses + 12, sizeof(msg->giaddr));
	memcpy(msg->chaddr, chaddr, sizeof(msg->chaddr));
	msg->field[msg->field_n++] = r;
	return dhcp4_whole(msg) && dhcp4_overload(msg, data) && dhcp4_whole(msg);
}

static bool dhcp4_is(const struct dhcp4_message *msg, uint8_t op, uint8_t type)
{
	struct dhcp4_value value;

	return msg->op == op && dhcp4_find(msg, DHCP4_OPT_TYPE, &value) && value.len == 1 &&
	       value.data[0] == type;
}

static const struct {
	uint8_t code;
	enum dhcp4_parameter parameter;
} dhcp4_parameters[] = {
	{ DHCP4_OPT_DNS, DHCP4_DNS },
	{ DHCP4_OPT_DOMAIN, DHCP4_DOMAIN },
	{ DHCP4_OPT_WINS, DHCP4_WINS },
	{ DHCP4_OPT_ROUTES, DHCP4_ROUTES },
	{ DHCP4_OPT_MS_ROUTES, DHCP4_MS_ROUTES },
};

static unsigned int dhcp4_wanted(const struct dhcp4_message *msg)
{
	struct dhcp4_value list;
	unsigned int wanted = 0;
	size_t i, k;

	if (!dhcp4_find(msg, DHCP4_OPT_WANTED, &list))
		return DHCP4_EVERYTHING;
	for (i = 0; i < list.len; i++) {
		for (k = 0; k < ARRAY_SIZE(dhcp4_parameters); k++) {
			if (dhcp4_parameters[k].code == list.data[i])
				wanted |= dhcp4_parameters[k].parameter;
		}
	}
	return wanted;
}

bool dhcp4_inform_read(const uint8_t *data, size_t len, struct dhcp4_inform *inform)
{
	struct dhcp4_message msg;

	memset(inform, 0, sizeof(*inform));
	if (!dhcp4_parse(data, len, &msg) || msg.giaddr.s_addr ||
	    !dhcp4_is(&msg, DHCP4_REQUEST, DHCP4_TYPE_INFORM))
		return false;
	inform->xid = msg.xid;
	inform->wanted = dhcp4_wanted(&msg);
	inform->address = msg.ciaddr;
	inform->flags = msg.flags;
	inform->htype = msg.htype;
	inform->hlen = msg.hlen;
	memcpy(inform->chaddr, msg.chaddr, sizeof(inform->chaddr));
	return true;
}

/* Everything up to the first option but the type's. */
static void dhcp4_begin(struct writer *w, const struct dhcp4_inform *inform, uint8_t op,
			uint8_t type)
{
	writer_u8(w, op);
	writer_u8(w, inform->htype);
	writer_u8(w, inform->hlen);
	writer_u8(w, 0);
	writer_u32(w, inform->xid);
	writer_u16(w, 0);
	writer_u16(w, inform->flags);
	writer_put(w, &inform->address, sizeof(inform->address));
	writer_zero(w, 12);
	writer_put(w, inform->chaddr, sizeof(inform->chaddr));
	writer_zero(w, DHCP4_SNAME_LEN + DHCP4_FILE_LEN);
	writer_u32(w, DHCP4_COOKIE);
	writer_u8(w, DHCP4_OPT_TYPE);
	writer_u8(w, 1);
	writer_u8(w, type);
}

static size_t dhcp4_end(struct writer *w)
{
	writer_u8(w, DHCP4_OPT_END);
	if (w->len < DHCP4_MESSAGE_MIN)
		writer_zero(w, DHCP4_MESSAGE_MIN - w->len);
	return w->len;
}

/* Servers want something by which to know a client; PPP has no hardware address. */
static void dhcp4_put_client(struct writer *w, const struct dhcp4_inform *inform)
{
	writer_u8(w, DHCP4_OPT_CLIENT);
	writer_u8(w, (uint8_t)(1 + inform->hlen));
	writer_u8(w, inform->htype);
	writer_put(w, inform->chaddr, inform->hlen);
}

size_t dhcp4_inform_write(const struct dhcp4_inform *inform, uint8_t out[DHCP4_MESSAGE_MAX])
{
	struct writer w = writer_of(out, DHCP4_MESSAGE_MAX);
	uint8_t *count;
	size_t i;

	dhcp4_begin(&w, inform, DHCP4_REQUEST, DHCP4_TYPE_INFORM);
	dhcp4_put_client(&w, inform);
	writer_u8(&w, DHCP4_OPT_MAX_SIZE);
	writer_u8(&w, 2);
	writer_u16(&w, DHCP4_MESSAGE_MAX + DHCP4_PACKET_HEADERS);
	writer_u8(&w, DHCP4_OPT_WANTED);
	count = writer_room(&w, 1);
	*count = 0;
	for (i = 0; i < ARRAY_SIZE(dhcp4_parameters); i++) {
		if (!(inform->wanted & dhcp4_parameters[i].parameter))
			continue;
		writer_u8(&w, dhcp4_parameters[i].code);
		++*count;
	}
	return dhcp4_end(&w);
}

/* Addresses up to the first one that is 0. */
static void dhcp4_put_servers(struct writer *w, uint8_t code,
			      const struct in_addr server[DHCP4_SERVERS_MAX])
{
	unsigned int n = 0;

	while (n < DHCP4_SERVERS_MAX && server[n].s_addr)
		n++;
	if (!n)
		return;
	writer_u8(w, code);
	writer_u8(w, (uint8_t)(n * sizeof(*server)));
	writer_put(w, server, n * sizeof(*server));
}

/* Of a network only the octets that its prefix reaches into (RFC 3442). */
static size_t dhcp4_significant(uint8_t bits)
{
	return (bits + 7u) / 8;
}

static void dhcp4_put_routes(struct writer *w, uint8_t code, const struct dhcp4_given *given)
{
	uint8_t *len;
	size_t from;
	unsigned int i;

	if (!given->route_n)
		return;
	writer_u8(w, code);
	len = writer_room(w, 1);
	from = w->len;
	for (i = 0; i < given->route_n; i++) {
		const struct dhcp4_route *route = &given->route[i];

		writer_u8(w, route->bits);
		writer_put(w, &route->network, dhcp4_significant(route->bits));
		writer_put(w, &given->server, sizeof(given->server));
	}
	*len = (uint8_t)(w->len - from);
}

static void dhcp4_put_domain(struct writer *w, const char *domain)
{
	size_t len = strlen(domain);

	if (!len)
		return;
	writer_u8(w, DHCP4_OPT_DOMAIN);
	writer_u8(w, (uint8_t)len);
	writer_put(w, domain, len);
}

/* No address of its own and no lease: the client has not asked for either. */
size_t dhcp4_ack_write(const struct dhcp4_inform *inform, const struct dhcp4_given *given,
		       uint8_t out[DHCP4_MESSAGE_MAX])
{
	struct writer w = writer_of(out, DHCP4_MESSAGE_MAX);

	dhcp4_begin(&w, inform, DHCP4_REPLY, DHCP4_TYPE_ACK);
	writer_u8(&w, DHCP4_OPT_SERVER);
	writer_u8(&w, sizeof(given->server));
	writer_put(&w, &given->server, sizeof(given->server));
	/*
	 * Windows since Vista asks for both and reads either, earlier ones know their own
	 * number only; twice the same routes might not fit.
	 */
	if (inform->wanted & DHCP4_ROUTES)
		dhcp4_put_routes(&w, DHCP4_OPT_ROUTES, given);
	else if (inform->wanted & DHCP4_MS_ROUTES)
		dhcp4_put_routes(&w, DHCP4_OPT_MS_ROUTES, given);
	if (inform->wanted & DHCP4_DOMAIN)
		dhcp4_put_domain(&w, given->domain);
	if (inform->wanted & DHCP4_DNS)
		dhcp4_put_servers(&w, DHCP4_OPT_DNS, given->dns);
	if (inform->wanted & DHCP4_WINS)
		dhcp4_put_servers(&w, DHCP4_OPT_WINS, given->wins);
	return dhcp4_end(&w);
}

/* Bits after the first ones say nothing, and RFC 3442 has them 0. */
static struct in_addr dhcp4_masked(struct in_addr network, uint8_t bits)
{
	network.s_addr &= bits ? htonl(~0u << (32 - bits)) : 0;
	return network;
}

/* False: @value is not made of routes. */
static bool dhcp4_read_routes(const struct dhcp4_value *value, struct dhcp4_got *got)
{
	struct reader r = reader_of(value->data, value->len);

	while (r.left) {
		struct dhcp4_route route = { .bits = reader_u8(&r) };
		size_t octets = dhcp4_significant(route.bits);
		const uint8_t *network;

		if (route.bits > 32)
			return false;
		network = reader_take(&r, octets);
		if (!network || !reader_take(&r, sizeof(struct in_addr)))
			return false;
		memcpy(&route.network, network, octets);
		route.network = dhcp4_masked(route.network, route.bits);
		if (got->route_n < DHCP4_ROUTES_MAX)
			got->route[got->route_n++] = route;
	}
	return true;
}

/* Somebody's answer to somebody else comes to the same port. */
static bool dhcp4_answers(const struct dhcp4_message *msg, const struct dhcp4_inform *inform)
{
	return dhcp4_is(msg, DHCP4_REPLY, DHCP4_TYPE_ACK) && msg->xid == inform->xid &&
	       msg->hlen == inform->hlen && !memcmp(msg->chaddr, inform->chaddr, inform->hlen);
}

bool dhcp4_ack_read(const uint8_t *data, size_t len, const struct dhcp4_inform *inform,
		    struct dhcp4_got *got)
{
	struct dhcp4_message msg;
	struct dhcp4_value value;

	memset(got, 0, sizeof(*got));
	if (!dhcp4_parse(data, len, &msg) || !dhcp4_answers(&msg, inform))
		return false;
	if (dhcp4_find(&msg, DHCP4_OPT_SERVER, &value) && value.len == sizeof(got->server))
		memcpy(&got->server, value.data, sizeof(got->server));
	if (!dhcp4_find(&msg, DHCP4_OPT_ROUTES, &value) &&
	    !dhcp4_find(&msg, DHCP4_OPT_MS_ROUTES, &value))
		return true;
	return dhcp4_read_routes(&value, got);
}
