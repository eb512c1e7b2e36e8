// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * A line with modem control lines and counters, which no pty has: the port is a
 * socket with a carrier that the test turns on and off, the PNS says what the test
 * wants, and time passes when nothing else happens.
 */
#include "kselftest_harness.h"

#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include "daemon/line.h"
#include "daemon/relay.h"
#include "lib/bytes.h"
#include "proto/hdlc.h"

#define SOURCES		8
#define ROUNDS		1000

static const uint8_t configure_request[] = "\xff\x03\xc0\x21\x01\x07\x00\x04";
static const uint8_t terminate_request[] = "\xff\x03\xc0\x21\x05\x07\x00\x04";
static const uint8_t data_frame[] = "\x21 control characters: \x01\x11\x13\x7e\x7d";

#define LEN(frame) (sizeof(frame) - 1)

/* A descriptor or a timer of the line. */
struct loop_source {
	bool used;
	loop_io_fn io;
	loop_fn timer;
	void *arg;
	int fd;
	unsigned int events;
	uint64_t when;
};

/* What the world around the line is, and has heard. */
static struct scene {
	struct daemon daemon;
	struct config cfg;
	struct loop_source source[SOURCES];
	uint64_t now;

	bool absent;		/* the device cannot be opened */
	int port;		/* the caller's end, -1: not opened */
	bool carrier;
	bool dtr;
	unsigned int hang_ups;
	struct tty_errors errors;

	bool refuse;		/* the PNS cannot be asked */
	unsigned int calls;
	struct relay *relay;
	bool may_tell;
	unsigned int told;
	struct pptp_wan_error counts;
	size_t sent_len;	/* the last frame to the PNS */
	uint8_t sent[HDLC_FRAME_MAX];
} scene;

struct relay {
	const struct relay_owner *owner;
	void *arg;
	struct relay_caller caller;
};

/* loop.h */

uint64_t loop_now(void)
{
	return scene.now;
}

static struct loop_source *source_new(struct loop_source set)
{
	unsigned int i = 0;

	while (scene.source[i].used)
		i++;
	scene.source[i] = set;
	scene.source[i].used = true;
	return &scene.source[i];
}

struct loop_source *loop_io(struct loop *loop, int fd, unsigned int events, loop_io_fn fn,
			    void *arg)
{
	(void)loop;
	return source_new((struct loop_source){ .io = fn, .arg = arg, .fd = fd,
						.events = events, .when = LOOP_NEVER });
}

bool loop_io_set(struct loop_source *source, unsigned int events)
{
	source->events = events;
	return true;
}

struct loop_source *loop_timer(struct loop *loop, loop_fn fn, void *arg)
{
	(void)loop;
	return source_new((struct loop_source){ .timer = fn, .arg = arg, .fd = -1,
						.when = LOOP_NEVER });
}

bool loop_timer_set(struct loop_source *source, uint64_t when)
{
	source->when = when;
	return true;
}

void loop_source_free(struct loop_source *source)
{
	if (source)
		source->used = false;
}

/* What is ready now is done; false: nothing was. */
static bool run_io(void)
{
	bool done = false;
	unsigned int i;

	for (i = 0; i < SOURCES; i++) {
		struct loop_source *s = &scene.source[i];
		struct pollfd p = { .fd = s->fd };

		if (!s->used || !s->io)
			continue;
		p.events = (short)((s->events & LOOP_READ ? POLLIN : 0) |
				   (s->events & LOOP_WRITE ? POLLOUT : 0));
		if (poll(&p, 1, 0) != 1)
			continue;
		s->io(s->arg, (p.revents & POLLIN ? LOOP_READ : 0) |
			      (p.revents & POLLOUT ? LOOP_WRITE : 0) |
			      (p.revents & POLLHUP ? LOOP_HANGUP : 0));
		done = true;
	}
	return done;
}

/* Time goes on to the first timer. */
static void run_timer(void)
{
	struct loop_source *first = NULL;
	unsigned int i;

	for (i = 0; i < SOURCES; i++) {
		struct loop_source *s = &scene.source[i];

		if (s->used && s->when != LOOP_NEVER && (!first || s->when < first->when))
			first = s;
	}
	if (!first)
		return;
	scene.now = first->when;
	first->when = LOOP_NEVER;
	first->timer(first->arg);
}

/* False: @wanted does not come. */
static bool until(bool (*wanted)(void))
{
	unsigned int round;

	for (round = 0; round < ROUNDS; round++) {
		if (wanted())
			return true;
		if (!run_io())
			run_timer();
	}
	return false;
}

