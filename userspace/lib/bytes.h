/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Bounded reading and writing of big-endian octets. An access past the end
 * makes the reader or writer bad, gives zeros, and can be checked for once at
 * the end.
 */
#ifndef LIB_BYTES_H
#define LIB_BYTES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

struct reader {
	const uint8_t *p;
	size_t left;
	bool bad;
};

struct writer {
	uint8_t *p;
	size_t len;	/* written */
	size_t room;	/* in all */
	bool bad;
};

static inline struct reader reader_of(const uint8_t *p, size_t len)
{
	return (struct reader){ .p = p, .left = len };
}

static inline struct writer writer_of(uint8_t *p, size_t room)
{
	return (struct writer){ .p = p, .room = room };
}

/* The next @len octets, NULL (and bad) when there are fewer. */
static inline const uint8_t *reader_take(struct reader *r, size_t len)
{
	const uint8_t *p = r->p;

	if (r->bad || r->left < len) {
		r->bad = true;
		return NULL;
	}
	r->p += len;
	r->left -= len;
	return p;
}

static inline uint8_t reader_u8(struct reader *r)
{
	const uint8_t *p = reader_take(r, 1);

	return p ? p[0] : 0;
}

static inline uint16_t reader_u16(struct reader *r)
{
	const uint8_t *p = reader_take(r, 2);

	return p ? (uint16_t)(p[0] << 8 | p[1]) : 0;
}

static inline uint32_t reader_u32(struct reader *r)
{
	const uint8_t *p = reader_take(r, 4);

	return p ? (uint32_t)p[0] << 24 | (uint32_t)p[1] << 16 |
		   (uint32_t)p[2] << 8 | p[3] : 0;
}

/* Room for @len octets, NULL (and bad) when there is none. */
static inline uint8_t *writer_room(struct writer *w, size_t len)
{
	uint8_t *p;

	if (w->bad || w->room - w->len < len) {
		w->bad = true;
		return NULL;
	}
	p = w->p + w->len;
	w->len += len;
	return p;
}

static inline void writer_u8(struct writer *w, uint8_t v)
{
	uint8_t *p = writer_room(w, 1);

	if (p)
		p[0] = v;
}

static inline void writer_u16(struct writer *w, uint16_t v)
{
	uint8_t *p = writer_room(w, 2);

	if (p) {
		p[0] = (uint8_t)(v >> 8);
		p[1] = (uint8_t)v;
	}
}

static inline void writer_u32(struct writer *w, uint32_t v)
{
	writer_u16(w, (uint16_t)(v >> 16));
	writer_u16(w, (uint16_t)v);
}

static inline void writer_put(struct writer *w, const void *data, size_t len)
{
	uint8_t *p = writer_room(w, len);

	if (p && len)
		memcpy(p, data, len);
}

static inline void writer_zero(struct writer *w, size_t len)
{
	uint8_t *p = writer_room(w, len);

	if (p)
		memset(p, 0, len);
}

#endif /* LIB_BYTES_H */
