/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Tracepoints: every dropped packet, every verdict of a receive window, every
 * loss of step. trace.c instantiates them.
 */
#undef TRACE_SYSTEM
#define TRACE_SYSTEM kpptp

#if !defined(KPPTP_TRACE_H) || defined(TRACE_HEADER_MULTI_READ)
#define KPPTP_TRACE_H

#include <linux/tracepoint.h>

/* @id: session, 0 when none; @reason: KPPTP_A_DROPS_* */
TRACE_EVENT(kpptp_drop,
	    TP_PROTO(u32 id, unsigned int reason, unsigned int len),
	    TP_ARGS(id, reason, len),
	    TP_STRUCT__entry(__field(u32, id)
			     __field(unsigned int, reason)
			     __field(unsigned int, len)),
	    TP_fast_assign(__entry->id = id;
			   __entry->reason = reason;
			   __entry->len = len;),
	    TP_printk("session=%u reason=%u len=%u",
		      __entry->id, __entry->reason, __entry->len)
);

/* @verdict: enum kpptp_seq_verdict, by number in the order of core/seq.h */
TRACE_EVENT(kpptp_seq,
	    TP_PROTO(u32 id, u32 seq, u32 next, unsigned int verdict),
	    TP_ARGS(id, seq, next, verdict),
	    TP_STRUCT__entry(__field(u32, id)
			     __field(u32, seq)
			     __field(u32, next)
			     __field(unsigned int, verdict)),
	    TP_fast_assign(__entry->id = id;
			   __entry->seq = seq;
			   __entry->next = next;
			   __entry->verdict = verdict;),
	    TP_printk("session=%u seq=%u next=%u %s",
		      __entry->id, __entry->seq, __entry->next,
		      __print_symbolic(__entry->verdict,
				       { 0, "next" }, { 1, "ahead" },
				       { 2, "jump" }, { 3, "late" },
				       { 4, "duplicate" }, { 5, "old" }))
);

/* @kind: KPPTP_DESYNC_KIND_* */
TRACE_EVENT(kpptp_desync,
	    TP_PROTO(u32 id, u32 seq, u32 kind),
	    TP_ARGS(id, seq, kind),
	    TP_STRUCT__entry(__field(u32, id)
			     __field(u32, seq)
			     __field(u32, kind)),
	    TP_fast_assign(__entry->id = id;
			   __entry->seq = seq;
			   __entry->kind = kind;),
	    TP_printk("session=%u seq=%u kind=%u",
		      __entry->id, __entry->seq, __entry->kind)
);

#endif /* KPPTP_TRACE_H */

/* Found through -I of this directory, see Kbuild. */
#undef TRACE_INCLUDE_PATH
#define TRACE_INCLUDE_PATH .
#undef TRACE_INCLUDE_FILE
#define TRACE_INCLUDE_FILE trace
#include <trace/define_trace.h>
