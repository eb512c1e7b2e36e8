#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
#
# kpptpd dies, is replaced or is started again under its own keeper, and its sessions go
# on; see outlive.sh.

# shellcheck source=selftests/daemon/outlive.sh
. "$(dirname "$0")/outlive.sh"

# Its address is one of the pool's four, of which those in use were claimed again.
new_call()
{
	dial four "$NS_C1" $GATE1 alice "$SECRET"
	client_up four && pings "$NS_C1" 3 four &&
		[ "$(client_address four)" != "$(client_address one)" ] &&
		[ "$(client_address four)" != "$(client_address two)" ] && hang_up four &&
		slowwait $WAIT sessions_are 3
}

# The user's route and address, which the new kpptpd takes back at the end.
disconnected()
{
	[ -n "$(ip -n "$NS_G" route show 10.99.0.0/24)" ] && ctl disconnect user fixed &&
		client_ended three '[0-9]+' && slowwait $WAIT sessions_are 2 &&
		[ -z "$(ip -n "$NS_G" route show 10.99.0.0/24)" ] || return
	dial three "$NS_C2" $GATE2 fixed "$SECRET"
	client_up three && [ "$(client_address three)" = 10.77.0.200 ] &&
		slowwait $WAIT sessions_are 3
}

client_hangs_up()
{
	local from
	from=$(mark)
	hang_up two && slowwait $WAIT sessions_are 2 && logged_since "$from" 'bob is down: ' || return
	dial two "$NS_C2" $GATE2 bob "$SECRET"
	client_up two && slowwait $WAIT sessions_are 3
}

# A call whose PPP has said nothing yet, when kpptpd dies.
half_open()
{
	local from peer
	ip netns exec "$NS_C1" /usr/bin/python3 "$here/halfopen.py" $GATE1 >"$work/half" &
	peer=$!
	slowwait $WAIT grep -q 'call' "$work/half" && slowwait $WAIT sessions_are 4 || return
	from=$(mark)
	replaced kill_worker && wait $peer && grep -q 'closed' "$work/half" || return
	logged_since "$from" 'removed 1 sessions of a former kpptpd' && slowwait $WAIT sessions_are 3
}

# A connection that nobody has accepted yet.
queued()
{
	in_gate ss -Hltn | awk '$2 > 0 { found = 1 } END { exit !found }'
}

# Callers wait in the socket that the next kpptpd takes over.
refuses_nobody()
{
	local before caller
	before=$(worker)
	kill -STOP "$before"
	ip netns exec "$NS_C1" /usr/bin/python3 "$here/halfopen.py" --start $GATE1 >"$work/queue" &
	caller=$!
	slowwait $WAIT queued || return
	kill -KILL "$before"
	slowwait $WAIT another_answers "$before" && wait $caller && grep -q started "$work/queue"
}

# The account has gone while kpptpd was away: so has the session, and its peer hears of it.
user_is_gone()
{
	local from
	from=$(mark)
	ctl del-user bob && replaced kill_worker && client_ended two '[0-9]+' &&
		logged_since "$from" 'there is no user bob any more' &&
		logged_since "$from" 'removed 1 sessions of a former kpptpd' &&
		slowwait $WAIT sessions_are 2 && pings "$NS_C1" 3 one
}

stopped()
{
	local from
	from=$(mark)
	stop_daemon TERM || { echo "exit status $?"; return 1; }
	client_ended one '[0-9]+' && client_ended three '[0-9]+' &&
		grep -q 'LCP terminated by peer' "$work/one.log" &&
		logged_since "$from" 'alice is down: ' &&
		[ -z "$(ip -n "$NS_G" -o link show type kpptp)" ] && [ ! -e "$sock" ]
}

# Nobody would take over: the sessions are worth more than the order.
nobody_keeps()
{
	local from
	start_daemon || return
	from=$(mark)
	kill -USR2 "${daemons[kpptpd]}"
	slowwait $WAIT logged_since "$from" 'SIGUSR2 is ignored' && answers && stop_daemon TERM
}

# One that cannot begin is not tried again and again.
gives_up()
{
	! in_gate "$BUILD/kpptpd" -k -c "$work/nothing.conf" 2>"$work/gives-up" &&
		grep -q nothing.conf "$work/gives-up"
}

bed_open
write_conf "$sock" "$users"
own_programs

TESTS_TABLE=(
	"users are added:make_users"
	"a configuration that is not there ends the keeper:gives_up"
	"kpptpd starts under its keeper:start_keeper"
	"three clients connect with MPPE-128:connect"
	"kill -9 costs no session and no packet:unharmed kill_worker"
	"echoes of both protocols go on:echoes"
	"an orderly restart costs nothing either:unharmed leave"
	"nor does an upgrade of the binary:unharmed upgrade"
	"a new call:new_call"
	"pptpctl disconnects an adopted session:disconnected"
	"a client of an adopted session hangs up:client_hangs_up"
	"what was half-open is cleaned up:half_open"
	"a caller waits for the next kpptpd:refuses_nobody"
	"a user who is gone:user_is_gone"
	"it stops in order:stopped"
	"without a keeper it stays:nobody_keeps"
	"the module unloads:unload_module"
)

bed_run "${TESTS_TABLE[@]}"
