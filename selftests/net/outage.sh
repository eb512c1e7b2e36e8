#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
#
# Numbers that wrap, and packets that are lost by the thousand. See lib.sh for the
# environment.
. "$(dirname "$0")/lib.sh"

on_a_bed outage.py between
