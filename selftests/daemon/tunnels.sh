#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
#
# Tunnels between two kpptpd: both ways at once, to a server that moves, with
# certificates that are not good, and hundreds of them.
#
#	L 198.51.100.1 ---- wire ==== wire ---- 198.51.100.2, later .3 \
#	  kpptpd, 10.80.0.1						R  kpptpd, 10.81.0.1
#	M 203.0.113.1 ----- road ==== road ---- 203.0.113.2 -----------/
#	  kpptpd with MANY tunnels
#
# TUNNELS_ONLY is a regular expression for the names of the steps to run.
here=$(cd "$(dirname "$0")" && pwd)
# shellcheck source=selftests/peers/lib.sh
. "$here/../peers/lib.sh"

LEFT=198.51.100.1
RIGHT=198.51.100.2
MOVED=198.51.100.3
ROAD=203.0.113.2
HOST=vpn.example	# the name of R
MANY=300

# what|error of the tunnel|what R says|certificate of the tunnel|of R|options
CERTIFICATES=(
	"a client's certificate that has expired|the peer says that our certificate has expired|the peer's certificate has expired|expired|gate|"
	"a client's certificate that is revoked|the peer says that our certificate has been revoked|the peer's certificate has been revoked|revoked|gate|"
	"a client's certificate for another name|the peer does not take our certificate|the peer's certificate is for another name|other|gate|"
	"a client's certificate of another CA|the peer does not trust the authority of our certificate|the peer's certificate leads to no authority that we trust|foreign|gate|"
	"a server's certificate that has expired|the peer's certificate has expired|the peer says that our certificate has expired|good|gate-expired|"
	"a server's certificate that is revoked|the peer's certificate has been revoked|the peer says that our certificate has been revoked|good|gate-revoked|--crl $work/ca.crl"
	"a server's certificate for another name|the peer's certificate is for another name|the peer does not take our certificate|good|gate|--remote-name elsewhere"
)

left()
{
	gateway_ctl "$NS_L" left "$@"
}

right()
{
	gateway_ctl "$NS_R" right "$@"
}

# state CTL NAME MEMBER: of a tunnel.
state()
{
	"$1" -j show tunnels "$2" | tr ',{}' '\n' | sed -n "s/^\"$3\":\"\([^\"]*\).*/\1/p"
}

is_up()
{
	[ "$(state "$1" "$2" state)" = up ]
}

up()
{
	slowwait $WAIT is_up "$1" "$2" || { "$1" show tunnels; return 1; }
}

# add CTL NAME SERVER [OPTION...]
add()
{
	local ctl=$1 name=$2 server=$3
	shift 3
	printf '%s\n' "$SECRET" | "$ctl" add-tunnel "$name" --server "$server" \
		--user $PEER_USER --password-file - --auth MS-CHAP-V2 "$@"
}

# made FILE CA NAME [OPTION...]: a certificate for NAME in FILE.pem and FILE.key.
made()
{
	local file=$1 ca=$2 name=$3
	shift 3
	certificate "$work" "$ca" "$name" "$@" && mv "$work/$name.pem" "$work/$file-.pem" &&
		mv "$work/$name.key" "$work/$file-.key" &&
		mv "$work/$file-.pem" "$work/$file.pem" && mv "$work/$file-.key" "$work/$file.key"
}

make_certificates()
{
	local past=(-startdate 20200101000000Z -enddate 20200201000000Z)
	certificate_authority "$work" ca && certificate_authority "$work" stranger &&
		made expired ca $PEER_USER "${past[@]}" && made revoked ca $PEER_USER &&
		made foreign stranger $PEER_USER && made other ca somebody &&
		made gate-expired ca gate "${past[@]}" && made gate-revoked ca gate &&
		made gate ca gate && made good ca $PEER_USER &&
		revoke "$work" ca revoked && revoke "$work" ca gate-revoked
}

# serve CERTIFICATE: R's from now on.
serve()
{
	cp "$work/$1.pem" "$work/server.pem" && cp "$work/$1.key" "$work/server.key"
}

