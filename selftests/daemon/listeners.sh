#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
#
# A reload moves the addresses that kpptpd listens on, under a client who stays
# connected. In the network of bed.sh; inner addresses are 10.77.0.0/24.

# shellcheck source=selftests/daemon/bed.sh
. "$(dirname "$0")/bed.sh"

SECRET="correct horse battery"
blocker=
nl=$'\n'

# write_conf SERVER [GUESTS]: lines of [server] and of [listener guests].
write_conf()
{
	cat >"$conf" <<-END
		[server]
		control-socket = $sock
		log-level = debug
		max-connections-per-address = 100
		$1
		[control]
		stop-timeout = 1
		[ppp]
		restart-interval = 1
		[network]
		local-address = 10.77.0.1
		pool = 10.77.0.10-10.77.0.19
		[users]
		file = $users
		${2:+[listener guests]$nl$2}
	END
}

make_users()
{
	install -m 600 /dev/null "$users" && printf '%s\n' "$SECRET" | ctl add-user alice
}

# Where something listens, as ADDRESS:PORT, sorted.
listens()
{
	in_gate ss -Hltn | awk '{ print $4 }' | sort | tr '\n' ' '
}

listens_on()
{
	[ "$(listens)" = "$1 " ] || { listens; return 1; }
}

# takes GATE PORT: a TCP connection from C2.
takes()
{
	ip netns exec "$NS_C2" timeout 10 bash -c "exec 3<>/dev/tcp/$1/$2" 2>/dev/null
}

# One that was there before the reload; its PPP and control connection go on.
client_stays()
{
	pings "$NS_C1" 3 one && ! gone "$(pid_of one)" && sessions_are 1 &&
		ctl show tunnels | grep -q '198.51.100.1 '
}

calls_in()
{
	dial one "$NS_C1" $GATE1 alice "$SECRET"
	client_up one && client_stays
}

moves()
{
	write_conf "listen = $GATE2" && ctl reload && listens_on "$GATE2:1723" && client_stays &&
		takes $GATE2 1723 && ! takes $GATE1 1723
}

adds()
{
	write_conf "listen = $GATE1, $GATE2" && ctl reload && listens_on "$GATE1:1723 $GATE2:1723" &&
		client_stays && takes $GATE2 1723
}

other_port()
{
	write_conf "listen = $GATE1${nl}port = 1724" && ctl reload && listens_on "$GATE1:1724" && client_stays &&
		! takes $GATE2 1723
}

listener_comes_and_goes()
{
	write_conf "listen = $GATE1" "listen = $GATE2${nl}port = 2723" && ctl reload && listens_on "$GATE1:1723 $GATE2:2723" &&
		takes $GATE2 2723 && client_stays || return
	write_conf "" "listen = $GATE2" && ctl reload && listens_on "$GATE2:1723" && client_stays
}

# All addresses at a port and one of them exclude each other, also of one program.
all_and_one()
{
	write_conf "listen = 0.0.0.0" && ctl reload && listens_on "0.0.0.0:1723" && client_stays &&
		takes $GATE2 1723 || return
	write_conf "listen = $GATE2, $GATE1" && ctl reload &&
		listens_on "$GATE1:1723 $GATE2:1723" && client_stays && takes $GATE2 1723
}

# Another program has one of the addresses: all stays as it was, and one sentence says why.
in_use()
{
	local out
	in_gate /usr/bin/python3 -c "import socket, sys
s = socket.socket()
s.bind(('$GATE2', 1725))
s.listen()
print('bound', flush=True)
sys.stdin.read()" <"$work/hold" >"$work/blocker" 2>&1 &
	blocker=$!
	exec 9>"$work/hold"
	slowwait $WAIT grep -q bound "$work/blocker" || return
	write_conf "listen = $GATE1${nl}port = 1726" "listen = $GATE2${nl}port = 1725"
	out=$(ctl reload 2>&1) && return 1
	echo "$out"
	[ "$(wc -l <<<"$out")" = 1 ] &&
		grep -q "cannot listen on $GATE2 port 1725: another program uses it" <<<"$out" &&
		listens_on "$GATE1:1723 $GATE2:1723 $GATE2:1725" && client_stays && takes $GATE2 1723
}

free_again()
{
	exec 9>&-
	wait "$blocker"
	ctl reload && listens_on "$GATE1:1726 $GATE2:1725" && client_stays
}

# shut_out GATE: from C2 a connection ends at once, and the log says why.
shut_out()
{
	ip netns exec "$NS_C2" timeout 10 bash -c "exec 3<>/dev/tcp/$1/1723 && read -r -u 3"
	[ $? = 1 ] && grep -q "203.0.113.1: refused: clients does not name its address" "$daemon_log"
}

some_only()
{
	write_conf "listen = $GATE1, ${GATE2}${nl}clients = 198.51.100.0/24" && ctl reload &&
		client_stays && shut_out $GATE2 &&
		write_conf "listen = $GATE1, ${GATE2}${nl}clients = 198.51.100.1, 203.0.113.0/25" &&
		ctl reload && takes $GATE2 1723
}

# Nobody else may listen where we do, not even who offers to share.
does_not_share()
{
	! in_gate /usr/bin/python3 -c "import socket
s = socket.socket()
s.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEPORT, 1)
s.bind(('$GATE1', 1723))
s.listen()" 2>/dev/null
}

ends()
{
	hang_up one && no_sessions && stop_daemon TERM
}

bed_open
mkfifo "$work/hold"
write_conf "listen = $GATE1"

bed_run \
	"users are added by pptpctl:make_users" \
	"kpptpd starts:start_daemon" \
	"a client calls in:calls_in" \
	"nobody else has a share:does_not_share" \
	"another address:moves" \
	"one more address:adds" \
	"clients of some networks only:some_only" \
	"another port:other_port" \
	"a listener comes, and the server's own address goes:listener_comes_and_goes" \
	"all addresses, and single ones again:all_and_one" \
	"an address that is in use changes nothing:in_use" \
	"when it is free the reload goes on:free_again" \
	"the client hangs up:ends"
