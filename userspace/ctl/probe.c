// SPDX-License-Identifier: GPL-2.0-or-later
#include "probe.h"

#include <errno.h>
#include <netdb.h>
#include <poll.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#include "lib/bytes.h"

/* Patience with each answer of the server. */
#define WAIT_MS		10000

/* A PPP packet is repeated so often, after so long. */
#define GRE_TRIES	5
#define GRE_WAIT_MS	2000

/* How long the server may take to hang up when it is told to. */
#define STOP_WAIT_MS	2000

/* What our Outgoing-Call-Request asks for; nobody looks at it (RFC 2637 section 2.7). */
#define MIN_SPEED	300
#define MAX_SPEED	100000000
#define WINDOW		64

/* RFC 2637 section 4.1: a header with key and sequence number, as we send it. */
#define GRE_FLAGS	0x3001
#define GRE_PROTOCOL	0x880b
#define GRE_HEADER	12
#define GRE_VERSION	0x0007
#define GRE_HAS_SEQUENCE 0x1000
#define GRE_HAS_ACK	0x0080

#define IP_HEADER	20
#define PACKET_MAX	65535

/* RFC 1661: address, control and protocol of LCP, and a Configure-Request of nothing. */
#define PPP_ADDRESS	0xff03
#define PPP_LCP		0xc021
#define LCP_REQUEST	1
#define LCP_REJECT	4
#define LCP_LENGTH	4
#define PPP_HEADER	4

/* The identifiers of a small request, and of one that fills the path. */
#define SMALL_ID	1
#define LARGE_ID	2

/* A probe under way. */
struct call {
	struct probe *probe;
	int tcp;
	int gre;
	uint16_t id;
	uint16_t peer_id;
	uint32_t sequence;
	bool heard;		/* a PPP packet of this call */
	struct pptp_msg_reader reader;
};

static bool fail(struct probe *probe, enum probe_step step, int code, const char *text)
{
	probe->step = step;
	probe->code = code;
	snprintf(probe->error, sizeof(probe->error), "%s", text);
	return false;
}

static bool fail_errno(struct probe *probe, enum probe_step step)
{
	return fail(probe, step, errno, strerror(errno));
}

