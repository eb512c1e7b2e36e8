# SPDX-License-Identifier: GPL-2.0-or-later
"""
The bench inside its guest: measures what it is asked to, and says each result in a
line "result {json}". See host.py for the environment, and for who answers "clock".
"""

import json
import os
import sys

import cases
from lab import HostClock


def main():
    """The cases that are in this guest's table and were asked for; 1: one failed."""
    wanted = os.environ.get("BENCH_CASE", "")
    clock = os.environ.get("BENCH_CLOCK")
    setting = cases.Setting(int(os.environ["BENCH_PAIRS"]), float(os.environ["BENCH_SECONDS"]),
                            HostClock(clock) if clock else None)
    failed = False
    for names, job in cases.table() if clock else cases.table_smp():
        if wanted and wanted not in names:
            continue
        print(f"case {' '.join(names)}", flush=True)
        try:
            results = job(setting)
        except (OSError, RuntimeError, ZeroDivisionError) as error:
            print(f"failed {' '.join(names)}: {error}".rstrip(), flush=True)
            failed = True
            continue
        for result in results:
            if wanted in ("", result["case"]):
                print("result " + json.dumps(result), flush=True)
    return failed


sys.exit(main())
