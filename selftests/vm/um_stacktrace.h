/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Put before every source file of the name stacktrace.c of a user-mode kernel
 * (build.sh). Its unwinder asks of each word of the stack whether it is an address of
 * code. For a word that is not in the kernel itself that asks modules, ftrace and BPF,
 * each under RCU, and with lockdep this took most of the time of the debug kernel, where
 * KASAN and kmemleak want a trace of each allocation. Modules lie where vmalloc() does:
 * only words from there are asked about.
 */
#ifndef UM_STACKTRACE_H
#define UM_STACKTRACE_H

#include <linux/kernel.h>
#include <linux/pgtable.h>

static inline int um_text_address(unsigned long addr)
{
	if (core_kernel_text(addr))
		return 1;
	return addr >= VMALLOC_START && addr < VMALLOC_END &&
	       __kernel_text_address(addr);
}

#define __kernel_text_address um_text_address

#endif /* UM_STACKTRACE_H */
