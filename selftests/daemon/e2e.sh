#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
#
# kpptpd and kpptp.ko against the unmodified pptp-linux and pppd of Debian, in the
# network of bed.sh. Inner addresses are 10.77.0.0/24.

# shellcheck source=selftests/daemon/bed.sh
. "$(dirname "$0")/bed.sh"

SECRET="correct horse battery"
START_TIMEOUT=2
OCTETS=$((1024 * 1024))

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

# The users file is made by pptpctl, but for one line that pppd would take.
make_users()
{
	install -m 600 /dev/null "$users"
	printf '%s\n' "$SECRET" | ctl add-user alice &&
		printf '%s\n' "$SECRET" | ctl add-user fixed address 10.77.0.200 &&
		printf 'plain * "%s" *\n' "$SECRET" >>"$users"
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
		"is open to others"
}

# What else is wrong with these files is not looked at.
world_readable_key()
{
	local net='[network]\nlocal-address = 10.0.0.1\n[ppp]\nauth = eap-tls\n'
	local tls="[tls]\ncertificate = $work/cert\nkey = $work/key\nca = $work/cert\n"
	install -m 644 /dev/null "$work/cert"
	install -m 644 /dev/null "$work/key"
	refused "$net${tls}[users]\nfile = $users\n" \
		"the key file $work/key is open to others, run chmod 600 $work/key"
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
	local status=/proc/${daemons[kpptpd]}/status
	grep -E 'Cap(Prm|Eff|Bnd)|NoNewPrivs' "$status"
	[ "$(grep -cE 'Cap(Prm|Eff):\s*0000000000001400$' "$status")" = 2 ] &&
		grep -qE 'CapBnd:\s*0000000000000000$' "$status" &&
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
	client_refused two && logged_since "$from" 'alice refused: wrong password'
}

unknown_user()
{
	local from
	from=$(mark)
	dial two "$NS_C2" $GATE2 nobody "$SECRET"
	client_refused two && logged_since "$from" 'nobody refused: no such user'
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
		kill -0 "${daemons[kpptpd]}" && slowwait $WAIT sessions_are 1 &&
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

bed_open
write_conf

TESTS_TABLE=(
	"users are added by pptpctl:make_users"
	"bad configurations are refused by line:bad_configurations"
	"a users file that all can read is refused:world_readable_users"
	"a TLS key that all can read is refused:world_readable_key"
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

bed_run "${TESTS_TABLE[@]}"
