#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
#
# Unmodified peers and kpptpd, in every mode that they and it have. As clients:
#
#                       /---- 198.51.100.254  S  128 bits, and a listener a method
#   C  198.51.100.1 ---<
#      203.0.113.1      \---- 203.0.113.254   W  40 bits or none
#
# and as the server, where kpptpd is the client:
#
#   K  192.0.2.1 ---- 192.0.2.254  P  poptop with pppd
#
# METHODS and MODES make a table in each direction, which is printed at the end; what
# fits none is a line of OTHERS. PEERS_ONLY is a regular expression for the names of
# those to run.
here=$(cd "$(dirname "$0")" && pwd)
# shellcheck source=selftests/peers/lib.sh
. "$here/lib.sh"

STRONG=198.51.100.254
WEAK=203.0.113.254
POPTOP=192.0.2.254
LISTENER_V2=198.51.100.105
STATEFUL_USER=stan	# for whom kpptpd asks for stateful mode

# version PROGRAM
version()
{
	"$1" --version 2>&1 | sed -n '1s/.*[ v]\([0-9][0-9.]*\).*/\1/p'
}

# pppd 2.5 clears the key that MS-CHAP has for both directions when it has copied it
# for one, and asks for 40 bits where it is told to require any.
case $(version pppd) in
2.4.*) V1_STRENGTHS=128 ANY=128 ;;
*) V1_STRENGTHS="" ANY=40 ;;
esac

# Options of pppd that leave one method.
PAP="refuse-eap refuse-mschap-v2 refuse-mschap refuse-chap"
MD5="refuse-eap refuse-mschap-v2 refuse-mschap refuse-pap"
V1="refuse-eap refuse-mschap-v2 refuse-chap refuse-pap"
V2="refuse-eap refuse-mschap refuse-chap refuse-pap"
EAP="refuse-mschap-v2 refuse-mschap refuse-chap refuse-pap"

# name, as pptpctl shows it|address of its listener|options of pppd as client|as
# server|the strengths that it leaves keys for
METHODS=(
	"PAP|198.51.100.101|$PAP|require-pap|"
	"CHAP-MD5|198.51.100.102|$MD5|require-chap|"
	"EAP-MD5|198.51.100.103|$EAP|require-eap|"
	"MS-CHAP|198.51.100.104|$V1|require-mschap|$V1_STRENGTHS"
	"MS-CHAP-V2|$LISTENER_V2|$V2|require-mschap-v2|40 128"
	"EAP-MSCHAP-V2|198.51.100.106|$EAP|require-eap|40 128"
	"EAP-TLS|198.51.100.107|$EAP|require-eap|40 128"
)

# what both ends show|options of pppd|options of pptpctl add-tunnel
MODES=(
	"none|nomppe|--mppe deny"
	"40-bit stateless|require-mppe-40 nomppe-128 nomppe-stateful|--mppe-strength 128,40"
	"40-bit stateful|require-mppe-40 nomppe-128 mppe-stateful|--mppe-strength 128,40 --mppe-stateful prefer"
	"128-bit stateless|require-mppe-128 nomppe-stateful|--mppe-strength 128,40"
	"128-bit stateful|require-mppe-128 mppe-stateful|--mppe-strength 128,40 --mppe-stateful prefer"
)

# name|server|method and encryption that pptpctl shows|options of pppd
OTHERS=(
	"stateful allowed|strong|MS-CHAP-V2|128-bit stateless|$V2 require-mppe-128 mppe-stateful"
	"any strength|all|MS-CHAP-V2|$ANY-bit stateless|$V2 require-mppe nomppe-stateful"
	"EAP of a server with several|strong|EAP-MSCHAP-V2|128-bit stateless|$EAP require-mppe-128 nomppe-stateful"
	"40 of 40 bits|weak|MS-CHAP-V2|40-bit stateless|$V2 require-mppe-40 nomppe-128 nomppe-stateful"
	"40 of all strengths|weak|MS-CHAP-V2|40-bit stateless|$V2 require-mppe nomppe-stateful"
	"nothing compressed|weak|MS-CHAP-V2|none|$V2 noccp noaccomp nopcomp novj"
	"the weakest of a server with all|weak|PAP|none|$PAP nomppe"
)
declare -A passed=()

# Each method has a listener that offers nothing else.
listeners()
{
	local line name address
	for line in "${METHODS[@]}"; do
		IFS='|' read -r name address _ <<<"$line"
		ip -n "$NS_S" addr add "$address/24" dev outer
		printf '%s\n' "listener $name.listen=$address" \
			"listener $name.auth=${name,,}" "listener $name.weak-auth=yes" \
			"listener $name.mppe=prefer" "listener $name.mppe-strength=128, 40"
	done
}

