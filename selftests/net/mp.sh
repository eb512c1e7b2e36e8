#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
#
# Multipoint devices: many sessions on one, told apart by inner addresses. See
# lib.sh for the environment.
. "$(dirname "$0")/lib.sh"
on_a_bed mp.py
