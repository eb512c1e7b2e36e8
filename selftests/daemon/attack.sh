#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
#
# What somebody else can do to a session: attack.py forges, replays and floods against one
# of an unmodified pptp-linux and pppd in C1 of bed.sh, MPPE-128 required, pings under way.
# Whoever attacks has C2, may send by any address, and reads C1's wire.

# shellcheck source=selftests/daemon/bed.sh
. "$(dirname "$0")/bed.sh"

SECRET="correct horse battery"

# Half of restart-interval is for finding out who has sent a frame.
write_conf()
{
	cat >"$conf" <<-END
		[server]
		listen = $GATE1, $GATE2
		control-socket = $sock
		max-rate = 20

		[control]
		start-timeout = 60
		stop-timeout = 1
		echo-interval = 1

		[ppp]
		restart-interval = 6
		authentication-tries = 20

		[network]
		local-address = 10.77.0.1
		pool = 10.77.0.10-10.77.0.19

		[users]
		file = $users
		wrong-password-delay = 1
	END
	install -m 600 /dev/null "$users"
	printf '%s\n' "$SECRET" | ctl add-user alice
}

prepare()
{
	local i
	write_conf && start_daemon || return
	ip -n "$NS_C2" route add $GATE1 via $GATE2
	for i in all default c1 c2; do
		in_gate sysctl -qw net.ipv4.conf.$i.rp_filter=0
	done
	in_gate sysctl -qw net.ipv4.ip_forward=1
	dial one "$NS_C1" $GATE1 alice "$SECRET"
	client_up one
}

bed_open
prepare >"$work/why" 2>&1 || { cat "$work/why"; skip_all "cannot make a session"; }
/usr/bin/python3 "$here/attack.py" "$NS_G" "$NS_C1" "$NS_C2" "$BUILD/pptpctl" "$work" \
	"${daemons[kpptpd]}"
