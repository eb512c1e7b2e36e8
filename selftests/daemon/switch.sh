#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
#
# Tunnel switching: a caller's PPP goes through one kpptpd, the PAC in G, untouched
# to another one, the PNS in C1 (RFC 2637 sections 1.1 and 3.2.3). The callers are
# unmodified pptp-linux and pppd in C2, in the network of bed.sh. Inner addresses of
# the PNS are 10.77.0.0/24, of the PAC itself 10.78.0.0/24. The PNS has users that the
# PAC has not.

# shellcheck source=selftests/daemon/bed.sh
. "$(dirname "$0")/bed.sh"

SECRET="correct horse battery"
PNS=198.51.100.1
PATTERN=kpptp-in-clear--	# sixteen octets, as many as ping repeats
pns_conf=$work/pns.conf
pns_sock=$work/pns.sock
pns_log=$work/pns.log
pns_users=$work/pns.users

# write_conf FILE NAME SOCKET LISTEN INCOMING NET USERS
write_conf()
{
	cat >"$1" <<-END
		[server]
		listen = $4
		name = $2
		control-socket = $3
		log-level = debug
		incoming-calls = $5
		max-calls = 4

		[control]
		stop-timeout = 1

		[ppp]
		restart-interval = 1

		[network]
		local-address = $6.1
		pool = $6.10-$6.19

		[users]
		file = $7
	END
}

write_confs()
{
	write_conf "$conf" pac "$sock" "$GATE2" no 10.78.0 "$users"
	write_conf "$pns_conf" pns "$pns_sock" "$PNS" yes 10.77.0 "$pns_users"
	cat >>"$conf" <<-END
		[forward head-office]
		called = 5551212
		source = 203.0.113.0/24
		to = $PNS

		[forward carol]
		user = carol
		to = $PNS

		[forward branch]
		realm = branch.example.org
		source = 203.0.113.0/24
		to = $PNS
	END
}

make_users()
{
	local user
	install -m 600 /dev/null "$users" && install -m 600 /dev/null "$pns_users" || return
	for user in alice bob carol dave@branch.example.org; do
		printf '%s\n' "$SECRET" | pns_ctl add-user $user || return
	done
	printf '%s\n' "$SECRET" | ctl add-user alice
}

pns_ctl()
{
	ip netns exec "$NS_C1" "$BUILD/pptpctl" -s "$pns_sock" -u "$pns_users" "$@"
}

start_pns()
{
	start_kpptpd "$NS_C1" pns
}

stop_pns()
{
	stop_kpptpd pns TERM
}

pns_sessions_are()
{
	[ "$(pns_ctl -j show sessions | grep -o '"peer":' | grep -c .)" = "$1" ]
}

relayed_are()
{
	[ "$(ctl -j show sessions | grep -oE '"relay": ?[1-9]' | grep -c .)" = "$1" ]
}

# call NAME USER: asks the PAC for the number that goes on.
call()
{
	dial "$1" "$NS_C2" "$GATE2 --phone 5551212" "$2" "$SECRET"
}

caller_goes_on()
{
	call one alice
	client_up one &&
		grep -q 'MPPE 128-bit stateless compression enabled' "$work/one.log" &&
		slowwait $WAIT pns_sessions_are 1
}

# The PAC has a pair without a device and without a key.
pair_is_shown()
{
	relayed_are 2 && sessions_are 2 &&
		[ "$(ctl -j show sessions | grep -oE '"mppe": ?"none"' | grep -c .)" = 2 ] &&
		[ -z "$(ip -n "$NS_G" -o link show type kpptp)" ] &&
		pns_ctl -j show sessions | grep -q '"128-bit stateless"'
}

# capture NS DEVICE NAME: in the background, until captured().
capture()
{
	: >"$work/$3.err"
	ip netns exec "$1" tcpdump -Z root --immediate-mode -i "$2" -s 0 -U -w "$work/$3.pcap" \
		2>"$work/$3.err" &
	dump=$!
	slowwait $WAIT grep -q 'listening on' "$work/$3.err" || { cat "$work/$3.err"; return 1; }
}

