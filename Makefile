# SPDX-License-Identifier: GPL-2.0-only
#
# kpptp: PPTP for Linux. What people type:
#
#   make            build the module for the running kernel and the programs
#   make install    put them where the system finds them
#   make dkms       put the module's source where DKMS finds it
#   make run        show the main job on a stock Debian kernel, in a guest
#                   (ROLE=client MODE=native KEEP=1: see selftests/run/run.sh)
#   make test       everything that is tested
#   make bench      how fast, beside the in-tree driver (CASE=name PAIRS=n)
#   make bench-core how fast kernel/core is by itself
#   make fuzz       looks for inputs that break a parser (TIME=seconds)
#   make fuzz-coverage  what of each parser the inputs in the tree reach
#   make soak       sessions come and go for long, and nothing is lost (HOURS=h)
#   make check      the plan held against the tree, in seconds
#
# Kbuild files are in Kbuild and kernel/Kbuild.

KDIR ?= /lib/modules/$(shell uname -r)/build
BUILD := $(CURDIR)/build
PREFIX ?= /usr/local
VM := selftests/vm

all: module programs

module:
	$(MAKE) -C $(KDIR) M=$(CURDIR) modules

programs:
	$(MAKE) -C userspace all

install: module programs
	$(MAKE) -C $(KDIR) M=$(CURDIR) modules_install
	-depmod -a
	$(MAKE) -C userspace install PREFIX=$(PREFIX) DESTDIR=$(DESTDIR)

install-programs:
	$(MAKE) -C userspace install PREFIX=$(PREFIX) DESTDIR=$(DESTDIR)

DKMS := $(DESTDIR)/usr/src/kpptp-$(shell sed -n 's/^PACKAGE_VERSION="\(.*\)"/\1/p' kernel/dkms.conf)

dkms:
	install -d $(DKMS)
	tar -c --exclude='*.o' --exclude='*.ko' --exclude='*.mod*' --exclude='.*.cmd' \
		Kbuild COPYING kernel | tar -x -C $(DKMS) --no-same-owner
	cp kernel/dkms.conf $(DKMS)

run:
	@selftests/run/run.sh

test:
	@selftests/run/test.sh $(LANES)

bench:
	@selftests/bench/bench.sh

bench-core:
	@$(VM)/deps.sh build bench
	@$(MAKE) -s -C selftests/bench core
	@$(BUILD)/bench/core_bench

check:
	@$(VM)/deps.sh check
	@selftests/meta/check.sh "$$($(VM)/kernel.sh --source)"

fuzz:
	@$(VM)/deps.sh build test
	@$(MAKE) -s -j2 -C selftests/fuzz fuzz KSRC="$$($(VM)/kernel.sh --source)" \
		OUTPUT=$(BUILD)/selftests/fuzz TIME=$(or $(TIME),60)

fuzz-coverage:
	@$(VM)/deps.sh build test
	@$(MAKE) -s -j2 -C selftests/fuzz coverage KSRC="$$($(VM)/kernel.sh --source)" \
		OUTPUT=$(BUILD)/selftests/fuzz-coverage SHOW="$(SHOW)"

soak:
	@HOURS="$(HOURS)" SEED="$(SEED)" selftests/soak/soak.sh

# Generated from Documentation/netlink/specs/kpptp.yaml, committed.
generate:
	@$(VM)/deps.sh check
	@selftests/meta/generate.sh "$$($(VM)/kernel.sh --source)" $(BUILD)/generated
	cp $(BUILD)/generated/kpptp.h kernel/include/uapi/linux/kpptp.h
	cp $(BUILD)/generated/netlink-gen.h $(BUILD)/generated/netlink-gen.c kernel/

clean:
	rm -rf $(BUILD)

.PHONY: all module programs install install-programs dkms run test bench bench-core check \
	fuzz fuzz-coverage soak generate clean
