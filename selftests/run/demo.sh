#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
#
# The main job, shown: a gateway with kpptp, and in another network namespace
# the unmodified pptp-linux and pppd of Debian, dialling in. See demo-lib.sh.
#
#      client namespace                          gateway
#   +--------------------+               +-------------------------+
#   | pppd -- pptp       | 192.0.2.2     | kpptpd, kpptp.ko        |
#   | ppp0 10.99.0.x     |------veth-----| 192.0.2.1   pptp0       |
#   +--------------------+               | 10.99.0.1 inside        |
#                                        +-------------------------+
set -uo pipefail

# shellcheck source=selftests/run/demo-lib.sh
. "$(dirname "$0")/demo-lib.sh"
in_client="ip netns exec $ns"
client_device=ppp0

gateway() {
	cat >"$work/kpptpd.conf" <<-END
		[server]
		listen = 192.0.2.1
		control-socket = $work/kpptpd.sock

		[mppe]
		policy = require

		[network]
		local-address = 10.99.0.1
		pool = 10.99.0.10-10.99.0.99
		dns = 10.99.0.1

		[users]
		file = $work/users
	END
	say "pptpctl add-user $user"
	install -m 600 /dev/null "$work/users"
	echo "$secret" | ctl add-user "$user" || fail "add-user failed"
	start_kpptpd
}

# The peer is Debian's own, as installed.
dial() {
	: >"$work/pppd.log"
	$in_client pppd pty "pptp 192.0.2.1 --nolaunchpppd" \
		user "$user" password "$secret" \
		require-mschap-v2 require-mppe-128 nomppe-stateful noauth \
		usepeerdns noipdefault nodefaultroute nodetach debug \
		ipparam kpptp logfile "$work/pppd.log" >/dev/null 2>&1 &
	peer_pid=$!
	if ! wait_for 40 grep -q 'remote IP address' "$work/pppd.log"; then
		tail -40 "$work/pppd.log"
		return 1
	fi
}

negotiation() {
	grep -E 'Remote message|CHAP|MPPE|IP address|DNS address' "$work/pppd.log" |
		sed 's/^/   pppd: /'
	grep -q 'MPPE 128-bit stateless compression enabled' "$work/pppd.log" ||
		fail "the client does not report 128-bit stateless MPPE"
	grep -q 'primary   DNS address 10.99.0.1' "$work/pppd.log" ||
		fail "the client did not get our DNS server"
	session_test
}

client_gone() {
	! kill -0 "$peer_pid"
}

disconnects() {
	say "the client hangs up"
	kill -TERM "$peer_pid"
	wait_for 15 client_gone || fail "pppd does not end"
	wait_for 15 no_sessions || fail "the session outlives its client"
	ctl show sessions

	say "the client dials again, and the gateway hangs up"
	dial || { fail "the second dial failed"; return; }
	ctl disconnect user "$user" || fail "disconnect failed"
	wait_for 15 client_gone || fail "pppd does not notice"
	wait_for 15 no_sessions || fail "the session is still there"
	grep -E 'terminated|hangup|LCP TermReq|Connection terminated' "$work/pppd.log" |
		tail -3 | sed 's/^/   pppd: /'
	peer_pid=
}

client=$(packages pptp-linux ppp)
load_module
topology
gateway
say "the client dials: $client"
dial || { fail "the client did not get through"; verdict; }
negotiation
ping_test
transfer_test
keep
disconnects
unload
verdict
