/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Whom pptpctl record listens to. */
#ifndef CTL_RECORD_TARGET_H
#define CTL_RECORD_TARGET_H

#include <netinet/in.h>
#include <stdbool.h>

#include "ctl.h"

/*
 * The outer address of the user @name: where a session of it is, or a tunnel that
 * logs in with it, or where it was refused last. False with a message.
 */
bool record_target_user(const struct ctl *ctl, const char *name, struct in_addr *address);

/* The other end of the session of the device @name. False with a message. */
bool record_target_device(const char *name, struct in_addr *address);

#endif /* CTL_RECORD_TARGET_H */
