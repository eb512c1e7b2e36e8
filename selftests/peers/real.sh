#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
#
# Unmodified clients against kpptpd, in every mode that they and it have:
#
#                       /---- 198.51.100.254  S  128 bits
#   C  198.51.100.1 ---<
#      203.0.113.1      \---- 203.0.113.254   W  40 bits or none
#
# A mode is a line of MODES. PEERS_ONLY is a regular expression for the names of
# those to run.
here=$(cd "$(dirname "$0")" && pwd)
# shellcheck source=selftests/peers/lib.sh
. "$here/lib.sh"

STRONG=198.51.100.254
WEAK=203.0.113.254

# Options of pppd that leave one method.
PAP="refuse-eap refuse-mschap-v2 refuse-mschap refuse-chap"
MD5="refuse-eap refuse-mschap-v2 refuse-mschap refuse-pap"
V1="refuse-eap refuse-mschap-v2 refuse-chap refuse-pap"
V2="refuse-eap refuse-mschap refuse-chap refuse-pap"
EAP="refuse-mschap-v2 refuse-mschap refuse-chap refuse-pap"

# name|server|method and encryption that pptpctl shows|options of pppd
MODES=(
	"128 bits|strong|MS-CHAP-V2|128-bit stateless|$V2 require-mppe-128 nomppe-stateful"
	"128 bits, stateful allowed|strong|MS-CHAP-V2|128-bit stateless|$V2 require-mppe-128 mppe-stateful"
	"any strength|strong|MS-CHAP-V2|128-bit stateless|$V2 require-mppe nomppe-stateful"
	"128 bits|strong|MS-CHAP|128-bit stateless|$V1 require-mppe-128 nomppe-stateful"
	"128 bits|strong|EAP-MSCHAP-V2|128-bit stateless|$EAP require-mppe-128 nomppe-stateful"
	"40 bits|weak|MS-CHAP-V2|40-bit stateless|$V2 require-mppe-40 nomppe-128 nomppe-stateful"
	"40 of all strengths|weak|MS-CHAP-V2|40-bit stateless|$V2 require-mppe nomppe-stateful"
	"no encryption|weak|MS-CHAP-V2|none|$V2 nomppe"
	"nothing compressed|weak|MS-CHAP-V2|none|$V2 noccp noaccomp nopcomp novj"
	"no encryption|weak|MS-CHAP|none|$V1 nomppe"
	"no encryption|weak|EAP-MD5|none|$EAP nomppe"
	"no encryption|weak|CHAP-MD5|none|$MD5 nomppe"
	"no encryption|weak|PAP|none|$PAP nomppe"
)

prepare()
{
	link "$NS_C" 198.51.100.1 "$NS_S" $STRONG outer &&
		link "$NS_C" 203.0.113.1 "$NS_W" $WEAK other &&
		gateway "$NS_S" strong $STRONG 10.77.0 mppe.policy=require mppe.stateful=allow \
			"ppp.auth=eap-mschap-v2 ms-chap-v2 ms-chap" ppp.weak-auth=yes &&
		gateway "$NS_W" weak $WEAK 10.78.0 mppe.policy=allow mppe.strength=40 \
			mppe.stateful=allow ppp.weak-auth=yes \
			"ppp.auth=ms-chap-v2 ms-chap eap-md5 chap-md5 pap" &&
		capture_start "$NS_C" "$work/real.pcap"
}

# shows NS SERVER METHOD MPPE: of the only session.
shows()
{
	local got
	got="$(session "$1" "$2" auth), $(session "$1" "$2" mppe)"
	[ "$got" = "$3, $4" ] || { echo "pptpctl shows $got"; return 1; }
}

# What pppd says that it encrypts with.
client_says()
{
	if [ "$1" = none ]; then
		! grep -q 'MPPE .* enabled' "$work/one.log"
	else
		grep -q "MPPE $1 compression enabled" "$work/one.log"
	fi
}

# pings_large NS TARGET: what fills a packet, in both directions.
pings_large()
{
	ip netns exec "$1" ping -q -s 1300 -i 0.2 -c 3 -W 10 "$2" | grep -q '3 received'
}

# mode SERVER METHOD MPPE OPTION...: pings, and an end in order.
mode()
{
	local server=$1 method=$2 mppe=$3 ns=$NS_S address=$STRONG inner=10.77.0.1 status=0
	shift 3
	[ "$server" = strong ] || { ns=$NS_W address=$WEAK inner=10.78.0.1; }
	dial one "$NS_C" $address "$@"
	client_up one && shows "$ns" "$server" "$method" "$mppe" && client_says "$mppe" &&
		pings "$NS_C" one $inner 3 && pings_large "$NS_C" $inner || status=1
	hang_up one || status=1
	slowwait $WAIT sessions_are "$ns" "$server" 0 && return $status
}

decoded()
{
	capture_stop
	well_formed "$work/real.pcap"
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

TESTS_TABLE=("two gateways:prepare")
for line in "${MODES[@]}"; do
	IFS='|' read -r name server method mppe options <<<"$line"
	TESTS_TABLE+=("pppd and pptp-linux, $method, $name:mode $server '$method' '$mppe' $options")
done
TESTS_TABLE+=("NetworkManager:network_manager" "tshark finds nothing malformed:decoded")

begin tshark pppd pptp NetworkManager dbus-daemon nsenter
setup_ns NS_C NS_S NS_W || skip_all "cannot make namespaces"
mapfile -t chosen < <(printf '%s\n' "${TESTS_TABLE[@]}" |
	grep -E "^(two gateways|tshark|[^:]*(${PEERS_ONLY:-}))")
ktap_print_header
ktap_set_plan ${#chosen[@]}
for test in "${chosen[@]}"; do
	# The words of a command are split here.
	eval "step \"\${test%%:*}\" ${test#*:}"
done
ktap_finished
