#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
#
# Data both ways in every mode, with exact counters. See lib.sh for the
# environment.
. "$(dirname "$0")/lib.sh"

work=$(mktemp -d)

record()
{
	capture_start "$NS_B" "$work/data.pcap"
}

on_a_bed data.py record
status=$?
capture_stop
if said=$(well_formed "$work/data.pcap"); then
	echo "# tshark finds nothing malformed in $said"
else
	printf '%s\n' "not ok tshark finds nothing malformed" "$said" | sed '2,$s/^/# /'
	status=1
fi
rm -rf "$work"
exit $status
