#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
#
# The main job, shown: a gateway with kpptp, and in another network namespace
# the unmodified pptp-linux and pppd of Debian, dialling in. Runs as root on the
# machine that is to be the gateway, normally a guest; run.sh starts it.
#
#      client namespace                          gateway
#   +--------------------+               +-------------------------+
#   | pppd -- pptp       | 192.0.2.2     | kpptpd, kpptp.ko        |
#   | ppp0 10.99.0.x     |------veth-----| 192.0.2.1   pptp0       |
#   +--------------------+               | 10.99.0.1 inside        |
#                                        +-------------------------+
#
# environment: KPPTP_BUILD (programs); KPPTP_MODE=native and KPPTP_KO (kpptp.ko),
# or in a guest KPPTP_MODULES (lib/modules to mount); KEEP=1 (a shell with the
# tunnel up).
set -uo pipefail

here=$(cd "$(dirname "$0")" && pwd)
top=$(cd "$here/../.." && pwd)
build=${KPPTP_BUILD:-$top/build/userspace}
mode=${KPPTP_MODE:-}
ns=kpptp-client-$$
outer=kpptp-gw-$$
mib=16
user=alice
work=$(mktemp -d)
ok=true
client_pid=
daemon_pid=
auth=
mppe=
loss=100
match=false
up=0
down=0
PATH=$build:$PATH

say() {
	printf '\n== %s\n' "$*"
}

fail() {
	printf '!! %s\n' "$*"
	ok=false
}

# wait_for SECONDS COMMAND...: polls until the command succeeds.
wait_for() {
	local end=$((SECONDS + $1))
	shift
	until "$@" >/dev/null 2>&1; do
		[ "$SECONDS" -lt "$end" ] || return 1
		sleep 0.2
	done
}

end_process() {
	[ -n "$1" ] && kill "$1" 2>/dev/null && wait "$1" 2>/dev/null
	return 0
}

cleanup() {
	end_process "$client_pid"
	end_process "$daemon_pid"
	ip netns del "$ns" 2>/dev/null
	ip link del "$outer" 2>/dev/null
	rm -rf "$work"
}
trap cleanup EXIT

verdict() {
	printf '\n{"ok":%s,"kernel":"%s","mode":"%s","client":"%s","auth":"%s","mppe":"%s",' \
		"$ok" "$(uname -r)" "$mode" "$client" "$auth" "$mppe"
	printf '"ping_loss_pct":%s,"sha256_match":%s,"mbit_up":%s,"mbit_down":%s}\n' \
		"$loss" "$match" "$up" "$down"
	[ "$ok" = true ]
	exit
}

load_module() {
	say "modprobe kpptp"
	if [ -n "${KPPTP_MODULES:-}" ]; then
		mount --bind "$KPPTP_MODULES" "/lib/modules/$(uname -r)" &&
			modprobe kpptp
	else
		modprobe -a gre dst_cache 2>/dev/null
		insmod "$KPPTP_KO"
	fi || { fail "the module does not load"; verdict; }
	modprobe -a ppp_async ppp_mppe 2>/dev/null
	echo "kernel $(uname -r), kpptp $(cat /sys/module/kpptp/version)"
}

topology() {
	if ! { ip netns add "$ns" &&
		ip link add "$outer" type veth peer name eth0 netns "$ns" &&
		ip addr add 192.0.2.1/24 dev "$outer" &&
		ip link set "$outer" up &&
		ip -n "$ns" addr add 192.0.2.2/24 dev eth0 &&
		ip -n "$ns" link set eth0 up &&
		ip -n "$ns" link set lo up; }; then
		fail "the network namespaces cannot be made"
		verdict
	fi
}

start_daemon() {
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
	say "the gateway's configuration"
	cat "$work/kpptpd.conf"

	say "pptpctl add-user $user"
	install -m 600 /dev/null "$work/users"
	echo "correct horse battery" |
		pptpctl -s "$work/kpptpd.sock" -u "$work/users" add-user "$user" ||
		fail "add-user failed"

	say "kpptpd"
	kpptpd -c "$work/kpptpd.conf" &
	daemon_pid=$!
	wait_for 20 pptpctl -s "$work/kpptpd.sock" show tunnels ||
		{ fail "kpptpd does not answer"; verdict; }
}

# The peer is Debian's own, as installed.
dial() {
	: >"$work/pppd.log"
	ip netns exec "$ns" pppd pty "pptp 192.0.2.1 --nolaunchpppd" \
		user "$user" password "correct horse battery" \
		require-mschap-v2 require-mppe-128 nomppe-stateful noauth \
		usepeerdns noipdefault nodefaultroute nodetach debug \
		ipparam kpptp logfile "$work/pppd.log" >/dev/null 2>&1 &
	client_pid=$!
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
	say "pptpctl show sessions"
	pptpctl -s "$work/kpptpd.sock" show sessions || fail "show sessions failed"
	auth=$(session_member auth)
	mppe=$(session_member mppe)
	[ "$auth" = MS-CHAP-V2 ] || fail "authenticated by '$auth'"
	[ "$mppe" = "128-bit stateless" ] || fail "encrypted by '$mppe'"
}

