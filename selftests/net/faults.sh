#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
#
# Requests, devices, namespaces and the module itself when the kernel has no memory. For
# a kernel that can be told to have none: uml-debug. See lib.sh for the environment.
. "$(dirname "$0")/lib.sh"
on_a_bed faults.py
