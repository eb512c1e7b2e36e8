#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
#
# kpptpd when something runs out, when clocks are set, and when it, its peer or the
# network stands still, in the network of bed.sh. In C1 is an unmodified client, in C2
# another one and a kpptpd that dials.

# shellcheck source=selftests/daemon/bed.sh
. "$(dirname "$0")/bed.sh"

SECRET="correct horse battery"
ECHO_TIMEOUT=15		# seconds, of control connections whose answers are read late
STALL=50		# pings, five in a second
YEARS=315360000		# ten of them, in seconds

# write_conf FAILURES TIMEOUT: of PPP's echo and of that of control connections, one a
# second each.
write_conf()
{
	cat >"$conf" <<-END
		[server]
		listen = $GATE1, $GATE2
		name = gate
		control-socket = $sock
		log-level = debug
		max-calls = 3

		[control]
		stop-timeout = 1
		idle-timeout = 300
		echo-interval = 1
		echo-timeout = $2

		[ppp]
		restart-interval = 1
		max-configure = 100
		authentication-timeout = 300
		echo-interval = 1
		echo-failures = $1

		[mppe]
		policy = require

		[network]
		local-address = 10.77.0.1
		pool = 10.77.0.10-10.77.0.11

		[users]
		file = $users
	END
}

starts()
{
	install -m 600 /dev/null "$users"
	printf '%s\n' "$SECRET" | ctl add-user alice &&
		printf '%s\n' "$SECRET" | ctl add-user bob &&
		printf '%s\n' "$SECRET" | ctl add-user carol && start_daemon
}

connect()
{
	dial one "$NS_C1" $GATE1 alice "$SECRET"
	client_up one
}

program()
{
	/usr/bin/python3 "$here/adverse.py" "$@"
}

# The third of two: it is told, and comes back when somebody has left.
no_address()
{
	local from
	dial two "$NS_C2" $GATE2 bob "$SECRET"
	client_up two || return
	from=$(mark)
	dial three "$NS_C2" $GATE2 carol "$SECRET"
	slowwait $WAIT gone "$(pid_of three)"
	tail -20 "$work/three.log"
	logged_since "$from" 'carol refused: all 2 addresses of the pool default are in use' &&
		grep -q 'LCP terminated by peer (no address was agreed)' "$work/three.log" || return
	pings "$NS_C1" 3 one && pings "$NS_C2" 3 two && hang_up two || return
	dial three "$NS_C2" $GATE2 carol "$SECRET"
	client_up three && pings "$NS_C2" 3 three && hang_up three
}

too_many_calls()
{
	ip netns exec "$NS_C2" /usr/bin/python3 "$here/adverse.py" calls $GATE2 3 &&
		pings "$NS_C1" 3 one && slowwait $WAIT sessions_are 1
}

no_call_id()
{
	local from
	from=$(mark)
	program ids "$NS_G" "$NS_C2" $GATE2 203.0.113.1 &&
		logged_since "$from" 'All 65535 call IDs of this pair of addresses are taken' &&
		pings "$NS_C1" 3 one && slowwait $WAIT sessions_are 1
}

late_to_answers()
{
	write_conf 30 $ECHO_TIMEOUT && ctl reload &&
		ip netns exec "$NS_C2" /usr/bin/python3 "$here/adverse.py" stall $GATE2 \
			"${daemons[kpptpd]}" $ECHO_TIMEOUT && pings "$NS_C1" 3 one &&
		write_conf 30 60 && ctl reload
}

# A kpptpd in C2 dials: its sessions and timers are ours at both ends.
dials()
{
	write_dialer_conf
	sed -i 's/^restart-interval = 1/&\necho-interval = 1\necho-failures = 30/' \
		"$work/client.conf"
	mkdir -p "$work/tunnels.d" && : >"$work/resolv.conf" &&
		start_kpptpd "$NS_C2" client &&
		printf '%s\n' "$SECRET" | dial_ctl add-tunnel work --server $GATE2 --user bob \
			--password-file - --no-persist && dial_ctl connect work &&
		slowwait $WAIT tunnel_is up && slowwait $WAIT sessions_are 2
}

tunnel_is()
{
	dial_ctl -j show tunnels work | grep -q "\"state\":\"$1\""
}

# grows USER COUNTER MORE: the kernel's, of the user's session.
grows()
{
	program grows "$NS_G" "$(number "$1" id)" "$2" "$3"
}

# echoes USER...: three more answers, and requests, have come since.
echoes()
{
	local user
	for user; do
		grows "$user" rx-control 3 || return
	done
}