session_member() {
	pptpctl -j -s "$work/kpptpd.sock" show sessions |
		python3 -c "import json, sys; s = json.load(sys.stdin); print(s[0]['$1'] if s else '')"
}

ping_test() {
	say "ping through the tunnel"
	ip netns exec "$ns" ping -c 20 -i 0.1 -W 2 10.99.0.1 | tee "$work/ping"
	loss=$(sed -n 's/.* \([0-9.]*\)% packet loss.*/\1/p' "$work/ping")
	[ "${loss:=100}" = 0 ] || fail "$loss % of the pings were lost"
}

# transfer FROM_NAMESPACE TO_NAMESPACE TO_ADDRESS: prints Mbit/s.
transfer() {
	local start stop receiver

	rm -f "$work/received"
	$2 socat -u TCP-LISTEN:5001,reuseaddr,bind="$3" "CREATE:$work/received" &
	receiver=$!
	wait_for 10 listening "$2" || return 1
	start=$(date +%s%N)
	$1 socat -u "FILE:$work/blob" "TCP:$3:5001" || return 1
	wait "$receiver" || return 1
	stop=$(date +%s%N)
	[ "$(sha256sum <"$work/received")" = "$(sha256sum <"$work/blob")" ] || return 1
	awk -v n=$((stop - start)) -v mib=$mib \
		'BEGIN { printf "%.1f", mib * 1048576 * 8 * 1000 / n }'
}

listening() {
	$1 ss -Hltn 'sport = :5001' | grep -q .
}

transfer_test() {
	local inner in_client

	in_client="ip netns exec $ns"
	inner=$(ip -n "$ns" -4 -o addr show dev ppp0 | awk '{ print $4 }' | cut -d/ -f1)
	head -c $((mib * 1048576)) /dev/urandom >"$work/blob"
	match=true
	say "$mib MiB from the client to the gateway"
	up=$(transfer "$in_client" "" 10.99.0.1) || { match=false; up=0; }
	echo "$up Mbit/s"
	say "$mib MiB from the gateway to the client"
	down=$(transfer "" "$in_client" "${inner%%/*}") || { match=false; down=0; }
	echo "$down Mbit/s"
	[ $match = true ] || fail "a transfer broke or its SHA-256 differs"
	say "pptpctl show stats"
	pptpctl -s "$work/kpptpd.sock" show stats
}

no_sessions() {
	[ "$(pptpctl -j -s "$work/kpptpd.sock" show sessions | tr -d ' \n')" = "[]" ]
}

client_gone() {
	! kill -0 "$client_pid"
}

disconnects() {
	say "the client hangs up"
	kill -TERM "$client_pid"
	wait_for 15 client_gone || fail "pppd does not end"
	wait_for 15 no_sessions || fail "the session outlives its client"
	pptpctl -s "$work/kpptpd.sock" show sessions

	say "the client dials again, and the gateway hangs up"
	dial || { fail "the second dial failed"; return; }
	pptpctl -s "$work/kpptpd.sock" disconnect user "$user" || fail "disconnect failed"
	wait_for 15 client_gone || fail "pppd does not notice"
	wait_for 15 no_sessions || fail "the session is still there"
	grep -E 'terminated|hangup|LCP TermReq|Connection terminated' "$work/pppd.log" |
		tail -3 | sed 's/^/   pppd: /'
	client_pid=
}

unload() {
	say "kpptpd stops, rmmod kpptp"
	kill -TERM "$daemon_pid"
	wait "$daemon_pid" || fail "kpptpd ended with status $?"
	daemon_pid=
	rmmod kpptp || fail "rmmod kpptp failed"
	[ ! -d /sys/module/kpptp ] && echo "unloaded"
}

# Under emulation the processor says so itself.
if [ -z "$mode" ]; then
	mode=qemu-kvm
	grep -q 'QEMU TCG' /proc/cpuinfo && mode=qemu-tcg
fi
client="$(dpkg-query -W -f '${Package} ${Version}, ' pptp-linux ppp 2>/dev/null | sed 's/, $//')"
load_module
topology
start_daemon
say "the client dials: $client"
dial || { fail "the client did not get through"; verdict; }
negotiation
ping_test
transfer_test
if [ -n "${KEEP:-}" ]; then
	say "KEEP: the tunnel is up; client namespace $ns, socket $work/kpptpd.sock. Leave with exit."
	ip netns exec "$ns" ip -br addr
	bash -i
fi
disconnects
unload
verdict
