#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
#
# Sessions that are bound to a VRF or to an interface, and one that is not. The VRF has
# the addresses of the main routes once more. See lib.sh for the environment.
#
#	A  192.0.2.1 ---- v0 ==== v0 ---- 192.0.2.2  B
#	   192.0.2.1 ---- v1 ==== v1 ---- 192.0.2.2  C
#	                  in the VRF red, table 10
. "$(dirname "$0")/lib.sh"

third()
{
	setup_ns NS_C && ip -n "$NS_A" link add red type vrf table 10 &&
		ip -n "$NS_A" link set red up &&
		ip link add v1 netns "$NS_A" type veth peer name v1 netns "$NS_C" &&
		ip -n "$NS_A" link set v1 master red &&
		ip -n "$NS_A" addr add 192.0.2.1/24 dev v1 &&
		ip -n "$NS_C" addr add 192.0.2.2/24 dev v1 &&
		ip -n "$NS_A" link set v1 up &&
		ip -n "$NS_C" link set v1 up
}

on_a_bed vrf.py third
