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

static inline uint64_t reader_u64(struct reader *r)
{
	uint64_t high = reader_u32(r);

	return high << 32 | reader_u32(r);
}

/* An octet that is below @end; another one is bad, and gives 0. */
static inline uint8_t reader_below(struct reader *r, unsigned int end)
{
	uint8_t v = reader_u8(r);

	if (v < end)
		return v;
	r->bad = true;
	return 0;
}

static inline bool reader_bool(struct reader *r)
{
	return reader_below(r, 2);
}

/* What writer_block() wrote, to @room octets; returns how many there are. */
static inline size_t reader_block(struct reader *r, void *to, size_t room)
{
	size_t len = reader_u16(r);
	const uint8_t *p = reader_take(r, len);

	if (len > room)
		r->bad = true;
	if (r->bad)
		return 0;
	memcpy(to, p, len);
	return len;
}

/* What writer_text() wrote, with a final 0 in @room octets; "" when it is bad. */
static inline void reader_text(struct reader *r, char *to, size_t room)
{
	size_t len = reader_block(r, to, room - 1);

	to[len] = 0;
	if (strlen(to) == len)
		return;
	r->bad = true;
	to[0] = 0;
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

static inline void writer_u64(struct writer *w, uint64_t v)
{
	writer_u32(w, (uint32_t)(v >> 32));
	writer_u32(w, (uint32_t)v);
}

static inline void writer_put(struct writer *w, const void *data, size_t len)
{
	uint8_t *p = writer_room(w, len);

	if (p && len)
		memcpy(p, data, len);
}

/* Octets with their number before them, which is at most 65535. */
static inline void writer_block(struct writer *w, const void *data, size_t len)
{
	if (len > UINT16_MAX)
		w->bad = true;
	writer_u16(w, (uint16_t)len);
	writer_put(w, data, len);
}

static inline void writer_text(struct writer *w, const char *text)
{
	writer_block(w, text, strlen(text));
}

static inline void writer_zero(struct writer *w, size_t len)
{
	uint8_t *p = writer_room(w, len);

	if (p)
		memset(p, 0, len);
}

#endif /* LIB_BYTES_H */