# captured NAME: sets $clear to the lines with the pattern, $octets to all there is.
captured()
{
	kill -INT "$dump"
	wait "$dump"
	clear=$(grep -a -c -- "$PATTERN" "$work/$1.pcap")
	octets=$(stat -c %s "$work/$1.pcap")
	echo "$1: $octets octets, $clear lines with the pattern"
	cat "$work/$1.err"
}

pattern_ping()
{
	ip netns exec "$NS_C2" ping -q -c 3 -i 0.2 -W 10 -s 64 -I one \
		-p "$(printf %s "$PATTERN" | od -An -tx1 | tr -d ' \n')" 10.77.0.1 |
		grep -q '3 received'
}

# Between PAC and PNS there is GRE, and nothing of what it carries; on the caller's
# own device the same pattern is found.
nothing_in_clear()
{
	capture "$NS_G" c1 outer && pattern_ping || return
	captured outer
	[ "$clear" = 0 ] && [ "$octets" -gt 500 ] || return
	capture "$NS_C2" one inner && pattern_ping || return
	captured inner
	[ "$clear" -gt 0 ]
}

second_caller()
{
	call two bob
	client_up two && relayed_are 4 && slowwait $WAIT pns_sessions_are 2 &&
		[ "$(pns_ctl -j show tunnels | grep -o '"peer":' | grep -c .)" = 1 ] &&
		pns_ctl -j show tunnels | grep -qE '"calls": ?2\b'
}

caller_hangs_up()
{
	hang_up two && slowwait $WAIT pns_sessions_are 1 && slowwait $WAIT sessions_are 2 &&
		pings "$NS_C2" 3 one
}

pns_hangs_up()
{
	pns_ctl disconnect user alice && slowwait $WAIT gone "$(pid_of one)" &&
		slowwait $WAIT pns_sessions_are 0 && no_sessions
}

# Another number, or none: the PAC is a server like any other.
others_are_served_here()
{
	dial one "$NS_C2" $GATE2 alice "$SECRET"
	client_up one && client_address one | grep -q '^10\.78\.0\.' && relayed_are 0 &&
		hang_up one && no_sessions
}

# LCP and the user's name are with the PAC, everything else begins anew with the PNS.
# The PAC, which does not know the user, verifies nothing.
user_goes_on()
{
	local from
	from=$(mark)
	dial one "$NS_C2" $GATE2 carol "$SECRET"
	client_up one && client_address one | grep -q '^10\.77\.0\.' && pair_is_shown &&
		logged_since "$from" 'goes on by \[forward carol\]' &&
		! logged_since "$from" 'carol (refused|has authenticated)' &&
		pns_ctl -j show sessions | grep -q '"carol"' &&
		grep -q 'rcvd \[CHAP Challenge .* name = "pac"\]' "$work/one.log" &&
		grep -q 'rcvd \[CHAP Challenge .* name = "pns"\]' "$work/one.log"
}

user_hangs_up()
{
	hang_up one && no_sessions && slowwait $WAIT pns_sessions_are 0
}

user_is_refused_by_the_pns()
{
	dial one "$NS_C2" $GATE2 carol "${SECRET}r"
	client_refused one && no_sessions && slowwait $WAIT pns_sessions_are 0 &&
		grep -q 'carol refused: wrong password' "$pns_log"
}

# The PAC asks for EAP, and the Identity is enough; the PNS for MS-CHAPv2.
realm_goes_on()
{
	local from
	from=$(mark)
	sed -i '/^restart-interval/a auth = eap-mschap-v2' "$conf"
	ctl reload && dial one "$NS_C2" $GATE2 dave@branch.example.org "$SECRET"
	client_up one && client_address one | grep -q '^10\.77\.0\.' && pings "$NS_C2" 3 one &&
		logged_since "$from" 'goes on by \[forward branch\]' &&
		grep -q 'rcvd \[EAP Request .* Identity' "$work/one.log" &&
		grep -q 'rcvd \[CHAP Challenge .* name = "pns"\]' "$work/one.log" && user_hangs_up
}

