// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * The device is opened before privileges are given up, and is kept open. Where it
 * has modem control lines they are asked once a second; where it has not, a caller
 * shows by the first LCP Configure-Request, which PPP repeats when it is too early
 * for anybody to hear.
 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <utlist.h>

#include "lib/bytes.h"
#include "lib/log.h"
#include "line.h"
#include "proto/hdlc.h"
#include "relay.h"

/* Between two looks at carrier and errors. */
#define LINE_LOOK_MS	1000

/* DTR stays low for so long, or a modem would not notice. */
#define LINE_HOLD_MS	2000

/* Between two tries to open a device that is not there. */
#define LINE_RETRY_MS	5000

/* Octets that one event reads. */
#define LINE_READ_MAX	4096

/*
 * Octets that wait for a slow line: a second and a half at 115200 bit/s. What is more
 * waits in vain, and TCP had better hear of it.
 */
#define LINE_QUEUE_MAX	(2 * HDLC_WIRE_MAX)

#define LCP_CONFIGURE_REQUEST	1

_Static_assert(HDLC_FRAME_MAX == KPPTP_FRAME_MAX, "what the kernel gives goes out in one frame");

enum line_state {
	LINE_ABSENT,	/* the device cannot be opened */
	LINE_IDLE,
	LINE_CALLING,	/* the PNS is asked */
	LINE_CONNECTED,
	LINE_HOLD,	/* hung up, until the modem has noticed */
};

/**
 * struct line - one port
 * @fd: -1 when ABSENT
 * @relay: CALLING and CONNECTED
 * @send_accm: what LCP agreed on, by the PNS's Set-Link-Info
 * @frames_out, @lost: of the call at hand, or the last one
 * @before: what the driver had counted when it began
 * @told: what the PNS knows of errors
 * @complaint: why the device could not be opened, once in the log
 * @out: framed, for the line
 */
struct line {
	struct line *prev, *next;
	struct daemon *daemon;
	struct config_line cfg;
	int fd;
	struct loop_source *io;
	struct loop_source *timer;
	enum line_state state;
	uint64_t since;
	struct relay *relay;
	uint32_t send_accm;
	uint64_t frames_out;
	uint64_t lost;
	struct tty_errors before;
	struct pptp_wan_error told;
	char complaint[TTY_ERROR_MAX];
	struct hdlc_reader in;
	size_t out_len;
	uint8_t out[LINE_QUEUE_MAX];
};

static void line_enter(struct line *line, enum line_state state)
{
	line->state = state;
	line->since = loop_now();
}

/* When line_on_timer() has something to do. */
static void line_arm(struct line *line)
{
	uint64_t now = loop_now(), when = LOOP_NEVER;

	switch (line->state) {
	case LINE_ABSENT:
		when = now + LINE_RETRY_MS;
		break;
	case LINE_IDLE:
		when = line->cfg.tty.local ? LOOP_NEVER : now + LINE_LOOK_MS;
		break;
	case LINE_CALLING:
	case LINE_CONNECTED:
		when = now + LINE_LOOK_MS;
		break;
	case LINE_HOLD:
		when = line->since + LINE_HOLD_MS;
		break;
	}
	loop_timer_set(line->timer, when);
}

/* Our side of the call is over. */
static void line_leave(struct line *line)
{
	struct relay *relay = line->relay;

	line->relay = NULL;
	if (relay)
		relay_leave(relay, RELAY_CALLER);
}

/* The call is over, for all others as well: the caller is to notice. */
static void line_hang_up(struct line *line, const char *why)
{
	log_info("line %s: hung up: %s", line->cfg.name, why);
	line_leave(line);
	tty_hang_up(line->fd);
	line->out_len = 0;
	loop_io_set(line->io, LOOP_READ);
	line_enter(line, LINE_HOLD);
	line_arm(line);
}

static void line_close_device(struct line *line)
{
	loop_source_free(line->io);
	line->io = NULL;
	if (line->fd >= 0)
		close(line->fd);
	line->fd = -1;
	line->out_len = 0;
}

