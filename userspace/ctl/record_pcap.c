// SPDX-License-Identifier: GPL-2.0-or-later
#include "record_pcap.h"

#include "lib/bytes.h"

#define MAGIC		0xa1b2c3d4	/* times in microseconds */
#define VERSION_MAJOR	2
#define VERSION_MINOR	4
#define LINKTYPE_IPV4	228

void record_pcap_head(uint8_t head[RECORD_PCAP_HEAD])
{
	struct writer w = writer_of(head, RECORD_PCAP_HEAD);

	writer_u32(&w, MAGIC);
	writer_u16(&w, VERSION_MAJOR);
	writer_u16(&w, VERSION_MINOR);
	writer_zero(&w, 8);
	writer_u32(&w, RECORD_PCAP_PACKET_MAX);
	writer_u32(&w, LINKTYPE_IPV4);
}

void record_pcap_entry(uint8_t entry[RECORD_PCAP_ENTRY], const struct timeval *when,
		       size_t keep, size_t whole)
{
	struct writer w = writer_of(entry, RECORD_PCAP_ENTRY);

	writer_u32(&w, (uint32_t)when->tv_sec);
	writer_u32(&w, (uint32_t)when->tv_usec);
	writer_u32(&w, (uint32_t)keep);
	writer_u32(&w, (uint32_t)whole);
}
