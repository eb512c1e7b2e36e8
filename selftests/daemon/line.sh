#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
#
# Callers on serial lines: an unmodified pppd in C2 at the far end of a line (line.py),
# whose near end the PAC in G has; the PAC takes the caller on to another kpptpd, the
# PNS in C1 (RFC 2637 sections 1.1 and 3.2.3). PPP passes untouched. In the network of
# bed.sh; inner addresses of the PNS are 10.77.0.0/24.

# shellcheck source=selftests/daemon/bed.sh
. "$(dirname "$0")/bed.sh"

SECRET="correct horse battery"
PNS=198.51.100.1
pns_conf=$work/pns.conf
pns_sock=$work/pns.sock
pns_log=$work/pns.log

# write_line NAME [SETTING...]: a section of the PAC's configuration.
write_line()
{
	local name=$1
	shift
	printf '\n[line %s]\ndevice = %s\nlocal = yes\n' "$name" "$work/$name.near"
	printf '%s\n' "$@"
}

# The line "one" knows its PNS, "two" asks [forward].
write_pac()
{
	cat >"$conf" <<-END
		[server]
		listen = none
		name = pac
		control-socket = $sock
		log-level = debug

		[control]
		stop-timeout = 1

		[users]
		file = $users

		[forward head-office]
		called = 5551212
		to = $PNS
	END
	write_line one "to = $PNS" "called = 5550000" "calling = 5553434" "speed = 38400" >>"$conf"
	write_line two "called = 5551212" "flow-control = xonxoff" >>"$conf"
}

write_pns()
{
	cat >"$pns_conf" <<-END
		[server]
		listen = $PNS
		name = pns
		control-socket = $pns_sock
		log-level = debug
		incoming-calls = yes
		max-calls = 4

		[control]
		stop-timeout = 1

		[ppp]
		restart-interval = 1

		[network]
		local-address = 10.77.0.1
		pool = 10.77.0.10-10.77.0.19

		[users]
		file = $users
	END
}

make_users()
{
	install -m 600 /dev/null "$users" || return
	printf '%s\n' "$SECRET" | ctl add-user alice &&
		printf '%s\n' "$SECRET" | ctl add-user bob
}

# lay NAME: the line NAME, until cut.
lay()
{
	rm -f "$work/$1".{near,far}
	ip netns exec "$NS_G" /usr/bin/python3 "$here/line.py" "$work/$1.near" "$work/$1.far" \
		"$work/$1.counts" 2>"$work/$1.line" &
	declare -g "line_$1=$!"
	slowwait $WAIT test -e "$work/$1.far" || { cat "$work/$1.line"; return 1; }
}

line_pid()
{
	local var=line_$1
	echo "${!var}"
}

cut()
{
	kill -KILL "$(line_pid "$1")"
	wait "$(line_pid "$1")" 2>/dev/null
	return 0
}

pns_ctl()
{
	ip netns exec "$NS_C1" "$BUILD/pptpctl" -s "$pns_sock" -u "$users" "$@"
}

start_pns()
{
	start_kpptpd "$NS_C1" pns
}

stop_pns()
{
	stop_kpptpd pns TERM
}

pns_sessions_are()
{
	[ "$(pns_ctl -j show sessions | grep -o '"peer":' | grep -c .)" = "$1" ]
}

# line_is NAME STATE
line_is()
{
	ctl -j show lines "$1" | grep -qE "\"state\": ?\"$2\""
}

# line_becomes NAME STATE
line_becomes()
{
	slowwait $WAIT line_is "$1" "$2" || { ctl show lines; return 1; }
}

# count NAME to-far|to-near: control characters that have passed on a line.
count()
{
	sed -n "s/.*$2 \([0-9]*\).*/\1/p" "$work/$1.counts"
}

# call NAME USER [OPTION...]: pppd at the far end of a line.
call()
{
	local name=$1 user=$2
	shift 2
	: >"$work/$name.log"
	ip netns exec "$NS_C2" pppd "$work/$name.far" 38400 local nocrtscts ifname "$name" \
		user "$user" password "$SECRET" noauth noipdefault nodefaultroute nodetach \
		debug logfile "$work/$name.log" lcp-max-configure 200 require-mppe-128 nomppe-stateful "$@" \
		</dev/null >/dev/null 2>&1 &
	clients+=($!)
	declare -g "pid_$name=$!"
}

lines_are_open()
{
	lay one && start_daemon && line_is one idle && line_is two absent &&
		grep -q "line two: cannot open $work/two.near: No such file" "$daemon_log" &&
		lay two && line_becomes two idle
}

calls_in()
{
	call one alice
	client_up one &&
		grep -q 'MPPE 128-bit stateless compression enabled' "$work/one.log" &&
		line_becomes one connected && slowwait $WAIT pns_sessions_are 1 &&
		grep -q 'incoming call from "5553434" to "5550000"' "$pns_log" &&
		pns_ctl -j show sessions | grep -q '"128-bit stateless"' &&
		[ -z "$(ip -n "$NS_G" -o link show type kpptp)" ]
}

