#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
#
# kpptpd dials kpptpd: every method of authentication with every mode of MPPE, and
# what must not come to a link. Which ones they are is in matrix.py. In the network
# of bed.sh; the client in C2 is for TLS 1.2.

# shellcheck source=selftests/daemon/bed.sh
. "$(dirname "$0")/bed.sh"

STRICT=198.51.100.253
OFFER_128_40=198.51.100.252
OFFER_56_40=198.51.100.251
OFFER_40=198.51.100.250
TLS13='\x00\x2b\x00\x02\x03\x04'	# ServerHello, RFC 8446 section 4.2.1
TLS_LINKS=7		# of each version, and one that is refused
dumps=()

make_certificates()
{
	certificate_authority "$work" ca && certificate "$work" ca gate &&
		certificate "$work" ca alice || return
	printf '[overrides]\ndisabled-version = tls1.3\n' >"$work/tls12"
}

server_conf()
{
	cat >"$work/server.conf" <<-END
		[server]
		listen = $GATE1, $GATE2
		control-socket = $work/server.sock
		max-connections-per-address = 1000
		log-level = debug

		[control]
		stop-timeout = 1

		[ppp]
		auth = eap-tls, eap-mschap-v2, eap-md5, ms-chap-v2, ms-chap, chap-md5, pap
		weak-auth = yes
		authentication-timeout = 180
		network-timeout = 180

		[mppe]
		policy = allow
		strength = 128, 56, 40
		stateful = allow

		[network]
		local-address = 10.77.0.1
		pool = 10.77.0.10-10.77.0.250

		[listener strict]
		listen = $STRICT
		auth = ms-chap-v2
		mppe = require

		[listener 128-40]
		listen = $OFFER_128_40
		auth = ms-chap-v2
		mppe-strength = 128, 40

		[listener 56-40]
		listen = $OFFER_56_40
		auth = ms-chap-v2
		mppe-strength = 56, 40

		[listener 40]
		listen = $OFFER_40
		auth = ms-chap-v2
		mppe-strength = 40

		[tls]
		certificate = $work/gate.pem
		key = $work/gate.key
		ca = $work/ca.pem

		[tunnels]
		directory = $work/server.d

		[users]
		file = $work/users
	END
}

# client_conf NAME: one try for each tunnel.
client_conf()
{
	cat >"$work/$1.conf" <<-END
		[server]
		listen = none
		control-socket = $work/$1.sock
		log-level = debug

		[control]
		stop-timeout = 1

		[ppp]
		authentication-timeout = 180
		network-timeout = 180

		[tunnels]
		directory = $work/$1.d
		connect-timeout = 60
		retry-min = 3600
		retry-max = 3600
		resolv-conf = $work/resolv.conf

		[users]
		file = $work/no-users
	END
	install -m 600 /dev/null "$work/no-users"
}

dump()
{
	local file=$work/$2.pcap
	ip netns exec "$1" tcpdump -Z root -n -U -s 0 -B 16384 -i "$2" -w "$file" \
		'ip proto 47 or tcp port 1723' 2>"$file.log" &
	dumps+=($!)
	slowwait $WAIT grep -q 'listening on' "$file.log"
}

dial_all()
{
	local address
	make_certificates && /usr/bin/python3 "$here/matrix.py" write "$work" || return
	server_conf
	client_conf one
	client_conf two
	for address in $STRICT $OFFER_128_40 $OFFER_56_40 $OFFER_40; do
		ip -n "$NS_G" addr add "$address/24" dev c1 || return
	done
	dump "$NS_G" c1 && dump "$NS_G" c2 && start_kpptpd "$NS_G" server &&
		start_kpptpd "$NS_C1" one &&
		start_kpptpd "$NS_C2" two GNUTLS_SYSTEM_PRIORITY_FILE="$work/tls12"
}

# hellos FILE: ServerHellos of TLS 1.3 in a capture.
hellos()
{
	LC_ALL=C grep -aoP "$TLS13" "$1" | grep -ac .
}

# Lost packets are sent again, and so more than one a link is no mistake.
tls_versions()
{
	local pid
	for pid in "${dumps[@]}"; do
		kill -INT "$pid" && wait "$pid"
	done
	dumps=()
	echo "$(hellos "$work/c1.pcap") in c1, $(hellos "$work/c2.pcap") in c2"
	[ "$(hellos "$work/c1.pcap")" -ge $TLS_LINKS ] && [ "$(hellos "$work/c2.pcap")" = 0 ]
}

decoded()
{
	well_formed "$work/c1.pcap" && well_formed "$work/c2.pcap"
}

# The clients first, so that each session ends as they say.
stop_all()
{
	local name
	for name in two one server; do
		stop_kpptpd $name TERM || { echo "exit status $?"; return 1; }
	done
	[ -z "$(ip -n "$NS_G" -o link show type kpptp)" ]
}

end_all()
{
	local pid
	for pid in "${dumps[@]}"; do
		kill -KILL "$pid" 2>/dev/null
	done
	[ -z "${E2E_LOGS:-}" ] || sed 's/^/# /' "$work"/{server,one,two}.log
	cleanup
}

bed_open
trap end_all EXIT
for tool in openssl tcpdump tshark; do
	command -v $tool >/dev/null || skip_all "needs $tool"
done

cells=$(/usr/bin/python3 "$here/matrix.py" count)
ktap_print_header
ktap_set_plan $((cells + 5))
step "all tunnels are dialled" dial_all
while IFS= read -r line; do
	case $line in
	"ok "*) ktap_test_pass "${line#ok }" ;;
	"not ok "*) ktap_test_fail "${line#not ok }" ;;
	*) printf '%s\n' "$line" ;;
	esac
done < <(/usr/bin/python3 "$here/matrix.py" check "$work" "$BUILD/pptpctl" \
	"$NS_G" "$NS_C1" "$NS_C2" $WAIT 2>&1)
step "TLS 1.3 with one client, none with the other" tls_versions
step "tshark finds nothing malformed" decoded
step "all kpptpd stop in order" stop_all
step "the module unloads" unload_module
ktap_finished
