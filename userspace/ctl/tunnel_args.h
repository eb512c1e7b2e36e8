/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The command line of add-tunnel -> one plain struct. Reads no file. */
#ifndef CTL_TUNNEL_ARGS_H
#define CTL_TUNNEL_ARGS_H

#include <stdbool.h>

#include "args.h"
#include "nl/rtmsg.h"
#include "nl/types.h"

struct tunnel_args {
	const char *name;		/* points into argv */
	struct nl_session session;	/* all but ifindex and keys */
	const char *key_file;		/* NULL: no MPPE */
	struct rtmsg_address address;	/* local is 0.0.0.0 when there is none */
};

/* False, with a message, when the words make no tunnel. */
bool tunnel_args_parse(struct tunnel_args *tunnel, struct args *args);

#endif /* CTL_TUNNEL_ARGS_H */
