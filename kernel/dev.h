/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The network devices, kinds "kpptp" (p2p) and "kpptp-mp". One of the two files
 * that know device modes.
 */
#ifndef KPPTP_DEV_H
#define KPPTP_DEV_H

int kpptp_dev_init(void);
void kpptp_dev_exit(void);

#endif /* KPPTP_DEV_H */
