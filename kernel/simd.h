/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Vector registers: what the processor has, and whether they may be used here.
 *
 * User-mode Linux is an ordinary process to its host, which keeps the registers of it
 * as of any other: there, begin and end are nothing and it is always allowed.
 */
#ifndef KPPTP_SIMD_H
#define KPPTP_SIMD_H

#include "core/rc4.h"
#include "core/sha1.h"

#ifdef CONFIG_X86_64

#include <asm/cpufeature.h>
#include <asm/fpu/api.h>

/* Has this processor what @lanes need? */
static inline bool kpptp_simd_has(const struct kpptp_rc4_lanes *lanes)
{
	return lanes->need == KPPTP_RC4_NEED_NOTHING || boot_cpu_has(X86_FEATURE_XMM4_1);
}

/* The SHA-1 of this processor that uses vector registers; NULL: it has none. */
static inline kpptp_sha1_getkey_fn *kpptp_simd_sha1(void)
{
	if (boot_cpu_has(X86_FEATURE_SHA_NI) && boot_cpu_has(X86_FEATURE_SSSE3))
		return kpptp_sha1_getkey_ni;
	return NULL;
}

/* May vector registers be used here and now? Any context. */
static inline bool kpptp_simd_usable(void)
{
	return irq_fpu_usable();
}

/* Where kpptp_simd_usable(): takes the registers, until the end does not sleep. */
static inline void kpptp_simd_begin(void)
{
	kernel_fpu_begin();
}

static inline void kpptp_simd_end(void)
{
	kernel_fpu_end();
}

#else

static inline bool kpptp_simd_has(const struct kpptp_rc4_lanes *lanes)
{
	return lanes->need == KPPTP_RC4_NEED_NOTHING;
}

static inline kpptp_sha1_getkey_fn *kpptp_simd_sha1(void)
{
	return NULL;
}

static inline bool kpptp_simd_usable(void)
{
	return false;
}

static inline void kpptp_simd_begin(void)
{
}

static inline void kpptp_simd_end(void)
{
}

#endif /* CONFIG_X86_64 */

#endif /* KPPTP_SIMD_H */
