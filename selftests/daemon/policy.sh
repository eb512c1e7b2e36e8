#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
#
# What the server's configuration and the users file allow each caller, in the
# network of bed.sh: C1 calls the listener of the staff, C2 that of the guests.

# shellcheck source=selftests/daemon/bed.sh
. "$(dirname "$0")/bed.sh"

SECRET="correct horse battery"

# write_conf GUESTS: the range of the guests' pool.
write_conf()
{
	cat >"$conf" <<-END
		[server]
		control-socket = $sock
		log-level = debug

		[control]
		stop-timeout = 1

		[ppp]
		restart-interval = 1
		echo-interval = 1

		[network]
		local-address = 10.77.0.1
		pool = 10.77.0.10-10.77.0.19
		dns = 10.77.0.53

		[pool guests]
		range = $1
		next = spill

		[pool spill]
		range = 10.77.2.10

		[users]
		file = $users
		sessions = 3

		[ipv6]
		prefix = 2001:db8:77:f000::/56
		dns = 2001:db8:99::53

		[scripts]
		up = $work/script
		down = $work/script

		[listener staff]
		listen = $GATE1
		name = gate
		proxy-arp = c1

		[listener guests]
		listen = $GATE2
		name = lobby
		auth = ms-chap-v2, pap
		weak-auth = yes
		mppe = allow
		pool = guests
		when-exceeded = replace
		dns = 10.77.0.99
		device = guest%d
	END
}

add()
{
	printf '%s\n' "$SECRET" | ctl add-user "$@"
}

make_users()
{
	make_script && install -m 600 /dev/null "$users" && add alice && add guest && add one sessions=1 && add short session-timeout=1 &&
		add idle idle-timeout=2 && add spill pool=spill dns=10.77.0.7,10.77.0.8 &&
		add off disabled=yes && add strict auth=ms-chap-v2 mppe=require &&
		add home route=192.168.50.0/24 address 10.77.0.150
}

# What a script was given; written in one piece, because two can run at once.
make_script()
{
	cat >"$work/script" <<-END
		#!/bin/sh
		echo "\$PEERNAME \${CONNECT_TIME:+down} \$4 \$5 \$6 \$CALLED \$LISTENER \$MPPE" \
			>>$work/scripts.log
		[ -z "\$CONNECT_TIME" ] || echo "\$PEERNAME \$REASON" >>$work/reasons
	END
	chmod 755 "$work/script"
}

# A script that others can write stops the start.
unsafe_script()
{
	local out
	chmod 777 "$work/script" || return
	out=$(in_gate "$BUILD/kpptpd" -c "$conf" 2>&1) && return 1
	echo "$out"
	chmod 755 "$work/script"
	grep -q "others than root can change the script $work/script" <<<"$out"
}

starts()
{
	start_daemon && [ "$(ctl -j show users strict | grep -c '"auth=ms-chap-v2","mppe=require"')" = 1 ]
}

# has NAME TEXT: in the log of a client.
has()
{
	grep -qF -- "$2" "$work/$1.log" || { tail -20 "$work/$1.log"; return 1; }
}

staff_and_guest()
{
	dial one "$NS_C1" $GATE1 alice "$SECRET"
	dial_with two "$NS_C2" $GATE2 guest "$SECRET" require-mppe-128
	client_up one && client_up two || return
	[[ "$(client_address one)" == 10.77.0.1? ]] && has one 'primary   DNS address 10.77.0.53' &&
		has one 'remote IP address 10.77.0.1' && has one 'name = "gate"' &&
		[[ "$(client_address two)" == 10.77.1.1? ]] &&
		has two 'primary   DNS address 10.77.0.99' && has two 'name = "lobby"' &&
		[[ "$(session guest ifname)" == guest* ]] && pings "$NS_C2" 2 two && hang_up two
}

# Two addresses of the guests, one of the pool that follows, and then no more.
chained_pools()
{
	local n from
	from=$(mark)
	for n in 1 2 3; do
		dial "g$n" "$NS_C2" $GATE2 "guest" "$SECRET"
		client_up "g$n" || return
	done
	[ "$(for n in 1 2 3; do client_address g$n; done | sort | tr '\n' ' ')" = \
		"10.77.1.10 10.77.1.11 10.77.2.10 " ] || return
	dial g4 "$NS_C2" $GATE2 strict "$SECRET"
	slowwait $WAIT gone "$(pid_of g4)" &&
		logged_since "$from" 'strict refused: all 2 addresses of the pool guests are in use'
}