# By PAP, which says the name unasked.
name_by_pap()
{
	sed -i -e 's/^auth = .*/auth = pap\nweak-auth = yes/' \
		-e 's/^\[network\]/[mppe]\npolicy = allow\n\n&/' "$conf"
	ctl reload && dial one "$NS_C2" $GATE2 carol "$SECRET"
	client_up one && client_address one | grep -q '^10\.77\.0\.' &&
		grep -q 'sent \[PAP AuthReq' "$work/one.log" && pings "$NS_C2" 3 one &&
		user_hangs_up
}

# What no section names is verified as ever.
stranger_is_refused()
{
	sed -i -e '/^auth = /d' -e '/^weak-auth/d' -e '/^\[mppe\]/,/^$/d' "$conf"
	ctl reload && dial one "$NS_C2" $GATE2 bob "$SECRET"
	client_refused one && grep -q 'bob refused: no such user' "$daemon_log" && no_sessions
}

# The PNS takes no incoming call.
pns_refuses()
{
	local from
	sed -i 's/^incoming-calls = yes/incoming-calls = no/' "$pns_conf"
	stop_pns && start_pns || return
	from=$(mark)
	call one alice
	slowwait $WAIT gone "$(pid_of one)" && no_sessions && pns_sessions_are 0 &&
		logged_since "$from" 'goes on by \[forward head-office\]' || return
	dial one "$NS_C2" $GATE2 carol "$SECRET"
	slowwait $WAIT gone "$(pid_of one)" && no_sessions && pns_sessions_are 0 &&
		logged_since "$from" 'goes on by \[forward carol\]'
}

pns_is_away()
{
	local from
	from=$(mark)
	stop_pns || return
	call one alice
	slowwait $WAIT gone "$(pid_of one)" && no_sessions &&
		logged_since "$from" "cannot forward callers to $PNS: Connection refused" || return
	from=$(mark)
	dial one "$NS_C2" $GATE2 carol "$SECRET"
	slowwait $WAIT gone "$(pid_of one)" && no_sessions &&
		logged_since "$from" "cannot forward callers to $PNS: Connection refused"
}

# With a relayed caller.
pac_stops()
{
	sed -i 's/^incoming-calls = no/incoming-calls = yes/' "$pns_conf"
	start_pns && call one alice
	client_up one && slowwait $WAIT pns_sessions_are 1 || return
	stop_daemon TERM || { echo "exit status $?"; return 1; }
	slowwait $WAIT gone "$(pid_of one)" && slowwait $WAIT pns_sessions_are 0
}

bed_open
write_confs

TESTS_TABLE=(
	"users are added by pptpctl:make_users"
	"the PAC starts:start_daemon"
	"the PNS starts:start_pns"
	"a caller is taken on, MPPE-128 from end to end:caller_goes_on"
	"five pings to the PNS, five answers:pings \$NS_C2 5 one"
	"the PAC has a pair, neither keys nor a device:pair_is_shown"
	"nothing in clear between PAC and PNS:nothing_in_clear"
	"a second caller on the same control connection:second_caller"
	"a caller hangs up:caller_hangs_up"
	"the PNS hangs up:pns_hangs_up"
	"another number is served by the PAC itself:others_are_served_here"
	"a user goes on, and begins PPP anew with the PNS:user_goes_on"
	"five pings of the user to the PNS:pings \$NS_C2 5 one"
	"the user hangs up:user_hangs_up"
	"a user with a wrong password is refused by the PNS:user_is_refused_by_the_pns"
	"a realm goes on after EAP's Identity:realm_goes_on"
	"a user goes on after PAP's request:name_by_pap"
	"a user whom no section names is verified:stranger_is_refused"
	"the PNS refuses a caller:pns_refuses"
	"the PNS is away:pns_is_away"
	"the PAC stops in order:pac_stops"
	"the PNS stops in order:stop_pns"
	"the module unloads:unload_module"
)

bed_run "${TESTS_TABLE[@]}"