make_certificates()
{
	local name
	certificate_authority "$work" ca || return
	for name in gate $PEER_USER $STATEFUL_USER; do
		certificate "$work" ca "$name" || return
	done
}

poptop_start()
{
	printf '%s\n' "option $work/poptop.options" "listen $POPTOP" "localip 10.79.0.1" \
		"remoteip 10.79.0.10-99" >"$work/poptop.conf"
	: >"$work/poptop.options"
	mkdir -p /etc/ppp
	printf '%s * "%s" *\n' $PEER_USER "$SECRET" $STATEFUL_USER "$SECRET" \
		| tee /etc/ppp/chap-secrets >/etc/ppp/pap-secrets
	echo "* gate - $work/gate.pem $work/ca.pem $work/gate.key *" >/etc/ppp/eaptls-server
	chmod 600 /etc/ppp/{chap-secrets,pap-secrets,eaptls-server}
	ip netns exec "$NS_P" pptpd -f -c "$work/poptop.conf" >"$work/poptop.log" 2>&1 &
	daemons+=($!)
	slowwait $WAIT sh -c "ip netns exec $NS_P ss -ltn | grep -q ':1723 '"
}

prepare()
{
	local settings
	make_certificates && link "$NS_C" 198.51.100.1 "$NS_S" $STRONG outer &&
		link "$NS_C" 203.0.113.1 "$NS_W" $WEAK other &&
		link "$NS_K" 192.0.2.1 "$NS_P" $POPTOP third || return
	mapfile -t settings < <(listeners)
	gateway "$NS_S" strong $STRONG 10.77.0 mppe.policy=require mppe.stateful=allow \
		"ppp.auth=eap-mschap-v2 ms-chap-v2 ms-chap" ppp.weak-auth=yes \
		"tls.certificate=$work/gate.pem" "tls.key=$work/gate.key" "tls.ca=$work/ca.pem" \
		"${settings[@]}" || return
	printf '%s * "%s" * -- set mppe-stateful=prefer\n' $STATEFUL_USER "$SECRET" \
		>>"$work/strong.users"
	gateway_ctl "$NS_S" strong reload &&
		gateway "$NS_W" weak $WEAK 10.78.0 mppe.policy=allow mppe.strength=40 \
			mppe.stateful=allow ppp.weak-auth=yes \
			"ppp.auth=ms-chap-v2 ms-chap eap-md5 chap-md5 pap" &&
		gateway "$NS_K" client none 10.79.1 "tunnels.directory=$work/tunnels.d" \
			"tunnels.resolv-conf=$work/resolv.conf" &&
		poptop_start && capture_start "$NS_C" "$work/clients.pcap" &&
		capture_start "$NS_K" "$work/servers.pcap"
}

# shows NS SERVER METHOD MPPE: of the only session.
shows()
{
	local got
	got="$(session "$1" "$2" auth), $(session "$1" "$2" mppe)"
	[ "$got" = "$3, $4" ] || { echo "pptpctl shows $got"; return 1; }
}

# says LOG MPPE: what pppd says that it encrypts with.
says()
{
	local said want=none
	[ "$2" = none ] || want="MPPE $2 compression enabled"
	said=$(grep -o 'MPPE .* compression enabled' "$1" | tail -n 1)
	[ "${said:-none}" = "$want" ] || { echo "pppd says ${said:-nothing of MPPE}"; return 1; }
}

# key_changes NS TARGET: more packets than go by until a key that is kept is changed
# (RFC 3078 section 7.3). A wrong key ends every try. A lost packet ends one: pptp-linux
# and poptop read from sockets that overflow when their processor is somewhere else.
key_changes()
{
	local said
	for _ in 1 2 3; do
		said=$(ip netns exec "$1" ping -q -f -c 300 -W 10 "$2")
		[[ $said != *" 300 received"* ]] || return 0
		echo "$said"
	done
	return 1
}

# pings_more NS TARGET MPPE: what fills a packet, and all keys.
pings_more()
{
	local said
	said=$(ip netns exec "$1" ping -q -s 1300 -i 0.2 -c 3 -W 10 "$2")
	[[ $said == *" 3 received"* ]] || { echo "$said"; return 1; }
	[[ $3 != *stateful ]] || key_changes "$1" "$2"
}

# mode SERVER ADDRESS METHOD MPPE OPTION...: pppd as client; pings, and an end in order.
mode()
{
	local server=$1 address=$2 method=$3 mppe=$4 ns=$NS_S inner=10.77.0.1 status=0
	shift 4
	[ "$server" = strong ] || { ns=$NS_W inner=10.78.0.1; }
	dial one "$NS_C" "$address" "$@"
	client_up one && shows "$ns" "$server" "$method" "$mppe" && says "$work/one.log" "$mppe" &&
		pings "$NS_C" one $inner 3 && pings_more "$NS_C" $inner "$mppe" || status=1
	[ $status = 0 ] || tail -40 "$work/one.log"
	hang_up one || status=1
	slowwait $WAIT sessions_are "$ns" "$server" 0 && return $status
}

