// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Every message in every place that a control connection and a call can be in,
 * from either end: RFC 2637 sections 3.1 and 3.2 as one matrix.
 */
#include "pptp_place.h"

/*
 * The columns are the places, the rows what the peer says. In the cells: what
 * follows, a letter each, "." for nothing. Answers: s SCCRP 1, x SCCRP 3,
 * v SCCRP 5, q Stop-Request 2, p Stop-Reply, e Echo-Reply 1, b Echo-Reply 2/1,
 * o OCRP 2/1, g OCRP 2/5, j ICRP 2/5, c ICCN, l SLI, d CDN 4. Actions: S started,
 * O open call, U call up, C close call, L link info, W WAN errors, N note,
 * X close. ">" the state that the call at index 0 has then, when it is another:
 * f free, e established.
 */
static const char matrix[] =
"            EARLY ASKING IDLE ASKED SERVED OFFERED ANSWERED TAKEN DIALLED CONNECTED CLEARED ABORTED RINGING TALKING STOPPING GONE\n"
"SCCRQ       s     X      xN   xN    xN     xN      xN       xN    xN      xN        xN      xN      xN      xN      .        .\n"
"SCCRQ/2.0   vX    X      xN   xN    xN     xN      xN       xN    xN      xN        xN      xN      xN      xN      .        .\n"
"SCCRP/1     X     S      N    N     N      N       N        N     N       N         N       N       N       N       .        .\n"
"SCCRP/0     X     SN     N    N     N      N       N        N     N       N         N       N       N       N       .        .\n"
"SCCRP/4     X     X      N    N     N      N       N        N     N       N         N       N       N       N       .        .\n"
"SCCRP/2.0   X     q      N    N     N      N       N        N     N       N         N       N       N       N       .        .\n"
"STOPRQ      pX    pX     pX   pCX>f pCX>f  pCX>f   pCX>f    pCX>f pCX>f   pCX>f     pCX>f   pCX>f   pCX>f   pCX>f   pX       .\n"
"STOPRP      X     X      N    N     N      N       N        N     N       N         N       N       N       N       X        .\n"
"ECHORQ      b     b      e    e     e      e       e        e     e       e         e       e       e       e       e        .\n"
"ECHORP      X     X      .    .     .      .       .        .     .       .         .       .       .       .       .        .\n"
"OCRQ        o     o      O    O     O      O       O        O     O       O         O       O       O       O       o        .\n"
"OCRQ/same   o     o      O    gN    gN     gN      gN       gN    O       gN        gN      O       O       gN      o        .\n"
"OCRP/1      X     X      N    N     N      N       N        N     lU>e    N         .       .       N       N       .        .\n"
"OCRP/0      X     X      N    N     N      N       N        N     lUN>e   N         .       .       N       N       .        .\n"
"OCRP/4      X     X      N    N     N      N       N        N     C>f     N         C>f     C>f     N       N       .        .\n"
"OCRP/1/wild X     X      N    N     N      N       N        N     N       N         N       N       N       N       .        .\n"
"OCRP/4/wild X     X      N    N     N      N       N        N     C>f     N         N       C>f       N       N       .        .\n"
"ICRQ        X     X      O    O     O      O       O        O     O       O         O       O       O       O       .        .\n"
"ICRQ/same   X     X      O    jN    jN     jN      jN       jN    O       jN        jN      O       O       jN      .        .\n"
"ICRP/1      X     X      N    N     N      N       N        N     N       N         N       N       cU>e    N       .        .\n"
"ICRP/0      X     X      N    N     N      N       N        N     N       N         N       N       cUN>e   N       .        .\n"
"ICRP/3      X     X      N    N     N      N       N        N     N       N         N       N       C>f     N       .        .\n"
"ICRP/1/wild X     X      N    N     N      N       N        N     N       N         N       N       N       N       .        .\n"
"ICRP/3/wild X     X      N    N     N      N       N        N     N       N         N       N       N       N       .        .\n"
"ICCN        X     X      N    N     N      N       U>e      .     N       N         N       N       N       N       .        .\n"
"ICCN/wild   X     X      N    N     N      N       U>e      N     N       N         N       N       N       N       .        .\n"
"CCRQ        X     X      .    dC>f  dC>f   C>f     C>f      C>f   .       C>f       C>f     .       .       dC>f    .        .\n"
"CCRQ/your   X     X      .    .     dC>f   .       C>f      C>f   C>f     C>f       C>f     C>f     dC>f    dC>f    .        .\n"
"CCRQ/wild   X     X      .    .     .      .       .        .     .       .         .       .       .       .       .        .\n"
"CDN         X     X      .    C>f   C>f    C>f     C>f      C>f   .       C>f       C>f     C>f     .       C>f     .        .\n"
"CDN/your    X     X      .    .     C>f    .       C>f      C>f   C>f     C>f       C>f     C>f     C>f     C>f     .        .\n"
"CDN/wild    X     X      .    .     .      .       .        .     .       .         .       C>f     .       .       .        .\n"
"CDN/0       X     X      .    .     .      .       .        .     C>f     .         .       C>f     .       .       .        .\n"
"WEN         X     X      .    .     .      .       .        W     .       W         .       .       .       .       .        .\n"
"WEN/wild    X     X      .    .     .      .       .        W     .       W         .       .       .       .       .        .\n"
"SLI         X     X      .    .     L      .       .        .     .       .         .       .       .       L       .        .\n"
"SLI/wild    X     X      .    .     L      .       .        .     .       .         .       .       .       L       .        .\n"
"16          N     N      N    N     N      N       N        N     N       N         N       N       N       N       N        .\n"
;

