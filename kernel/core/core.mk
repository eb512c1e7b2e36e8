# SPDX-License-Identifier: GPL-2.0-or-later
#
# The objects of kernel/core, for kpptp.ko and for the userspace archive; names
# are relative to this directory.

kpptp-core-y := gre.o seq.o lpm.o mppc.o mssclamp.o sha1.o sha1_ni.o rc4.o rc4_mb.o rc4_sse.o \
	rc4_lanes.o mppe_key.o mppe.o