/* tty.h */

int tty_open(const char *device, const struct tty_settings *set, char err[TTY_ERROR_MAX])
{
	int fds[2];

	(void)set;
	if (scene.absent || socketpair(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK, 0, fds) < 0) {
		snprintf(err, TTY_ERROR_MAX, "there is no %s", device);
		return -1;
	}
	if (scene.port >= 0)
		close(scene.port);
	scene.port = fds[1];
	scene.dtr = true;
	return fds[0];
}

bool tty_has_carrier(int fd)
{
	(void)fd;
	return scene.carrier;
}

void tty_hang_up(int fd)
{
	(void)fd;
	scene.dtr = false;
	scene.hang_ups++;
}

void tty_ready(int fd)
{
	(void)fd;
	scene.dtr = true;
}

void tty_read_errors(int fd, struct tty_errors *errors)
{
	(void)fd;
	*errors = scene.errors;
}

/* relay.h: one at a time */

struct relay *relay_new(struct daemon *daemon, const struct relay_caller *caller)
{
	(void)daemon;
	scene.relay = calloc(1, sizeof(*scene.relay));
	scene.relay->caller = *caller;
	return scene.relay;
}

void relay_own(struct relay *relay, enum relay_side side, const struct relay_owner *owner,
	       void *arg)
{
	(void)side;
	relay->owner = owner;
	relay->arg = arg;
}

void relay_leave(struct relay *relay, enum relay_side side)
{
	(void)side;
	free(relay);
	scene.relay = NULL;
}

void relay_send(struct relay *relay, const uint8_t *frame, size_t len)
{
	(void)relay;
	scene.sent_len = len;
	memcpy(scene.sent, frame, len);
}

bool relay_wan_error(struct relay *relay, const struct pptp_wan_error *counts)
{
	(void)relay;
	if (!scene.may_tell)
		return false;
	scene.told++;
	scene.counts = *counts;
	return true;
}

/* ksession.h: the socket of lines is only opened and closed */

struct ksessions *ksessions_open(struct loop *loop, struct nl_error *err)
{
	(void)loop;
	(void)err;
	return (struct ksessions *)&scene;
}

void ksessions_close(struct ksessions *ks)
{
	(void)ks;
}

static bool forward(struct daemon *daemon, struct in_addr to, struct relay *relay)
{
	(void)daemon;
	(void)relay;
	scene.calls += to.s_addr == htonl(0x0a000001);
	return !scene.refuse;
}

/* What can be wanted. */

static struct line_info info(void)
{
	struct line_info now;

	line_describe(scene.daemon.lines, &now);
	return now;
}

static bool is_calling(void)
{
	return scene.calls && !strcmp(info().state, "calling");
}

static bool is_idle(void)
{
	return !strcmp(info().state, "idle");
}

static bool is_absent(void)
{
	return !strcmp(info().state, "absent");
}

static bool is_hung_up(void)
{
	return !strcmp(info().state, "hung up");
}

static bool has_sent(void)
{
	return scene.sent_len;
}

static bool has_told(void)
{
	return scene.told;
}

static bool has_two_bad(void)
{
	return info().errors.crc == 2;
}

static bool has_lost(void)
{
	return info().lost;
}

/* A frame from the caller. */
static void say(const uint8_t *frame, size_t len)
{
	uint8_t wire[HDLC_WIRE_MAX];
	struct writer w = writer_of(wire, sizeof(wire));

	hdlc_write(&w, HDLC_ACCM_ALL, frame, len);
	if (write(scene.port, wire, w.len) != (ssize_t)w.len)
		abort();
}

static void open_line(bool local)
{
	scene.cfg.line[0].tty.local = local;
	scene.cfg.line_n = 1;
	lines_set(&scene.daemon, &scene.cfg);
}

/* A caller whom the PNS has taken. */
static bool connect_caller(bool local)
{
	open_line(local);
	scene.carrier = true;
	if (local)
		say(configure_request, LEN(configure_request));
	if (!until(is_calling))
		return false;
	scene.relay->owner->joined(scene.relay->arg, scene.relay);
	return !strcmp(info().state, "connected");
}

/* The PNS, or what is on the way to it, ends the call. */
static void end_relay(void)
{
	struct relay *relay = scene.relay;

	scene.relay = NULL;
	relay->owner->over(relay->arg, relay);
	free(relay);
}

FIXTURE(line) {
};

