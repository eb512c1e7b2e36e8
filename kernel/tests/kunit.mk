# SPDX-License-Identifier: GPL-2.0-only
#
# kpptp_kunit.ko: the vectors of kernel/core as KUnit suites, for kernels that
# have KUnit. It links core's objects again and needs no kpptp.ko.
#
#	KPPTP_KUNIT=m		build it
#	KPPTP_SELFTESTS		directory that holds vectors/

KPPTP_SELFTESTS ?= $(src)/../selftests

ifeq ($(KPPTP_KUNIT),m)
obj-m += kpptp_kunit.o
kpptp_kunit-y := tests/gre_kunit.o tests/seq_kunit.o tests/rc4_kunit.o \
	tests/mppe_key_kunit.o tests/mppe_kunit.o tests/mppc_kunit.o \
	tests/mssclamp_kunit.o tests/lpm_kunit.o \
	$(addprefix core/,$(kpptp-core-y))
ccflags-y += -I$(KPPTP_SELFTESTS)
endif
