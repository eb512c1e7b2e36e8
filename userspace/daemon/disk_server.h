/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The process that opens and writes files for the daemon (disk.h). It stays the user
 * that it was started as, root, and gives up every capability.
 *
 * It does what the configuration says that kpptpd does and nothing else. It reads the
 * configuration itself, which counts as it was at the start and as it is now, so that
 * whoever takes over the daemon can name no other file:
 *
 *	read		what is below the directory of the configuration file, and of
 *			[tunnels]; resolv-conf; the files of [users] and [tls]
 *	write		resolv-conf, and the devices of lines
 *	store		files of tunnels
 *	remove		files of tunnels, and the control socket
 *	password	in the users file, for who knows the hash of the old one
 */
#ifndef DAEMON_DISK_SERVER_H
#define DAEMON_DISK_SERVER_H

/* helper_fn; @config: the path of the configuration file */
int disk_server_main(const void *config, int fd);

#endif /* DAEMON_DISK_SERVER_H */
