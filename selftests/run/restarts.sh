#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
#
# Very many sessions under traffic, and a kpptpd that is killed or replaced again and
# again at random moments: none of them may go, and no packet. Takes minutes, and is no
# part of make test; ../daemon/restart.sh is its short form. By hand, in a guest that
# has the module (../vm/run.sh), or as root on a machine where it may be loaded.
#
# SESSIONS, RESTARTS, and RATE, packets a second of all sessions together, are in the
# environment. The clients are another kpptpd, in C2 of the network of bed.sh.

# shellcheck source=selftests/daemon/bed.sh
. "$(dirname "$0")/../daemon/bed.sh"

SECRET="correct horse battery"
SESSIONS=${SESSIONS:-1000}
RESTARTS=${RESTARTS:-20}
RATE=${RATE:-500}

write_conf()
{
	cat >"$conf" <<-END
		[server]
		listen = $GATE2
		name = gate
		control-socket = $sock
		max-connections = 60000
		max-connections-per-address = 60000
		max-half-open = 60000

		[mppe]
		policy = require

		[network]
		local-address = 10.77.0.1
		pool = 10.78.0.1-10.78.255.254

		[users]
		file = $users
	END
	install -m 600 /dev/null "$users"
	printf '%s\n' "$SECRET" | ctl add-user alice
}

# The dialling end, with a tunnel a session.
write_tunnels()
{
	local i
	write_dialer_conf
	sed -i 's/^log-level.*/log-level = warning/; s/^connect-timeout.*/connect-timeout = 60/' \
		"$work/client.conf"
	mkdir -m 700 "$work/tunnels.d"
	for ((i = 1; i <= SESSIONS; i++)); do
		printf '[tunnel t%d]\nserver = %s\nuser = alice\npassword = %s\nauth = MS-CHAP-V2\n' \
			"$i" $GATE2 "${SECRET// /%20}" >"$work/tunnels.d/t$i.conf"
	done
	chmod 600 "$work"/tunnels.d/*
}

all_up()
{
	[ "$(dial_ctl -j show tunnels | grep -o '"state":"up"' | grep -c .)" = "$SESSIONS" ]
}

come_up()
{
	ulimit -n 65536
	write_tunnels && start_keeper && start_kpptpd "$NS_C2" client &&
		WAIT=900 slowwait 900 all_up && sessions_are "$SESSIONS"
}

ids()
{
	ctl -j show sessions | tr '{' '\n' | sed -n 's/.*"id":\([0-9]*\).*"address":"\([^"]*\)".*/\1 \2/p' |
		sort
}

# A kpptpd is there that was not, by one of the two ways.
once()
{
	if [ $((RANDOM % 2)) = 0 ]; then
		replaced kill_worker
	else
		replaced leave
	fi
}

go_on()
{
	local i pings from
	ids >"$work/ids"
	[ "$(wc -l <"$work/ids")" = "$SESSIONS" ] || return
	mkfifo "$work/stop"
	ip netns exec "$NS_C2" /usr/bin/python3 "$here/pings.py" 10.77.0.1 t "$SESSIONS" "$RATE" \
		<"$work/stop" >"$work/pings" &
	pings=$!
	exec 9>"$work/stop"
	for ((i = 0; i < RESTARTS; i++)); do
		sleep "$((RANDOM % 3)).$((RANDOM % 10))"
		from=$(mark)
		once || break
		slowwait $WAIT sessions_are "$SESSIONS" || break
		logged_since "$from" "going on with $SESSIONS sessions" || break
	done
	exec 9>&-
	wait $pings
	cat "$work/pings"
	[ "$i" = "$RESTARTS" ] && grep -q ' 0 lost$' "$work/pings" && ids | diff "$work/ids" - &&
		all_up
}

end_all()
{
	stop_kpptpd client TERM && slowwait $WAIT sessions_are 0 && stop_daemon TERM
}

bed_open
write_conf

TESTS_TABLE=(
	"$SESSIONS sessions come up:come_up"
	"$RESTARTS restarts harm none of them:go_on"
	"they end in order:end_all"
	"the module unloads:unload_module"
)

bed_run "${TESTS_TABLE[@]}"
