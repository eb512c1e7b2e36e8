#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
#
# Sessions whose frames are all the owner's. See lib.sh for the environment.
. "$(dirname "$0")/lib.sh"

on_a_bed raw.py
