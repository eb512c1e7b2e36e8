#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
#
# Data both ways in every mode, with exact counters. See lib.sh for the
# environment.
. "$(dirname "$0")/lib.sh"
on_a_bed data.py
