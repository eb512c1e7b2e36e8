// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * RC4: the ways to run jobs, by name.
 */
#include "rc4_lanes.h"

#ifdef __x86_64__
static void rc4_run_sse(const struct kpptp_rc4_job *jobs, unsigned int n,
			struct kpptp_rc4_scratch *scratch)
{
	kpptp_rc4_run_abreast(jobs, n, scratch, kpptp_rc4_sse);
}
#endif

const struct kpptp_rc4_lanes kpptp_rc4_lanes[] = {
	{ "scalar1", KPPTP_RC4_NEED_NOTHING, kpptp_rc4_run_single },
	{ "scalar4", KPPTP_RC4_NEED_NOTHING, kpptp_rc4_run },
#ifdef __x86_64__
	{ "sse4", KPPTP_RC4_NEED_SSE4_1, rc4_run_sse },
#endif
	{ .name = NULL }
};
