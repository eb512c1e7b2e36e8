#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
#
# Every reason to drop a packet, provoked and counted once. See lib.sh for the
# environment.
. "$(dirname "$0")/lib.sh"
on_a_bed drops.py