FIXTURE_SETUP(line)
{
	struct config_line *line = &scene.cfg.line[0];

	memset(&scene, 0, sizeof(scene));
	scene.port = -1;
	scene.may_tell = true;
	scene.daemon.forward = forward;
	snprintf(line->name, sizeof(line->name), "one");
	snprintf(line->device, sizeof(line->device), "/dev/one");
	snprintf(line->calling, sizeof(line->calling), "5553434");
	line->tty.speed = 9600;
	line->to.s_addr = htonl(0x0a000001);
}

FIXTURE_TEARDOWN(line)
{
	lines_close(&scene.daemon);
	EXPECT_EQ(NULL, scene.relay);
	close(scene.port);
}

/* The carrier is the caller; PPP without one is noise. */
TEST_F(line, carrier_calls)
{
	open_line(false);
	ASSERT_TRUE(is_idle());
	say(configure_request, LEN(configure_request));
	EXPECT_FALSE(until(is_calling));
	scene.carrier = true;
	ASSERT_TRUE(until(is_calling));
	EXPECT_EQ(1, scene.calls);
	EXPECT_STREQ("5553434", scene.relay->caller.calling);
	EXPECT_EQ(9600, scene.relay->caller.speed);
	EXPECT_EQ(PPTP_BEARER_ANALOG, scene.relay->caller.bearer);
	EXPECT_TRUE(scene.dtr);
	scene.carrier = false;
	ASSERT_TRUE(until(is_hung_up));
	EXPECT_EQ(NULL, scene.relay);
}

TEST_F(line, carrier_is_lost)
{
	ASSERT_TRUE(connect_caller(false));
	scene.carrier = false;
	ASSERT_TRUE(until(is_hung_up));
	EXPECT_EQ(NULL, scene.relay);
	EXPECT_FALSE(scene.dtr);
	ASSERT_TRUE(until(is_idle));
	EXPECT_TRUE(scene.dtr);
	EXPECT_EQ(1, scene.hang_ups);
}

TEST_F(line, pns_hangs_up)
{
	ASSERT_TRUE(connect_caller(false));
	end_relay();
	EXPECT_TRUE(is_hung_up());
	EXPECT_FALSE(scene.dtr);
	ASSERT_TRUE(until(is_idle));
	EXPECT_TRUE(scene.dtr);
}

TEST_F(line, pns_cannot_be_asked)
{
	scene.refuse = true;
	scene.carrier = true;
	open_line(false);
	ASSERT_TRUE(until(is_hung_up));
	EXPECT_EQ(1, scene.calls);
	EXPECT_EQ(NULL, scene.relay);
}

/* Without a carrier only LCP's first packet is a call, not the last of the one before. */
TEST_F(line, local_calls)
{
	open_line(true);
	scene.carrier = true;
	say(terminate_request, LEN(terminate_request));
	say(data_frame, LEN(data_frame));
	say(configure_request, LEN(configure_request));
	ASSERT_TRUE(until(is_calling));
	EXPECT_EQ(1, scene.calls);
	EXPECT_EQ(0, info().frames_in);
	end_relay();
	ASSERT_TRUE(until(is_idle));
	EXPECT_EQ(1, scene.calls);
}

TEST_F(line, frames_pass)
{
	static const struct pptp_link_info map = { .send_accm = 2, .receive_accm = 0 };
	uint8_t wire[HDLC_WIRE_MAX], want[HDLC_WIRE_MAX];
	struct writer w = writer_of(want, sizeof(want));

	ASSERT_TRUE(connect_caller(true));
	say(data_frame, LEN(data_frame));
	ASSERT_TRUE(until(has_sent));
	ASSERT_EQ(LEN(data_frame), scene.sent_len);
	EXPECT_EQ(0, memcmp(data_frame, scene.sent, scene.sent_len));

	scene.relay->owner->frame(scene.relay->arg, data_frame, LEN(data_frame));
	hdlc_write(&w, HDLC_ACCM_ALL, data_frame, LEN(data_frame));
	ASSERT_EQ(w.len, read(scene.port, wire, sizeof(wire)));
	EXPECT_EQ(0, memcmp(want, wire, w.len));

	scene.relay->owner->link_info(scene.relay->arg, &map);
	scene.relay->owner->frame(scene.relay->arg, data_frame, LEN(data_frame));
	w = writer_of(want, sizeof(want));
	hdlc_write(&w, 2, data_frame, LEN(data_frame));
	ASSERT_EQ(w.len, read(scene.port, wire, sizeof(wire)));
	EXPECT_EQ(0, memcmp(want, wire, w.len));
	EXPECT_EQ(1, info().frames_in);
	EXPECT_EQ(2, info().frames_out);
}

