// SPDX-License-Identifier: GPL-2.0-or-later
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>

#include "crypto/crypto.h"
#include "throttle.h"

struct throttle *throttle_new(void)
{
	struct throttle *throttle = calloc(1, sizeof(*throttle));

	if (throttle &&
	    getrandom(throttle->secret, sizeof(throttle->secret), 0) == sizeof(throttle->secret))
		return throttle;
	free(throttle);
	return NULL;
}

static unsigned int throttle_hash(const struct throttle *throttle, const void *key, size_t len)
{
	const struct crypto_part part[] = {
		{ throttle->secret, sizeof(throttle->secret) },
		{ key, len },
	};
	uint8_t digest[CRYPTO_SHA1_LEN];

	crypto_sha1(part, 2, digest);
	return (digest[0] << 8 | digest[1]) % THROTTLE_PLACES;
}

static void throttle_forget(struct throttle_place *place, uint64_t now)
{
	while (place->wrong && now - place->last >= THROTTLE_FORGET_MS) {
		place->wrong /= 2;
		place->last += THROTTLE_FORGET_MS;
	}
}

static unsigned int throttle_wait(const struct throttle_place *place,
				  const struct throttle_claim *claim)
{
	unsigned int wait = claim->min, i;

	if (place->wrong <= THROTTLE_FREE)
		return 0;
	for (i = THROTTLE_FREE + 1; i < place->wrong && wait < claim->max; i++)
		wait *= 2;
	return wait < claim->max ? wait : claim->max;
}

/* Adds a wait for @claim to those before it, of @queue ms at most. */
static void throttle_count(struct throttle_place *place, const struct throttle_claim *claim,
			   uint64_t queue, uint64_t now)
{
	throttle_forget(place, now);
	if (place->ready < now)
		place->ready = now;
	if (claim->right)
		return;
	place->wrong++;
	place->last = now;
	place->ready += throttle_wait(place, claim);
	if (place->ready > now + queue)
		place->ready = now + queue;
}

/*
 * Answers about one name do not wait for each other, or anybody could keep its owner out
 * for as long as he likes.
 */
uint64_t throttle_answer(struct throttle *throttle, const struct throttle_claim *claim,
			 uint64_t now)
{
	struct throttle_place *source, *name;
	uint64_t ready;

	if (!claim->min)
		return now;
	source = &throttle->source[throttle_hash(throttle, &claim->source,
						 sizeof(claim->source))];
	name = &throttle->name[throttle_hash(throttle, claim->name, strlen(claim->name))];
	throttle_count(source, claim, THROTTLE_QUEUE_MS, now);
	throttle_count(name, claim, claim->max, now);
	ready = source->ready > name->ready ? source->ready : name->ready;
	if (claim->right)
		name->wrong = 0;
	return ready;
}
