#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
#
# Two sessions that are relayed to each other. See lib.sh for the environment.
. "$(dirname "$0")/lib.sh"

# The third namespace, behind a second link of A.
third()
{
	setup_ns NS_C &&
		ip link add v1 netns "$NS_A" type veth peer name v1 netns "$NS_C" &&
		ip -n "$NS_A" addr add 198.51.100.1/24 dev v1 &&
		ip -n "$NS_C" addr add 198.51.100.2/24 dev v1 &&
		ip -n "$NS_A" link set v1 up &&
		ip -n "$NS_C" link set v1 up
}

on_a_bed relay.py third
