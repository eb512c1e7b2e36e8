# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=bash
#
# What the tests of kpptpd share, sourced by them: daemons, steps, and the network of
# all but client.sh, which has one of its own.
#
#        C1  198.51.100.1 ---- c1 ==== c1 ---- 198.51.100.254 \
#                                                              G  kpptpd
#        C2  203.0.113.1  ---- c2 ==== c2 ---- 203.0.113.254  /
#
# The daemon's own inner address is 10.77.0.1. KPPTP_BUILD: where kpptpd and
# pptpctl are; see ../net/lib.sh for the rest. E2E_LOGS=1 shows the daemon's log
# at the end; E2E_ONLY is a regular expression for the names of the steps to run.

here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
# shellcheck source=selftests/net/lib.sh
. "$here/../net/lib.sh"

BUILD=${KPPTP_BUILD:-$TOP/build/userspace}
GATE1=198.51.100.254
GATE2=203.0.113.254
WAIT=180		# seconds, a bound for slow guests and not a measure
work=$(mktemp -d)
clients=()
declare -A daemons	# process IDs, by name

# shellcheck disable=SC2034 # for the tests
conf=$work/kpptpd.conf
users=$work/users
sock=$work/kpptpd.sock
daemon_log=$work/kpptpd.log

in_gate()
{
	ip netns exec "$NS_G" "$@"
}

