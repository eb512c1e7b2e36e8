/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Delivery of what receiving has let through.
 */
#ifndef KPPTP_RX_DELIVER_H
#define KPPTP_RX_DELIVER_H

struct kpptp_rx_run;
struct napi_struct;

/* Consumes all of @run->out. No session's lock held; under RCU, on @napi. */
void kpptp_rx_deliver(struct kpptp_rx_run *run, struct napi_struct *napi);

#endif /* KPPTP_RX_DELIVER_H */