struct cell {
	char want[16];		/* letters, "" for nothing */
	char call;		/* 'f', 'e', or 0: as it was */
};

static struct cell table[ARRAY_SIZE(sayings)][N_PLACES];

static void cell_read(struct cell *cell, const char *word)
{
	const char *then = strchr(word, '>');
	size_t len = then ? (size_t)(then - word) : strlen(word);

	if (len >= sizeof(cell->want))
		abort();
	memset(cell, 0, sizeof(*cell));
	if (strcmp(word, "."))
		memcpy(cell->want, word, len);
	if (then)
		cell->call = then[1];
}

/* Columns and rows have to be those of @place_names and @sayings. */
static void matrix_read(void)
{
	char text[sizeof(matrix)], *line, *word, *lines, *words;
	size_t row, place;

	memcpy(text, matrix, sizeof(matrix));
	line = strtok_r(text, "\n", &lines);
	for (word = strtok_r(line, " ", &words), place = 0; word;
	     word = strtok_r(NULL, " ", &words), place++)
		if (place >= N_PLACES || strcmp(word, place_names[place]))
			abort();
	for (row = 0; row < ARRAY_SIZE(sayings); row++) {
		line = strtok_r(NULL, "\n", &lines);
		word = line ? strtok_r(line, " ", &words) : NULL;
		if (!word || strcmp(word, sayings[row].name))
			abort();
		for (place = 0; place < N_PLACES; place++) {
			word = strtok_r(NULL, " ", &words);
			if (!word)
				abort();
			cell_read(&table[row][place], word);
		}
		if (strtok_r(NULL, " ", &words))
			abort();
	}
	if (strtok_r(NULL, "\n", &lines))
		abort();
}

/* The letter of an answer of ours, '!' for one that nobody expects. */
static char answer_letter(const struct pptp_msg *m)
{
	switch (m->type) {
	case PPTP_START_REPLY:
		return m->start.result == 1 ? 's' : m->start.result == 3 ? 'x' :
		       m->start.result == 5 ? 'v' : '!';
	case PPTP_STOP_REQUEST:
		return m->stop.reason == PPTP_STOP_VERSION ? 'q' : '!';
	case PPTP_STOP_REPLY:
		return m->stop.result == 1 && !m->stop.error ? 'p' : '!';
	case PPTP_ECHO_REPLY:
		return m->echo.id != 1 ? '!' :
		       m->echo.result == 1 && !m->echo.error ? 'e' :
		       m->echo.result == 2 && m->echo.error == 1 ? 'b' : '!';
	case PPTP_OUTGOING_CALL_REPLY:
		return m->outgoing_reply.result != 2 ? '!' :
		       m->outgoing_reply.error == 1 ? 'o' :
		       m->outgoing_reply.error == 5 ? 'g' : '!';
	case PPTP_INCOMING_CALL_REPLY:
		return m->incoming_reply.result == 2 &&
		       m->incoming_reply.error == 5 ? 'j' : '!';
	case PPTP_INCOMING_CALL_CONNECTED:
		return m->incoming_connected.peer_call_id == OWN ? 'c' : '!';
	case PPTP_SET_LINK_INFO:
		return m->link_info.peer_call_id == OWN ? 'l' : '!';
	case PPTP_CALL_DISCONNECT_NOTIFY:
		return m->disconnect.result == PPTP_END_REQUEST ? 'd' : '!';
	default:
		return '!';
	}
}