ctl()
{
	in_gate "$BUILD/pptpctl" -s "$sock" -u "$users" "$@"
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

# start_kpptpd NS NAME [VARIABLE=VALUE...]: with $work/NAME.conf, until it answers at
# $work/NAME.sock; its log goes to $work/NAME.log.
start_kpptpd()
{
	local ns=$1 name=$2
	shift 2
	# Not in_gate: a function in the background would be a shell of its own.
	ip netns exec "$ns" env "$@" "$BUILD/kpptpd" -c "$work/$name.conf" \
		2>>"$work/$name.log" &
	daemons[$name]=$!
	slowwait $WAIT ip netns exec "$ns" "$BUILD/pptpctl" -s "$work/$name.sock" show tunnels || {
		tail -20 "$work/$name.log"
		return 1
	}
}

# stop_kpptpd NAME SIGNAL: its exit status.
stop_kpptpd()
{
	local pid=${daemons[$1]}
	unset "daemons[$1]"
	kill "-$2" "$pid"
	wait "$pid"
}

start_daemon()
{
	start_kpptpd "$NS_G" kpptpd
}

stop_daemon()
{
	stop_kpptpd kpptpd "$1"
}

# The kpptpd that works, of the keeper that start_keeper has started.
worker()
{
	cat /proc/[0-9]*/stat 2>/dev/null |
		awk -v parent="${daemons[kpptpd]}" \
			'{ pid = $1; sub(/.*\) /, ""); if ($2 == parent) { print pid; exit } }'
}

answers()
{
	in_gate "$BUILD/pptpctl" -s "$sock" show tunnels >/dev/null 2>&1
}

# kpptpd under its keeper, in G.
start_keeper()
{
	ip netns exec "$NS_G" "$BUILD/kpptpd" -k -c "$conf" 2>>"$daemon_log" &
	daemons[kpptpd]=$!
	slowwait $WAIT answers && [ -n "$(worker)" ]
}

another_answers()
{
	local pid
	pid=$(worker)
	[ -n "$pid" ] && [ "$pid" != "$1" ] && answers
}

# replaced HOW...: a kpptpd is there that is not the one that was, by that command.
replaced()
{
	local before
	before=$(worker)
	"$@" || return
	slowwait $WAIT another_answers "$before" || { tail -20 "$daemon_log"; return 1; }
}

kill_worker()
{
	kill -KILL "$(worker)"
}

# What systemd does for "systemctl restart", and an administrator for an upgrade.
leave()
{
	kill -USR2 "${daemons[kpptpd]}"
}

# dialer_conf FILE SOCKET: of a kpptpd that only dials.
dialer_conf()
{
	cat >"$1" <<-END
		[server]
		listen = none
		control-socket = $2
		log-level = debug

		[control]
		stop-timeout = 1

		[ppp]
		restart-interval = 1

		[tunnels]
		directory = $work/tunnels.d
		connect-timeout = 3
		retry-min = 1
		retry-max = 3
		resolv-conf = $work/resolv.conf

		[users]
		file = $work/no-users
	END
	install -m 600 /dev/null "$work/no-users"
}

# The same for one that is to be started in C2 as "client".
write_dialer_conf()
{
	dialer_conf "$work/client.conf" "$work/client.sock"
}

dial_ctl()
{
	ip netns exec "$NS_C2" "$BUILD/pptpctl" -s "$work/client.sock" "$@"
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

# dial NAME NS GATE USER SECRET [OPTION...]: with MPPE, and so with MS-CHAPv2.
dial()
{
	dial_with "$@" require-mppe-128 nomppe-stateful
}

# dial_with NAME NS GATE USER SECRET [OPTION...]: pppd in the background, its log in
# NAME.log, its device NAME. pptp-linux keeps a socket a server in /run/pptp,
# which would make clients of two namespaces one: each gets its own.
dial_with()
{
	local name=$1 ns=$2 gate=$3 user=$4 secret=$5
	shift 5
	: >"$work/$name.log"
	ip netns exec "$ns" unshare -m sh -c \
		'mkdir -p /run/pptp && mount -t tmpfs none /run/pptp && exec "$@"' sh \
		pppd pty "pptp $gate --nolaunchpppd" ifname "$name" user "$user" \
		password "$secret" noauth usepeerdns noipdefault nodefaultroute nodetach debug \
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

# client_ended NAME STATUS[|STATUS...]: pppd has ended with one of these exit statuses.
client_ended()
{
	local status
	slowwait $WAIT gone "$(pid_of "$1")"
	wait "$(pid_of "$1")"
	status=$?
	[[ $status =~ ^($2)$ ]] || { echo "exit status $status"; tail -20 "$work/$1.log"; return 1; }
}

# client_refused NAME: the server has not let it in. pppd ends with 19, or with 16
# where pptp has hung up before pppd has looked at why it ends itself.
client_refused()
{
	client_ended "$1" '16|19' &&
		grep -qiE 'authentication fail|failed to authenticate' "$work/$1.log"
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

# number USER MEMBER: as session, where it would cost an interpreter too often.
number()
{
	ctl -j show sessions | tr '{' '\n' | grep "\"user\":\"$1\"" |
		sed -n "s/.*\"$2\":\([0-9]*\).*/\1/p"
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

hang_up()
{
	kill -TERM "$(pid_of "$1")"
	client_ended "$1" "${2:-5}"
}

kill_clients()
{
	local pid
	for pid in $(ip netns pids "$1" 2>/dev/null); do
		kill -KILL "$pid"
	done
}

mend_cable()
{
	ip netns exec "$NS_C2" tc qdisc del dev c2 root 2>/dev/null
	in_gate tc qdisc del dev c2 root 2>/dev/null
}

# What a failure left must not fail the next step.
mend()
{
	mend_cable
	kill_clients "$NS_C2"
}

cleanup()
{
	local ns
	for ns in "${NS_LIST[@]}"; do
		kill_clients "$ns"
	done
	[ -z "${E2E_LOGS:-}" ] || sed 's/^/# kpptpd: /' "$daemon_log"
	cleanup_all_ns
	unload_module 2>/dev/null
	rm -rf "$work"
}

# step WHAT COMMAND...: check of ../net/lib.sh, but in this shell, which has to
# know of the processes that a command leaves behind.
step()
{
	local what=$1
	shift
	if "$@" >"$work/step" 2>&1; then
		ktap_test_pass "$what"
	else
		ktap_test_fail "$what"
		sed 's/^/# /' "$work/step"
		mend
	fi
}

need_tools()
{
	local tool
	for tool in "$@"; do
		command -v "$tool" >/dev/null || skip_all "needs $tool"
	done
}

# bed_open: needs and network, or a skip.
bed_open()
{
	[ "$(id -u)" = 0 ] || skip_all "needs root"
	need_tools pppd pptp tc
	load_module || skip_all "cannot load kpptp"
	modprobe -q -a ppp_async ppp_mppe sch_netem
	[ -c /dev/ppp ] || mknod /dev/ppp c 108 0
	touch "$daemon_log"
	trap cleanup EXIT
	make_network || skip_all "cannot make namespaces"
}

# A daemon that makes a call that is not in its list goes on, but says so.
no_call_was_refused()
{
	! grep 'the system call' "$work"/*.log
}

# bed_run "WHAT:COMMAND"...: those that E2E_ONLY chooses.
bed_run()
{
	local chosen test
	mapfile -t chosen < <(printf '%s\n' "$@" | grep -E "^[^:]*(${E2E_ONLY:-})[^:]*:")
	chosen+=("no system call was refused:no_call_was_refused")
	ktap_print_header
	ktap_set_plan ${#chosen[@]}
	for test in "${chosen[@]}"; do
		# The words of a command are split, and its variables known, here.
		eval "step \"\${test%%:*}\" ${test#*:}"
	done
	ktap_finished
}
