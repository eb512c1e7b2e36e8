#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""Prints how many lines of each parser the corpora reach, by parsers.txt.

usage: coverage.py DIR [FILE...]	DIR has programs built with COVERAGE=1, which have
				run; of a FILE the lines that were not reached are
				printed too

Fails when a parser is reached less than parsers.txt promises, or a file of the
directories that hold parsers is not in it."""

import collections
import glob
import json
import os
import subprocess
import sys

HERE = os.path.dirname(os.path.abspath(__file__))
TOP = os.path.realpath(os.path.join(HERE, "../.."))
PARSERS = os.path.join(HERE, "parsers.txt")
WHOLE = ("kernel/core", "userspace/proto", "userspace/nl", "userspace/lib")
PROMISE = 90

Row = collections.namedtuple("Row", "targets promise why")


def read_table():
    """{path: Row}, in the order of the file."""
    table = {}
    for line in open(PARSERS, encoding="ascii"):
        line = line.split("#", 1)[0].rstrip()
        if not line:
            continue
        path, targets, *rest = line.split(None, 2)
        words = rest[0].split(None, 1) if rest else []
        promise = PROMISE
        if words and words[0].isdigit():
            promise = int(words.pop(0))
        table[path] = Row([] if targets == "-" else targets.split(","), promise,
                          " ".join(words))
    return table


def unlisted(table):
    """Files that the table has forgotten, or that are gone."""
    files = {os.path.relpath(name, TOP) for where in WHOLE
             for name in glob.glob(os.path.join(TOP, where, "*.c"))}
    gone = {path for path in table if not os.path.exists(os.path.join(TOP, path))}
    return sorted(files - set(table)), sorted(gone)


def read_counts(directory):
    """{path: {line: how often it ran}}, of all programs together."""
    counts = collections.defaultdict(lambda: collections.defaultdict(int))
    data = glob.glob(os.path.join(directory, "**", "*.gcda"), recursive=True)
    if not data:
        sys.exit(f"coverage.py: nothing has run in {directory}")
    done = subprocess.run(["gcov", "--json-format", "--stdout", *data],
                          stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, check=False)
    if done.returncode:
        sys.exit(f"coverage.py: gcov fails on what it finds in {directory}: of two builds?")
    for unit in done.stdout.splitlines():
        report = json.loads(unit)
        for source in report["files"]:
            where = os.path.join(report["current_working_directory"], source["file"])
            path = os.path.relpath(os.path.realpath(where), TOP)
            for line in source["lines"]:
                number = line["line_number"]
                counts[path][number] = max(counts[path][number], line["count"])
    return counts


def ranges(numbers):
    """"3, 7-9"."""
    out = []
    for number in numbers:
        if out and number == out[-1][1] + 1:
            out[-1][1] = number
        else:
            out.append([number, number])
    return ", ".join(str(a) if a == b else f"{a}-{b}" for a, b in out)


def judge(path, row, lines, tell):
    """Prints the line of one parser; False: it is less than was promised."""
    reached = sum(1 for count in lines.values() if count)
    share = 100 * reached / len(lines) if lines else 0
    good = share >= row.promise
    print(f"{'ok' if good else 'not ok':6} {path:38} {reached:4} of {len(lines):4} lines "
          f"{share:5.1f} %  {', '.join(row.targets)}"
          + (f"  (at least {row.promise} %: {row.why})" if row.promise != PROMISE else ""))
    if path in tell or not good:
        print(f"#      not reached: {ranges(sorted(n for n, c in lines.items() if not c))}")
    return good


def main(directory, *tell):
    table = read_table()
    counts = read_counts(directory)
    forgotten, gone = unlisted(table)
    bad = 0
    for path, row in table.items():
        if row.targets and path not in gone:
            bad += not judge(path, row, counts[path], tell)
    for path in forgotten:
        print(f"not ok {path} is not in parsers.txt")
    for path in gone:
        print(f"not ok {path} of parsers.txt is not there")
    parsers = sum(1 for row in table.values() if row.targets)
    bad += len(forgotten) + len(gone)
    print(f"{parsers} parsers, {bad} reached less than promised or unknown")
    return 1 if bad else 0


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
