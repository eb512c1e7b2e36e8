#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
#
# Requests from many sides, under traffic. See lib.sh for the environment.
. "$(dirname "$0")/lib.sh"
on_a_bed storm.py
