# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=bash
#
# What the tests with peers share, on top of ../net/lib.sh: gateways, clients,
# captures. KPPTP_BUILD: where kpptpd and pptpctl are.

PEERS=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
# shellcheck source=selftests/net/lib.sh
. "$PEERS/../net/lib.sh"

BUILD=${KPPTP_BUILD:-$TOP/build/userspace}
PEER_USER=alice
SECRET="correct horse battery"
WAIT=180		# seconds, a bound for slow guests and not a measure
work=$(mktemp -d)
daemons=()
declare -A client_pid=()

gone()
{
	! kill -0 "$1" 2>/dev/null
}

# link NS_1 ADDRESS_1 NS_2 ADDRESS_2 NAME: a cable between two namespaces.
link()
{
	printf '%s\n' "link add $5 type veth peer name $5 netns $3" "addr add $2/24 dev $5" \
		"link set $5 up" | ip -n "$1" -batch - &&
		printf '%s\n' "addr add $4/24 dev $5" "link set $5 up" | ip -n "$3" -batch -
}

gateway_ctl()
{
	local ns=$1 name=$2
	shift 2
	ip netns exec "$ns" "$BUILD/pptpctl" -s "$work/$name.sock" -u "$work/$name.users" "$@"
}

# gateway NS NAME ADDRESS INNER-NETWORK [SECTION.SETTING=VALUE...]: kpptpd in a
# namespace, with one user; INNER-NETWORK is the first three numbers. ECHO_FAILURES:
# seconds of silence that end a link.
gateway()
{
	local ns=$1 name=$2 address=$3 inner=$4 setting line
	shift 4
	{
		cat <<-END
			[server]
			listen = $address
			name = $name
			control-socket = $work/$name.sock
			log-level = debug

			[control]
			stop-timeout = 1

			[network]
			local-address = $inner.1
			pool = $inner.10-$inner.99
			dns = $inner.53, $inner.54

			[users]
			file = $work/$name.users

			[ppp]
			restart-interval = 1
			echo-interval = 1
			echo-failures = ${ECHO_FAILURES:-60}
		END
		for setting; do
			line=${setting#*.}
			printf '[%s]\n%s = %s\n' "${setting%%.*}" "${line%%=*}" "${line#*=}"
		done
	} >"$work/$name.conf"
	printf '%s * "%s" *\n' "$PEER_USER" "$SECRET" >"$work/$name.users"
	chmod 600 "$work/$name.users"
	ip netns exec "$ns" "$BUILD/kpptpd" -c "$work/$name.conf" 2>>"$work/$name.log" &
	daemons+=($!)
	slowwait $WAIT gateway_ctl "$ns" "$name" show tunnels >/dev/null || {
		cat "$work/$name.log"
		return 1
	}
}

# Polled, and so without an interpreter that takes seconds in a debug kernel.
sessions_are()
{
	[ "$(gateway_ctl "$1" "$2" -j show sessions | grep -o '"peer":' | grep -c .)" = "$3" ]
}

# session NS NAME MEMBER: of the only session.
session()
{
	gateway_ctl "$1" "$2" -j show sessions |
		grep -o "\"$3\": *\"[^\"]*\"" | sed 's/.*: *"//; s/"$//' | head -1
}

# dial NAME NS SERVER [PPPD-OPTION...]: Debian's pppd and pptp-linux, as device
# NAME. pptp-linux keeps a socket a server in /run/pptp, which would make clients
# of two namespaces one: each gets its own.
dial()
{
	local name=$1 ns=$2 server=$3
	shift 3
	: >"$work/$name.log"
	ip netns exec "$ns" unshare -m sh -c \
		'mkdir -p /run/pptp && mount -t tmpfs none /run/pptp && exec "$@"' sh \
		pppd pty "pptp $server --nolaunchpppd" ifname "$name" user "$PEER_USER" \
		password "$SECRET" noauth usepeerdns noipdefault nodefaultroute nodetach \
		debug ipparam kpptp logfile "$work/$name.log" "$@" \
		</dev/null >/dev/null 2>&1 &
	client_pid[$name]=$!
}

# up_or_gone NAME: pppd has come to an end of its negotiations, either one.
up_or_gone()
{
	grep -q 'remote IP address' "$work/$1.log" || gone "${client_pid[$1]}"
}

client_up()
{
	slowwait $WAIT up_or_gone "$1"
	grep -q 'remote IP address' "$work/$1.log" || {
		tail -30 "$work/$1.log"
		return 1
	}
}

# client_ended NAME STATUS: pppd has ended, with this exit status if it matters.
client_ended()
{
	local pid=${client_pid[$1]} status
	slowwait $WAIT gone "$pid"
	wait "$pid"
	status=$?
	unset "client_pid[$1]"
	[ "$status" = "${2:-$status}" ] || {
		echo "exit status $status"
		tail -20 "$work/$1.log"
		return 1
	}
}

hang_up()
{
	kill -TERM "${client_pid[$1]}" 2>/dev/null
	client_ended "$1" "${2:-5}"
}

# pings NS DEVICE TARGET COUNT: every one is answered.
pings()
{
	ip netns exec "$1" ping -q -i 0.2 -c "$4" -W 10 -I "$2" "$3" | grep -q "$4 received"
}

end_all()
{
	local pid
	for pid in "${captures[@]}" "${client_pid[@]}" "${daemons[@]}"; do
		kill -TERM "$pid" 2>/dev/null && wait "$pid" 2>/dev/null
	done
	[ -z "${PEERS_LOGS:-}" ] || sed 's/^/# /' "$work"/*.log
	cleanup_all_ns
	unload_module 2>/dev/null
	rm -rf "$work"
}

# begin TOOL...: what every script here needs first.
begin()
{
	local tool
	[ "$(id -u)" = 0 ] || skip_all "needs root"
	for tool in tcpdump "$@"; do
		command -v "$tool" >/dev/null || skip_all "needs $tool"
	done
	load_module || skip_all "cannot load kpptp"
	modprobe -q -a ppp_async ppp_mppe
	[ -c /dev/ppp ] || mknod /dev/ppp c 108 0
	trap end_all EXIT
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
	fi
}

# relay: the "ok" and "not ok" lines of a program, counted with the others.
relay()
{
	local line
	while IFS= read -r line; do
		case $line in
		"ok "*) ktap_test_pass "${line#ok }" ;;
		"not ok "*) ktap_test_fail "${line#not ok }" ;;
		*) printf '%s\n' "$line" ;;
		esac
	done
}