# tls NAME: options of pppd.
tls()
{
	echo "ca $work/ca.pem cert $work/$1.pem key $work/$1.key"
}

# as_client METHOD MPPE: a place in the table.
as_client()
{
	local row name address options mppe modes user=$PEER_USER
	row=$(printf '%s\n' "${METHODS[@]}" | grep "^$1|")
	IFS='|' read -r name address options _ <<<"$row"
	IFS='|' read -r mppe modes _ < <(printf '%s\n' "${MODES[@]}" | grep "^$2|")
	[[ $2 != *stateful ]] || user=$STATEFUL_USER
	[ "$1" != EAP-TLS ] || options+=" $(tls $user) remotename gate need-peer-eap"
	# The words of options are split here.
	# shellcheck disable=SC2086
	mode strong "$address" "$name" "$mppe" user $user name $user $options $modes &&
		passed["client, $1, $2"]=yes
}

tunnel_state()
{
	gateway_ctl "$NS_K" client -j show tunnels row | tr ',{}' '\n' |
		sed -n "s/^\"$1\":\"\([^\"]*\).*/\1/p"
}

settled()
{
	[ "$(tunnel_state state)" = up ] || [ -n "$(tunnel_state error)" ]
}

tunnel_up()
{
	slowwait $WAIT settled
	[ "$(tunnel_state state)" = up ] || { tunnel_state error; return 1; }
}

# Nobody is in the server's namespace but poptop.
hung_up()
{
	! ip netns pids "$NS_P" | xargs -r ps -o comm= -p | grep -q pppd
}

# as_server METHOD MPPE: a place in the other table.
as_server()
{
	local row options modes ours status=0
	row=$(printf '%s\n' "${METHODS[@]}" | grep "^$1|")
	IFS='|' read -r _ _ _ options _ <<<"$row"
	IFS='|' read -r _ modes ours < <(printf '%s\n' "${MODES[@]}" | grep "^$2|")
	: >"$work/pppd.log"
	if [ "$1" = EAP-TLS ]; then
		ours+=" --ca $work/ca.pem --cert $work/$PEER_USER.pem --key $work/$PEER_USER.key"
	fi
	printf '%s\n' "name gate" "$options" "$modes" nobsdcomp nodeflate lock debug \
		"logfile $work/pppd.log" >"$work/poptop.options"
	# The words of ours are split here.
	# shellcheck disable=SC2086
	printf '%s\n' "$SECRET" | gateway_ctl "$NS_K" client add-tunnel row --server $POPTOP \
		--user $PEER_USER --password-file - --auth "$1" $ours || return
	tunnel_up && shows "$NS_K" client "$1" "$2" && says "$work/pppd.log" "$2" &&
		pings "$NS_K" row 10.79.0.1 3 && pings_more "$NS_K" 10.79.0.1 "$2" || status=1
	[ $status = 0 ] || tail -60 "$work/pppd.log"
	gateway_ctl "$NS_K" client del-tunnel row && slowwait $WAIT hung_up &&
		slowwait $WAIT sessions_are "$NS_K" client 0 && [ $status = 0 ] &&
		passed["server, $1, $2"]=yes
}

# other SERVER METHOD MPPE OPTION...: "all" are the strengths of the listeners.
other()
{
	local server=$1
	shift
	case $server in
	strong) mode strong $STRONG "$@" ;;
	weak) mode weak $WEAK "$@" ;;
	all) mode strong $LISTENER_V2 "$@" ;;
	esac
}

# decoded CAPTURE
decoded()
{
	capture_stop
	well_formed "$work/$1.pcap"
}

# print_table DIRECTION TITLE: of those that were done.
print_table()
{
	local mode row name strengths
	printf '# %-30s' "$2"
	for mode in "${MODES[@]}"; do
		printf '  %-17s' "${mode%%|*}"
	done
	printf '\n'
	for row in "${METHODS[@]}"; do
		IFS='|' read -r name _ _ _ strengths <<<"$row"
		printf '# %-30s' "$name"
		for mode in "${MODES[@]}"; do
			mode=${mode%%|*}
			if fits "$mode" "$strengths"; then
				printf '  %-17s' "${passed["$1, $name, $mode"]:-no}"
			else
				printf '  %-17s' "no keys"
			fi
		done
		printf '\n'
	done
}

