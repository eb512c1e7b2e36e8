#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
#
# Incoming calls: kpptpd as the PNS of compulsory tunnelling (RFC 2637 section
# 3.2.3.2). pac.py is the access concentrator, an unmodified pppd its caller. In
# the network of bed.sh; inner addresses are 10.77.0.0/24.

# shellcheck source=selftests/daemon/bed.sh
. "$(dirname "$0")/bed.sh"

SECRET="correct horse battery"

write_conf()
{
	cat >"$conf" <<-END
		[server]
		listen = $GATE1, $GATE2
		name = gate
		control-socket = $sock
		log-level = debug
		incoming-calls = $1

		[control]
		stop-timeout = 1

		[ppp]
		restart-interval = 1

		[mppe]
		policy = require

		[network]
		local-address = 10.77.0.1
		pool = 10.77.0.10-10.77.0.19

		[users]
		file = $users
	END
}

make_users()
{
	install -m 600 /dev/null "$users" &&
		printf '%s\n' "$SECRET" | ctl add-user alice
}

# pac NS GATE NAME [OPTION...]: without a caller; what it heard is in NAME.pac.
pac()
{
	local ns=$1 gate=$2 name=$3
	shift 3
	ip netns exec "$ns" timeout $WAIT /usr/bin/python3 "$here/pac.py" "$gate" \
		"$work/$name.pac" "$@"
}

# heard NAME REGEX: by the concentrator of this caller.
heard()
{
	slowwait $WAIT grep -qxE "$2" "$work/$1.pac" || { cat "$work/$1.pac"; return 1; }
}

# call NAME NS GATE: pppd calls in through a concentrator of its own.
call()
{
	dial "$1" "$2" "$3" alice "$SECRET" \
		pty "/usr/bin/python3 $here/pac.py $3 $work/$1.pac"
}

refused_by_default()
{
	local from
	from=$(mark)
	pac "$NS_C1" $GATE1 one && heard one 'ICRP 0 3' &&
		logged_since "$from" 'incoming call refused: we do not answer them' &&
		no_sessions
}

allowed_after_reload()
{
	write_conf yes && ctl reload
}

hangs_up_before_it_is_connected()
{
	local from
	from=$(mark)
	pac "$NS_C1" $GATE1 one no-caller && heard one 'ICRP [0-9]+ 1' && heard one 'StopReply.*' &&
		! grep -q PPP "$work/one.pac" && no_sessions &&
		logged_since "$from" 'incoming call from "5553434" to "5551212" with ID 17185' &&
		logged_since "$from" 'the peer ended call 17185: lost carrier, .* cause 16, "the caller'
}

calls_in()
{
	call one "$NS_C1" $GATE1
	client_up one &&
		grep -q 'MPPE 128-bit stateless compression enabled' "$work/one.log" &&
		slowwait $WAIT sessions_are 1 && [ "$(session alice mppe)" = "128-bit stateless" ]
}

# Peers call ID 0x4321: what LCP agreed on for its line.
is_told_the_map()
{
	heard one 'SLI 17185 0'
}

shows_line_errors()
{
	ctl -j show tunnels | grep -qE '"wan_errors": ?7\b' &&
		grep -q 'errors on the line of call 17185: CRC 7, framing 0' "$daemon_log"
}

# Both concentrators use the same call ID.
two_calls()
{
	call two "$NS_C2" $GATE2
	client_up two && slowwait $WAIT sessions_are 2 &&
		pings "$NS_C1" 5 one && pings "$NS_C2" 5 two
}

# pppd dies without a word, its concentrator tells.
caller_is_lost()
{
	local from
	from=$(mark)
	kill -KILL "$(pid_of two)"
	slowwait $WAIT sessions_are 1 && heard two 'StopReply.*' &&
		logged_since "$from" 'the peer ended call 17185: lost carrier'
}

# The PNS's words for the end of a call: its own ID, and it waits for the answer.
ended_by_us()
{
	local id from
	id=$(sed -n 's/^ICRP \([0-9]*\) 1$/\1/p' "$work/one.pac")
	from=$(mark)
	ctl disconnect user alice && slowwait $WAIT gone "$(pid_of one)" && heard one "CCRQ $id 0" &&
		no_sessions && ! logged_since "$from" 'Call-Clear-Request was not answered'
}

stopped_server()
{
	call one "$NS_C1" $GATE1
	client_up one || return
	stop_daemon TERM || { echo "exit status $?"; return 1; }
	slowwait $WAIT gone "$(pid_of one)" && heard one 'CCRQ.*' && heard one 'StopRequest.*' &&
		[ -z "$(ip -n "$NS_G" -o link show type kpptp)" ]
}

bed_open
write_conf no

TESTS_TABLE=(
	"users are added by pptpctl:make_users"
	"kpptpd starts:start_daemon"
	"an incoming call is refused by default:refused_by_default"
	"a reload allows incoming calls:allowed_after_reload"
	"a caller hangs up before it is connected:hangs_up_before_it_is_connected"
	"pppd calls in, with MS-CHAPv2 and MPPE-128:calls_in"
	"twenty pings, twenty answers:pings \$NS_C1 20 one"
	"the concentrator is told the caller's map:is_told_the_map"
	"errors of the line are shown:shows_line_errors"
	"two concentrators with the same call ID:two_calls"
	"a lost caller's session goes:caller_is_lost"
	"we end a call as a PNS does:ended_by_us"
	"kpptpd stops in order:stopped_server"
	"the module unloads:unload_module"
)

bed_run "${TESTS_TABLE[@]}"
