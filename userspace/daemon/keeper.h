/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What systemd does for kpptpd, where there is no systemd: keeps the descriptors that
 * kpptpd hands to it, and starts kpptpd again when it dies. It knows nothing of PPTP,
 * reads nothing that a peer has sent, and so has no reason to die.
 */
#ifndef DAEMON_KEEPER_H
#define DAEMON_KEEPER_H

/*
 * Runs kpptpd, the program that this one was started from, with the configuration @file
 * until it is told to stop. Returns the exit status for our own process.
 */
int keeper_run(const char *file);

#endif /* DAEMON_KEEPER_H */
