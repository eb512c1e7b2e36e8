#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
#
# Every persona against kpptpd, captured; the capture is decoded by tshark and
# turned back into personas, which have to be the same.
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
			"mppe.strength=128 56 40" mppe.stateful=yes &&
		capture_start "$NS_C" "$work/personas.pcap"
}

python()
{
	KPPTP_BUILD=$BUILD /usr/bin/python3 "$here/personas.py" "$@"
}

[ $# -gt 0 ] || set -- "$here"/personas/*.yaml
ktap_print_header
ktap_set_plan $((2 * $# + 2))
step "two gateways" prepare
relay < <(python play "$work" "$NS_C" "$NS_S" "$NS_L" "$PEER_USER" "$SECRET" "$@")
capture_stop
step "tshark finds nothing malformed" well_formed "$work/personas.pcap"
relay < <(python compare "$work" "$PEER_USER" "$@")
ktap_finished
