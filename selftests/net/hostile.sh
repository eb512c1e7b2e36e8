#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
#
# Packets that somebody else makes up. See lib.sh for the environment.
. "$(dirname "$0")/lib.sh"
on_a_bed hostile.py