/* XON and XOFF are the line's own, whatever LCP has agreed on. */
TEST_F(line, flow_control_is_escaped)
{
	static const struct pptp_link_info map = { 0 };
	uint8_t wire[HDLC_WIRE_MAX], want[HDLC_WIRE_MAX];
	struct writer w = writer_of(want, sizeof(want));

	scene.cfg.line[0].tty.flow = TTY_FLOW_XONXOFF;
	ASSERT_TRUE(connect_caller(true));
	scene.relay->owner->link_info(scene.relay->arg, &map);
	scene.relay->owner->frame(scene.relay->arg, data_frame, LEN(data_frame));
	hdlc_write(&w, HDLC_ACCM_XONXOFF, data_frame, LEN(data_frame));
	ASSERT_EQ(w.len, read(scene.port, wire, sizeof(wire)));
	EXPECT_EQ(0, memcmp(want, wire, w.len));
	/* The line has put an XOFF into the caller's frame. */
	ASSERT_EQ(5, write(scene.port, "\176123\023", 5));
	ASSERT_EQ(9, write(scene.port, "456789\156\220\176", 9));
	ASSERT_TRUE(until(has_sent));
	EXPECT_EQ(9, scene.sent_len);
	EXPECT_EQ(0, memcmp("123456789", scene.sent, 9));
}

/* Counted since the call began; told when there are new ones and the PNS may hear. */
TEST_F(line, errors_are_told)
{
	struct line_info now;

	scene.errors = (struct tty_errors){ 100, 200, 300 };
	ASSERT_TRUE(connect_caller(false));
	scene.may_tell = false;
	now = info();
	EXPECT_EQ(0, pptp_msg_wan_errors(&now.errors));
	scene.errors = (struct tty_errors){ 101, 202, 303 };
	ASSERT_EQ(15, write(scene.port, "\176123456789\157\220\176ab", 15));
	ASSERT_EQ(3, write(scene.port, "\175\176\176", 3));
	ASSERT_EQ(13, write(scene.port, "\176123456789\220\156\176", 13));
	ASSERT_TRUE(until(has_two_bad));
	EXPECT_EQ(0, scene.told);
	scene.may_tell = true;
	ASSERT_TRUE(until(has_told));
	EXPECT_EQ(2, scene.counts.crc);
	EXPECT_EQ(1 + 1, scene.counts.framing);
	EXPECT_EQ(2, scene.counts.hardware_overruns);
	EXPECT_EQ(3, scene.counts.buffer_overruns);
	EXPECT_EQ(0, scene.counts.timeouts + scene.counts.alignment);
	/* Other looks have nothing new. */
	EXPECT_FALSE(until(is_idle));
	EXPECT_EQ(1, scene.told);
}

/* A caller who does not read loses whole frames, and the queue has an end. */
TEST_F(line, caller_is_slow)
{
	uint8_t frame[1500] = { 0x00, 0x21 };
	unsigned int i;

	ASSERT_TRUE(connect_caller(true));
	for (i = 0; i < 4096 && !has_lost(); i++)
		scene.relay->owner->frame(scene.relay->arg, frame, sizeof(frame));
	EXPECT_TRUE(has_lost());
	EXPECT_EQ(i, info().frames_out + info().lost);
}

/* The port goes away under a caller, and comes back. */
TEST_F(line, device_is_gone)
{
	ASSERT_TRUE(connect_caller(true));
	scene.absent = true;
	close(scene.port);
	scene.port = -1;
	ASSERT_TRUE(until(is_absent));
	EXPECT_EQ(NULL, scene.relay);
	scene.absent = false;
	ASSERT_TRUE(until(is_idle));
}

/* What is the same goes on; what is changed ends. */
TEST_F(line, reload)
{
	ASSERT_TRUE(connect_caller(true));
	ASSERT_TRUE(lines_set(&scene.daemon, &scene.cfg));
	EXPECT_STREQ("connected", info().state);
	scene.cfg.line[0].tty.speed = 19200;
	ASSERT_TRUE(lines_set(&scene.daemon, &scene.cfg));
	EXPECT_EQ(NULL, scene.relay);
	EXPECT_TRUE(is_idle());
	EXPECT_EQ(NULL, line_next(scene.daemon.lines));
	scene.cfg.line_n = 0;
	ASSERT_TRUE(lines_set(&scene.daemon, &scene.cfg));
	EXPECT_EQ(NULL, scene.daemon.lines);
}

TEST_HARNESS_MAIN
