#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
#
# Packets when the kernel has no memory for some of them. For a kernel that can be told
# to have none: uml-debug. See lib.sh for the environment.
. "$(dirname "$0")/lib.sh"
on_a_bed nomem.py
