// SPDX-License-Identifier: GPL-2.0-or-later
/* The one bounded walker over configuration options. */
#include "ppp_opt.h"

bool ppp_opt_next(struct reader *r, struct ppp_opt *opt)
{
	uint8_t len;

	if (r->bad || !r->left)
		return false;
	opt->type = reader_u8(r);
	len = reader_u8(r);
	if (len < PPP_OPT_HEADER) {
		r->bad = true;
		return false;
	}
	opt->len = len - PPP_OPT_HEADER;
	opt->data = reader_take(r, opt->len);
	return !r->bad;
}

bool ppp_opt_valid(const uint8_t *p, size_t len)
{
	struct reader r = reader_of(p, len);
	struct ppp_opt opt;

	while (ppp_opt_next(&r, &opt))
		;
	return !r.bad;
}

void ppp_opt_put(struct writer *w, uint8_t type, const void *data, uint8_t len)
{
	writer_u8(w, type);
	writer_u8(w, PPP_OPT_HEADER + len);
	writer_put(w, data, len);
}

void ppp_opt_put_u16(struct writer *w, uint8_t type, uint16_t value)
{
	writer_u8(w, type);
	writer_u8(w, PPP_OPT_HEADER + 2);
	writer_u16(w, value);
}

void ppp_opt_put_u32(struct writer *w, uint8_t type, uint32_t value)
{
	writer_u8(w, type);
	writer_u8(w, PPP_OPT_HEADER + 4);
	writer_u32(w, value);
}

uint16_t ppp_opt_u16(const struct ppp_opt *opt)
{
	struct reader r = reader_of(opt->data, opt->len);

	return opt->len == 2 ? reader_u16(&r) : 0;
}

uint32_t ppp_opt_u32(const struct ppp_opt *opt)
{
	struct reader r = reader_of(opt->data, opt->len);

	return opt->len == 4 ? reader_u32(&r) : 0;
}
