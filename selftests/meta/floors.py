#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""Checks that every #include goes down the floors of floors.txt.

usage: floors.py TOP

In the kernel half the rule holds between files; in userspace it holds between
directories, and inside one directory no two headers include each other.
"""
import fnmatch
import os
import re
import sys

INCLUDE = re.compile(r'^\s*#\s*include\s+"([^"]+)"', re.M)


class Floors:
    """The table: a floor for each file, and where siblings may meet."""

    def __init__(self, path):
        self.rows = []
        with open(path, encoding="utf-8") as table:
            for line in table:
                words = line.split("#")[0].split()
                if not words:
                    continue
                names = [w for w in words[2:] if w != "+"]
                self.rows.append((words[0], int(words[1]), names, "+" in words))

    def find(self, half, name):
        """(floor, place in its row or None, pattern) of a file, or None."""
        for row_half, floor, names, ordered in self.rows:
            if row_half != half:
                continue
            for place, pattern in enumerate(names):
                if fnmatch.fnmatch(name, pattern):
                    return floor, place if ordered else None, pattern
        return None


def sources(top, half):
    """Every .c and .h of a half that the floors speak of."""
    skip = ("include", "compat", "tests", "dist")
    for folder, dirs, files in os.walk(os.path.join(top, half)):
        dirs[:] = [d for d in dirs if d not in skip]
        for name in files:
            if name.endswith((".c", ".h")):
                yield os.path.join(folder, name)


def target(top, half, source, include):
    """Path, relative to the half, of the header that an include means."""
    for base in (os.path.dirname(source), os.path.join(top, half)):
        path = os.path.normpath(os.path.join(base, include))
        if os.path.exists(path):
            return os.path.relpath(path, os.path.join(top, half))
    return None


def allowed(half, mine, theirs, name, other):
    """May a file on floor @mine include a header on floor @theirs?"""
    if os.path.splitext(name)[0] == os.path.splitext(other)[0]:
        return True
    if theirs[0] < mine[0]:
        return True
    if theirs[0] > mine[0]:
        return False
    if half == "userspace":
        return mine[2] == theirs[2]
    return mine[1] is not None and theirs[1] < mine[1]


def check_file(top, half, floors, source, edges):
    """Prints what is wrong with the includes of one file; returns how much."""
    name = os.path.relpath(source, os.path.join(top, half))
    mine = floors.find(half, os.path.splitext(name)[0])
    if mine is None:
        print(f"{half}/{name}: no floor in floors.txt")
        return 1
    bad = 0
    with open(source, encoding="utf-8") as text:
        includes = INCLUDE.findall(text.read())
    for include in includes:
        other = target(top, half, source, include)
        if other is None:
            continue
        theirs = floors.find(half, os.path.splitext(other)[0])
        if theirs is None or not allowed(half, mine, theirs, name, other):
            print(f"{half}/{name}: includes {other}, which is not on a lower floor")
            bad += 1
        if name.endswith(".h"):
            edges.setdefault(name, set()).add(other)
    return bad


def mutual(edges):
    """Pairs of headers that reach each other."""
    def reach(start):
        seen, todo = set(), [start]
        while todo:
            for nxt in edges.get(todo.pop(), ()):
                if nxt not in seen:
                    seen.add(nxt)
                    todo.append(nxt)
        return seen

    return sorted({tuple(sorted((a, b))) for a in edges for b in reach(a)
                   if a != b and a in reach(b)})


def main():
    """Runs the check over both halves."""
    top = sys.argv[1]
    floors = Floors(os.path.join(os.path.dirname(__file__), "floors.txt"))
    bad = 0
    for half in ("kernel", "userspace"):
        edges = {}
        for source in sorted(sources(top, half)):
            bad += check_file(top, half, floors, source, edges)
        for pair in mutual(edges):
            print(f"{half}: {pair[0]} and {pair[1]} include each other")
            bad += 1
    return 1 if bad else 0


if __name__ == "__main__":
    sys.exit(main())
