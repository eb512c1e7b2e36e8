/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The handlers of GRE version 1: packets and ICMP errors.
 */
#ifndef KPPTP_GRE_IN_H
#define KPPTP_GRE_IN_H

/* -EBUSY when another module (pptp) has the handler; says so in the log. */
int kpptp_gre_in_init(void);
void kpptp_gre_in_exit(void);

#endif /* KPPTP_GRE_IN_H */
