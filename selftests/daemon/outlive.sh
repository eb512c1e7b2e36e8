# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=bash
#
# What tests of restarts share, sourced by them: three clients, the unmodified
# pptp-linux and pppd of Debian with MPPE-128, whose sessions go on while kpptpd dies, is
# replaced or is started again. A flood of pings goes through while that happens, and none
# may be lost.

# shellcheck source=selftests/daemon/bed.sh
. "$(dirname "${BASH_SOURCE[0]}")/bed.sh"

SECRET="correct horse battery"
FLOOD=300		# pings of a flood, a hundred a second

# write_conf SOCKET USERS: the paths are those that kpptpd sees.
write_conf()
{
	cat >"$conf" <<-END
		[server]
		listen = $GATE1, $GATE2
		name = gate
		control-socket = $1
		log-level = debug

		[control]
		start-timeout = 300
		stop-timeout = 1
		echo-interval = 1
		echo-timeout = 60

		[ppp]
		restart-interval = 1
		max-configure = 100
		authentication-timeout = 300
		echo-interval = 1
		echo-failures = 60

		[mppe]
		policy = require

		[network]
		local-address = 10.77.0.1
		pool = 10.77.0.10-10.77.0.13

		[users]
		file = $2
	END
}

make_users()
{
	install -m 600 /dev/null "$users"
	printf '%s\n' "$SECRET" | ctl add-user alice &&
		printf '%s\n' "$SECRET" | ctl add-user bob session-timeout=3000 &&
		printf '%s\n' "$SECRET" | ctl add-user fixed address 10.77.0.200 route=10.99.0.0/24
}

# An upgrade replaces a file that must not be the build's own.
own_programs()
{
	mkdir "$work/bin"
	cp "$BUILD/kpptpd" "$BUILD/pptpctl" "$work/bin/"
	BUILD=$work/bin
}

# Files of the same path, the old one of which is still running.
upgrade()
{
	cp "$BUILD/kpptpd" "$work/bin/new" && mv "$work/bin/new" "$work/bin/kpptpd" && leave
}

connect()
{
	dial one "$NS_C1" $GATE1 alice "$SECRET" lcp-echo-interval 3 lcp-echo-failure 20
	dial two "$NS_C2" $GATE2 bob "$SECRET" lcp-echo-interval 3 lcp-echo-failure 20
	dial three "$NS_C2" $GATE2 fixed "$SECRET"
	client_up one && client_up two && client_up three && slowwait $WAIT sessions_are 3
}

# What must be the same before and after.
facts()
{
	ctl -j show sessions | /usr/bin/python3 -c '
import json, sys
for row in sorted(json.load(sys.stdin), key=lambda row: row["user"]):
    print(*(row[name] for name in ("user", "id", "ifname", "address", "call", "auth", "mppe",
                                   "mtu", "client_host", "peer", "local")))
'
}

flood()
{
	ip netns exec "$1" ping -q -i 0.01 -c $FLOOD -W 30 -I "$2" 10.77.0.1 >"$work/ping.$2" &
	floods+=($!)
}

# unharmed HOW...: kpptpd is replaced by that command in the middle of a flood each way.
unharmed()
{
	local floods=() pid up bytes from
	facts >"$work/before"
	up=$(number bob uptime)
	bytes=$(number bob rx_bytes)
	from=$(mark)
	flood "$NS_C1" one
	flood "$NS_C2" two
	replaced "$@" || return
	slowwait $WAIT logged_since "$from" 'going on with 3 sessions of a former kpptpd' || return
	for pid in "${floods[@]}"; do
		wait "$pid"
	done
	cat "$work"/ping.*
	[ "$(cat "$work"/ping.* | grep -c " $FLOOD received, 0% packet loss")" = 2 ] || return
	facts | diff "$work/before" - && [ "$(number bob uptime)" -ge "$up" ] &&
		[ "$(number bob rx_bytes)" -gt "$bytes" ] && slowwait $WAIT sessions_are 3
}

measured()
{
	[ "$(number "$1" rtt_us)" -gt 0 ]
}

# heard: the peer of each control connection, and how many octets have come from it.
heard()
{
	in_gate ss -Htin state established sport = :1723 | paste - - |
		sed -E 's/^([^ ]+ +){3}([^ ]+) .* bytes_received:([0-9]+) .*/\2 \3/' | sort
}

# An Echo-Reply has 20 octets, and who has not read the one does not ask for the next.
all_answer_echoes()
{
	[ "$(heard | join "$work/heard" - | awk '$3 >= $2 + 40' | grep -c .)" = 3 ]
}

# Both echoes of a daemon that has not seen these links begin: PPP's is measured.
echoes()
{
	heard | tee "$work/heard"
	slowwait $WAIT all_answer_echoes || { heard; return 1; }
	slowwait $WAIT measured alice && slowwait $WAIT measured bob &&
		slowwait $WAIT measured fixed
}
