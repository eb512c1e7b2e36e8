#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
#
# The round-trip time of sessions, by LCP's echo, at both ends: kpptpd in G serves, and
# kpptpd in C2 dials; the cable between them takes its time. See bed.sh.

# shellcheck source=selftests/daemon/bed.sh
. "$(dirname "$0")/bed.sh"

SECRET="correct horse battery"
DELAY=40	# ms, one way only

# write_conf NAME LINE...: of a kpptpd that asks for an echo each second.
write_conf()
{
	local name=$1
	shift
	{
		cat <<-END
			[ppp]
			restart-interval = 1
			echo-interval = 1
			echo-failures = 100

			[tunnels]
			directory = $work/$name.d
			resolv-conf = $work/resolv.conf

			[users]
			file = $work/$name.users

			[server]
			control-socket = $work/$name.sock
		END
		printf '%s\n' "$@"
	} >"$work/$name.conf"
	install -m 600 /dev/null "$work/$name.users"
}

# of NS NAME: what its pptpctl says of sessions.
of()
{
	local ns=$1 name=$2
	shift 2
	ip netns exec "$ns" "$BUILD/pptpctl" -s "$work/$name.sock" "$@"
}

server()
{
	of "$NS_G" gate "$@"
}

client()
{
	of "$NS_C2" client "$@"
}

both_start()
{
	write_conf gate "listen = $GATE2" "[network]" "local-address = 10.77.0.1" \
		"pool = 10.77.0.100-10.77.0.150"
	write_conf client "listen = none"
	printf 'bob * "%s" *\n' "$SECRET" >"$work/gate.users"
	in_gate tc qdisc add dev c2 root netem delay ${DELAY}ms limit 10000 &&
		start_kpptpd "$NS_G" gate && start_kpptpd "$NS_C2" client
}

tunnel_is()
{
	client -j show tunnels vpn | grep -q "\"state\":\"$1\""
}

dials()
{
	printf '%s\n' "$SECRET" | client add-tunnel vpn --server $GATE2 --user bob \
		--password-file - && slowwait $WAIT tunnel_is up
}

# rtt CTL: microseconds.
rtt()
{
	"$1" -j show sessions | grep -o '"rtt_us": *[0-9]*' | grep -o '[0-9]*$'
}

is_measured()
{
	[ "$(rtt "$1")" -gt 0 ]
}

# measured CTL: and no less than the cable takes.
measured()
{
	slowwait $WAIT is_measured "$1" || { "$1" show sessions; return 1; }
	echo "$(rtt "$1") microseconds"
	[ "$(rtt "$1")" -ge $((DELAY * 1000)) ] &&
		"$1" show sessions | grep -E '(^| )RTT( |$)' &&
		"$1" show sessions | grep -E ' [0-9]+\.[0-9]ms '
}

stops()
{
	stop_kpptpd client TERM && stop_kpptpd gate TERM
}

bed_open

TESTS_TABLE=(
	"two kpptpd start:both_start"
	"one dials the other:dials"
	"the server measures:measured server"
	"the client measures:measured client"
	"both stop:stops"
)

bed_run "${TESTS_TABLE[@]}"
