/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Serial ports, and the slaves of ptys, which have neither modem control lines nor
 * counters.
 */
#ifndef DAEMON_TTY_H
#define DAEMON_TTY_H

#include <stdbool.h>
#include <stdint.h>

#define TTY_ERROR_MAX	256

enum tty_flow {
	TTY_FLOW_RTSCTS,
	TTY_FLOW_XONXOFF,
	TTY_FLOW_NONE,
};

/**
 * struct tty_settings - how a port is used
 * @speed: bit/s
 * @flow: who stops the other when it is too much
 * @local: no modem control lines are needed
 */
struct tty_settings {
	unsigned int speed;
	enum tty_flow flow;
	bool local;
};

/* Errors that the port's driver has seen, since it was started. */
struct tty_errors {
	uint32_t framing;	/* stop bits that were none, and wrong parity */
	uint32_t hardware_overruns;
	uint32_t buffer_overruns;
};

/* Is there such a speed, in bit/s? */
bool tty_has_speed(unsigned int speed);

/*
 * Opens @device, raw, non-blocking and with DTR raised. -1 with a sentence in @err.
 */
int tty_open(const char *device, const struct tty_settings *set, char err[TTY_ERROR_MAX]);

/* A caller is there, say the modem control lines. */
bool tty_has_carrier(int fd);

/* Lowers DTR, by which a modem hangs up, and throws away what has not been sent. */
void tty_hang_up(int fd);

/* Raises DTR again; what has come meanwhile is thrown away. */
void tty_ready(int fd);

/* All zero where nobody counts. */
void tty_read_errors(int fd, struct tty_errors *errors);

#endif /* DAEMON_TTY_H */
