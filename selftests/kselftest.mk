# SPDX-License-Identifier: GPL-2.0-or-later
#
# Glue between a directory of unit tests and the kernel tree's kselftest.
#
#	TEST_GEN_PROGS := gre_test
#	gre_test_SRCS := kernel/core/gre.c
#	include ../kselftest.mk
#
# NAME_SRCS lists, from the top of the repository, every source file that
# program NAME links besides its own NAME.c, and nothing else is linked. Each is
# compiled once for a directory, however many of its programs link it.
# LDLIBS applies to all programs of a directory, NAME_LIBS to one.
# The targets all, run_tests, emit_tests, install and clean are lib.mk's.
#
#	KSRC	Linux source tree; the one that the VM tests use by default
#	OUTPUT	absolute directory for the programs
#	LLVM=1	build with clang
#	SAN	sanitizers; none when empty

REPO := $(abspath $(dir $(lastword $(MAKEFILE_LIST)))..)
KSRC ?= $(shell $(REPO)/selftests/vm/kernel.sh --source)
OUTPUT ?= $(REPO)/build/selftests/$(notdir $(CURDIR))
SAN ?= address,undefined
comma := ,

CFLAGS += -std=gnu11 -Og -g1 -Wall -Wextra -Werror
ifneq ($(SAN),)
CFLAGS += -fsanitize=$(SAN) -fno-sanitize-recover=all -fno-omit-frame-pointer
# kselftest's runner preloads stdbuf, which a shared libasan refuses to follow.
ifneq ($(filter address,$(subst $(comma), ,$(SAN))),)
LDFLAGS += $(if $(LLVM),,-static-libasan)
endif
endif
CFLAGS += -I$(REPO)/kernel -I$(REPO)/userspace -I$(REPO)/selftests \
	-I$(REPO)/kernel/include/uapi
# As a system directory: the harness is not written for -Wextra. Its 30 s by the clock for
# a test are few where sanitizers share processors with guests.
HARNESS := kselftest_harness.h
CFLAGS += -isystem $(OUTPUT)/include -isystem $(KSRC)/tools/testing/selftests

# lib.mk rebuilds for these and keeps them out of the link.
LOCAL_HDRS += $(wildcard $(REPO)/kernel/core/*.h $(REPO)/userspace/*/*.h \
	$(REPO)/selftests/*.h $(REPO)/selftests/*/*.h) $(OUTPUT)/include/$(HARNESS)

# The kernel's makefiles find the headers of their own tree by this.
KHDR_INCLUDES := -isystem $(KSRC)/tools/include/uapi

OBJECTS := $(OUTPUT)/objects
EXTRA_CLEAN += $(OBJECTS) $(OUTPUT)/include

include $(KSRC)/tools/testing/selftests/lib.mk

# lib.mk has put $(OUTPUT) in front of each name by now, and would compile and link at once,
# which no compiler cache can keep.
HERE := $(patsubst $(REPO)/%,%,$(CURDIR))
define kselftest_sources
$(1): $(patsubst %.c,$(OBJECTS)/%.o,$(HERE)/$(notdir $(1)).c $($(notdir $(1))_SRCS)) \
		| $(OUTPUT)
	$(call msg,LINK,,$(1))
	$(Q)$(CC) $(CFLAGS) $(LDFLAGS) $$(filter %.o,$$^) $(LDLIBS) $($(notdir $(1))_LIBS) \
		-o $(1)
endef
$(foreach prog,$(TEST_GEN_PROGS),$(eval $(call kselftest_sources,$(prog))))

$(OBJECTS)/%.o: $(REPO)/%.c $(LOCAL_HDRS)
	$(call msg,CC,,$@)
	@mkdir -p $(@D)
	$(Q)$(CC) $(CFLAGS) $(CPPFLAGS) -c -o $@ $<

$(OUTPUT)/include/$(HARNESS): $(KSRC)/tools/testing/selftests/$(HARNESS)
	@mkdir -p $(@D)
	$(Q)sed 's/^#define TEST_TIMEOUT_DEFAULT 30\b/#define TEST_TIMEOUT_DEFAULT 600/' $< >$@
	$(Q)grep -q 'TEST_TIMEOUT_DEFAULT 600' $@ || { \
		echo "$<: it does not say TEST_TIMEOUT_DEFAULT 30 any more" >&2; rm $@; false; }

$(OUTPUT):
	@mkdir -p $@
