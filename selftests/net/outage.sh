#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
#
# Numbers that wrap, and packets that are lost by the thousand. See lib.sh for the
# environment.
. "$(dirname "$0")/lib.sh"

# C between the two, by links of its own.
middle()
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
		ip -n "$NS_C" link set v2 up
}

on_a_bed outage.py middle