prepare()
{
	make_certificates && serve gate && link "$NS_L" $LEFT "$NS_R" $RIGHT wire &&
		link "$NS_M" 203.0.113.1 "$NS_R" $ROAD road || return
	ip netns exec "$NS_R" sysctl -qw net.ipv4.conf.wire.promote_secondaries=1
	ip -n "$NS_R" addr add $MOVED/24 dev wire || return
	echo "$RIGHT $HOST" >>/etc/hosts
	ECHO_FAILURES=10 gateway "$NS_L" left $LEFT 10.80.0 "tunnels.directory=$work/left.d" \
		"tunnels.resolv-conf=$work/resolv.conf" tunnels.retry-min=1 tunnels.retry-max=2 \
		tunnels.connect-timeout=5 &&
		ECHO_FAILURES=10 gateway "$NS_R" right "$RIGHT, $MOVED, $ROAD" 10.81.0 \
			server.max-connections-per-address=1000 server.max-half-open=1000 \
			network.pool=10.81.4.0/22 "ppp.auth=eap-tls ms-chap-v2" \
			"tls.certificate=$work/server.pem" "tls.key=$work/server.key" \
			"tls.ca=$work/ca.pem" "tls.crl=$work/ca.crl" \
			"tunnels.directory=$work/right.d" "tunnels.resolv-conf=$work/resolv.conf" &&
		capture_start "$NS_L" "$work/left.pcap"
}

# Each is the other's client as well, and neither connection is in the other's way.
both_ways()
{
	local one
	add left there $RIGHT &
	one=$!
	add right back $LEFT && wait $one && up left there && up right back &&
		pings "$NS_L" there 10.81.0.1 3 && pings "$NS_R" back 10.80.0.1 3 &&
		sessions_are "$NS_L" left 2 && sessions_are "$NS_R" right 2 &&
		left del-tunnel there && right del-tunnel back &&
		slowwait $WAIT sessions_are "$NS_L" left 0 && slowwait $WAIT sessions_are "$NS_R" right 0
}

# The name of the server has another address, and the old one is gone.
server_moves()
{
	add left move $HOST && up left move && pings "$NS_L" move 10.81.0.1 3 || return
	sed -i "s/^$RIGHT $HOST/$MOVED $HOST/" /etc/hosts
	ip -n "$NS_R" addr del $RIGHT/24 dev wire
	slowwait $WAIT grep -q "tunnel move: the server $HOST has moved from $RIGHT to $MOVED" \
		"$work/left.log" && up left move && pings "$NS_L" move 10.81.0.1 3 &&
		left del-tunnel move && slowwait $WAIT sessions_are "$NS_R" right 0
}

reads()
{
	grep -E '^(new-)?password' "$work/left.d/renew.conf" | sed 's/ =.*//' | xargs
}

# The password has expired: the tunnel has another one, and either end keeps that only.
password_changes()
{
	local before
	echo "old one" | right add-user renew && right set-user renew expired=yes &&
		right reload || return
	before=$(grep '^renew ' "$work/right.users")
	install -m 600 /dev/null "$work/new"
	echo "new one" >"$work/new"
	echo "old one" | left add-tunnel renew --server $MOVED --user renew --password-file - \
		--new-password-file "$work/new" --auth MS-CHAP-V2 && up left renew || return
	grep '^renew ' "$work/right.users"
	reads
	[ "$(stat -c %a "$work/right.users")" = 600 ] && [ "$(reads)" = password ] &&
		! grep -qE 'expired|old one|new one' "$work/right.users" &&
		[ "$(grep '^renew ' "$work/right.users")" != "$before" ] &&
		grep -q 'tunnel renew: the server has taken the new password' "$work/left.log" &&
		pings "$NS_L" renew 10.81.0.1 3 || return
	left set-tunnel renew --metric 5 && up left renew && left del-tunnel renew &&
		slowwait $WAIT sessions_are "$NS_R" right 0 || return
	echo "old one" | left add-tunnel renew --server $MOVED --user renew --password-file - \
		--auth MS-CHAP-V2 && slowwait $WAIT has_error left renew &&
		state left renew error | grep -q 'error 691' && left del-tunnel renew
}

# tls NAME CERTIFICATE [OPTION...]: a tunnel with EAP-TLS.
tls()
{
	local name=$1 certificate=$2
	shift 2
	left add-tunnel "$name" --server $MOVED --user $PEER_USER --auth EAP-TLS \
		--ca "$work/ca.pem" --cert "$work/$certificate.pem" --key "$work/$certificate.key" "$@"
}

