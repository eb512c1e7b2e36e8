#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
#
# The ground moves under sessions that have traffic. A and B have a second way, through
# C, a router. See lib.sh for the environment.
#
#	A  192.0.2.1 -------- v0 ==== v0 -------- 192.0.2.2  B
#	   198.51.100.1 -- v1 == v1  C  v2 == v2 -- 203.0.113.1
. "$(dirname "$0")/lib.sh"

# C of between() takes A's packets for B on, and back.
router()
{
	ip -n "$NS_C" route add 192.0.2.1/32 via 198.51.100.1 &&
		ip -n "$NS_C" route add 192.0.2.2/32 via 203.0.113.1 &&
		ip netns exec "$NS_C" sysctl -qw net.ipv4.ip_forward=1
}

on_a_bed adverse.py between router