static char action_letter(const struct pptp_action *a)
{
	static const char letter[] = {
		[PPTP_ACTION_STARTED] = 'S',
		[PPTP_ACTION_OPEN_CALL] = 'O',
		[PPTP_ACTION_CALL_UP] = 'U',
		[PPTP_ACTION_CLOSE_CALL] = 'C',
		[PPTP_ACTION_LINK_INFO] = 'L',
		[PPTP_ACTION_WAN_ERROR] = 'W',
		[PPTP_ACTION_CLOSE] = 'X',
		[PPTP_ACTION_NOTE] = 'N',
	};

	return letter[a->type];
}

/* All that came out, in letters. */
static void heard(const bench *b, char *to, size_t room)
{
	struct pptp_msg m;
	unsigned int i;

	for (i = 0; (m = out(b, i)).type && room > 1; i++, room--)
		*to++ = answer_letter(&m);
	for (i = 0; i < b->acts.n && room > 1; i++, room--)
		*to++ = action_letter(&b->acts.act[i]);
	*to = '\0';
}

static enum pptp_conn_state state_after(enum place place, const char *want)
{
	if (strchr(want, 'X'))
		return PPTP_CONN_CLOSED;
	if (strchr(want, 's') || strchr(want, 'S'))
		return PPTP_CONN_ESTABLISHED;
	if (strchr(want, 'q'))
		return PPTP_CONN_WAIT_STOP;
	return place_state[place];
}

static enum pptp_call_state call_after(enum place place, const struct cell *cell)
{
	switch (cell->call) {
	case 'f':
		return PPTP_CALL_FREE;
	case 'e':
		return PPTP_CALL_ESTABLISHED;
	}
	return place == IDLE && strchr(cell->want, 'O') ?
	       PPTP_CALL_WAIT_ACCEPT : place_call[place];
}

/* Is this what the matrix says of a message in a place? */
static bool reaction_is(const bench *b, const struct cell *cell,
			enum place place, size_t row, size_t at)
{
	char what[16];
	bool good;

	heard(b, what, sizeof(what));
	good = !strcmp(cell->want, what) &&
	       b->conn.state == state_after(place, cell->want) &&
	       b->conn.calls.call[0].state == call_after(place, cell);
	if (!good)
		ksft_print_msg("%s in %s, cut at %zu: \"%s\", not \"%s\"; connection %u, call %u\n",
			       sayings[row].name, place_names[place], at, what,
			       cell->want, b->conn.state,
			       b->conn.calls.call[0].state);
	return good;
}

TEST_F(conn, every_place_is_reached)
{
	enum place place;

	for (place = EARLY; place < N_PLACES; place++) {
		go(self, place);
		EXPECT_EQ(place_state[place], self->conn.state)
			TH_LOG("%s", place_names[place]);
		EXPECT_EQ(place_call[place], self->conn.calls.call[0].state)
			TH_LOG("%s", place_names[place]);
		EXPECT_EQ(place_call[place] != PPTP_CALL_FREE,
			  pptp_conn_calls(&self->conn));
	}
}

TEST_F(conn, every_message_in_every_place)
{
	uint8_t wire[PPTP_MSG_MAX];
	enum place place;
	size_t row, len;

	matrix_read();
	for (row = 0; row < ARRAY_SIZE(sayings); row++) {
		len = said_wire(&sayings[row], wire);
		for (place = EARLY; place < N_PLACES; place++) {
			go(self, place);
			ASSERT_EQ(len, input(self, wire, len));
			EXPECT_TRUE(reaction_is(self, &table[row][place], place,
						row, len));
		}
	}
}

