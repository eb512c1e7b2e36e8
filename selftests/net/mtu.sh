#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
#
# Sizes, fragments and a path that narrows. See lib.sh for the environment.
. "$(dirname "$0")/lib.sh"

# The third namespace, behind a second link of B.
third()
{
	setup_ns NS_C &&
		ip link add v1 netns "$NS_B" type veth peer name v1 netns "$NS_C"
}

on_a_bed mtu.py third
