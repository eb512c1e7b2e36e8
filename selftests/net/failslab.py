# SPDX-License-Identifier: GPL-2.0-or-later
"""
Allocations that fail because they are told to: the kernel's failslab. Either one
allocation of the calling thread, by its number, or any of some caches by chance.

What the kernel's checks allocate for themselves never fails, so that they go on.
"""

import ctypes
import glob
import os
import re

DIR = "/sys/kernel/debug/failslab"
CACHES = "/sys/kernel/slab"
CHECKS = ("kmemleak", "debug_objects")
FAR = 1 << 30       # more allocations than anything makes
M_TRIM_THRESHOLD, M_MMAP_THRESHOLD = -1, -3
NEVER, ROOM = 1 << 30, 1 << 22


def available():
    return os.path.isdir(DIR) and os.path.exists("/proc/thread-self/fail-nth")


def need(tap):
    """Ends a test whose kernel has none: skipped where that is no wonder, else failed."""
    if available():
        prepare()
        return
    if "debug" in os.environ.get("KPPTP_KERNEL", ""):
        tap.ok(False, "the kernel has failslab")
    else:
        tap.skip("failing allocations", "this kernel has no failslab")
    tap.done()


def _write(path, value):
    with open(path, "w", encoding="ascii") as knob:
        knob.write(str(value))


def choose(wanted=lambda name: True):
    """Only caches whose name is @wanted fail from now on."""
    for path in glob.glob(f"{CACHES}/*/failslab"):
        name = path.split("/")[-2]
        try:
            _write(path, int(bool(wanted(name)) and not name.startswith(CHECKS)))
        except OSError:     # one that several sorts of objects share
            pass


def prepare():
    """Nothing fails yet."""
    _write(f"{DIR}/probability", 0)
    _write(f"{DIR}/ignore-gfp-wait", "N")
    _write(f"{DIR}/cache-filter", "Y")
    _write(f"{DIR}/task-filter", "N")
    _write(f"{DIR}/times", -1)
    _write(f"{DIR}/verbose", 0)


def packets(name):
    """Of what packets, the routes that they take and sessions are made?"""
    return (name.startswith(("skbuff_", "ip_dst_cache", "kpptp")) or
            re.fullmatch(r"kmalloc-(rnd-\d+-)?(512|1k|2k|4k|8k)", name))


class Random:
    """
    As a context: so many of a hundred allocations for packets fail, whoever asks for
    them.
    """

    def __init__(self, percent):
        choose(packets)
        self.percent = percent

    def __enter__(self):
        _write(f"{DIR}/probability", self.percent)
        return self

    def __exit__(self, *_):
        _write(f"{DIR}/probability", 0)


class Nth:
    """The allocations of the thread that makes this, of the chosen caches."""

    def __init__(self):
        # Our own memory must not be mapped and unmapped in between.
        libc = ctypes.CDLL(None)
        libc.mallopt(M_MMAP_THRESHOLD, 1 << 25)
        libc.mallopt(M_TRIM_THRESHOLD, NEVER)
        del bytearray(ROOM)[:]
        self.knob = os.open("/proc/thread-self/fail-nth", os.O_RDWR)

    def _set(self, number):
        os.pwrite(self.knob, b"%d" % number, 0)

    def _left(self):
        return int(os.pread(self.knob, 16, 0))

    def count(self, act):
        """Does @act; how many allocations it makes."""
        self._set(FAR)
        try:
            act()
        finally:
            left = self._left()
            self._set(0)
        return FAR - left

    def fail(self, number, act):
        """Does @act with its allocation @number failing. Did it make so many?"""
        self._set(number)
        try:
            act()
        finally:
            left = self._left()
            self._set(0)
        return not left
