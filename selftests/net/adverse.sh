#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
#
# The ground moves under sessions that have traffic. A and B have a second way, through
# C, a router. See lib.sh for the environment.
#
#	A  192.0.2.1 -------- v0 ==== v0 -------- 192.0.2.2  B
#	   198.51.100.1 -- v1 == v1  C  v2 == v2 -- 203.0.113.1
. "$(dirname "$0")/lib.sh"

router()
{
	setup_ns NS_C &&
		ip link add v1 netns "$NS_A" type veth peer name v1 netns "$NS_C" &&
		ip link add v2 netns "$NS_B" type veth peer name v2 netns "$NS_C" &&
		ip -n "$NS_A" addr add 198.51.100.1/24 dev v1 &&
		ip -n "$NS_C" addr add 198.51.100.2/24 dev v1 &&
		ip -n "$NS_B" addr add 203.0.113.1/24 dev v2 &&
		ip -n "$NS_C" addr add 203.0.113.2/24 dev v2 &&
		ip -n "$NS_A" link set v1 up &&
		ip -n "$NS_C" link set v1 up &&
		ip -n "$NS_B" link set v2 up &&
		ip -n "$NS_C" link set v2 up &&
		ip -n "$NS_C" route add 192.0.2.1/32 via 198.51.100.1 &&
		ip -n "$NS_C" route add 192.0.2.2/32 via 203.0.113.1 &&
		ip netns exec "$NS_C" sysctl -qw net.ipv4.ip_forward=1
}

on_a_bed adverse.py router
