// SPDX-License-Identifier: GPL-2.0-or-later
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/types.h>
#include <unistd.h>
#include <uthash.h>

#include "lib/bytes.h"
#include "records.h"

#define RECORDS_PAGE	4096
#define RECORDS_MAX	262144	/* pages; so many sessions have no descriptors */
#define RECORDS_MAGIC	"kpptpd"

/* In a page: the octet that says which half counts, and where they are. */
#define RECORDS_WHICH	0
#define RECORDS_HALF	2040
#define RECORDS_FIRST	16
#define RECORDS_HEADER	(2 + RECORDS_KEY_LEN)

_Static_assert(RECORDS_FIRST + 2 * RECORDS_HALF <= RECORDS_PAGE, "a page holds both halves");
_Static_assert(RECORDS_HEADER + RECORDS_ROOM <= RECORDS_HALF, "a half holds a record");

/* One that was left and not taken yet. */
struct records_left {
	struct record_key key;
	uint32_t slot;
	UT_hash_handle hh;
};

/**
 * struct records
 * @pages: of the file, the first one's included
 * @which: of each page, as it is there; 0: it is free
 * @free, @free_n: numbers of pages below @pages that are free
 */
struct records {
	int fd;
	uint32_t pages;
	uint32_t room;
	uint8_t *which;
	uint32_t *free;
	uint32_t free_n;
	struct records_left *left;
};

static off_t records_at(uint32_t slot, unsigned int which)
{
	off_t page = (off_t)slot * RECORDS_PAGE;

	return which ? page + RECORDS_FIRST + (off_t)(which - 1) * RECORDS_HALF : page;
}

/* Nothing of the file is ever partly there. */
static bool records_write(const struct records *records, const void *data, size_t len, off_t at)
{
	ssize_t n = pwrite(records->fd, data, len, at);

	if (n >= 0 && (size_t)n != len)
		errno = ENOSPC;
	return n == (ssize_t)len;
}

static bool records_read(const struct records *records, void *data, size_t len, off_t at)
{
	return pread(records->fd, data, len, at) == (ssize_t)len;
}

/* Room for the books of one page more. */
static bool records_grow(struct records *records)
{
	uint32_t room = records->room ? 2 * records->room : 64;
	void *which, *list;

	if (records->pages < records->room)
		return true;
	if (records->pages == RECORDS_MAX) {
		errno = ENOSPC;
		return false;
	}
	which = realloc(records->which, room * sizeof(*records->which));
	if (which)
		records->which = which;
	list = realloc(records->free, room * sizeof(*records->free));
	if (list)
		records->free = list;
	if (!which || !list)
		return false;
	records->room = room;
	return true;
}

/* A page that is free, at the end if there is no other. 0: there is none. */
static uint32_t records_new(struct records *records)
{
	if (records->free_n)
		return records->free[--records->free_n];
	if (!records_grow(records))
		return 0;
	records->which[records->pages] = 0;
	return records->pages++;
}

/* The memory goes back to the kernel, and what was there with it. */
static void records_wipe(struct records *records, uint32_t slot)
{
	fallocate(records->fd, FALLOC_FL_PUNCH_HOLE | FALLOC_FL_KEEP_SIZE,
		  records_at(slot, 0), RECORDS_PAGE);
	records->which[slot] = 0;
	records->free[records->free_n++] = slot;
}

static bool records_store(struct records *records, uint32_t slot, const struct record_key *key,
			  const uint8_t *data, size_t len)
{
	uint8_t half[RECORDS_HEADER + RECORDS_ROOM];
	struct writer w = writer_of(half, sizeof(half));
	uint8_t which = records->which[slot] == 1 ? 2 : 1;
	bool good;

	writer_u16(&w, (uint16_t)len);
	writer_put(&w, key, sizeof(*key));
	writer_put(&w, data, len);
	errno = EMSGSIZE;
	good = !w.bad && records_write(records, half, w.len, records_at(slot, which)) &&
	       records_write(records, &which, 1, records_at(slot, 0) + RECORDS_WHICH);
	explicit_bzero(half, sizeof(half));
	if (good)
		records->which[slot] = which;
	return good;
}

uint32_t records_put(struct records *records, uint32_t slot, const struct record_key *key,
		     const uint8_t *data, size_t len)
{
	uint32_t to = slot ? slot : records_new(records);
	int err;

	if (to && records_store(records, to, key, data, len))
		return to;
	err = errno;
	if (to && !slot)
		records_wipe(records, to);
	errno = err;
	return 0;
}

void records_remove(struct records *records, uint32_t slot)
{
	if (slot)
		records_wipe(records, slot);
}

ssize_t records_take(struct records *records, const struct record_key *key, uint32_t *slot,
		     uint8_t data[RECORDS_ROOM])
{
	struct records_left *left;
	uint8_t header[RECORDS_HEADER];
	struct reader r = reader_of(header, sizeof(header));
	size_t len;
	off_t at;

	HASH_FIND(hh, records->left, key, sizeof(*key), left);
	if (!left)
		return -ENOENT;
	*slot = left->slot;
	HASH_DEL(records->left, left);
	free(left);
	at = records_at(*slot, records->which[*slot]);
	if (!records_read(records, header, sizeof(header), at))
		return -EIO;
	len = reader_u16(&r);
	if (len > RECORDS_ROOM || !records_read(records, data, len, at + RECORDS_HEADER))
		return -EBADMSG;
	return (ssize_t)len;
}

