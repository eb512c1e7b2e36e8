/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef DAEMON_BACKOFF_H
#define DAEMON_BACKOFF_H

#include <stdint.h>

/*
 * How long to wait after @tries tries without success, from @min to @max, in
 * their unit: twice as long each time, and by up to a quarter less for @random,
 * so that many clients of one server do not come back together.
 */
uint64_t backoff_delay(unsigned int tries, unsigned int min, unsigned int max,
		       uint32_t random);

#endif /* DAEMON_BACKOFF_H */