# A pool that is taken away by a reload: its session stays, the next has another.
reloaded_pools()
{
	write_conf 10.77.3.10 && ctl reload && pings "$NS_C2" 2 g1 && hang_up g1 &&
		hang_up g2 && hang_up g3 || return
	dial g5 "$NS_C2" $GATE2 guest "$SECRET"
	client_up g5 && [ "$(client_address g5)" = 10.77.3.10 ] && hang_up g5
}

unknown_pool()
{
	local out
	out=$(ctl set-user spill pool=nowhere 2>&1) && return 1
	echo "$out"
	grep -q "$users:[0-9]*: there is no pool \"nowhere\"" <<<"$out" && ctl set-user spill pool=spill
}

pool_of_user()
{
	dial two "$NS_C1" $GATE1 spill "$SECRET"
	client_up two && [ "$(client_address two)" = 10.77.2.10 ] &&
		has two 'primary   DNS address 10.77.0.7' &&
		has two 'secondary DNS address 10.77.0.8' && hang_up two
}

one_session()
{
	local from
	dial two "$NS_C1" $GATE1 one "$SECRET"
	client_up two || return
	from=$(mark)
	dial three "$NS_C1" $GATE1 one "$SECRET"
	client_refused three && has three 'E=649' &&
		logged_since "$from" 'one refused: it may have 1 sessions at once' &&
		pings "$NS_C1" 2 two
}

# The same user through the guests' listener, which lets the newest one in.
newest_session()
{
	dial three "$NS_C2" $GATE2 one "$SECRET"
	client_up three && slowwait $WAIT gone "$(pid_of two)" && pings "$NS_C2" 2 three &&
		hang_up three
}

session_time()
{
	local from
	from=$(mark)
	dial two "$NS_C1" $GATE1 short "$SECRET"
	client_up two && slowwait $WAIT gone "$(pid_of two)" && has two 'LCP terminated by peer' &&
		logged_since "$from" 'short is down: the time for the session is over'
}

# LCP echoes every second are no traffic.
idle_time()
{
	local from
	from=$(mark)
	dial two "$NS_C1" $GATE1 idle "$SECRET"
	client_up two && slowwait $WAIT gone "$(pid_of two)" &&
		logged_since "$from" 'idle is down: nothing was sent or received for too long'
}

network_of_home()
{
	[ "$(ip -n "$NS_G" route show 192.168.50.0/24)" = "$1" ] &&
		[ "$(ip -n "$NS_G" neigh show proxy | sed 's/ *$//' | sort)" = "$2" ]
}

# A network behind a user, proxy ARP for his address, and both scripts.
user_network()
{
	local device
	dial two "$NS_C1" $GATE1 home "$SECRET"
	client_up two || return
	device=$(session home ifname)
	network_of_home "192.168.50.0/24 dev $device proto 112 scope link " \
		"$(printf '%s\n' "10.77.0.150 dev c1 proxy" "$(session alice address) dev c1 proxy" |
			sort)" || { ip -n "$NS_G" route; ip -n "$NS_G" neigh show proxy; return 1; }
	hang_up two && slowwait $WAIT sessions_are 1 &&
		network_of_home "" "$(session alice address) dev c1 proxy" || return
	slowwait $WAIT grep -q '^home down' "$work/scripts.log" && grep '^home' "$work/scripts.log" &&
		[ "$(grep '^home' "$work/scripts.log")" = "$(printf '%s\n' \
			"home  10.77.0.1 10.77.0.150 198.51.100.1 $GATE1 staff 128-bit stateless" \
			"home down 10.77.0.1 10.77.0.150 198.51.100.1 $GATE1 staff 128-bit stateless")" ]
}

# That a connection is lost is no reason of PPP's, and is told all the same.
lost_connection()
{
	local from why
	from=$(mark)
	dial two "$NS_C1" $GATE1 home "$SECRET"
	client_up two || return
	kill -KILL "$(pid_of two)"
	client_ended two 137 && slowwait $WAIT logged_since "$from" 'home is down: ' || return
	why=$(sed -n 's/.*home is down: \(.*\); [0-9]* s, .*/\1/p' "$daemon_log" | tail -1)
	echo "$why" && slowwait $WAIT grep -qxF "home $why" "$work/reasons"
}

has_ipv6()
{
	ip -n "$NS_C1" -6 addr show dev "$1" scope global | grep -q 2001:db8:77: &&
		ip -n "$NS_C1" -6 route show default | grep -q "dev $1"
}

