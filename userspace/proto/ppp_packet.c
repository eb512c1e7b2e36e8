// SPDX-License-Identifier: GPL-2.0-or-later
#include "lib/bytes.h"
#include "ppp_packet.h"

bool ppp_packet_parse(const uint8_t *p, size_t len, struct ppp_packet *pkt)
{
	struct reader r = reader_of(p, len);
	uint16_t length;

	pkt->raw = p;
	pkt->code = reader_u8(&r);
	pkt->id = reader_u8(&r);
	length = reader_u16(&r);
	if (r.bad || length < PPP_PACKET_HEADER)
		return false;
	pkt->len = length - PPP_PACKET_HEADER;
	pkt->data = reader_take(&r, pkt->len);
	return !r.bad;
}
