// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * What is written is whole at any time: each packet goes to the file by one write.
 */
#include "record.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/signalfd.h>
#include <sys/stat.h>
#include <sys/uio.h>
#include <time.h>
#include <unistd.h>

#include <jansson.h>

#include "args.h"
#include "record_mask.h"
#include "record_pcap.h"
#include "record_socket.h"
#include "record_target.h"

#define SECONDS		300	/* unless told otherwise */
#define SECONDS_MAX	86400
#define BYTES		1048576
#define BYTES_MIN	4096
#define BYTES_MAX	1073741824ul

/*
 * Data packets and acknowledgements whose headers are kept, of each call: they show
 * when data began, how the peer acknowledges, and what it compresses.
 */
#define HEADERS_MAX	64

/**
 * struct record - one recording
 * @headers: that are left of HEADERS_MAX
 * @ended: why, NULL: it goes on
 * @failed: that is no good reason
 */
struct record {
	const char *path;
	struct in_addr peer;
	unsigned long seconds;
	unsigned long room;
	bool secrets;
	int file;
	int signals;
	struct record_socket sock;
	unsigned int headers;
	unsigned long packets;
	unsigned long bytes;
	const char *ended;
	bool failed;
};

static void fail(struct record *record, const char *what)
{
	ctl_fail("%s: %s", what, strerror(errno));
	record->ended = what;
	record->failed = true;
}

/* Wrong words are CTL_USAGE; where nobody is found, CTL_FAILED. */
static int parse_target(const struct ctl *ctl, struct args *args, const char *kind,
			struct record *record)
{
	const char *name;

	if (!strcmp(kind, "address"))
		return args_address(args, "address", &record->peer) ? CTL_OK : CTL_USAGE;
	if (strcmp(kind, "user") != 0)
		return record_target_device(kind, &record->peer) ? CTL_OK : CTL_FAILED;
	name = args_word(args, "the name of the user");
	if (!name)
		return CTL_USAGE;
	return record_target_user(ctl, name, &record->peer) ? CTL_OK : CTL_FAILED;
}

static bool parse_option(struct args *args, const char *option, struct record *record)
{
	if (!strcmp(option, "--time"))
		return args_number(args, "--time", 1, SECONDS_MAX, &record->seconds);
	if (!strcmp(option, "--bytes"))
		return args_number(args, "--bytes", BYTES_MIN, BYTES_MAX, &record->room);
	if (strcmp(option, "--with-secrets") != 0) {
		ctl_usage("record has no option \"%s\"", option);
		return false;
	}
	record->secrets = true;
	return true;
}

static int parse(const struct ctl *ctl, struct args *args, struct record *record)
{
	const char *word, *target = NULL;
	int ret = CTL_OK;

	record->path = args_word(args, "the name of the file to be written");
	if (!record->path)
		return CTL_USAGE;
	while (!ret && (word = args_take(args))) {
		if (word[0] == '-') {
			ret = parse_option(args, word, record) ? CTL_OK : CTL_USAGE;
		} else if (target) {
			ret = ctl_usage("record takes one user, address or device, not also \"%s\"",
					word);
		} else {
			target = word;
			ret = parse_target(ctl, args, target, record);
		}
	}
	return ret;
}

/* The file of somebody else is never overwritten, and nobody else may read this one. */
static bool open_file(struct record *record)
{
	uint8_t head[RECORD_PCAP_HEAD];

	record->file = open(record->path, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC,
			    0600);
	if (record->file < 0) {
		ctl_fail("cannot make %s: %s", record->path, strerror(errno));
		return false;
	}
	record_pcap_head(head);
	record->bytes = sizeof(head);
	if (write(record->file, head, sizeof(head)) == sizeof(head))
		return true;
	ctl_fail("cannot write %s: %s", record->path, strerror(errno));
	return false;
}

static bool open_signals(struct record *record)
{
	sigset_t set;

	sigemptyset(&set);
	sigaddset(&set, SIGINT);
	sigaddset(&set, SIGTERM);
	sigaddset(&set, SIGHUP);
	sigprocmask(SIG_BLOCK, &set, NULL);
	record->signals = signalfd(-1, &set, SFD_CLOEXEC);
	if (record->signals < 0)
		ctl_fail("cannot wait for signals: %s", strerror(errno));
	return record->signals >= 0;
}