/* A part of a message is no message; with its rest it is the same as whole. */
TEST_F(conn, every_message_cut_at_every_octet)
{
	static const struct cell nothing;
	uint8_t wire[PPTP_MSG_MAX];
	enum place place;
	size_t row, len, at;

	matrix_read();
	for (row = 0; row < ARRAY_SIZE(sayings); row++) {
		len = said_wire(&sayings[row], wire);
		for (at = 1; at < len; at++) {
			for (place = EARLY; place < N_PLACES; place++) {
				go(self, place);
				input(self, wire, at);
				ASSERT_TRUE(reaction_is(self, &nothing, place,
							row, at));
				input(self, wire + at, len - at);
				ASSERT_TRUE(reaction_is(self, &table[row][place],
							place, row, at));
			}
		}
	}
}

/* A Length that is shorter than the message's type needs ends the connection. */
TEST_F(conn, every_message_with_every_short_length)
{
	uint8_t wire[PPTP_MSG_MAX];
	enum place place;
	size_t row, len, at;

	for (row = 0; row < ARRAY_SIZE(sayings); row++) {
		len = said_wire(&sayings[row], wire);
		if (sayings[row].type >= PPTP_MSG_TYPES)
			continue;
		for (at = 0; at < len; at++) {
			wire[0] = 0;
			wire[1] = (uint8_t)at;
			for (place = EARLY; place < GONE; place++) {
				go(self, place);
				ASSERT_LT(0, input(self, wire, len));
				ASSERT_EQ(0, self->acts.out_len);
				ASSERT_TRUE(closed(self, place == STOPPING ?
						   PPTP_REASON_LOCAL :
						   PPTP_REASON_BAD_MESSAGE))
					TH_LOG("%s of %zu in %s",
					       sayings[row].name, at,
					       place_names[place]);
				ASSERT_EQ(place_call[place] != PPTP_CALL_FREE,
					  count(self, PPTP_ACTION_CLOSE_CALL));
			}
		}
	}
}

/* What holds after any input: one call at most begins or ends, and so on. */
static bool orderly(const bench *b, enum place place)
{
	unsigned int calls = place_call[place] != PPTP_CALL_FREE;

	calls += count(b, PPTP_ACTION_OPEN_CALL);
	calls -= count(b, PPTP_ACTION_CLOSE_CALL);
	return calls == pptp_conn_calls(&b->conn) && b->acts.n <= 3 &&
	       b->acts.out_len <= 168 &&
	       (b->conn.state == PPTP_CONN_CLOSED) ==
	       (place == GONE || count(b, PPTP_ACTION_CLOSE));
}

/* Each two octets at their extremes, which all fields begin and end with. */
TEST_F(conn, every_field_at_its_extremes)
{
	static const uint16_t extremes[] = { 0, 1, 0x7fff, 0x8000, 0xffff };
	uint8_t wire[PPTP_MSG_MAX], bent[PPTP_MSG_MAX];
	enum place place;
	size_t row, len, at, i;

	for (row = 0; row < ARRAY_SIZE(sayings); row++) {
		len = said_wire(&sayings[row], wire);
		for (at = 10; at + 2 <= len; at += 2) {
			for (i = 0; i < ARRAY_SIZE(extremes); i++) {
				memcpy(bent, wire, len);
				bent[at] = (uint8_t)(extremes[i] >> 8);
				bent[at + 1] = (uint8_t)extremes[i];
				for (place = EARLY; place < N_PLACES; place++) {
					go(self, place);
					ASSERT_EQ(len, input(self, bent, len));
					ASSERT_TRUE(orderly(self, place))
						TH_LOG("%s at %zu in %s",
						       sayings[row].name, at,
						       place_names[place]);
				}
			}
		}
	}
}

/* Nothing but ones, and nothing but zeros, behind the header. */
TEST_F(conn, every_body_of_one_octet)
{
	uint8_t wire[PPTP_MSG_MAX];
	enum place place;
	size_t row, len;
	int octet;

	for (row = 0; row < ARRAY_SIZE(sayings); row++) {
		len = said_wire(&sayings[row], wire);
		for (octet = 0; octet <= 0xff; octet += 0x33) {
			memset(wire + 12, octet, len - 12);
			for (place = EARLY; place < N_PLACES; place++) {
				go(self, place);
				ASSERT_EQ(len, input(self, wire, len));
				ASSERT_TRUE(orderly(self, place))
					TH_LOG("%s of %#x in %s",
					       sayings[row].name, octet,
					       place_names[place]);
			}
		}
	}
}

TEST_HARNESS_MAIN
