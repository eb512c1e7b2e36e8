#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
#
# kpptpd and kpptp.ko against the unmodified pptp-linux and pppd of Debian:
#
#        C1  198.51.100.1 ---- c1 ==== c1 ---- 198.51.100.254 \
#                                                              G  kpptpd
#        C2  203.0.113.1  ---- c2 ==== c2 ---- 203.0.113.254  /
#
# Inner addresses are 10.77.0.0/24. KPPTP_BUILD: where kpptpd and pptpctl are;
# see ../net/lib.sh for the rest. E2E_LOGS=1 shows the daemon's log at the end;
# E2E_ONLY is a regular expression for the names of the steps to run.

here=$(cd "$(dirname "$0")" && pwd)
# shellcheck source=selftests/net/lib.sh
. "$here/../net/lib.sh"

BUILD=${KPPTP_BUILD:-$TOP/build/userspace}
GATE1=198.51.100.254
GATE2=203.0.113.254
SECRET="correct horse battery"
START_TIMEOUT=2
WAIT=180		# seconds, a bound for slow guests and not a measure
OCTETS=$((1024 * 1024))
work=$(mktemp -d)
daemon_pid=
clients=()

conf=$work/kpptpd.conf
users=$work/users
sock=$work/kpptpd.sock
daemon_log=$work/daemon.log

in_gate()
{
	ip netns exec "$NS_G" "$@"
}

ctl()
{
	in_gate "$BUILD/pptpctl" -s "$sock" -u "$users" "$@"
}

write_conf()
{
	cat >"$conf" <<-END
		[server]
		listen = $GATE1, $GATE2
		name = gate
		control-socket = $sock
		log-level = debug
		max-connections-per-address = 6

		[control]
		start-timeout = $START_TIMEOUT
		stop-timeout = 1

		[ppp]
		restart-interval = 1
		echo-interval = 1
		echo-failures = 3

		[mppe]
		policy = require

		[network]
		local-address = 10.77.0.1
		pool = 10.77.0.10-10.77.0.19
		dns = 10.77.0.53, 10.77.0.54

		[users]
		file = $users
	END
}

make_network()
{
	setup_ns NS_G NS_C1 NS_C2 || return
	ip link add c1 netns "$NS_G" type veth peer name c1 netns "$NS_C1" || return
	ip link add c2 netns "$NS_G" type veth peer name c2 netns "$NS_C2" || return
	ip -n "$NS_G" addr add $GATE1/24 dev c1
	ip -n "$NS_G" addr add $GATE2/24 dev c2
	ip -n "$NS_C1" addr add 198.51.100.1/24 dev c1
	ip -n "$NS_C2" addr add 203.0.113.1/24 dev c2
	ip -n "$NS_G" link set c1 up && ip -n "$NS_G" link set c2 up
	ip -n "$NS_C1" link set c1 up && ip -n "$NS_C2" link set c2 up
}

# The users file is made by pptpctl, but for one line that pppd would take.
make_users()
{
	install -m 600 /dev/null "$users"
	printf '%s\n' "$SECRET" | ctl add-user alice &&
		printf '%s\n' "$SECRET" | ctl add-user fixed address 10.77.0.200 &&
		printf 'plain * "%s" *\n' "$SECRET" >>"$users"
}

start_daemon()
{
	# Not in_gate: a function in the background would be a shell of its own.
	ip netns exec "$NS_G" "$BUILD/kpptpd" -c "$conf" 2>>"$daemon_log" &
	daemon_pid=$!
	slowwait $WAIT ctl show tunnels
}

# The daemon's exit status, after SIGNAL.
stop_daemon()
{
	local pid=$daemon_pid
	daemon_pid=
	kill "-$1" "$pid"
	wait "$pid"
}

# Lines of the daemon's log so far, to look at those that come later.
mark()
{
	wc -l <"$daemon_log"
}

logged_since()
{
	tail -n "+$(($1 + 1))" "$daemon_log" | grep -qE -- "$2"
}

# dial NAME NS GATE USER SECRET [OPTION...]: pppd in the background, its log in
# NAME.log, its device NAME. pptp-linux keeps a socket a server in /run/pptp,
# which would make clients of two namespaces one: each gets its own.
dial()
{
	local name=$1 ns=$2 gate=$3 user=$4 secret=$5
	shift 5
	: >"$work/$name.log"
	ip netns exec "$ns" unshare -m sh -c \
		'mkdir -p /run/pptp && mount -t tmpfs none /run/pptp && exec "$@"' sh \
		pppd pty "pptp $gate --nolaunchpppd" ifname "$name" user "$user" \
		password "$secret" require-mschap-v2 require-mppe-128 nomppe-stateful \
		noauth usepeerdns noipdefault nodefaultroute nodetach debug \
		ipparam kpptp logfile "$work/$name.log" "$@" </dev/null >/dev/null 2>&1 &
	clients+=($!)
	declare -g "pid_$name=$!"
}

