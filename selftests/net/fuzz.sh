#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
#
# Packets and requests out of their grammars. See lib.sh for the environment.
. "$(dirname "$0")/lib.sh"
on_a_bed fuzz.py