/* The device is gone, and its caller with it. */
static void line_lose(struct line *line, const char *why)
{
	log_warning("line %s: %s is gone: %s", line->cfg.name, line->cfg.device, why);
	line_leave(line);
	line_close_device(line);
	line_enter(line, LINE_ABSENT);
	line_arm(line);
}

/* Writes what the line takes now. False: the device was lost. */
static bool line_flush(struct line *line)
{
	ssize_t n = 0;

	if (line->out_len)
		n = write(line->fd, line->out, line->out_len);
	if (n < 0 && errno != EAGAIN && errno != EINTR) {
		line_lose(line, strerror(errno));
		return false;
	}
	if (n > 0) {
		line->out_len -= (size_t)n;
		memmove(line->out, line->out + n, line->out_len);
	}
	loop_io_set(line->io, line->out_len ? LOOP_READ | LOOP_WRITE : LOOP_READ);
	return true;
}

/* What must be escaped on this line, whoever agreed on less. */
static uint32_t line_accm(const struct line *line)
{
	return line->cfg.tty.flow == TTY_FLOW_XONXOFF ? HDLC_ACCM_XONXOFF : 0;
}

/* relay_owner: the PNS took the caller */
static void line_on_joined(void *arg, struct relay *relay)
{
	struct line *line = arg;

	(void)relay;
	line_enter(line, LINE_CONNECTED);
	line_arm(line);
}

/* relay_owner: the PNS refused the caller, or ended the call, or is gone */
static void line_on_over(void *arg, struct relay *relay)
{
	struct line *line = arg;

	(void)relay;
	line->relay = NULL;
	line_hang_up(line, "the call is over");
}

/* relay_owner */
static void line_on_frame(void *arg, const uint8_t *frame, size_t len)
{
	struct line *line = arg;
	struct writer w = writer_of(line->out + line->out_len,
				    sizeof(line->out) - line->out_len);

	if (line->state != LINE_CONNECTED)
		return;
	hdlc_write(&w, line->send_accm, frame, len);
	if (w.bad) {
		line->lost++;
		return;
	}
	line->frames_out++;
	line->out_len += w.len;
	line_flush(line);
}

/* relay_owner: RFC 2637 section 2.15 */
static void line_on_link_info(void *arg, const struct pptp_link_info *info)
{
	struct line *line = arg;

	line->send_accm = info->send_accm | line_accm(line);
	line->in.accm = info->receive_accm | line_accm(line);
	log_debug("line %s: ACCM %08x to the caller, %08x from it", line->cfg.name,
		  line->send_accm, line->in.accm);
}

static const struct relay_owner line_owner = {
	.joined = line_on_joined,
	.over = line_on_over,
	.frame = line_on_frame,
	.link_info = line_on_link_info,
};

/* Counts and maps of a call that begins now. What was read so far is not the caller's. */
static void line_reset(struct line *line)
{
	hdlc_reader_init(&line->in, HDLC_ACCM_ALL);
	line->send_accm = HDLC_ACCM_ALL;
	line->frames_out = 0;
	line->lost = 0;
	memset(&line->told, 0, sizeof(line->told));
	tty_read_errors(line->fd, &line->before);
}

/* There is a caller, whom the PNS is asked to take (RFC 2637 section 3.2.3.1). */
static void line_call(struct line *line)
{
	const struct relay_caller caller = {
		.called = line->cfg.called,
		.calling = line->cfg.calling,
		.bearer = PPTP_BEARER_ANALOG,
		.speed = line->cfg.tty.speed,
	};

	log_info("line %s: there is a caller", line->cfg.name);
	line_reset(line);
	line->relay = relay_new(line->daemon, &caller);
	if (!line->relay) {
		line_hang_up(line, "no memory");
		return;
	}
	relay_own(line->relay, RELAY_CALLER, &line_owner, line);
	line_enter(line, LINE_CALLING);
	line_arm(line);
	if (!line->daemon->forward(line->daemon, line->cfg.to, line->relay))
		line_hang_up(line, "the PNS cannot be asked");
}