pid_of()
{
	local var=pid_$1
	echo "${!var}"
}

client_up()
{
	slowwait $WAIT grep -q 'remote IP address' "$work/$1.log" || {
		tail -30 "$work/$1.log"
		return 1
	}
}

client_address()
{
	sed -n 's/^local  IP address //p' "$work/$1.log" | head -1
}

# client_ended NAME STATUS: pppd has ended with this exit status.
client_ended()
{
	local status
	slowwait $WAIT gone "$(pid_of "$1")"
	wait "$(pid_of "$1")"
	status=$?
	[ "$status" = "$2" ] || { echo "exit status $status"; tail -20 "$work/$1.log"; return 1; }
}

gone()
{
	! kill -0 "$1" 2>/dev/null
}

# session USER MEMBER: of the daemon's session of a user.
session()
{
	ctl -j show sessions | /usr/bin/python3 -c '
import json, sys
for row in json.load(sys.stdin):
    if row.get("user") == sys.argv[1]:
        print(row[sys.argv[2]])
' "$1" "$2"
}

# Polled, and so without an interpreter that takes seconds in a debug kernel.
sessions_are()
{
	[ "$(ctl -j show sessions | grep -o '"peer":' | grep -c .)" = "$1" ]
}

no_sessions()
{
	slowwait $WAIT sessions_are 0 || { ctl show sessions; return 1; }
}

# pings NS COUNT: every one is answered.
pings()
{
	ip netns exec "$1" ping -q -i 0.2 -c "$2" -W 10 -I "$3" 10.77.0.1 |
		grep -q "$2 received"
}

transfer()
{
	local server
	in_gate /usr/bin/python3 "$here/transfer.py" serve 10.77.0.1 7000 &
	server=$!
	slowwait $WAIT sh -c "ip netns exec $NS_G ss -ltn | grep -q ':7000 '"
	ip netns exec "$NS_C1" /usr/bin/python3 "$here/transfer.py" call 10.77.0.1 7000 $OCTETS |
		grep -qx $OCTETS && wait "$server"
}

hang_up()
{
	kill -TERM "$(pid_of "$1")"
	client_ended "$1" "${2:-5}"
}

# refused TEXT SENTENCE: kpptpd -t ends with 1 and says it.
refused()
{
	local out status
	printf '%b' "$1" >"$work/bad.conf"
	out=$("$BUILD/kpptpd" -t -c "$work/bad.conf" 2>&1)
	status=$?
	echo "status $status: $out"
	[ $status = 1 ] && [ "$(wc -l <<<"$out")" = 1 ] && grep -qF -- "$2" <<<"$out"
}

bad_configurations()
{
	local net='[network]\nlocal-address = 10.0.0.1\n' bad=$work/bad.conf
	refused '' "$bad: [network] needs a local-address" &&
		refused "${net}[server]\nport = 0\n" "$bad:4: port must be a number from 1 to 65535" &&
		refused "${net}[server]\nprot = 1\n" "$bad:4: [server] has no setting \"prot\"" &&
		refused "[sever]\nport = 1\n" "$bad:2: there is no section [sever]" &&
		refused "port = 1\n" "$bad:1: \"port\" stands before the first [section]" &&
		refused "[server]\nport = 1\nport = 2\n" "$bad:3: port is given twice" &&
		refused "${net}pool = 10.1.0.9-10.1.0.1\n" "$bad:3: " &&
		refused "${net}words without a sign\n" "$bad:3: " &&
		refused "${net}[users]\nfile = /nonexistent\n" "cannot open the users file /nonexistent"
}

world_readable_users()
{
	cp "$users" "$work/open-users"
	chmod 644 "$work/open-users"
	refused "[network]\nlocal-address = 10.0.0.1\n[users]\nfile = $work/open-users\n" \
		"everybody can read or write"
}

second_daemon()
{
	local out
	out=$(in_gate "$BUILD/kpptpd" -c "$conf" 2>&1) && return 1
	grep -q "another kpptpd answers at" <<<"$out" || { echo "$out"; return 1; }
	sed "s|^control-socket.*|control-socket = $work/other.sock|" "$conf" >"$work/other.conf"
	out=$(in_gate "$BUILD/kpptpd" -c "$work/other.conf" 2>&1) && return 1
	grep -q "cannot listen on $GATE1 port 1723: another program uses it" <<<"$out" ||
		{ echo "$out"; return 1; }
}

