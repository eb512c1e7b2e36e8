/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Guessing passwords is slow: the more wrong ones a source address brings, and the more
 * a name is tried with, the longer the answer waits, to a right password as well, or the
 * wait would tell it.
 *
 * The tables have a fixed size, whatever is tried. Where an address or a name is in them
 * follows from a secret; two that share a place share the wait.
 */
#ifndef DAEMON_THROTTLE_H
#define DAEMON_THROTTLE_H

#include <netinet/in.h>
#include <stdbool.h>
#include <stdint.h>

#define THROTTLE_PLACES		4096
#define THROTTLE_SECRET_LEN	16

/* Wrong passwords without a wait: whoever mistypes is no attacker. */
#define THROTTLE_FREE		3

/* Half of the wrong ones are forgotten after each such time without another, ms. */
#define THROTTLE_FORGET_MS	60000

/* Answers of one source wait for each other, but no longer than this, ms. */
#define THROTTLE_QUEUE_MS	60000

/**
 * struct throttle_place - of those addresses, or names, that are in this place
 * @wrong: passwords lately; @last: ms, when it was counted
 * @ready: ms, before which no answer goes
 */
struct throttle_place {
	unsigned int wrong;
	uint64_t last;
	uint64_t ready;
};

/* All zeros but for @secret to begin with. */
struct throttle {
	uint8_t secret[THROTTLE_SECRET_LEN];
	struct throttle_place source[THROTTLE_PLACES];
	struct throttle_place name[THROTTLE_PLACES];
};

/**
 * struct throttle_claim - somebody has said a password
 * @min: ms, of the first wait, which doubles with each wrong one; 0: there is none
 * @max: ms, of the longest
 */
struct throttle_claim {
	struct in_addr source;
	const char *name;
	bool right;
	unsigned int min;
	unsigned int max;
};

/* NULL: no memory or no randomness. free() ends it. */
struct throttle *throttle_new(void);

/*
 * When the answer to @claim may go, not before @now; ms, which never go back. Claims are
 * counted in the order in which they come, answered or not. A right one makes a name
 * begin anew, not a source, of which one account may be the attacker's own.
 */
uint64_t throttle_answer(struct throttle *throttle, const struct throttle_claim *claim,
			 uint64_t now);

#endif /* DAEMON_THROTTLE_H */
