// SPDX-License-Identifier: GPL-2.0-or-later
#include "tunnel_args.h"

#include <arpa/inet.h>
#include <stdio.h>
#include <string.h>

#include "ctl.h"

#define COUNT(table) (sizeof(table) / sizeof((table)[0]))

#define INNER_HELP \
	"inner is a list of addresses and prefixes like 10.0.0.2,10.1.0.0/16, \"%s\" is none"

static bool number_for(struct tunnel_args *tunnel, struct args *args,
		       const char *what, int attr, unsigned long min,
		       unsigned long max, unsigned long *value)
{
	tunnel->session.given |= NL_GIVEN(attr);
	return args_number(args, what, min, max, value);
}

static bool parse_local(struct tunnel_args *tunnel, struct args *args)
{
	tunnel->session.given |= NL_GIVEN(KPPTP_A_SESSION_LOCAL_ADDRESS);
	return args_address(args, "local", &tunnel->session.local);
}

static bool parse_peer(struct tunnel_args *tunnel, struct args *args)
{
	tunnel->session.given |= NL_GIVEN(KPPTP_A_SESSION_PEER_ADDRESS);
	return args_address(args, "peer", &tunnel->session.peer);
}

static bool parse_local_id(struct tunnel_args *tunnel, struct args *args)
{
	unsigned long value;

	if (!number_for(tunnel, args, "local-id", KPPTP_A_SESSION_LOCAL_CALL_ID,
			1, UINT16_MAX, &value))
		return false;
	tunnel->session.local_call_id = (uint16_t)value;
	return true;
}

static bool parse_peer_id(struct tunnel_args *tunnel, struct args *args)
{
	unsigned long value;

	if (!number_for(tunnel, args, "peer-id", KPPTP_A_SESSION_PEER_CALL_ID,
			0, UINT16_MAX, &value))
		return false;
	tunnel->session.peer_call_id = (uint16_t)value;
	return true;
}

/* mppe 40|56|128 [stateful] */
static bool parse_mppe(struct tunnel_args *tunnel, struct args *args)
{
	struct nl_mppe *mppe = &tunnel->session.tx;
	unsigned long bits;

	if (!args_number(args, "mppe", 40, 128, &bits))
		return false;
	if (bits != 40 && bits != 56 && bits != 128) {
		ctl_usage("mppe is 40, 56 or 128, not \"%lu\"", bits);
		return false;
	}
	mppe->bits = (unsigned int)bits;
	mppe->stateless = true;
	if (args->left && !strcmp(*args->next, "stateful")) {
		args_take(args);
		mppe->stateless = false;
	}
	tunnel->session.rx = *mppe;
	tunnel->session.given |= NL_GIVEN(KPPTP_A_SESSION_MPPE_TX) |
				 NL_GIVEN(KPPTP_A_SESSION_MPPE_RX);
	return true;
}

static bool parse_key_file(struct tunnel_args *tunnel, struct args *args)
{
	tunnel->key_file = args_word(args, "key-file");
	return tunnel->key_file;
}

static bool parse_mru(struct tunnel_args *tunnel, struct args *args)
{
	unsigned long value;

	if (!number_for(tunnel, args, "mru", KPPTP_A_SESSION_PEER_MRU, 128,
			UINT16_MAX, &value))
		return false;
	tunnel->session.peer_mru = (uint16_t)value;
	return true;
}

/* reorder PACKETS,MS */
static bool parse_reorder(struct tunnel_args *tunnel, struct args *args)
{
	const char *word = args_word(args, "reorder");
	unsigned long packets, ms;
	const char *comma;
	char first[16];

	if (!word)
		return false;
	comma = strchr(word, ',');
	if (!comma || (size_t)(comma - word) >= sizeof(first)) {
		ctl_usage("reorder is PACKETS,MILLISECONDS like 64,30, not \"%s\"", word);
		return false;
	}
	snprintf(first, sizeof(first), "%.*s", (int)(comma - word), word);
	if (!args_number_of(first, "packets of reorder", 0, KPPTP_REORDER_WINDOW_MAX, &packets) ||
	    !args_number_of(comma + 1, "milliseconds of reorder", 0,
			    KPPTP_REORDER_TIMEOUT_MAX, &ms))
		return false;
	tunnel->session.reorder_window = (uint16_t)packets;
	tunnel->session.reorder_timeout = (uint16_t)ms;
	tunnel->session.given |= NL_GIVEN(KPPTP_A_SESSION_REORDER_WINDOW) |
				 NL_GIVEN(KPPTP_A_SESSION_REORDER_TIMEOUT);
	return true;
}

