#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
#
# A device that is there before its call, and packets that wait for that. See lib.sh for
# the environment.
. "$(dirname "$0")/lib.sh"

on_a_bed demand.py
