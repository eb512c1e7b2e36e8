/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The names that Documentation/netlink/specs/kpptp.yaml gives to numbers, for
 * text and JSON output. NULL (for attributes) or "unknown" (for values of an
 * enum) when a number has none.
 */
#ifndef NL_NAMES_H
#define NL_NAMES_H

const char *names_session(int attr);	/* KPPTP_A_SESSION_* */
const char *names_mppe(int attr);	/* KPPTP_A_MPPE_* */
const char *names_stats(int attr);	/* KPPTP_A_STATS_* */
const char *names_drops(int attr);	/* KPPTP_A_DROPS_* */
const char *names_flag(unsigned int bit);	/* enum kpptp_session_flags by bit number */
const char *names_status(unsigned int bit);	/* enum kpptp_session_status, same */
const char *names_reason(unsigned int reason);	/* enum kpptp_delete_reason */
const char *names_desync(unsigned int kind);	/* enum kpptp_desync_kind */

#endif /* NL_NAMES_H */