static int64_t now_ms(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

/* Until @fd has what is waited for; false, with ETIMEDOUT: not before @end. */
static bool wait_for(int fd, short events, int64_t end)
{
	struct pollfd pollfd = { .fd = fd, .events = events };
	int64_t left = end - now_ms();
	int ret;

	ret = poll(&pollfd, 1, left > 0 ? (int)left : 0);
	if (!ret)
		errno = ETIMEDOUT;
	return ret > 0;
}

/* No route is an error of the call itself, what the path says comes later. */
static bool begin_tcp(struct call *call, struct in_addr address)
{
	const struct sockaddr_in to = { .sin_family = AF_INET, .sin_port = htons(PPTP_PORT),
					.sin_addr = address };

	call->probe->address = address;
	call->tcp = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
	if (call->tcp < 0)
		return fail_errno(call->probe, PROBE_CONNECT);
	if (connect(call->tcp, (const struct sockaddr *)&to, sizeof(to)) && errno != EINPROGRESS)
		return fail_errno(call->probe, PROBE_ROUTE);
	return true;
}

static bool connect_to(struct call *call, struct in_addr address)
{
	socklen_t len = sizeof(int);
	int error = 0;

	if (!begin_tcp(call, address))
		return false;
	if (!wait_for(call->tcp, POLLOUT, now_ms() + WAIT_MS))
		return fail_errno(call->probe, PROBE_CONNECT);
	getsockopt(call->tcp, SOL_SOCKET, SO_ERROR, &error, &len);
	errno = error;
	return !error || fail_errno(call->probe, PROBE_CONNECT);
}

/* The first address that takes a connection; the error is that of the last one. */
static bool find(struct call *call, const char *server)
{
	const struct addrinfo hints = { .ai_family = AF_INET, .ai_socktype = SOCK_STREAM };
	struct addrinfo *list, *one;
	bool found = false;
	int ret;

	ret = getaddrinfo(server, NULL, &hints, &list);
	if (ret)
		return fail(call->probe, PROBE_NAME, 0, gai_strerror(ret));
	for (one = list; one && !found; one = one->ai_next) {
		if (call->tcp >= 0)
			close(call->tcp);
		found = connect_to(call, ((const struct sockaddr_in *)one->ai_addr)->sin_addr);
	}
	freeaddrinfo(list);
	return found;
}

static bool send_message(struct call *call, const struct pptp_msg *msg)
{
	uint8_t data[PPTP_MSG_MAX];
	struct writer w = writer_of(data, sizeof(data));

	pptp_msg_encode(msg, &w);
	return send(call->tcp, data, w.len, MSG_NOSIGNAL) == (ssize_t)w.len;
}

/* 1: @msg is a message, 0: octets are missing, -1: it is none of PPTP. */
static int read_octet(struct call *call, struct pptp_msg *msg)
{
	uint8_t octet;
	size_t used;
	int ret;

	if (recv(call->tcp, &octet, 1, 0) != 1) {
		errno = ECONNRESET;
		return -1;
	}
	ret = pptp_msg_reader_feed(&call->reader, &octet, 1, &used);
	if (ret <= 0) {
		errno = EBADMSG;
		return ret;
	}
	ret = pptp_msg_decode(call->reader.buf, call->reader.have, msg);
	pptp_msg_reader_next(&call->reader);
	return ret ? 0 : 1;
}

/* Others that come before are passed over. False with errno. */
static bool wait_message(struct call *call, enum pptp_msg_type type, struct pptp_msg *msg)
{
	int64_t end = now_ms() + WAIT_MS;
	int ret = 0;

	while (ret >= 0 && !(ret && msg->type == type)) {
		if (!wait_for(call->tcp, POLLIN, end))
			return false;
		ret = read_octet(call, msg);
	}
	return ret > 0;
}

static bool fail_message(struct probe *probe, enum probe_step step)
{
	if (errno == ETIMEDOUT)
		return fail(probe, step, ETIMEDOUT, "does not answer");
	if (errno == EBADMSG)
		return fail(probe, step, EBADMSG, "answers with something else than PPTP");
	return fail(probe, step, ECONNRESET, "closes the connection");
}

/* "refuses: " and the meaning of a result, or of the error beside it. */
static bool fail_result(struct probe *probe, enum probe_step step, enum pptp_msg_type type,
			uint8_t result, uint8_t error)
{
	char text[PROBE_ERROR_MAX];

	snprintf(text, sizeof(text), "refuses: %s (result %u, error %u)",
		 error ? pptp_msg_error_text(error) : pptp_msg_result_text(type, result), result,
		 error);
	return fail(probe, step, 0, text);
}

static bool start(struct call *call)
{
	struct pptp_msg msg = {
		.type = PPTP_START_REQUEST,
		.start = {
			.version = PPTP_VERSION,
			.framing = PPTP_FRAMING_SYNC,
			.bearer = PPTP_BEARER_DIGITAL,
			.vendor = "kpptp",
		},
	};

	if (!send_message(call, &msg) || !wait_message(call, PPTP_START_REPLY, &msg))
		return fail_message(call->probe, PROBE_START);
	pptp_msg_printable(call->probe->host, msg.start.host);
	pptp_msg_printable(call->probe->vendor, msg.start.vendor);
	if (msg.start.result != PPTP_START_OK)
		return fail_result(call->probe, PROBE_START, PPTP_START_REPLY, msg.start.result,
				   msg.start.error);
	if (msg.start.version != PPTP_VERSION)
		return fail(call->probe, PROBE_START, 0, "speaks another version of PPTP");
	return true;
}

static bool place_call(struct call *call)
{
	struct pptp_msg msg = {
		.type = PPTP_OUTGOING_CALL_REQUEST,
		.outgoing_request = {
			.call_id = call->id,
			.serial = 1,
			.min_speed = MIN_SPEED,
			.max_speed = MAX_SPEED,
			.bearer = PPTP_BEARER_ANALOG | PPTP_BEARER_DIGITAL,
			.framing = PPTP_FRAMING_ASYNC | PPTP_FRAMING_SYNC,
			.window = WINDOW,
		},
	};

	if (!send_message(call, &msg) || !wait_message(call, PPTP_OUTGOING_CALL_REPLY, &msg))
		return fail_message(call->probe, PROBE_CALL);
	if (msg.outgoing_reply.result != PPTP_OUT_CONNECTED)
		return fail_result(call->probe, PROBE_CALL, PPTP_OUTGOING_CALL_REPLY,
				   msg.outgoing_reply.result, msg.outgoing_reply.error);
	call->peer_id = msg.outgoing_reply.call_id;
	return true;
}

/* Before the call is placed, because the server's first packet may be quick. */
static bool open_gre(struct call *call)
{
	const struct sockaddr_in to = { .sin_family = AF_INET,
					.sin_addr = call->probe->address };
	int discover = IP_PMTUDISC_DO;

	call->gre = socket(AF_INET, SOCK_RAW | SOCK_NONBLOCK | SOCK_CLOEXEC, IPPROTO_GRE);
	if (call->gre >= 0 &&
	    !setsockopt(call->gre, IPPROTO_IP, IP_MTU_DISCOVER, &discover, sizeof(discover)) &&
	    !connect(call->gre, (const struct sockaddr *)&to, sizeof(to)))
		return true;
	return fail_errno(call->probe, PROBE_GRE);
}

/* A Configure-Request in a packet of @size octets, padding behind it. */
static bool send_request(struct call *call, uint8_t id, size_t size)
{
	uint8_t data[PACKET_MAX];
	struct writer w = writer_of(data, sizeof(data));

	writer_u16(&w, GRE_FLAGS);
	writer_u16(&w, GRE_PROTOCOL);
	writer_u16(&w, (uint16_t)(size - IP_HEADER - GRE_HEADER));
	writer_u16(&w, call->peer_id);
	writer_u32(&w, call->sequence++);
	writer_u16(&w, PPP_ADDRESS);
	writer_u16(&w, PPP_LCP);
	writer_u8(&w, LCP_REQUEST);
	writer_u8(&w, id);
	writer_u16(&w, LCP_LENGTH);
	if (size - IP_HEADER > w.len)
		writer_zero(&w, size - IP_HEADER - w.len);
	return !w.bad && send(call->gre, data, w.len, 0) == (ssize_t)w.len;
}

/* The PPP frame in a packet of ours, NULL: it is none. */
static const uint8_t *frame_of(const struct call *call, const uint8_t *packet, size_t len,
			       size_t *left)
{
	struct reader r = reader_of(packet, len);
	unsigned int flags;
	uint16_t key;

	reader_take(&r, 4 * (size_t)(len ? packet[0] & 0x0f : 0));
	flags = reader_u16(&r);
	if (reader_u16(&r) != GRE_PROTOCOL || (flags & GRE_VERSION) != 1)
		return NULL;
	reader_u16(&r);
	key = reader_u16(&r);
	if (flags & GRE_HAS_SEQUENCE)
		reader_u32(&r);
	if (flags & GRE_HAS_ACK)
		reader_u32(&r);
	*left = r.left;
	return !r.bad && key == call->id ? r.p : NULL;
}

/* Is @frame the answer to our request @id? Fields may be compressed. */
static bool answers(const uint8_t *frame, size_t len, uint8_t id)
{
	struct reader r = reader_of(frame, len);
	uint16_t protocol = reader_u16(&r);
	uint8_t code;

	if (protocol == PPP_ADDRESS)
		protocol = reader_u16(&r);
	code = reader_u8(&r);
	return reader_u8(&r) == id && !r.bad && protocol == PPP_LCP && code > LCP_REQUEST &&
	       code <= LCP_REJECT;
}

/* Within the time the answer to our request @id comes. */
static bool hear(struct call *call, uint8_t id)
{
	int64_t end = now_ms() + GRE_WAIT_MS;
	uint8_t packet[PACKET_MAX];
	const uint8_t *frame;
	size_t left;
	ssize_t len;

	while (wait_for(call->gre, POLLIN, end)) {
		len = recv(call->gre, packet, sizeof(packet), 0);
		frame = len > 0 ? frame_of(call, packet, (size_t)len, &left) : NULL;
		if (!frame)
			continue;
		call->heard = true;
		if (answers(frame, left, id))
			return true;
	}
	return false;
}

static bool try_gre(struct call *call)
{
	unsigned int i;

	for (i = 0; i < GRE_TRIES; i++) {
		send_request(call, SMALL_ID, IP_HEADER + GRE_HEADER + PPP_HEADER + LCP_LENGTH);
		if (hear(call, SMALL_ID))
			return true;
	}
	return fail(call->probe, call->heard ? PROBE_GRE_OUT : PROBE_GRE, 0, "");
}

static void read_path(struct call *call)
{
	socklen_t len = sizeof(int);
	int mtu = 0;

	if (!getsockopt(call->gre, IPPROTO_IP, IP_MTU, &mtu, &len) && mtu > 0)
		call->probe->path = mtu < PACKET_MAX ? (unsigned int)mtu : PACKET_MAX;
}

/* Routers that say what they take lower the path, and it is tried again. */
static bool try_size(struct call *call)
{
	unsigned int i;

	for (i = 0; i < GRE_TRIES; i++) {
		read_path(call);
		send_request(call, LARGE_ID, call->probe->path);
		if (hear(call, LARGE_ID))
			return true;
	}
	return fail(call->probe, PROBE_SIZE, 0, "");
}

/* In order, so that the server keeps nothing of us. */
static void hang_up(struct call *call)
{
	struct pptp_msg clear = { .type = PPTP_CALL_CLEAR_REQUEST, .clear = { call->id } };
	struct pptp_msg stop = { .type = PPTP_STOP_REQUEST, .stop = { .reason = PPTP_STOP_NONE } };
	int64_t end = now_ms() + STOP_WAIT_MS;
	uint8_t data[PPTP_MSG_MAX];

	if (call->peer_id)
		send_message(call, &clear);
	send_message(call, &stop);
	shutdown(call->tcp, SHUT_WR);
	while (wait_for(call->tcp, POLLIN, end) && recv(call->tcp, data, sizeof(data), 0) > 0)
		;
}

static void run(struct call *call, const char *server)
{
	if (!find(call, server))
		return;
	if (open_gre(call) && start(call) && place_call(call) && try_gre(call) && try_size(call))
		call->probe->step = PROBE_DONE;
	hang_up(call);
}

void probe_run(struct probe *probe, const char *server, uint16_t call_id)
{
	struct call call = { .probe = probe, .tcp = -1, .gre = -1, .id = call_id };

	*probe = (struct probe){ .step = PROBE_NAME };
	run(&call, server);
	if (call.tcp >= 0)
		close(call.tcp);
	if (call.gre >= 0)
		close(call.gre);
}