# CAP_NET_BIND_SERVICE and CAP_NET_ADMIN, and nothing that could give more.
privileges()
{
	local status=/proc/$daemon_pid/status
	grep -E 'Cap(Prm|Eff|Bnd)|NoNewPrivs' "$status"
	[ "$(grep -cE 'Cap(Prm|Eff|Bnd):\s*0000000000001400$' "$status")" = 3 ] &&
		grep -qE 'NoNewPrivs:\s*1' "$status"
}

connects()
{
	dial one "$NS_C1" $GATE1 alice "$SECRET"
	client_up one &&
		grep -q 'MPPE 128-bit stateless compression enabled' "$work/one.log" &&
		slowwait $WAIT sessions_are 1
}

got_dns()
{
	grep -q 'primary   DNS address 10.77.0.53' "$work/one.log" &&
		grep -q 'secondary DNS address 10.77.0.54' "$work/one.log"
}

shows_session()
{
	[ "$(session alice peer)" = 198.51.100.1 ] &&
		[ "$(session alice local)" = $GATE1 ] &&
		[ "$(session alice address)" = "$(client_address one)" ] &&
		[ "$(session alice mppe)" = "128-bit stateless" ] &&
		[ "$(session alice auth)" = "MS-CHAP-V2" ] &&
		ip -n "$NS_G" -d link show dev "$(session alice ifname)" | grep -qw kpptp
}

# The largest packet that the negotiation allows, unfragmented, and back.
full_size_ping()
{
	local mtu
	mtu=$(cat "/proc/$(pid_of one)/root/sys/class/net/one/mtu" 2>/dev/null ||
		ip -n "$NS_C1" -o link show dev one | sed 's/.* mtu \([0-9]*\).*/\1/')
	ip netns exec "$NS_C1" ping -q -c 3 -W 10 -M "do" -s $((mtu - 28)) 10.77.0.1 |
		grep -q '3 received'
}

wrong_password()
{
	local from
	from=$(mark)
	dial two "$NS_C2" $GATE2 alice "not it"
	client_ended two 19 && logged_since "$from" 'alice refused: wrong password'
}

unknown_user()
{
	local from
	from=$(mark)
	dial two "$NS_C2" $GATE2 nobody "$SECRET"
	client_ended two 19 && logged_since "$from" 'nobody refused: no such user'
}

domain_is_stripped()
{
	dial two "$NS_C2" $GATE2 'WORKGROUP\\plain' "$SECRET"
	client_up two && [ -n "$(session plain id)" ] && hang_up two
}

# Six at once from two networks, of three users; addresses differ.
several_clients()
{
	local n addresses
	for n in 1 2 3; do
		dial "a$n" "$NS_C1" $GATE1 alice "$SECRET"
		dial "b$n" "$NS_C2" $GATE2 plain "$SECRET"
	done
	for n in 1 2 3; do
		client_up "a$n" && client_up "b$n" || return
	done
	addresses=$(for n in 1 2 3; do client_address "a$n"; client_address "b$n"; done | sort -u)
	[ "$(wc -l <<<"$addresses")" = 6 ] && slowwait $WAIT sessions_are 7 || return
	for n in 1 2 3; do
		pings "$NS_C1" 3 "a$n" && pings "$NS_C2" 3 "b$n" || return
	done
	for n in 1 2 3; do
		hang_up "a$n" && hang_up "b$n" || return
	done
	slowwait $WAIT sessions_are 1
}

kill_clients()
{
	local pid
	for pid in $(ip netns pids "$1" 2>/dev/null); do
		kill -KILL "$pid"
	done
}

# pptp and pppd die without a word: the kernel's FIN is all that we hear.
killed_client()
{
	local from
	dial two "$NS_C2" $GATE2 plain "$SECRET"
	client_up two || return
	from=$(mark)
	kill_clients "$NS_C2"
	wait "$(pid_of two)"
	slowwait $WAIT sessions_are 1 && logged_since "$from" 'plain is down: '
}

cut_cable()
{
	ip netns exec "$NS_C2" tc qdisc add dev c2 root netem loss 100% &&
		in_gate tc qdisc add dev c2 root netem loss 100%
}

mend_cable()
{
	ip netns exec "$NS_C2" tc qdisc del dev c2 root 2>/dev/null
	in_gate tc qdisc del dev c2 root 2>/dev/null
}

