/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The network device, kind "kpptp". Mode p2p: one session a device.
 */
#ifndef KPPTP_DEV_H
#define KPPTP_DEV_H

int kpptp_dev_init(void);
void kpptp_dev_exit(void);

#endif /* KPPTP_DEV_H */