void records_forget(struct records *records)
{
	struct records_left *left, *next;

	HASH_ITER(hh, records->left, left, next) {
		records_wipe(records, left->slot);
		HASH_DEL(records->left, left);
		free(left);
	}
}

/* One page of a former kpptpd: of a record, or free. False: no memory. */
static bool records_index(struct records *records, uint32_t slot)
{
	struct records_left *left;
	uint8_t which = 0;

	if (!records_grow(records))
		return false;
	records->pages = slot + 1;
	records_read(records, &which, 1, records_at(slot, 0) + RECORDS_WHICH);
	records->which[slot] = which == 1 || which == 2 ? which : 0;
	if (!records->which[slot]) {
		records->free[records->free_n++] = slot;
		return true;
	}
	left = calloc(1, sizeof(*left));
	if (!left)
		return false;
	left->slot = slot;
	records_read(records, &left->key, sizeof(left->key), records_at(slot, which) + 2);
	HASH_ADD(hh, records->left, key, sizeof(left->key), left);
	return true;
}

/* Later versions may read those of earlier ones; there are none yet. */
static bool records_check(const struct records *records, char err[RECORDS_ERROR_MAX])
{
	uint8_t head[sizeof(RECORDS_MAGIC) - 1 + 2];
	struct reader r = reader_of(head, sizeof(head));
	const uint8_t *magic = reader_take(&r, sizeof(RECORDS_MAGIC) - 1);
	unsigned int version;

	if (!records_read(records, head, sizeof(head), 0) ||
	    memcmp(magic, RECORDS_MAGIC, sizeof(RECORDS_MAGIC) - 1)) {
		snprintf(err, RECORDS_ERROR_MAX, "the records of the former kpptpd are no records");
		return false;
	}
	version = reader_u16(&r);
	if (version == RECORDS_VERSION)
		return true;
	snprintf(err, RECORDS_ERROR_MAX,
		 "the records of the former kpptpd are of version %u, and this one reads %d",
		 version, RECORDS_VERSION);
	return false;
}

static bool records_load(struct records *records, char err[RECORDS_ERROR_MAX])
{
	struct stat st;
	uint32_t slot;

	if (!records_check(records, err))
		return false;
	if (fstat(records->fd, &st) < 0 || st.st_size / RECORDS_PAGE >= RECORDS_MAX) {
		snprintf(err, RECORDS_ERROR_MAX, "the records of the former kpptpd are too many");
		return false;
	}
	for (slot = 1; (off_t)slot * RECORDS_PAGE < st.st_size; slot++) {
		if (records_index(records, slot))
			continue;
		snprintf(err, RECORDS_ERROR_MAX, "no memory for the former kpptpd's records");
		return false;
	}
	return true;
}

static bool records_make(struct records *records, struct fdstore *store)
{
	uint8_t head[sizeof(RECORDS_MAGIC) - 1 + 2];
	struct writer w = writer_of(head, sizeof(head));

	writer_put(&w, RECORDS_MAGIC, sizeof(RECORDS_MAGIC) - 1);
	writer_u16(&w, RECORDS_VERSION);
	records->fd = memfd_create("kpptpd-records", MFD_CLOEXEC);
	return records->fd >= 0 && records_write(records, head, w.len, 0) &&
	       fdstore_keep(store, FDSTORE_RECORDS, records->fd);
}

/* The books of no page but the first, which is no record. */
static void records_reset(struct records *records)
{
	struct records_left *left, *next;

	HASH_ITER(hh, records->left, left, next) {
		HASH_DEL(records->left, left);
		free(left);
	}
	if (records->fd >= 0)
		close(records->fd);
	records->fd = -1;
	records->pages = 1;
	records->free_n = 0;
}

/* The former ones in a file of their own are of no use to anybody any more. */
struct records *records_open(struct fdstore *store, char err[RECORDS_ERROR_MAX])
{
	struct records *records = calloc(1, sizeof(*records));

	err[0] = 0;
	if (!records) {
		snprintf(err, RECORDS_ERROR_MAX, "no memory");
		return NULL;
	}
	records->pages = 1;
	records->fd = fdstore_take(store, FDSTORE_RECORDS, NULL, NULL);
	if (records->fd >= 0 && records_load(records, err))
		return records;
	records_reset(records);
	fdstore_drop(store, FDSTORE_RECORDS);
	if (records_make(records, store))
		return records;
	snprintf(err, RECORDS_ERROR_MAX, "cannot make records: %s", strerror(errno));
	records_close(records);
	return NULL;
}

void records_close(struct records *records)
{
	if (!records)
		return;
	records_reset(records);
	free(records->which);
	free(records->free);
	free(records);
}