# same USER ID...: each user has the session that he had.
same()
{
	while [ $# -gt 0 ]; do
		[ "$(number "$1" id)" = "$2" ] || { ctl show sessions; return 1; }
		shift 2
	done
}

uptime_is_sane()
{
	local up
	up=$(number "$1" uptime)
	echo "$1 is up for $up s"
	[ "$up" -ge 0 ] && [ "$up" -lt 86400 ]
}

# Who dials while the clock is wrong needs all timers of a call.
works_at()
{
	date -s "@$1" && echoes bob && pings "$NS_C1" 3 one && pings "$NS_C2" 3 work &&
		uptime_is_sane bob && uptime_is_sane alice || return
	dial_ctl disconnect work && slowwait $WAIT sessions_are 1 && dial_ctl connect work &&
		slowwait $WAIT tunnel_is up && echoes bob
}

uptime_seconds()
{
	cut -d. -f1 /proc/uptime
}

# No wait may span a change of the clock: the shell's own are told by it.
clock_is_set()
{
	local alice now up got=0
	[ -n "${KPPTP_KERNEL:-}" ] || { echo "not on a machine that is no guest"; return 0; }
	alice=$(number alice id)
	now=$(date +%s)
	up=$(uptime_seconds)
	works_at $((now + YEARS)) && works_at $((now - YEARS)) && works_at $((now + YEARS)) || got=1
	date -s "@$((now + $(uptime_seconds) - up))"
	[ $got = 0 ] && echoes bob && same alice "$alice" && pings "$NS_C1" 3 one
}

# The network is away for a while, in which echoes go out and nothing comes.
network_stalls()
{
	local alice bob
	alice=$(number alice id)
	bob=$(number bob id)
	in_gate tc qdisc add dev c1 root netem loss 100% &&
		in_gate tc qdisc add dev c2 root netem loss 100% || return
	grows bob tx-control 4
	in_gate tc qdisc del dev c1 root
	in_gate tc qdisc del dev c2 root
	echoes bob alice && same alice "$alice" bob "$bob" && tunnel_is up &&
		pings "$NS_C1" 3 one && pings "$NS_C2" 3 work
}

# Of both ends at once, as when they are on one machine that stands still.
both_stall()
{
	local bob
	bob=$(number bob id)
	kill -STOP "${daemons[kpptpd]}" "${daemons[client]}"
	ip netns exec "$NS_C1" ping -q -i 0.2 -c $STALL -W 10 -I one 10.77.0.1 >"$work/ping"
	kill -CONT "${daemons[kpptpd]}" "${daemons[client]}"
	cat "$work/ping"
	grep -q "$STALL received" "$work/ping" && echoes bob && same bob "$bob" && tunnel_is up &&
		pings "$NS_C2" 3 work
}

# kpptpd stands still for longer than any peer might: one session has traffic meanwhile,
# the other one has not.
daemon_stalls()
{
	local alice bob
	write_conf 5 60 && ctl reload && hang_up one && connect && dial_ctl disconnect work &&
		slowwait $WAIT sessions_are 1 && dial_ctl connect work && slowwait $WAIT tunnel_is up &&
		echoes bob || return
	alice=$(number alice id)
	bob=$(number bob id)
	kill -STOP "${daemons[kpptpd]}"
	ip netns exec "$NS_C1" ping -q -i 0.2 -c $STALL -W 10 -I one 10.77.0.1 >"$work/ping"
	kill -CONT "${daemons[kpptpd]}"
	cat "$work/ping"
	grep -q "$STALL received" "$work/ping" && echoes bob alice &&
		same alice "$alice" bob "$bob" && tunnel_is up && pings "$NS_C2" 3 work
}

stops()
{
	stop_kpptpd client TERM && stop_daemon TERM && slowwait $WAIT gone "$(pid_of one)" &&
		[ -z "$(ip -n "$NS_G" -o link show type kpptp)" ]
}

bed_open
write_conf 30 60

TESTS_TABLE=(
	"kpptpd starts:starts"
	"a client connects:connect"
	"out of addresses, one is told and comes back:no_address"
	"more calls than a connection may have:too_many_calls"
	"out of call IDs, one is told and comes back:no_call_id"
	"kpptpd is late to answers that were in time:late_to_answers"
	"a kpptpd dials:dials"
	"the clock is set by ten years, forth and back:clock_is_set"
	"the network stands still:network_stalls"
	"both daemons stand still:both_stall"
	"kpptpd stands still:daemon_stalls"
	"both stop in order:stops"
	"the module unloads:unload_module"
)

bed_run "${TESTS_TABLE[@]}"