/* A good frame of the line is in line->in. */
static void line_take(struct line *line, size_t len)
{
	const uint8_t *frame = line->in.frame;

	if (line->state == LINE_CONNECTED)
		relay_send(line->relay, frame, len);
	else if (line->state == LINE_IDLE && line->cfg.tty.local &&
		 hdlc_lcp_code(frame, len) == LCP_CONFIGURE_REQUEST)
		line_call(line);
}

/* After a frame that began a call the reader is another one. */
static void line_feed(struct line *line, const uint8_t *data, size_t len)
{
	size_t done = 0, frame_len;

	while (done < len && line->fd >= 0) {
		done += hdlc_reader_feed(&line->in, data + done, len - done, &frame_len);
		if (frame_len)
			line_take(line, frame_len);
	}
}

static void line_read(struct line *line, bool hung_up)
{
	uint8_t data[LINE_READ_MAX];
	ssize_t n = read(line->fd, data, sizeof(data));

	if (n > 0)
		line_feed(line, data, (size_t)n);
	else if (n == 0 || hung_up)
		line_lose(line, "hung up");
	else if (errno != EAGAIN && errno != EINTR)
		line_lose(line, strerror(errno));
}

static void line_on_io(void *arg, unsigned int events)
{
	struct line *line = arg;

	if (events & LOOP_WRITE && !line_flush(line))
		return;
	if (events & (LOOP_READ | LOOP_HANGUP))
		line_read(line, events & LOOP_HANGUP);
}

/* Errors on the line since the call began. */
static void line_count(const struct line *line, struct pptp_wan_error *counts)
{
	struct tty_errors now;

	memset(counts, 0, sizeof(*counts));
	counts->crc = line->in.bad_fcs;
	counts->framing = line->in.misframed;
	if (line->fd < 0)
		return;
	tty_read_errors(line->fd, &now);
	counts->framing += now.framing - line->before.framing;
	counts->hardware_overruns = now.hardware_overruns - line->before.hardware_overruns;
	counts->buffer_overruns = now.buffer_overruns - line->before.buffer_overruns;
}

/* The PNS hears of what is new, and not too often (RFC 2637 section 2.14). */
static void line_tell_errors(struct line *line)
{
	struct pptp_wan_error counts;

	line_count(line, &counts);
	if (!memcmp(&counts, &line->told, sizeof(counts)) ||
	    !relay_wan_error(line->relay, &counts))
		return;
	line->told = counts;
	log_info("line %s: errors: CRC %u, framing %u, overruns %u and %u", line->cfg.name,
		 counts.crc, counts.framing, counts.hardware_overruns, counts.buffer_overruns);
}

/* Is the caller there, as far as anybody knows? */
static bool line_has_caller(const struct line *line)
{
	return line->cfg.tty.local ? line->state != LINE_IDLE : tty_has_carrier(line->fd);
}

static void line_look(struct line *line)
{
	bool caller = line_has_caller(line);

	if (line->state == LINE_IDLE && caller)
		line_call(line);
	else if (line->state != LINE_IDLE && !caller)
		line_hang_up(line, "no carrier");
	else if (line->state == LINE_CONNECTED)
		line_tell_errors(line);
}

/* A device that is not there is asked for again and again, and told of once. */
static void line_open_device(struct line *line)
{
	char err[TTY_ERROR_MAX];

	line->fd = tty_open(line->cfg.device, &line->cfg.tty, err);
	if (line->fd >= 0)
		line->io = loop_io(line->daemon->loop, line->fd, LOOP_READ, line_on_io, line);
	if (!line->io) {
		if (line->fd >= 0)
			snprintf(err, sizeof(err), "%s cannot be watched", line->cfg.device);
		if (strcmp(err, line->complaint) != 0)
			log_warning("line %s: %s", line->cfg.name, err);
		snprintf(line->complaint, sizeof(line->complaint), "%s", err);
		line_close_device(line);
		return;
	}
	line->complaint[0] = 0;
	log_info("line %s: %s is open", line->cfg.name, line->cfg.device);
	line_reset(line);
	line_enter(line, LINE_IDLE);
}

