/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The configuration options of every PPP control protocol (RFC 1661 section 6):
 *
 *    0                   1
 *    0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1 2 3
 *   +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
 *   |     Type      |    Length     |    Data ...
 *   +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
 *
 * Length counts type and length too, so that 0 and 1 are impossible.
 */
#ifndef PROTO_PPP_OPT_H
#define PROTO_PPP_OPT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "lib/bytes.h"

#define PPP_OPT_HEADER 2

/* One option; @data points into the packet and is @len octets long. */
struct ppp_opt {
	uint8_t type;
	uint8_t len;
	const uint8_t *data;
};

/* Do the @len octets at @p hold whole options and nothing else? */
bool ppp_opt_valid(const uint8_t *p, size_t len);

/*
 * The next option of @r. False at the end, and at an option whose length is
 * impossible or past the end; then @r is bad.
 */
bool ppp_opt_next(struct reader *r, struct ppp_opt *opt);

/* Writing. A value is as long as its type says. */
void ppp_opt_put(struct writer *w, uint8_t type, const void *data, uint8_t len);
void ppp_opt_put_u16(struct writer *w, uint8_t type, uint16_t value);
void ppp_opt_put_u32(struct writer *w, uint8_t type, uint32_t value);

/* The value of an option of two or four octets; 0 when it has another length. */
uint16_t ppp_opt_u16(const struct ppp_opt *opt);
uint32_t ppp_opt_u32(const struct ppp_opt *opt);

#endif /* PROTO_PPP_OPT_H */