# A network of the session's own, an address in it by SLAAC, the way out and back.
ipv6_network()
{
	local net
	dial two "$NS_C1" $GATE1 home "$SECRET" +ipv6
	client_up two && slowwait $WAIT has_ipv6 two || return
	net=$(ip -n "$NS_G" -6 route show proto 112 dev "$(session home ifname)" | sed 's/ .*//')
	echo "$net"
	[[ "$net" == 2001:db8:77:*::/64 ]] &&
		ip netns exec "$NS_C1" ping -6 -q -c 2 -i 0.2 -W 10 -I two 2001:db8:99::1 |
			grep -q '2 received' && hang_up two && slowwait $WAIT sessions_are 1 &&
		! ip -n "$NS_G" -6 route show proto 112 | grep -F "$net"
}

disabled_user()
{
	local from
	from=$(mark)
	dial two "$NS_C1" $GATE1 off "$SECRET"
	client_refused two && has two 'E=647' && logged_since "$from" 'off refused: the account is disabled'
}

# PAP and no encryption, which the listener allows, and one user may not.
weak_login()
{
	dial_with two "$NS_C2" $GATE2 guest "$SECRET" refuse-chap refuse-mschap refuse-mschap-v2 \
		refuse-eap nomppe
	client_up two && has two 'PAP authentication succeeded' && hang_up two || return
	dial_with three "$NS_C2" $GATE2 strict "$SECRET" refuse-chap refuse-mschap refuse-mschap-v2 \
		refuse-eap nomppe
	client_refused three || return
	ctl -j show weak
	[ "$(ctl -j show weak | grep -o '"method":"PAP","logins":1,"user":"guest","peer":"203.0.113.1"' |
		wc -l)" = 1 ] && ctl show weak | grep -q '^PAP  *1  *guest  *203.0.113.1'
}

# The listener would do without encryption, this user's policy does not.
strict_user()
{
	local from
	from=$(mark)
	dial_with two "$NS_C2" $GATE2 strict "$SECRET" refuse-pap nomppe
	slowwait $WAIT gone "$(pid_of two)" &&
		logged_since "$from" 'encryption was not agreed' || return
	dial two "$NS_C2" $GATE2 strict "$SECRET"
	client_up two && [ "$(session strict mppe)" = "128-bit stateless" ] && hang_up two
}

# The same file serves pppd, whose "set" says nothing to it: no complaint.
pppd_reads_users()
{
	local pid
	printf 'plain * "%s" * -- set sessions=1 set route=10.0.0.0/8\n' "$SECRET" >"$work/secrets"
	chmod 600 "$work/secrets"
	# shellcheck disable=SC2016
	ip netns exec "$NS_C2" unshare -m sh -c \
		'mount --bind "$1" /etc/ppp/chap-secrets && exec pppd nodetach debug local auth \
		require-chap 10.9.9.1:10.9.9.2 logfile "$2" pty \
		"pppd nodetach notty noauth local user plain password \"$3\""' \
		sh "$work/secrets" "$work/peer.log" "$SECRET" </dev/null >/dev/null 2>&1 &
	pid=$!
	slowwait $WAIT grep -q 'remote IP address 10.9.9.2' "$work/peer.log"
	kill $pid
	wait $pid
	cat "$work/peer.log"
	grep -q 'remote IP address 10.9.9.2' "$work/peer.log" &&
		grep -qF 'sent [CHAP Success' "$work/peer.log" &&
		! grep -qi 'secrets file' "$work/peer.log"
}

stops()
{
	stop_daemon TERM && slowwait $WAIT gone "$(pid_of one)" &&
		[ "$(grep -c '^alice down' "$work/scripts.log")" = 1 ] &&
		[ -z "$(ip -n "$NS_G" neigh show proxy)" ]
}

bed_open
in_gate sysctl -qw net.ipv6.conf.all.forwarding=1
ip -n "$NS_G" addr add 2001:db8:99::1/128 dev lo
write_conf 10.77.1.10-10.77.1.11

TESTS_TABLE=(
	"users with policies are added:make_users"
	"a script that others can write is refused:unsafe_script"
	"kpptpd starts:starts"
	"each listener has its rules:staff_and_guest"
	"a full pool is followed by the next:chained_pools"
	"a reload takes a pool away:reloaded_pools"
	"a pool that is not there is refused:unknown_pool"
	"a user has a pool and servers of his own:pool_of_user"
	"a session too many is refused:one_session"
	"a session too many ends the oldest:newest_session"
	"the session's time ends it:session_time"
	"idleness ends a session:idle_time"
	"a user has routes, proxy ARP and scripts:user_network"
	"a script is told why a connection was lost:lost_connection"
	"a session has an IPv6 network:ipv6_network"
	"a disabled user is refused:disabled_user"
	"weak logins are counted:weak_login"
	"a user's own MPPE policy counts:strict_user"
	"pppd reads the same users file:pppd_reads_users"
	"kpptpd stops, and the last script runs:stops"
)

bed_run "${TESTS_TABLE[@]}"
