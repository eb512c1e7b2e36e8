#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
#
# What kpptpd remembers of failures and pptpctl doctor says of them: each is
# provoked by a kpptpd in B that dials the one in A. KPPTP_BUILD: where kpptpd and
# pptpctl are.

here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
# shellcheck source=selftests/net/lib.sh
. "$here/../net/lib.sh"

BUILD=${KPPTP_BUILD:-$TOP/build/userspace}
PPTPCTL=$BUILD/pptpctl
WAIT=180		# seconds, a bound for slow guests and not a measure
work=$(mktemp -d)
daemons=()

cleanup()
{
	local pid
	for pid in "${daemons[@]}"; do
		kill -TERM "$pid" 2>/dev/null && wait "$pid" 2>/dev/null
	done
	[ -z "${CLIENT_LOGS:-}" ] || sed 's/^/# /' "$work"/*.log
	cleanup_all_ns
	unload_module 2>/dev/null
	rm -rf "$work"
}

server()
{
	pptpctl_in "$NS_A" -s "$work/A.sock" "$@"
}

client()
{
	pptpctl_in "$NS_B" -s "$work/B.sock" "$@"
}

# server_conf [SECTION.SETTING=VALUE...]: that of A, with these beside the usual.
server_conf()
{
	local setting line
	{
		cat <<-END
			[server]
			listen = 192.0.2.1
			control-socket = $work/A.sock
			name = gate
			[network]
			local-address = 10.77.0.1
			[ppp]
			restart-interval = 1
			max-configure = 5
			echo-interval = 1
			echo-failures = 3
			[users]
			file = $work/users
			[tunnels]
			directory = $work/A.d
		END
		[[ "$*" = *network.pool=* ]] || set -- network.pool=10.77.0.10-10.77.0.19 "$@"
		for setting; do
			line=${setting#*.}
			printf '[%s]\n%s = %s\n' "${setting%%.*}" "${line%%=*}" "${line#*=}"
		done
	} >"$work/A.conf"
}

client_conf()
{
	cat >"$work/B.conf" <<-END
		[server]
		listen = 192.0.2.2
		control-socket = $work/B.sock
		[network]
		local-address = 10.78.0.1
		pool = 10.78.0.10
		[ppp]
		restart-interval = 1
		max-configure = 8
		[users]
		file = $work/nobody
		[tunnels]
		directory = $work/B.d
	END
}

start()
{
	ip netns exec "$1" "$BUILD/kpptpd" -c "$work/$2.conf" 2>>"$work/$2.log" &
	daemons+=($!)
	slowwait $WAIT "$3" show tunnels || { cat "$work/$2.log"; return 1; }
}

reload()
{
	server_conf "$@" && server reload
}

# dials NAME USER PASSWORD [OPTION...]: once, from B.
dials()
{
	local name=$1 user=$2
	install -m 600 /dev/null "$work/password"
	printf '%s\n' "$3" >"$work/password"
	shift 3
	client add-tunnel "$name" --server 192.0.2.1 --user "$user" \
		--password-file "$work/password" --no-persist "$@" && client connect "$name"
}

state()
{
	client show tunnels "$1" | awk -v name="$1" '$1 == name { print $2 }'
}

is_up()
{
	[ "$(state "$1")" = up ]
}

hangs_up()
{
	client del-tunnel "$1" && slowwait $WAIT no_session "$1"
}

no_session()
{
	! ip -n "$NS_B" link show dev "$1" 2>/dev/null && ! client show tunnels "$1"
}

doctor_says()
{
	server doctor >"$work/doctor" 2>&1
	grep -qE -- "$1" "$work/doctor"
}

# fails KIND TIMES REASON SENTENCE NAME USER PASSWORD [OPTION...]: this call from B ends
# in this line of show failures, and doctor says this, both extended regular expressions.
fails()
{
	local kind=$1 times=$2 reason=$3 sentence=$4 name=$5
	shift 4
	dials "$@" || return
	slowwait $WAIT remembers "$kind" "$times" "$reason"
	hangs_up "$name"
	server show failures
	remembers "$kind" "$times" "$reason" &&
		{ doctor_says "$sentence" || { cat "$work/doctor"; false; }; }
}

remembers()
{
	server show failures | grep -qE -- " $1 +$2 .* $3"
}

# After a call that works nothing is wrong any more.
works()
{
	dials good ann secret && slowwait $WAIT is_up good && hangs_up good &&
		{ doctor_says '^nothing was found$' || { cat "$work/doctor"; false; }; }
}

gre_in_b()
{
	ip netns exec "$NS_B" nft "$@"
}

block_gre()
{
	gre_in_b add table ip f &&
		gre_in_b add chain ip f in '{ type filter hook input priority 0; }' &&
		gre_in_b add chain ip f out '{ type filter hook output priority 0; }' &&
		gre_in_b add rule ip f "$1" ip protocol gre drop
}

gre_blocked()
{
	block_gre out &&
		fails gre 1 'no PPP packet came' \
			'^problem: 192.0.2.2: no PPP packet came.*\(1 time\): let GRE .IP protocol 47. pass' \
			blocked ann secret
	local got=$?
	gre_in_b flush ruleset
	return $got
}

gre_stops()
{
	dials stops ann secret && slowwait $WAIT is_up stops && block_gre out &&
		slowwait $WAIT remembers gre 1 'the peer answers no more' &&
		doctor_says '^problem: 192.0.2.2 ann: the peer answers no more .1 time.: let GRE'
	local got=$?
	server show failures
	gre_in_b flush ruleset
	hangs_up stops
	return $got
}

pool_empty()
{
	reload network.pool=10.77.0.10 && dials first ann secret &&
		slowwait $WAIT is_up first &&
		doctor_says '^problem: the pool default is empty, all of its 1 addresses are in use: add' &&
		fails address 1 'all 1 addresses of the pool default are in use' \
			'^problem: 192.0.2.2 bob: all 1 addresses of the pool default.*: add addresses' \
			second bob secret2
	local got=$?
	hangs_up first
	reload
	return $got
}

pool_nearly_empty()
{
	reload "pool small.range=10.77.0.1-10.77.0.2" &&
		doctor_says '^note: the pool small is nearly empty, 1 of its 2 addresses are in use'
	local got=$?
	cat "$work/doctor"
	reload
	return $got
}

disabled()
{
	server -u "$work/users" set-user bob server gate disabled=yes && server reload &&
		fails account 1 'the account is disabled' \
			'^note: 192.0.2.2 bob: the account is disabled .1 time.: look at the policy' \
			disabled bob secret2
	local got=$?
	server -u "$work/users" set-user bob server gate disabled= && server reload
	return $got
}

users_open()
{
	chmod 644 "$work/users"
	doctor_says "^problem: the users file $work/users is open to others, run chmod 600"
	local got=$?
	! server reload && server show failures && remembers configuration 1 'the users file' ||
		got=1
	chmod 600 "$work/users"
	server reload && doctor_says '^problem: .*users file' && got=1
	return $got
}

# certificate NAME DAYS: NAME.pem and NAME.key, signed by itself; 0 days are over at once.
certificate()
{
	openssl req -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes \
		-keyout "$work/$1.key" -subj "/CN=$1" -new -out "$work/$1.csr" 2>/dev/null &&
		openssl x509 -req -in "$work/$1.csr" -signkey "$work/$1.key" -days "$2" \
			-out "$work/$1.pem" 2>/dev/null && chmod 600 "$work/$1.key"
}

# tls_with NAME SENTENCE: doctor says so when A has this certificate.
tls_with()
{
	reload "ppp.auth=eap-tls, ms-chap-v2" "tls.certificate=$work/$1.pem" \
		"tls.key=$work/$1.key" "tls.ca=$work/$1.pem" &&
		{ doctor_says "$2" || { cat "$work/doctor"; false; }; }
}

certificates()
{
	local got=0
	certificate good 30 && certificate soon 13 && certificate gone 0 || return
	tls_with good . && ! doctor_says certificate || got=1
	tls_with soon "^note: the certificate $work/soon.pem expires in 1[23] days: renew it" || got=1
	slowwait $WAIT tls_with gone "^problem: the certificate $work/gone.pem expired 0 days ago" ||
		got=1
	tls_with good . && ! doctor_says certificate || got=1
	chmod 644 "$work/good.key"
	doctor_says "^problem: EAP-TLS cannot work .*: the key file $work/good.key is open to others" ||
		got=1
	chmod 600 "$work/good.key"
	cp "$work/good.key" "$work/kept.key" && cat "$work/soon.key" >"$work/good.key"
	doctor_says "^problem: EAP-TLS cannot work with these files: .*good.pem: .*match" || got=1
	rm "$work/good.key"
	doctor_says "^problem: EAP-TLS cannot work with these files: .*good.key" || got=1
	cp "$work/kept.key" "$work/good.key"
	# A certificate that the peer does not believe.
	fails certificate 1 "the peer's certificate leads to no authority that we trust" \
		'^problem: 192.0.2.2: .*: renew or correct the certificate' tls soon - \
		--auth EAP-TLS --ca "$work/good.pem" --cert "$work/soon.pem" --key "$work/soon.key" ||
		got=1
	reload
	return $got
}

recorded_user()
{
	local said
	said=$(server record "$work/pcap" user nobody 2>&1)
	[ "$said" = "pptpctl: kpptpd has no session of nobody and refused none: give its address" ] &&
		server record "$work/pcap" user bob --time 1 && [ -s "$work/pcap" ]
}

[ "$(id -u)" = 0 ] || skip_all "needs root"
for tool in nft openssl; do
	command -v $tool >/dev/null || skip_all "needs $tool"
done
trap cleanup EXIT
load_module || skip_all "cannot load kpptp"
make_pair || skip_all "cannot make namespaces"
ip netns exec "$NS_A" sysctl -qw net.ipv4.ip_forward=1
printf 'ann gate secret *\nbob gate secret2 *\n' >"$work/users"
install -m 600 /dev/null "$work/nobody"
chmod 600 "$work/users"
server_conf
client_conf
for daemon in "$NS_A A server" "$NS_B B client"; do
	# shellcheck disable=SC2086
	start $daemon >"$work/why" 2>&1 || { cat "$work/why"; skip_all "cannot start kpptpd"; }
done
ktap_print_header
ktap_set_plan 14
check "a call that works leaves nothing" works
check "a wrong password" fails password 1 'wrong password' \
	'^note: 192.0.2.2 ann: wrong password .1 time.: compare user name' wrong ann other
check "it is counted" fails password 2 'wrong password' \
	'^note: 192.0.2.2 ann: wrong password .2 times.: compare' wrong ann other
check "and it is over after the right one" works
check "no common method" fails method 1 'the peer refuses to authenticate as it has to' \
	'^problem: 192.0.2.2: the peer refuses to auth.* .1 time.: let both ends allow one method' \
	method ann secret --auth EAP-MSCHAP-V2
check "no encryption" fails encryption 1 'encryption was not agreed' \
	'^problem: 192.0.2.2 ann: encryption was not agreed .1 time.: let both ends allow MPPE' \
	clear ann secret --mppe deny
check "the pool is empty" pool_empty
check "a pool is nearly empty" pool_nearly_empty
check "the account is disabled" disabled
check "GRE is blocked" gre_blocked
check "GRE stops" gre_stops
check "the users file is open to others" users_open
check "certificates" certificates
check "record finds a user that was refused" recorded_user
ktap_finished
