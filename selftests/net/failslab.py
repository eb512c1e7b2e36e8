# SPDX-License-Identifier: GPL-2.0-or-later
"""
Allocations that fail because they are told to: the kernel's failslab and, by chance only,
fail_page_alloc. Either one allocation of the calling thread, by its number, or any of some
caches and of more pages than one by chance. (That others than these find no page would be
what the checks cannot do without.)

What the kernel's checks allocate for themselves never fails, so that they go on.

By itself: failslab.py PERCENT has so many allocations for packets fail from now on.
"""

import ctypes
import glob
import os
import re
import sys

DIR = "/sys/kernel/debug/failslab"
PAGES = "/sys/kernel/debug/fail_page_alloc"
CACHES = "/sys/kernel/slab"
CHECKS = ("kmemleak", "debug_objects")
FAR = 1 << 30       # more allocations than anything makes
M_TRIM_THRESHOLD, M_MMAP_THRESHOLD = -1, -3
NEVER, ROOM = 1 << 30, 1 << 22


def available():
    return os.path.isdir(DIR) and os.path.isdir(PAGES) and os.path.exists("/proc/thread-self/fail-nth")


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
    chance(0)
    _write(f"{DIR}/ignore-gfp-wait", "N")
    _write(f"{DIR}/cache-filter", "Y")
    _write(f"{PAGES}/ignore-gfp-wait", "Y")
    _write(f"{PAGES}/min-order", 1)
    for attributes in (DIR, PAGES):
        _write(f"{attributes}/task-filter", "N")
        _write(f"{attributes}/times", -1)
        _write(f"{attributes}/verbose", 0)


def chance(percent):
    """So many of a hundred fail from now on."""
    for attributes in (DIR, PAGES):
        _write(f"{attributes}/probability", percent)


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
        chance(self.percent)
        return self

    def __exit__(self, *_):
        chance(0)


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

    def _with(self, number, act):
        """Does @act, whose allocation @number fails. What is left to count, 0 when it has."""
        self._set(number)
        try:
            act()
        finally:
            left = self._left()
            self._set(0)
        return left

    def count(self, act):
        """Does @act; how many allocations it makes."""
        return FAR - self._with(FAR, act)

    def fail(self, number, act):
        """Does @act with its allocation @number failing. Did it make so many?"""
        return not self._with(number, act)


if __name__ == "__main__":
    prepare()
    choose(packets)
    chance(sys.argv[1])
