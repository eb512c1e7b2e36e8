#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
#
# The other way round: this machine dials, with kpptp, the unmodified poptop and
# pppd of Debian in another network namespace. See demo-lib.sh.
#
#      server namespace                          client
#   +--------------------+               +-------------------------+
#   | pptpd -- pppd      | 192.0.2.2     | kpptpd, kpptp.ko        |
#   | ppp0 10.99.0.1     |------veth-----| 192.0.2.1   pptp0       |
#   +--------------------+               | 10.99.0.x inside        |
#                                        +-------------------------+
set -uo pipefail

# shellcheck source=selftests/run/demo-lib.sh
. "$(dirname "$0")/demo-lib.sh"
in_server="ip netns exec $ns"
client_device=kpptp-demo

# poptop's pppd knows users from one place only, which gets a file of ours
# mounted over it where nobody else sees that.
start_server() {
	cat >"$work/pptpd.conf" <<-END
		option $work/options
		listen 192.0.2.2
		localip 10.99.0.1
		remoteip 10.99.0.10-99
	END
	cat >"$work/options" <<-END
		name poptop
		require-mschap-v2
		require-mppe-128
		nobsdcomp
		ms-dns 10.99.0.1
		debug
		logfile $work/pppd.log
	END
	install -m 600 /dev/null "$work/secrets"
	echo "$user poptop \"$secret\" *" >"$work/secrets"
	: >"$work/pppd.log"
	# The words in quotes are the inner shell's.
	# shellcheck disable=SC2016
	$in_server unshare -m sh -c \
		'mount --bind "$0" /etc/ppp/chap-secrets && exec pptpd -f -c "$1"' \
		"$work/secrets" "$work/pptpd.conf" >"$work/pptpd.log" 2>&1 &
	peer_pid=$!
	wait_for 20 server_listens || { fail "poptop does not listen"; verdict; }
}

server_listens() {
	$in_server ss -Hltn 'sport = :1723' | grep -q .
}

client_daemon() {
	mkdir -m 700 "$work/tunnels.d"
	cat >"$work/kpptpd.conf" <<-END
		[server]
		listen = 192.0.2.1
		control-socket = $work/kpptpd.sock

		[network]
		local-address = 10.98.0.1

		[tunnels]
		directory = $work/tunnels.d

		[users]
		file = $work/users
	END
	install -m 600 /dev/null "$work/users"
	start_kpptpd
}

is_up() {
	$in_client ip -4 -o addr show dev "$client_device" 2>/dev/null | grep -q 10.99.0
}

dial() {
	say "pptpctl add-tunnel demo --server 192.0.2.2 --user $user --mppe require"
	echo "$secret" | ctl add-tunnel demo --server 192.0.2.2 --user "$user" \
		--password-file - --mppe require --device "$client_device" ||
		fail "add-tunnel failed"
	wait_for 40 is_up || { ctl show tunnels; tail -40 "$work/pppd.log"; return 1; }
}

negotiation() {
	grep -E 'CHAP|MPPE|IP address' "$work/pppd.log" | sed 's/^/   pppd: /'
	grep -q 'MPPE 128-bit stateless compression enabled' "$work/pppd.log" ||
		fail "the server does not report 128-bit stateless MPPE"
	say "pptpctl show tunnels"
	ctl show tunnels || fail "show tunnels failed"
	session_test
}

disconnects() {
	say "pptpctl disconnect demo"
	ctl disconnect demo || fail "disconnect failed"
	wait_for 15 no_sessions || fail "the session is still there"
	wait_for 15 grep -q 'Connection terminated' "$work/pppd.log" ||
		fail "the server's pppd does not notice"

	say "pptpctl connect demo, and the server hangs up"
	ctl connect demo || fail "connect failed"
	wait_for 40 is_up || { fail "the second dial failed"; return; }
	server_pppd | xargs kill -TERM
	wait_for 15 no_sessions || fail "the session outlives its server"
	say "pptpctl del-tunnel demo"
	ctl del-tunnel demo || fail "del-tunnel failed"
	ctl show tunnels
}

# Of all processes of the namespace, the pppd.
server_pppd() {
	local pid

	for pid in $(ip netns pids "$ns"); do
		[ "$(cat "/proc/$pid/comm")" != pppd ] || echo "$pid"
	done
}

client="kpptp $(kpptpd -V | awk '{ print $2 }')"
server=$(packages pptpd ppp)
load_module
topology
start_server
client_daemon
say "the server: $server"
dial || { fail "the client did not get through"; verdict; }
negotiation
ping_test
transfer_test
keep
disconnects
unload
verdict
