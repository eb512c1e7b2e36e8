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
		printf '%s\n' "$SECRET" | ctl add-user alice &&
		printf '%s\n' "$SECRET" | ctl add-user bob callback=5557777 &&
		printf '%s\n' "$SECRET" | ctl add-user carol callback=yes
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

# back NAME USER: a caller who is called back, by a concentrator that lives longer than
# its call. pppd takes the terminal that it is given as its first argument.
back()
{
	: >"$work/$1.log"
	ip netns exec "$NS_C1" timeout $WAIT /usr/bin/python3 "$here/pac.py" $GATE1 \
		"$work/$1.pac" callback pppd ifname "$1" user "$2" password "$SECRET" noauth \
		noipdefault nodefaultroute nodetach debug local lock logfile "$work/$1.log" \
		require-mppe-128 nomppe-stateful </dev/null >/dev/null 2>&1 &
	declare -g "pid_$1=$!"
}

# The concentrator that the caller came by dials his number: the one of the users file.
calls_back()
{
	local from
	from=$(mark)
	back three bob
	slowwait $WAIT grep -q 'remote IP address' "$work/three.log" || {
		tail -20 "$work/three.log"
		cat "$work/three.pac"
		return 1
	}
	logged_since "$from" 'bob is called back at "5557777"' &&
		logged_since "$from" 'bob answers the callback' &&
		grep -qx 'dials 5557777' "$work/three.pac" && heard three 'CCRQ.*' &&
		slowwait $WAIT sessions_are 1 && [ "$(session bob mppe)" = "128-bit stateless" ] &&
		pings "$NS_C1" 5 three && ctl disconnect user bob && no_sessions &&
		kill "$(pid_of three)"
}

# Without CBCP carol says no number, and nobody can be dialled.
no_number()
{
	local from
	from=$(mark)
	back four carol
	slowwait $WAIT logged_since "$from" \
		'carol is not called back: there is no number for its access concentrator' &&
		no_sessions && ! grep -q dials "$work/four.pac" && kill "$(pid_of four)"
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
	"a caller is called back by the concentrator:calls_back"
	"without a number nobody is:no_number"
	"kpptpd stops in order:stopped_server"
	"the module unloads:unload_module"
)

bed_run "${TESTS_TABLE[@]}"
