// SPDX-License-Identifier: GPL-2.0-only
/*
 * The one place that instantiates the tracepoints. Kbuild gives this object
 * -I of its own directory, because define_trace.h includes trace.h by name.
 */
#include <linux/build_bug.h>

#include "core/seq.h"

#define CREATE_TRACE_POINTS
#include "trace.h"

/* The numbers that kpptp_seq prints as words. */
static_assert(KPPTP_SEQ_NEXT == 0 && KPPTP_SEQ_AHEAD == 1 &&
	      KPPTP_SEQ_JUMP == 2 && KPPTP_SEQ_LATE == 3 &&
	      KPPTP_SEQ_DUPLICATE == 4 && KPPTP_SEQ_OLD == 5);
