// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * CLOCAL is always set: without it the kernel would shut the descriptor for good when
 * the carrier goes, and kpptpd, which has given up its privileges by then, could not
 * be sure to open the device again. Who wants to know of the carrier asks.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>
#include <termios.h>
#include <unistd.h>

#include <linux/serial.h>

#include "disk.h"
#include "lib/array.h"
#include "tty.h"

static const struct {
	unsigned int speed;
	speed_t code;
} tty_speeds[] = {
	{ 300, B300 }, { 600, B600 }, { 1200, B1200 }, { 2400, B2400 }, { 4800, B4800 },
	{ 9600, B9600 }, { 19200, B19200 }, { 38400, B38400 }, { 57600, B57600 },
	{ 115200, B115200 }, { 230400, B230400 }, { 460800, B460800 }, { 500000, B500000 },
	{ 576000, B576000 }, { 921600, B921600 }, { 1000000, B1000000 },
	{ 1500000, B1500000 }, { 2000000, B2000000 }, { 3000000, B3000000 },
	{ 4000000, B4000000 },
};

/* The code of @speed, B0: there is no such speed. */
static speed_t tty_speed_code(unsigned int speed)
{
	size_t i;

	for (i = 0; i < ARRAY_SIZE(tty_speeds); i++) {
		if (tty_speeds[i].speed == speed)
			return tty_speeds[i].code;
	}
	return B0;
}

bool tty_has_speed(unsigned int speed)
{
	return tty_speed_code(speed) != B0;
}

/* Eight bits, no parity, nothing looked at or changed by the line discipline. */
static bool tty_set_up(int fd, const struct tty_settings *set)
{
	struct termios port;

	if (tcgetattr(fd, &port) < 0)
		return false;
	port.c_iflag = IGNBRK | IGNPAR;
	port.c_oflag = 0;
	port.c_lflag = 0;
	port.c_cflag = CS8 | CREAD | CLOCAL | HUPCL;
	if (set->flow == TTY_FLOW_RTSCTS)
		port.c_cflag |= CRTSCTS;
	if (set->flow == TTY_FLOW_XONXOFF)
		port.c_iflag |= IXON | IXOFF;
	port.c_cc[VMIN] = 1;
	port.c_cc[VTIME] = 0;
	cfsetispeed(&port, tty_speed_code(set->speed));
	cfsetospeed(&port, tty_speed_code(set->speed));
	return tcsetattr(fd, TCSANOW, &port) == 0;
}

static bool tty_has_modem_lines(int fd)
{
	int bits;

	return ioctl(fd, TIOCMGET, &bits) == 0;
}

int tty_open(const char *device, const struct tty_settings *set, char err[TTY_ERROR_MAX])
{
	int fd = disk_open(device, O_RDWR | O_NOCTTY | O_NONBLOCK | O_CLOEXEC);

	if (fd < 0) {
		snprintf(err, TTY_ERROR_MAX, "cannot open %s: %s", device, strerror(errno));
		return -1;
	}
	if (!tty_set_up(fd, set))
		snprintf(err, TTY_ERROR_MAX, "%s is no serial line: %s", device, strerror(errno));
	else if (!set->local && !tty_has_modem_lines(fd))
		snprintf(err, TTY_ERROR_MAX, "%s has no modem control lines: it takes local = yes",
			 device);
	else
		return fd;
	close(fd);
	return -1;
}

bool tty_has_carrier(int fd)
{
	int bits = 0;

	return ioctl(fd, TIOCMGET, &bits) == 0 && bits & TIOCM_CAR;
}

/* Where there are no such lines nothing happens. */
static void tty_set_dtr(int fd, unsigned long how)
{
	int bits = TIOCM_DTR;

	(void)!ioctl(fd, how, &bits);
}

void tty_hang_up(int fd)
{
	tty_set_dtr(fd, TIOCMBIC);
	tcflush(fd, TCIOFLUSH);
}

void tty_ready(int fd)
{
	tcflush(fd, TCIFLUSH);
	tty_set_dtr(fd, TIOCMBIS);
}

void tty_read_errors(int fd, struct tty_errors *errors)
{
	struct serial_icounter_struct counts;

	memset(errors, 0, sizeof(*errors));
	if (ioctl(fd, TIOCGICOUNT, &counts) < 0)
		return;
	errors->framing = (uint32_t)counts.frame + (uint32_t)counts.parity;
	errors->hardware_overruns = (uint32_t)counts.overrun;
	errors->buffer_overruns = (uint32_t)counts.buf_overrun;
}
