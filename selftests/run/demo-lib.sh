# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=bash
#
# What the two demonstrations share; sourced by demo.sh and demo-client.sh. They
# run as root on the machine that has kpptp, normally a guest; run.sh starts it.
# The other end is a network namespace:
#
#      peer namespace $ns                   this machine
#        192.0.2.2  eth0 ------veth------ $outer  192.0.2.1
#
# Inside the tunnel the server is 10.99.0.1, and gives the client an address.
#
# in_client, in_server: what runs a command at that end; empty for this machine.
# client_device: the name of the client's end of the tunnel.
#
# environment: KPPTP_BUILD (programs); KPPTP_MODE=native and KPPTP_KO (kpptp.ko),
# or in a guest KPPTP_MODULES (lib/modules to mount); KEEP=1 (a shell with the
# tunnel up).

top=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd)
build=${KPPTP_BUILD:-$top/build/userspace}
mode=${KPPTP_MODE:-}
ns=kpptp-peer-$$
outer=kpptp-gw-$$
mib=16
# Theirs who source this.
# shellcheck disable=SC2034
{
	user=alice
	secret="correct horse battery"
}
work=$(mktemp -d)
ok=true
peer_pid=
daemon_pid=
client=
server=
auth=
mppe=
loss=100
match=false
up=0
down=0
in_client=
in_server=
client_device=
PATH=$build:$PATH

# Under emulation the processor says so itself.
if [ -z "$mode" ]; then
	mode=qemu-kvm
	grep -q 'QEMU TCG' /proc/cpuinfo && mode=qemu-tcg
fi

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

# Nothing of ours outlives the demonstration, not even what the peer forked.
cleanup() {
	local pid

	end_process "$peer_pid"
	end_process "$daemon_pid"
	for pid in $(ip netns pids "$ns" 2>/dev/null); do
		kill "$pid"
	done
	ip netns del "$ns" 2>/dev/null
	ip link del "$outer" 2>/dev/null
	rm -rf "$work"
}
trap cleanup EXIT

verdict() {
	printf '\n{"ok":%s,"kernel":"%s","mode":"%s","client":"%s",' \
		"$ok" "$(uname -r)" "$mode" "$client"
	[ -z "$server" ] || printf '"server":"%s",' "$server"
	printf '"auth":"%s","mppe":"%s","ping_loss_pct":%s,"sha256_match":%s,' \
		"$auth" "$mppe" "$loss" "$match"
	printf '"mbit_up":%s,"mbit_down":%s}\n' "$up" "$down"
	[ "$ok" = true ]
	exit
}

# packages NAME...: them and their versions, for the last line.
packages() {
	dpkg-query -W -f '${Package} ${Version}, ' "$@" 2>/dev/null | sed 's/, $//'
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

ctl() {
	pptpctl -s "$work/kpptpd.sock" -u "$work/users" "$@"
}

start_kpptpd() {
	say "the configuration"
	cat "$work/kpptpd.conf"
	say "kpptpd"
	kpptpd -c "$work/kpptpd.conf" &
	daemon_pid=$!
	wait_for 20 ctl show tunnels || { fail "kpptpd does not answer"; verdict; }
}

ping_test() {
	say "ping through the tunnel"
	$in_client ping -c 20 -i 0.1 -W 2 10.99.0.1 | tee "$work/ping"
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
	local inner

	inner=$($in_client ip -4 -o addr show dev "$client_device" |
		awk '{ print $4 }' | cut -d/ -f1)
	head -c $((mib * 1048576)) /dev/urandom >"$work/blob"
	match=true
	say "$mib MiB from the client to the server"
	up=$(transfer "$in_client" "$in_server" 10.99.0.1) || { match=false; up=0; }
	echo "$up Mbit/s"
	say "$mib MiB from the server to the client"
	down=$(transfer "$in_server" "$in_client" "$inner") || { match=false; down=0; }
	echo "$down Mbit/s"
	[ $match = true ] || fail "a transfer broke or its SHA-256 differs"
	say "pptpctl show stats"
	ctl show stats
}

keep() {
	[ -n "${KEEP:-}" ] || return
	say "KEEP: the tunnel is up; peer namespace $ns, socket $work/kpptpd.sock. Leave with exit."
	ip netns exec "$ns" ip -br addr
	bash -i
}

no_sessions() {
	[ "$(ctl -j show sessions | tr -d ' \n')" = "[]" ]
}

session_member() {
	ctl -j show sessions |
		python3 -c "import json, sys; s = json.load(sys.stdin); print(s[0]['$1'] if s else '')"
}

# What kpptpd says of the session that is up.
session_test() {
	say "pptpctl show sessions"
	ctl show sessions || fail "show sessions failed"
	auth=$(session_member auth)
	mppe=$(session_member mppe)
	[ "$auth" = MS-CHAP-V2 ] || fail "authenticated by '$auth'"
	[ "$mppe" = "128-bit stateless" ] || fail "encrypted by '$mppe'"
}

unload() {
	say "kpptpd stops, rmmod kpptp"
	kill -TERM "$daemon_pid"
	wait "$daemon_pid" || fail "kpptpd ended with status $?"
	daemon_pid=
	rmmod kpptp || fail "rmmod kpptp failed"
	[ ! -d /sys/module/kpptp ] && echo "unloaded"
}
