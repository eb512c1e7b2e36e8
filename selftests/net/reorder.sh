#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
#
# Reordering, duplicates and losses. See lib.sh for the environment.
. "$(dirname "$0")/lib.sh"
on_a_bed reorder.py