echo_timeout()
{
	local from
	dial two "$NS_C2" $GATE2 plain "$SECRET" lcp-echo-interval 1 lcp-echo-failure 3
	client_up two || return
	from=$(mark)
	cut_cable || return
	slowwait $WAIT sessions_are 1 && slowwait $WAIT gone "$(pid_of two)"
	mend_cable
	logged_since "$from" 'plain is down: the peer answers no more'
}

fixed_address()
{
	dial two "$NS_C2" $GATE2 fixed "$SECRET"
	client_up two && [ "$(client_address two)" = 10.77.0.200 ]
}

# The same user again: the newer login has the address, the older one ends.
fixed_address_again()
{
	dial three "$NS_C1" $GATE1 fixed "$SECRET"
	client_up three && [ "$(client_address three)" = 10.77.0.200 ] &&
		slowwait $WAIT gone "$(pid_of two)" && slowwait $WAIT sessions_are 2 &&
		pings "$NS_C1" 3 three && hang_up three
}

disconnect_by_server()
{
	local watcher event
	ip netns exec "$NS_G" "$BUILD/pptpctl" -s "$sock" -j monitor >"$work/events" &
	watcher=$!
	dial two "$NS_C2" $GATE2 plain "$SECRET"
	client_up two && ctl disconnect user plain && slowwait $WAIT gone "$(pid_of two)" &&
		grep -q 'LCP terminated by peer' "$work/two.log" &&
		slowwait $WAIT sessions_are 1 &&
		slowwait $WAIT grep -q '"tunnel-down"' "$work/events" || return
	kill $watcher
	for event in tunnel-up session-up session-down tunnel-down; do
		[ "$(grep -c "\"$event\"" "$work/events")" = 1 ] ||
			{ cat "$work/events"; return 1; }
	done
}

disconnect_by_client()
{
	local from
	from=$(mark)
	hang_up one && no_sessions && logged_since "$from" 'alice is down: ' &&
		[ -z "$(ip -n "$NS_G" -o link show type kpptp)" ]
}

reload_keeps_sessions()
{
	local before
	before=$(session alice id)
	printf '%s\n' "$SECRET" | ctl add-user late && ctl reload || return
	[ "$(session alice id)" = "$before" ] && pings "$NS_C1" 3 one || return
	dial two "$NS_C2" $GATE2 late "$SECRET"
	client_up two && hang_up two
}

bad_reload()
{
	local from out
	from=$(mark)
	cp "$conf" "$work/good.conf"
	echo "nonsense = 1" >>"$conf"
	out=$(ctl reload 2>&1) && return 1
	cp "$work/good.conf" "$conf"
	grep -q "$conf:[0-9]*: \[users\] has no setting \"nonsense\"" <<<"$out" || return
	pings "$NS_C1" 3 one
}

# While somebody's session goes on and loses nothing.
hostile_peers()
{
	local pinger out from
	from=$(mark)
	ip netns exec "$NS_C1" ping -q -i 0.2 -c 60 -W 10 -I one 10.77.0.1 >"$work/ping" &
	pinger=$!
	out=$(ip netns exec "$NS_C2" /usr/bin/python3 "$here/hostile.py" $GATE2 $START_TIMEOUT)
	wait $pinger
	printf '%s\n' "$out" | sed 's/^/# /'
	! grep -q '^not ok' <<<"$out" && grep -q '60 received' "$work/ping" &&
		kill -0 "$daemon_pid" && slowwait $WAIT sessions_are 1 &&
		logged_since "$from" 'no GRE received from 203.0.113.1: is IP protocol 47 blocked'
}

# More connections than one address may have: the last ones are closed at once.
connection_limit()
{
	ip netns exec "$NS_C2" /usr/bin/python3 - $GATE2 <<-'END'
		import socket, sys
		peers = [socket.create_connection((sys.argv[1], 1723), timeout=30) for _ in range(8)]
		print(sum(peer.recv(1) == b"" for peer in peers[6:]))
		sys.exit(0 if all(peer.recv(1) == b"" for peer in peers[6:]) else 1)
	END
}

# LCP begins anew on a session that is up: pppd does it on SIGUSR2 for CCP only,
# and ends the link when encryption was required; either way nothing hangs.
renegotiation()
{
	local from
	dial two "$NS_C2" $GATE2 plain "$SECRET"
	client_up two || return
	from=$(mark)
	kill -USR2 "$(pid_of two)"
	if slowwait 10 gone "$(pid_of two)"; then
		slowwait $WAIT sessions_are 1
		return
	fi
	pings "$NS_C2" 3 two && hang_up two
}