static bool parse_ttl(struct tunnel_args *tunnel, struct args *args)
{
	unsigned long value;

	if (!number_for(tunnel, args, "ttl", KPPTP_A_SESSION_TTL, 1, UINT8_MAX, &value))
		return false;
	tunnel->session.ttl = (uint8_t)value;
	return true;
}

static bool parse_tos(struct tunnel_args *tunnel, struct args *args)
{
	const char *word = args_word(args, "tos");
	unsigned long value;

	if (!word)
		return false;
	if (!strcmp(word, "inherit")) {
		tunnel->session.flags |= KPPTP_SESSION_FLAGS_COPY_TOS;
		return true;
	}
	if (!args_number_of(word, "tos", 0, UINT8_MAX, &value))
		return false;
	tunnel->session.tos = (uint8_t)value;
	tunnel->session.given |= NL_GIVEN(KPPTP_A_SESSION_TOS);
	return true;
}

/* address LOCAL[/LEN] */
static bool parse_address(struct tunnel_args *tunnel, struct args *args)
{
	const char *word = args_word(args, "address");
	char address[INET_ADDRSTRLEN];
	const char *slash;
	unsigned long prefix = 32;
	size_t len;

	if (!word)
		return false;
	slash = strchrnul(word, '/');
	len = slash - word;
	if (*slash && !args_number_of(slash + 1, "the prefix length", 0, 32, &prefix))
		return false;
	snprintf(address, sizeof(address), "%.*s", (int)len, word);
	if (len >= sizeof(address) ||
	    inet_pton(AF_INET, address, &tunnel->address.local) != 1 ||
	    tunnel->address.local.s_addr == htonl(INADDR_ANY)) {
		ctl_usage("address is an IPv4 address like 10.0.0.1 or 10.0.0.1/24, not \"%s\"",
			  word);
		return false;
	}
	tunnel->address.prefix = (uint8_t)prefix;
	return true;
}

/* inner PREFIX[,PREFIX...] */
static bool parse_inner(struct tunnel_args *tunnel, struct args *args)
{
	const char *word = args_word(args, "inner");
	struct nl_session *session = &tunnel->session;
	char prefix[64];
	size_t len;

	for (; word; word = word[len] ? word + len + 1 : NULL) {
		len = strcspn(word, ",");
		snprintf(prefix, sizeof(prefix), "%.*s", (int)len, word);
		if (session->inner_count == KPPTP_INNER_MAX) {
			ctl_usage("a session has %d inner addresses at most", KPPTP_INNER_MAX);
			return false;
		}
		if (len >= sizeof(prefix) ||
		    !rtroute_prefix_parse(prefix,
					  &session->inner[session->inner_count++].prefix)) {
			ctl_usage(INNER_HELP, prefix);
			return false;
		}
		session->given |= NL_GIVEN(KPPTP_A_SESSION_INNER);
	}
	return session->inner_count;
}

static bool parse_peer_address(struct tunnel_args *tunnel, struct args *args)
{
	return args_address(args, "peer-address", &tunnel->address.peer);
}

/* One keyword: how its value is read, or the flag that it is. */
struct keyword {
	const char *name;
	bool (*parse)(struct tunnel_args *tunnel, struct args *args);
	uint32_t flag;
};

