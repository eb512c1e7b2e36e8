/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Inner addresses: which are given out. Those of the pools' ranges are bits,
 * others (fixed ones of users) stand in a hash.
 */
#ifndef DAEMON_POOL_H
#define DAEMON_POOL_H

#include <netinet/in.h>
#include <stdbool.h>
#include <stddef.h>

#include "config.h"

struct pool;

/* The pools of @cfg. NULL: no memory. */
struct pool *pool_new(const struct config *cfg);
void pool_free(struct pool *pool);

/*
 * Takes a free address of the pool number @which, or of those that follow it;
 * the one that has been free for longest or near to it. False: none is free.
 */
bool pool_take(struct pool *pool, unsigned int which, struct in_addr *address);

/*
 * Takes this address, in a range or not. False: it is taken already, or there is
 * no memory to remember it.
 */
bool pool_claim(struct pool *pool, struct in_addr address);

/* Gives back what pool_take() or pool_claim() gave. */
void pool_release(struct pool *pool, struct in_addr address);

/* Addresses of all pools. */
size_t pool_size(const struct pool *pool);

/* Of one pool: its addresses, and how many of them are taken. */
size_t pool_part_size(const struct pool *pool, unsigned int which);
size_t pool_part_taken(const struct pool *pool, unsigned int which);

#endif /* DAEMON_POOL_H */
