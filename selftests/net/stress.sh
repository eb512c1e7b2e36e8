#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
#
# Everything that can be asked for, by many at once, in namespaces that go at any moment
# and with a module that does. See lib.sh for the environment.
. "$(dirname "$0")/lib.sh"
on_a_bed stress.py
