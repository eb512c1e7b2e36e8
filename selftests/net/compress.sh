#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
#
# MPPC under MPPE, both ways. See lib.sh for the environment.
. "$(dirname "$0")/lib.sh"
on_a_bed compress.py