nm_files()
{
	local etc=$work/nm
	mkdir -p "$etc/connections"
	cat >"$etc/NetworkManager.conf" <<-END
		[main]
		plugins = keyfile
		no-auto-default = *
		auth-polkit = false
		dns = none
		rc-manager = unmanaged

		[keyfile]
		path = $etc/connections

		[device]
		match-device = interface-name:*
		managed = true
	END
	cat >"$etc/connections/cable.nmconnection" <<-END
		[connection]
		id = cable
		uuid = 1f9e2c48-56c1-4d43-a2cc-7c4ea3d0c7a1
		type = ethernet
		interface-name = outer

		[ipv4]
		method = manual
		address1 = 198.51.100.1/24

		[ipv6]
		method = disabled
	END
	cat >"$etc/connections/work.nmconnection" <<-END
		[connection]
		id = work
		uuid = 7d8cf5d0-9c0f-4be4-8d5c-12b1c2fd8a34
		type = vpn
		autoconnect = false

		[vpn]
		service-type = org.freedesktop.NetworkManager.pptp
		gateway = $STRONG
		user = $PEER_USER
		password-flags = 0
		require-mppe = yes
		require-mppe-128 = yes
		refuse-eap = yes
		refuse-pap = yes
		refuse-chap = yes
		refuse-mschap = yes

		[vpn-secrets]
		password = $SECRET

		[ipv4]
		method = auto
		never-default = true

		[ipv6]
		method = disabled
	END
	chmod 600 "$etc"/connections/*
}

# A bus and a NetworkManager of their own. It looks at /sys to see whether udev
# will tell it of devices; where that cannot be written it does not wait.
nm_start()
{
	nm_files
	ip netns exec "$NS_C" unshare -m sh -c "
		mount -t tmpfs none /run && mkdir /run/dbus /run/pptp && mount -o remount,ro /sys
		dbus-daemon --system --fork --nopidfile --print-pid >$work/nm/bus.pid &&
		exec NetworkManager --no-daemon --config=$work/nm/NetworkManager.conf \
			--log-level=INFO" </dev/null >"$work/nm.log" 2>&1 &
	client_pid[nm]=$!
	slowwait $WAIT nm_answers || { tail -40 "$work/nm.log"; return 1; }
}

# nm ARGUMENT...: nmcli where NetworkManager is.
nm()
{
	nsenter -t "${client_pid[nm]}" -m -n nmcli "$@"
}

nm_answers()
{
	nm -g connection.id connection show cable >"$work/nm.poll" 2>&1
}

nm_stop()
{
	kill "${client_pid[nm]}"
	client_ended nm
	kill "$(cat "$work/nm/bus.pid")"
}

network_manager()
{
	local status=0
	nm_start && nm --wait $WAIT connection up cable &&
		nm --wait $WAIT connection up work ifname outer &&
		shows "$NS_S" strong MS-CHAP-V2 "128-bit stateless" &&
		pings "$NS_C" ppp0 10.77.0.1 3 &&
		nm --wait $WAIT connection down work || status=1
	[ $status = 0 ] || tail -60 "$work/nm.log"
	nm_stop
	slowwait $WAIT sessions_are "$NS_S" strong 0 && return $status
}

# fits MPPE STRENGTHS: does a method leave keys for a mode?
fits()
{
	[ "$1" = none ] || [[ " $2 " == *" ${1%%-*} "* ]]
}

# grid COMMAND TITLE: a test for each place of a table.
grid()
{
	local row name strengths mode
	for row in "${METHODS[@]}"; do
		IFS='|' read -r name _ _ _ strengths <<<"$row"
		for mode in "${MODES[@]}"; do
			mode=${mode%%|*}
			fits "$mode" "$strengths" && TESTS_TABLE+=("$2, $name, $mode:$1 $name '$mode'")
		done
	done
}

TESTS_TABLE=("gateways and poptop:prepare")
grid as_client "pppd with pptp-linux to kpptpd"
for line in "${OTHERS[@]}"; do
	IFS='|' read -r name server method mppe options <<<"$line"
	TESTS_TABLE+=("pppd with pptp-linux, $method, $name:other $server '$method' '$mppe' $options")
done
grid as_server "kpptpd to poptop"
TESTS_TABLE+=("NetworkManager:network_manager"
	"pppd with pptp-linux, nothing malformed for tshark:decoded clients"
	"kpptpd to poptop, nothing malformed for tshark:decoded servers")

begin tshark pppd pptp pptpd openssl NetworkManager dbus-daemon nsenter
setup_ns NS_C NS_S NS_W NS_K NS_P || skip_all "cannot make namespaces"
mapfile -t chosen < <(printf '%s\n' "${TESTS_TABLE[@]}" |
	grep -E "^(gateways|[^:]*(${PEERS_ONLY:-}))")
ktap_print_header
ktap_set_plan ${#chosen[@]}
for test in "${chosen[@]}"; do
	# The words of a command are split here.
	eval "step \"\${test%%:*}\" ${test#*:}"
done
print_table client "pppd $(version pppd), pptp-linux $(version pptp)"
print_table server "poptop $(version pptpd), pppd $(version pppd)"
ktap_finished