static void put(struct record *record, const uint8_t *packet, const struct record_packet *found,
		const struct timeval *when)
{
	uint8_t entry[RECORD_PCAP_ENTRY];
	struct iovec iov[2] = {
		{ .iov_base = entry, .iov_len = sizeof(entry) },
		{ .iov_base = (uint8_t *)packet, .iov_len = found->keep },
	};
	size_t len = sizeof(entry) + found->keep;

	if (len > record->room - record->bytes) {
		record->ended = "the file is as large as was allowed";
		return;
	}
	record_pcap_entry(entry, when, found->keep, found->whole);
	if (writev(record->file, iov, 2) != (ssize_t)len) {
		fail(record, "cannot write the file");
		return;
	}
	record->bytes += len;
	record->packets++;
}

/* False: the headers of so many are enough until a call begins anew. */
static bool count_header(struct record *record, enum record_kind kind)
{
	if (kind == RECORD_OPENING)
		record->headers = HEADERS_MAX;
	else if (kind == RECORD_HEADER && !record->headers)
		return false;
	else if (kind == RECORD_HEADER)
		record->headers--;
	if (!record_socket_take_data(&record->sock, record->headers))
		fail(record, "cannot filter packets");
	return true;
}

/* All that waits, and so all that came before the end was asked for. */
static void take_packets(struct record *record)
{
	static uint8_t packet[RECORD_PCAP_PACKET_MAX];
	struct record_packet found;
	struct timeval when;
	ssize_t len;

	while (!record->ended) {
		len = record_socket_read(&record->sock, packet, sizeof(packet), &when);
		if (len < 0 && errno == EAGAIN)
			return;
		if (len < 0) {
			fail(record, "cannot read packets");
			return;
		}
		found = record_mask(packet, (size_t)len, record->secrets);
		if (found.kind != RECORD_OTHER && count_header(record, found.kind))
			put(record, packet, &found, &when);
	}
}

static int64_t now_ms(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

static void listen_on(struct record *record)
{
	struct pollfd fds[2] = {
		{ .fd = record->sock.fd, .events = POLLIN },
		{ .fd = record->signals, .events = POLLIN },
	};
	int64_t end = now_ms() + (int64_t)record->seconds * 1000, left;

	while (!record->ended) {
		left = end - now_ms();
		poll(fds, 2, left > 0 ? (int)left : 0);
		take_packets(record);
		if (record->ended)
			return;
		if (fds[1].revents)
			record->ended = "interrupted";
		else if (left <= 0)
			record->ended = "the time is over";
	}
}

static void tell(const struct ctl *ctl, const struct record *record)
{
	unsigned int lost = record_socket_lost(&record->sock);
	json_t *object;

	if (!ctl->json) {
		printf("%s: %lu packets, %lu octets: %s\n", record->path, record->packets,
		       record->bytes, record->ended);
		if (lost)
			printf("%u packets were lost\n", lost);
		return;
	}
	object = json_pack("{s:I, s:I, s:I, s:s}", "packets", (json_int_t)record->packets,
			   "bytes", (json_int_t)record->bytes, "lost", (json_int_t)lost,
			   "ended", record->ended);
	json_dumpf(object, stdout, JSON_COMPACT);
	putchar('\n');
	json_decref(object);
}

static void close_all(struct record *record)
{
	record_socket_close(&record->sock);
	if (record->signals >= 0)
		close(record->signals);
	if (record->file >= 0)
		close(record->file);
}

int record_run(const struct ctl *ctl, int argc, char **argv)
{
	struct args args = { .left = argc, .next = argv };
	struct record record = {
		.seconds = SECONDS, .room = BYTES, .headers = HEADERS_MAX,
		.file = -1, .signals = -1, .sock = { .fd = -1 },
	};
	int ret = parse(ctl, &args, &record);

	if (ret)
		return ret;
	if (!open_signals(&record) || !record_socket_open(&record.sock, record.peer) ||
	    !open_file(&record)) {
		close_all(&record);
		return CTL_FAILED;
	}
	fprintf(stderr, "recording to %s, end with ^C\n", record.path);
	listen_on(&record);
	tell(ctl, &record);
	close_all(&record);
	return record.failed ? CTL_FAILED : CTL_OK;
}
