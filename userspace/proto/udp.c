// SPDX-License-Identifier: GPL-2.0-or-later
#include <string.h>

#include "lib/bytes.h"
#include "udp.h"

#define UDP_IP_HEADER	20	/* without options */
#define UDP_IP_VERSION	4
#define UDP_PROTOCOL	17

/* Adds octets as 16-bit numbers, the last one filled up with 0 (RFC 1071). */
static uint32_t udp_sum(uint32_t sum, const uint8_t *data, size_t len)
{
	size_t i;

	for (i = 0; i + 1 < len; i += 2)
		sum += (uint32_t)(data[i] << 8 | data[i + 1]);
	if (len & 1)
		sum += (uint32_t)data[len - 1] << 8;
	return sum;
}

/* Over pseudo header, header and data. 0 where the header has a right one. */
static uint16_t udp_checksum(const struct udp_datagram *udp, const uint8_t *header)
{
	uint32_t sum = UDP_PROTOCOL + (uint32_t)(UDP_HEADER_LEN + udp->len);
	uint8_t address[sizeof(udp->from.s_addr)];

	memcpy(address, &udp->from, sizeof(address));
	sum = udp_sum(sum, address, sizeof(address));
	memcpy(address, &udp->to, sizeof(address));
	sum = udp_sum(sum, address, sizeof(address));
	sum = udp_sum(sum, header, UDP_HEADER_LEN);
	sum = udp_sum(sum, udp->data, udp->len);
	while (sum >> 16)
		sum = (sum & 0xffff) + (sum >> 16);
	return (uint16_t)~sum;
}

/* Takes the IPv4 header off @r, which then ends where the packet does. */
static bool udp_read_ip(struct reader *r, struct udp_datagram *udp)
{
	const uint8_t *ip = reader_take(r, UDP_IP_HEADER);
	size_t total, options;

	if (!ip || ip[0] >> 4 != UDP_IP_VERSION || (ip[0] & 0xf) < 5 || ip[9] != UDP_PROTOCOL)
		return false;
	total = (size_t)(ip[2] << 8 | ip[3]);
	options = 4u * (ip[0] & 0xf) - UDP_IP_HEADER;
	if (total < UDP_IP_HEADER + options || total - UDP_IP_HEADER > r->left)
		return false;
	r->left = total - UDP_IP_HEADER;
	memcpy(&udp->from, ip + 12, sizeof(udp->from));
	memcpy(&udp->to, ip + 16, sizeof(udp->to));
	return reader_take(r, options);
}

bool udp_read(const uint8_t *packet, size_t len, struct udp_datagram *udp)
{
	struct reader r = reader_of(packet, len);
	const uint8_t *header;
	uint16_t all, checksum;

	memset(udp, 0, sizeof(*udp));
	if (!udp_read_ip(&r, udp))
		return false;
	header = r.p;
	udp->from_port = reader_u16(&r);
	udp->to_port = reader_u16(&r);
	all = reader_u16(&r);
	checksum = reader_u16(&r);
	if (r.bad || all < UDP_HEADER_LEN || all - UDP_HEADER_LEN > (int)r.left)
		return false;
	udp->data = r.p;
	udp->len = all - UDP_HEADER_LEN;
	return !checksum || !udp_checksum(udp, header);
}

void udp_header(const struct udp_datagram *udp, uint8_t header[UDP_HEADER_LEN])
{
	struct writer w = writer_of(header, UDP_HEADER_LEN);
	uint16_t checksum;

	writer_u16(&w, udp->from_port);
	writer_u16(&w, udp->to_port);
	writer_u16(&w, (uint16_t)(UDP_HEADER_LEN + udp->len));
	writer_u16(&w, 0);
	checksum = udp_checksum(udp, header);
	/* 0 says that there is none. */
	if (!checksum)
		checksum = 0xffff;
	header[6] = (uint8_t)(checksum >> 8);
	header[7] = (uint8_t)checksum;
}