# The PNS has not asked for a map, so that the caller escapes everything; the caller
# has asked for an empty one, which the PNS told the PAC. Until then, and in LCP, there
# is no control character.
map_is_used()
{
	slowwait $WAIT grep -q 'line one: ACCM 00000000 to the caller, ffffffff from it' \
		"$daemon_log" && pings "$NS_C2" 20 one || return
	cat "$work/one.counts"
	[ "$(count one to-far)" -gt 20 ] && [ "$(count one to-near)" = 0 ]
}

shows_line()
{
	ctl show lines one &&
		ctl -j show lines one | /usr/bin/python3 -c '
import json, sys
line, = json.load(sys.stdin)
assert line["to"] == sys.argv[1] and line["calling"] == "5553434"
assert line["frames_in"] > 20 and line["frames_out"] > 20 and line["lost"] == 0
assert line["errors"] == 0
' "$PNS"
}

pns_has_errors()
{
	pns_ctl -j show tunnels | grep -qE "\"wan_errors\": ?$1\b"
}

tells_errors()
{
	pns_has_errors 0 || return
	kill -USR1 "$(line_pid one)"
	slowwait $WAIT pns_has_errors 3 &&
		grep -qE 'errors on the line of call [0-9]+: CRC 3, framing 0' "$pns_log" &&
		grep -q 'line one: errors: CRC 3, framing 0' "$daemon_log" &&
		ctl -j show lines one | grep -qE '"crc_errors": ?3\b' &&
		pings "$NS_C2" 3 one
}

# On the same control connection. XON and XOFF are escaped whatever the map says.
second_caller()
{
	call two bob
	client_up two && slowwait $WAIT pns_sessions_are 2 && pings "$NS_C2" 5 two &&
		grep -q 'line two: ACCM 000a0000 to the caller' "$daemon_log" &&
		grep -q 'incoming call from "two" to "5551212"' "$pns_log" &&
		[ "$(pns_ctl -j show tunnels | grep -o '"peer":' | grep -c .)" = 1 ]
}

caller_hangs_up()
{
	hang_up two && slowwait $WAIT pns_sessions_are 1 && line_becomes two idle &&
		pings "$NS_C2" 3 one
}

# And the line takes the next call.
pns_hangs_up()
{
	pns_ctl disconnect user alice && slowwait $WAIT gone "$(pid_of one)" &&
		slowwait $WAIT pns_sessions_are 0 && line_becomes one idle && no_sessions &&
		call one bob && client_up one && pings "$NS_C2" 3 one
}

# pppd dies without a word, and the line with it.
line_is_cut()
{
	local from
	from=$(mark)
	kill -KILL "$(pid_of one)"
	wait "$(pid_of one)" 2>/dev/null
	cut one
	slowwait $WAIT pns_sessions_are 0 && line_becomes one absent && no_sessions &&
		logged_since "$from" "line one: $work/one.near is gone" &&
		grep -qE 'the peer ended call [0-9]+: lost carrier' "$pns_log"
}

line_comes_back()
{
	lay one && line_becomes one idle && call one alice && client_up one &&
		pings "$NS_C2" 3 one
}

# A line that is left alone keeps its caller; another one goes, and comes again.
reload_changes_lines()
{
	local from
	from=$(mark)
	sed -i '/^\[line two\]/,$d' "$conf"
	ctl reload && ! ctl -j show lines | grep -q two && pings "$NS_C2" 3 one || return
	write_line two "to = $PNS" >>"$conf"
	ctl reload && line_becomes two idle && pings "$NS_C2" 3 one &&
		! logged_since "$from" 'line one'
}

pns_is_away()
{
	local from
	hang_up one
	slowwait $WAIT pns_sessions_are 0 && stop_pns || return
	from=$(mark)
	call two alice
	slowwait $WAIT logged_since "$from" "cannot forward callers to $PNS: Connection refused" &&
		slowwait $WAIT logged_since "$from" 'line two: hung up: the call is over' &&
		no_sessions || return
	# The caller's next Configure-Request is another try.
	start_pns && client_up two && pings "$NS_C2" 3 two
}

# With a caller, whose PPP the PNS ends when it hears of it.
pac_stops()
{
	stop_daemon TERM || { echo "exit status $?"; return 1; }
	slowwait $WAIT pns_sessions_are 0 &&
		slowwait $WAIT grep -q "$GATE1:[0-9]*: control connection ended" "$pns_log"
}

bed_open
write_pac
write_pns

TESTS_TABLE=(
	"users are added by pptpctl:make_users"
	"the PNS starts:start_pns"
	"the PAC starts, and opens a line when it is there:lines_are_open"
	"pppd calls in, MPPE-128 from end to end:calls_in"
	"the caller's map is what the PNS says:map_is_used"
	"the line is shown:shows_line"
	"wrong check sequences are counted and told:tells_errors"
	"a second line, by number:second_caller"
	"a caller hangs up:caller_hangs_up"
	"the PNS hangs up, and the line is called again:pns_hangs_up"
	"the line is cut:line_is_cut"
	"the line comes back:line_comes_back"
	"a reload changes lines:reload_changes_lines"
	"the PNS is away:pns_is_away"
	"the PAC stops in order:pac_stops"
	"the PNS stops in order:stop_pns"
	"the module unloads:unload_module"
)

bed_run "${TESTS_TABLE[@]}"