static void line_on_timer(void *arg)
{
	struct line *line = arg;

	switch (line->state) {
	case LINE_ABSENT:
		line_open_device(line);
		break;
	case LINE_IDLE:
	case LINE_CALLING:
	case LINE_CONNECTED:
		line_look(line);
		break;
	case LINE_HOLD:
		tty_ready(line->fd);
		line_reset(line);
		line_enter(line, LINE_IDLE);
		break;
	}
	line_arm(line);
}

static void line_free(struct line *line)
{
	line_leave(line);
	if (line->fd >= 0)
		tty_hang_up(line->fd);
	line_close_device(line);
	loop_source_free(line->timer);
	DL_DELETE(line->daemon->lines, line);
	free(line);
}

static bool line_new(struct daemon *daemon, const struct config_line *cfg)
{
	struct line *line = calloc(1, sizeof(*line));

	if (!line)
		return false;
	line->daemon = daemon;
	/* Padding and all, for memcmp(). */
	memcpy(&line->cfg, cfg, sizeof(line->cfg));
	line->fd = -1;
	line_enter(line, LINE_ABSENT);
	DL_APPEND(daemon->lines, line);
	line->timer = loop_timer(daemon->loop, line_on_timer, line);
	if (!line->timer) {
		line_free(line);
		return false;
	}
	line_open_device(line);
	line_arm(line);
	return true;
}

/* The one of @cfg that is in no way another than @line. */
static bool line_stays(const struct line *line, const struct config *cfg)
{
	unsigned int i;

	for (i = 0; i < cfg->line_n; i++) {
		if (!memcmp(&cfg->line[i], &line->cfg, sizeof(line->cfg)))
			return true;
	}
	return false;
}

static bool lines_have(const struct daemon *daemon, const struct config_line *cfg)
{
	const struct line *line;

	DL_FOREACH(daemon->lines, line) {
		if (!memcmp(cfg, &line->cfg, sizeof(*cfg)))
			return true;
	}
	return false;
}

static bool lines_open_kernel(struct daemon *daemon)
{
	struct nl_error err;

	if (!daemon->line_kernel)
		daemon->line_kernel = ksessions_open(daemon->loop, &err);
	if (!daemon->line_kernel)
		log_error("cannot open a socket for the lines: %s", err.text);
	return daemon->line_kernel;
}

/* Those that go make room first: a device may be given to another line. */
bool lines_set(struct daemon *daemon, const struct config *cfg)
{
	struct line *line, *next;
	unsigned int i;

	DL_FOREACH_SAFE(daemon->lines, line, next) {
		if (!line_stays(line, cfg))
			line_free(line);
	}
	if (cfg->line_n && !lines_open_kernel(daemon))
		return false;
	for (i = 0; i < cfg->line_n; i++) {
		if (!lines_have(daemon, &cfg->line[i]) && !line_new(daemon, &cfg->line[i]))
			log_error("line %s: no memory", cfg->line[i].name);
	}
	return true;
}

void lines_close(struct daemon *daemon)
{
	struct line *line, *next;

	DL_FOREACH_SAFE(daemon->lines, line, next)
		line_free(line);
	ksessions_close(daemon->line_kernel);
	daemon->line_kernel = NULL;
}

const struct line *line_next(const struct line *line)
{
	return line->next;
}

static const char *line_state_text(enum line_state state)
{
	switch (state) {
	case LINE_ABSENT:
		return "absent";
	case LINE_IDLE:
		return "idle";
	case LINE_CALLING:
		return "calling";
	case LINE_CONNECTED:
		return "connected";
	case LINE_HOLD:
		return "hung up";
	}
	return "unknown";
}

void line_describe(const struct line *line, struct line_info *info)
{
	info->cfg = &line->cfg;
	info->state = line_state_text(line->state);
	info->since = line->since;
	info->frames_in = line->in.frames;
	info->frames_out = line->frames_out;
	info->lost = line->lost;
	line_count(line, &info->errors);
}
