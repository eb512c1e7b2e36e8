#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
#
# What goes while packets are on their way. See lib.sh for the environment.
. "$(dirname "$0")/lib.sh"
on_a_bed teardown.py