killed_server()
{
	local from
	stop_daemon KILL 2>/dev/null
	slowwait $WAIT gone "$(pid_of one)" || return
	from=$(mark)
	start_daemon && logged_since "$from" 'removed 1 sessions of a former kpptpd' &&
		no_sessions && [ -z "$(ip -n "$NS_G" -o link show type kpptp)" ] || return
	dial one "$NS_C1" $GATE1 alice "$SECRET"
	client_up one && pings "$NS_C1" 3 one
}

# Nothing is left of a session: LCP, call and control connection have ended.
stopped_server()
{
	local from
	from=$(mark)
	stop_daemon TERM || { echo "exit status $?"; return 1; }
	slowwait $WAIT gone "$(pid_of one)" &&
		grep -q 'LCP terminated by peer' "$work/one.log" &&
		logged_since "$from" 'alice is down: ' &&
		[ -z "$(ip -n "$NS_G" -o link show type kpptp)" ] && [ ! -e "$sock" ]
}

cleanup()
{
	[ -z "$daemon_pid" ] || kill -KILL "$daemon_pid" 2>/dev/null
	kill_clients "$NS_C1"
	kill_clients "$NS_C2"
	[ -z "${E2E_LOGS:-}" ] || sed 's/^/# kpptpd: /' "$daemon_log"
	cleanup_all_ns
	unload_module 2>/dev/null
	rm -rf "$work"
}

# step WHAT COMMAND...: check of ../net/lib.sh, but in this shell, which has to
# know of the processes that a command leaves behind. What a failure left in C2
# must not fail the next one.
step()
{
	local what=$1
	shift
	if "$@" >"$work/step" 2>&1; then
		ktap_test_pass "$what"
	else
		ktap_test_fail "$what"
		sed 's/^/# /' "$work/step"
		mend_cable
		kill_clients "$NS_C2"
	fi
}

[ "$(id -u)" = 0 ] || skip_all "needs root"
for tool in pppd pptp tc; do
	command -v $tool >/dev/null || skip_all "needs $tool"
done
load_module || skip_all "cannot load kpptp"
modprobe -q -a ppp_async ppp_mppe sch_netem
[ -c /dev/ppp ] || mknod /dev/ppp c 108 0
touch "$daemon_log"
trap cleanup EXIT
make_network || skip_all "cannot make namespaces"
write_conf

TESTS_TABLE=(
	"users are added by pptpctl:make_users"
	"bad configurations are refused by line:bad_configurations"
	"a users file that all can read is refused:world_readable_users"
	"kpptpd starts:start_daemon"
	"kpptpd has given up privileges:privileges"
	"a second kpptpd says what is in its way:second_daemon"
	"pppd connects with MS-CHAPv2 and MPPE-128:connects"
	"DNS servers are received:got_dns"
	"show sessions tells the truth:shows_session"
	"twenty pings, twenty answers:pings \$NS_C1 20 one"
	"a packet of the full MTU passes:full_size_ping"
	"TCP both ways, digests compared:transfer"
	"a wrong password is refused:wrong_password"
	"an unknown user is refused:unknown_user"
	"DOMAIN\\user is the user:domain_is_stripped"
	"seven clients at once:several_clients"
	"a killed client's session goes:killed_client"
	"a cut cable ends by echo:echo_timeout"
	"a fixed address is given:fixed_address"
	"the newest login has the fixed address:fixed_address_again"
	"the server disconnects in order, and monitor tells:disconnect_by_server"
	"compression renegotiated by the client:renegotiation"
	"reload keeps sessions and knows new users:reload_keeps_sessions"
	"a bad reload changes nothing:bad_reload"
	"hostile peers disturb nobody:hostile_peers"
	"wrong requests to the control socket:/usr/bin/python3 \$here/ctlsock.py \$sock"
	"connections of one address are limited:connection_limit"
	"the client disconnects in order:disconnect_by_client"
	"pppd connects again:connects"
	"a killed kpptpd's sessions are swept:killed_server"
	"kpptpd stops in order:stopped_server"
	"the module unloads:unload_module"
)

mapfile -t chosen < <(printf '%s\n' "${TESTS_TABLE[@]}" | grep -E "^[^:]*(${E2E_ONLY:-})[^:]*:")
ktap_print_header
ktap_set_plan ${#chosen[@]}
for test in "${chosen[@]}"; do
	# The words of a command are split, and its variables known, here.
	eval "step \"\${test%%:*}\" ${test#*:}"
done
ktap_finished
