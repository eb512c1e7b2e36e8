#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
#
# Every persona against kpptpd, captured by tcpdump and by pptpctl record; both files
# are decoded by tshark and turned back into personas, which have to be the same.
#
#                            /---- 198.51.100.254  S  requires 128 bits
#        C  198.51.100.1 ---<
#           203.0.113.1      \---- 203.0.113.254   L  takes what there is
#
# usage: personas.sh [PERSONA...]	files, default all of personas/
here=$(cd "$(dirname "$0")" && pwd)
# shellcheck source=selftests/peers/lib.sh
. "$here/lib.sh"

begin tshark
setup_ns NS_C NS_S NS_L || skip_all "cannot make namespaces"

prepare()
{
	link "$NS_C" 198.51.100.1 "$NS_S" 198.51.100.254 strict &&
		link "$NS_C" 203.0.113.1 "$NS_L" 203.0.113.254 lenient &&
		gateway "$NS_S" strict 198.51.100.254 10.77.0 mppe.policy=require &&
		gateway "$NS_L" lenient 203.0.113.254 10.78.0 mppe.policy=allow \
			"mppe.strength=128 56 40" mppe.stateful=allow &&
		capture_start "$NS_C" "$work/personas.pcap" && record_start
}

record_start()
{
	ip netns exec "$NS_C" "$BUILD/pptpctl" record "$work/recorded.pcap" --time 86400 \
		--bytes 67108864 >"$work/record" 2>&1 &
	record=$!
	slowwait $WAIT grep -q '^recording to' "$work/record"
}

record_stop()
{
	kill -INT "$record"
	wait "$record" && grep -q 'octets: interrupted$' "$work/record" &&
		! grep -q 'were lost' "$work/record" && [ "$(stat -c %a "$work/recorded.pcap")" = 600 ]
}

# What proves the password is in the one file and not in the other. Each line is the
# response of MS-CHAP, 50 octets from its size to its flags.
responses()
{
	tshark -n -r "$1" -Y 'chap.code == 2' -T fields -e chap.value
}

masked()
{
	responses "$work/personas.pcap" >"$work/proofs" &&
		responses "$work/recorded.pcap" >"$work/masked" &&
		[ -s "$work/proofs" ] && ! grep -qvE '^(2a){48}' "$work/masked" &&
		[ "$(wc -l <"$work/proofs")" = "$(wc -l <"$work/masked")" ] &&
		! grep -qE '^(2a){48}' "$work/proofs"
}

# Of a packet of data no more is there than the protocol number.
without_data()
{
	tshark -n -r "$work/recorded.pcap" -Y 'ppp' -T fields -e ip.len -e frame.cap_len \
		-e ppp.protocol >"$work/packets" &&
		awk '$3 == "0x0021" || $3 == "0x00fd" { n++; if ($1 <= $2 || $2 > 40) bad = 1 }
			END { exit bad || !n }' "$work/packets"
}

python()
{
	KPPTP_BUILD=$BUILD /usr/bin/python3 "$here/personas.py" "$@"
}

[ $# -gt 0 ] || set -- "$here"/personas/*.yaml
ktap_print_header
ktap_set_plan $((3 * $# + 6))
step "two gateways" prepare
relay < <(python play "$work" "$NS_C" "$NS_S" "$NS_L" "$PEER_USER" "$SECRET" "$@")
capture_stop
step "tshark finds nothing malformed" well_formed "$work/personas.pcap"
relay < <(python compare "$work" personas.pcap "$PEER_USER" "$@")
step "pptpctl record ends when it is told to" record_stop
step "tshark finds nothing malformed in its file" decodes "$work/recorded.pcap"
step "responses are masked in it" masked
step "there is no data in it" without_data
relay < <(python compare "$work" recorded.pcap "$PEER_USER" "$@")
ktap_finished
