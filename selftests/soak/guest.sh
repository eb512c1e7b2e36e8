#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
#
# What soak.sh runs in a guest: soak.py on this network.
#
#	A 192.0.2.1 ---- v0 ==== v0 ---- 192.0.2.2 B		sessions made by hand
#	C 198.51.100.1 - v0 ==== v0 - 198.51.100.2 S		kpptpd dials kpptpd
#	F 192.0.2.1 ---- v0 ==== v0 ---- 192.0.2.2 G		net/fuzz.py
here=$(cd "$(dirname "$0")" && pwd)
# shellcheck source=selftests/net/lib.sh
. "$here/../net/lib.sh"

# spoil NS...: the way out of it is bad; with the delay packets overtake each other.
spoil()
{
	local ns

	for ns; do
		tc -n "$ns" qdisc add dev v0 root netem limit 10000 delay 3ms 3ms \
			loss 1% duplicate 1% || return
	done
}

network()
{
	setup_ns NS_A NS_B NS_C NS_S NS_F NS_G && wire "$NS_A" "$NS_B" 192.0.2 &&
		wire "$NS_C" "$NS_S" 198.51.100 && wire "$NS_F" "$NS_G" 192.0.2 &&
		spoil "$NS_A" "$NS_B" "$NS_C" "$NS_S"
}

trap 'cleanup_all_ns; unload_module' EXIT
load_module || skip_all "cannot load kpptp"
network || skip_all "cannot make the network"
PYTHONPATH=$TESTS /usr/bin/python3 "$here/soak.py" "$NS_A" "$NS_B" "$NS_C" "$NS_S" "$NS_F" \
	"$NS_G" "${KPPTP_BUILD:-$TOP/build/userspace}"
