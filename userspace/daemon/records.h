/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What the next kpptpd has to know of this one's sessions. In memory, and in no file: a
 * memfd that the service manager keeps (fdstore.h), because start keys are among it. It
 * is written by pwrite() and never mapped, so that no core image has it.
 *
 *	page 0		"kpptpd", the version
 *	page n		which half counts, 0: none; the halves
 *	half		the record's length, its key, its data
 *
 * A record is written to the half that does not count, which counts then: who is killed
 * between the two has left the old one.
 */
#ifndef DAEMON_RECORDS_H
#define DAEMON_RECORDS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

#include "fdstore.h"

#define RECORDS_VERSION		1
#define RECORDS_ERROR_MAX	160
#define RECORDS_KEY_LEN		16
#define RECORDS_ROOM		2000	/* octets of data in one */

/* What a record is of; no other one has the same. */
struct record_key {
	uint8_t octets[RECORDS_KEY_LEN];
};

struct records;

/*
 * With those of a former kpptpd, or without, and then @err says why unless it is empty:
 * there were none. NULL with @err. @store outlives them.
 */
struct records *records_open(struct fdstore *store, char err[RECORDS_ERROR_MAX]);

/* NULL is fine. */
void records_close(struct records *records);

/*
 * Writes a record, in place of @slot unless that is 0. Returns its slot, 0 with errno:
 * it could not be written, and @slot is as it was.
 */
uint32_t records_put(struct records *records, uint32_t slot, const struct record_key *key,
		     const uint8_t *data, size_t len);

/* Removes and wipes it. 0 is fine. */
void records_remove(struct records *records, uint32_t slot);

/*
 * Reads the record that a former kpptpd has left for @key; it is the caller's from now on.
 * Returns the octets of @data; a negative errno, -ENOENT: there is none.
 */
ssize_t records_take(struct records *records, const struct record_key *key, uint32_t *slot,
		     uint8_t data[RECORDS_ROOM]);

/* Removes those that nobody has taken. */
void records_forget(struct records *records);

#endif /* DAEMON_RECORDS_H */