static const struct keyword keywords[] = {
	{ .name = "local", .parse = parse_local },
	{ .name = "peer", .parse = parse_peer },
	{ .name = "local-id", .parse = parse_local_id },
	{ .name = "peer-id", .parse = parse_peer_id },
	{ .name = "mppe", .parse = parse_mppe },
	{ .name = "key-file", .parse = parse_key_file },
	{ .name = "mru", .parse = parse_mru },
	{ .name = "reorder", .parse = parse_reorder },
	{ .name = "ttl", .parse = parse_ttl },
	{ .name = "tos", .parse = parse_tos },
	{ .name = "address", .parse = parse_address },
	{ .name = "peer-address", .parse = parse_peer_address },
	{ .name = "inner", .parse = parse_inner },
	{ .name = "require-mppe", .flag = KPPTP_SESSION_FLAGS_REQUIRE_MPPE },
	{ .name = "acfc", .flag = KPPTP_SESSION_FLAGS_ACFC },
	{ .name = "pfc", .flag = KPPTP_SESSION_FLAGS_PFC },
	{ .name = "no-df", .flag = KPPTP_SESSION_FLAGS_NO_DF },
};

/* Takes one keyword and its value; @seen has a bit for each one that was there. */
static bool parse_keyword(struct tunnel_args *tunnel, struct args *args,
			  unsigned int *seen)
{
	const char *word = args_take(args);
	const struct keyword *keyword;
	size_t i;

	for (i = 0; i < COUNT(keywords) && strcmp(word, keywords[i].name); i++)
		;
	if (i == COUNT(keywords)) {
		ctl_usage("add-tunnel does not know \"%s\", see pptpctl(8)", word);
		return false;
	}
	if (*seen & 1u << i) {
		ctl_usage("\"%s\" is there twice", word);
		return false;
	}
	*seen |= 1u << i;
	keyword = &keywords[i];
	tunnel->session.flags |= keyword->flag;
	return !keyword->parse || keyword->parse(tunnel, args);
}

/* What must be there, and what makes no sense together. */
static bool check(const struct tunnel_args *tunnel)
{
	const struct nl_session *session = &tunnel->session;
	bool mppe = session->given & NL_GIVEN(KPPTP_A_SESSION_MPPE_TX);
	const char *wrong = NULL;

	if (!(session->given & NL_GIVEN(KPPTP_A_SESSION_LOCAL_ADDRESS)))
		wrong = "add-tunnel needs \"local ADDRESS\", our own address";
	else if (!(session->given & NL_GIVEN(KPPTP_A_SESSION_PEER_ADDRESS)))
		wrong = "add-tunnel needs \"peer ADDRESS\", the peer's address";
	else if (!(session->given & NL_GIVEN(KPPTP_A_SESSION_PEER_CALL_ID)))
		wrong = "add-tunnel needs \"peer-id NUMBER\", the peer's call ID";
	else if (mppe && !tunnel->key_file)
		wrong = "mppe needs \"key-file FILE\", or \"key-file -\" for standard input";
	else if (!mppe && tunnel->key_file)
		wrong = "key-file needs \"mppe 40|56|128\"";
	else if (!mppe && session->flags & KPPTP_SESSION_FLAGS_REQUIRE_MPPE)
		wrong = "require-mppe needs \"mppe 40|56|128\"";
	else if (tunnel->address.peer.s_addr && !tunnel->address.local.s_addr)
		wrong = "peer-address needs \"address ADDRESS\", our own one in the tunnel";
	else if (tunnel->address.peer.s_addr && session->inner_count)
		wrong = "with \"inner\" there are many peers: give \"address LOCAL/LEN\" alone";
	if (wrong)
		ctl_usage("%s", wrong);
	return !wrong;
}

bool tunnel_args_parse(struct tunnel_args *tunnel, struct args *args)
{
	unsigned int seen = 0;

	memset(tunnel, 0, sizeof(*tunnel));
	tunnel->session.given = NL_GIVEN(KPPTP_A_SESSION_FLAGS);
	tunnel->session.flags = KPPTP_SESSION_FLAGS_UP;
	tunnel->name = args_device(args);
	if (!tunnel->name)
		return false;
	while (args->left) {
		if (!parse_keyword(tunnel, args, &seen))
			return false;
	}
	return check(tunnel);
}