good_certificates()
{
	tls good good --remote-name gate --crl "$work/ca.crl" && up left good &&
		[ "$(session "$NS_L" left auth), $(session "$NS_L" left mppe)" = \
			"EAP-TLS, 128-bit stateless" ] &&
		pings "$NS_L" good 10.81.0.1 3 && left del-tunnel good &&
		slowwait $WAIT sessions_are "$NS_R" right 0
}

has_error()
{
	[ -n "$(state "$1" "$2" error)" ]
}

# said FROM TEXT: R has, after so many lines.
said()
{
	tail -n "+$(($1 + 1))" "$work/right.log" | grep -qF -- "$2"
}

# refused NUMBER: the line of CERTIFICATES.
refused()
{
	local ours theirs client server options from status=0
	IFS='|' read -r _ ours theirs client server options <<<"${CERTIFICATES[$1]}"
	serve "$server" && right reload || return
	from=$(wc -l <"$work/right.log")
	# The words of options are split here.
	# shellcheck disable=SC2086
	tls bad "$client" $options && slowwait $WAIT has_error left bad || return
	state left bad error
	state left bad error | grep -qF -- "$ours" && slowwait $WAIT said "$from" "$theirs" ||
		status=1
	[ $status = 0 ] || tail -n "+$((from + 1))" "$work/right.log"
	left del-tunnel bad && return $status
}

count_up()
{
	[ "$(gateway_ctl "$NS_M" many -j show tunnels | grep -o '"state":"up"' | wc -l)" = "$1" ]
}

many()
{
	local i
	mkdir -m 700 "$work/many.d"
	for ((i = 1; i <= MANY; i++)); do
		printf '[tunnel t%d]\nserver = %s\nuser = %s\npassword = %s\nauth = MS-CHAP-V2\n' $i $ROAD \
			$PEER_USER "${SECRET// /%20}" >"$work/many.d/t$i.conf"
	done
	chmod 600 "$work"/many.d/*
	gateway "$NS_M" many none 10.82.0 "tunnels.directory=$work/many.d" \
		"tunnels.resolv-conf=$work/resolv.conf" &&
		slowwait $WAIT count_up $MANY && sessions_are "$NS_R" right $MANY
}

# A few at a time, and every one is answered.
many_ping()
{
	local answered
	answered=$(seq $MANY | ip netns exec "$NS_M" xargs -P 8 -I '{}' \
		ping -q -c 1 -W 30 -I 't{}' 10.81.0.1 | grep -c ' 1 received')
	echo "$answered answered"
	[ "$answered" = $MANY ]
}

many_end()
{
	local pid=${daemons[-1]}
	unset 'daemons[-1]'
	kill -TERM "$pid" && wait "$pid" && slowwait $WAIT sessions_are "$NS_R" right 0 &&
		[ -z "$(ip -n "$NS_M" -o link show type kpptp)" ]
}

decoded()
{
	capture_stop
	well_formed "$work/left.pcap"
}

TESTS_TABLE=(
	"two ends:prepare"
	"tunnels both ways at once:both_ways"
	"a server that moves in mid-session:server_moves"
	"a password that has expired is changed:password_changes"
	"certificates of both ends:good_certificates"
)
for number in "${!CERTIFICATES[@]}"; do
	TESTS_TABLE+=("${CERTIFICATES[number]%%|*}:refused $number")
done
TESTS_TABLE+=(
	"tshark finds nothing malformed:decoded"
	"$MANY tunnels come up:many"
	"each of them carries a ping:many_ping"
	"they go down in order:many_end"
)

begin openssl tshark
setup_ns NS_L NS_R NS_M || skip_all "cannot make namespaces"
mapfile -t chosen < <(printf '%s\n' "${TESTS_TABLE[@]}" |
	grep -E "^(two ends|[^:]*(${TUNNELS_ONLY:-})[^:]*):")
ktap_print_header
ktap_set_plan ${#chosen[@]}
for test in "${chosen[@]}"; do
	# The words of a command are split, and its variables known, here.
	eval "step \"\${test%%:*}\" ${test#*:}"
done
ktap_finished
