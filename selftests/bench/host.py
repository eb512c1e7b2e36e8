# SPDX-License-Identifier: GPL-2.0-or-later
"""
make bench: boots the guests, answers their questions for processor time, and
writes what they measured.

usage: host.py OUTPUT-DIRECTORY MODULE [MODULE-FOR-TWO-PROCESSORS]

environment: CASE (one case; all of them), PAIRS (rounds, 5), SECONDS_EACH (for how
long one side is measured in a round, 1).
"""

import json
import os
import shutil
import subprocess
import sys

import report

HERE = os.path.dirname(os.path.abspath(__file__))
VM = os.path.join(os.path.dirname(HERE), "vm")


def processes():
    """{parent: [children]} of this machine."""
    children = {}
    for name in os.listdir("/proc"):
        if not name.isdigit():
            continue
        try:
            with open(f"/proc/{name}/stat", encoding="ascii", errors="replace") as stat:
                parent = int(stat.read().rpartition(")")[2].split()[1])
        except OSError:
            continue            # has ended meanwhile
        children.setdefault(parent, []).append(int(name))
    return children


def subtree(root):
    """A process and all that descend from it."""
    children, found = processes(), [root]
    for pid in found:
        found += children.get(pid, [])
    return found


def cpu_ns(pid):
    """Processor time of all threads of a process."""
    total = 0
    try:
        for thread in os.listdir(f"/proc/{pid}/task"):
            with open(f"/proc/{pid}/task/{thread}/schedstat", encoding="ascii") as stat:
                total += int(stat.read().split()[0])
    except OSError:
        pass                    # has ended meanwhile
    return total


class Guest:
    """A booted kernel that runs guest.py."""

    def __init__(self, kernel, module, directory, clock):
        self.clock = os.path.join(directory, "clock") if clock else None
        self.image = None
        if self.clock:
            shutil.rmtree(self.clock, ignore_errors=True)
            os.makedirs(self.clock)
        environment = dict(os.environ, KPPTP_MODULE=module, BENCH_CLOCK=self.clock or "",
                           KPPTP_PASS_ENV="KPPTP_MODULE BENCH_CLOCK BENCH_CASE BENCH_PAIRS "
                                          "BENCH_SECONDS PYTHONDONTWRITEBYTECODE")
        memory = ["--mem", "1536"]
        self.process = subprocess.Popen(
            [os.path.join(VM, "run.sh"), kernel, "--timeout", "3000", *memory, "--",
             "/usr/bin/python3", os.path.join(HERE, "guest.py")],
            env=environment, stdout=subprocess.PIPE, text=True)

    def kernel_process(self):
        """user-mode Linux is the child of run.sh that has an image for a program."""
        for pid in subtree(self.process.pid):
            try:
                if os.readlink(f"/proc/{pid}/exe").endswith("/image"):
                    return pid
            except OSError:
                continue
        raise RuntimeError("the guest's process is not to be found")

    def answer(self, number):
        self.image = self.image or self.kernel_process()
        total = sum(cpu_ns(pid) for pid in subtree(self.image))
        path = os.path.join(self.clock, number)
        with open(path + ".half", "w", encoding="ascii") as half:
            half.write(str(total))
        os.rename(path + ".half", path)

    def results(self):
        """What was measured, and whether all was."""
        results, good = [], True
        for line in self.process.stdout:
            kind, _, rest = line.strip().partition(" ")
            if kind == "clock":
                self.answer(rest)
            elif kind == "result":
                results.append(report.judge(json.loads(rest)))
                print(report.line(results[-1]), flush=True)
            elif kind == "case":
                print(f"# {rest}", file=sys.stderr, flush=True)
            else:
                good = good and kind != "failed"
                print(line, end="", file=sys.stderr, flush=True)
        good = self.process.wait() == 0 and good
        if self.clock:
            shutil.rmtree(self.clock)
        return results, good


def main():
    directory, modules = sys.argv[1], sys.argv[2:]
    os.environ |= {"BENCH_CASE": os.environ.get("CASE", ""),
                   "BENCH_PAIRS": os.environ.get("PAIRS", "5"),
                   "BENCH_SECONDS": os.environ.get("SECONDS_EACH", "1"),
                   "PYTHONDONTWRITEBYTECODE": "1"}
    print(report.heading(os.environ["BENCH_PAIRS"], os.environ["BENCH_SECONDS"]), flush=True)
    everything, good = [], True
    for kernel, module, clock in zip(("uml-plain", "stock-7"), modules, (True, False)):
        if module:
            results, well = Guest(kernel, module, directory, clock).results()
            everything += results
            good = good and well
    with open(os.path.join(directory, "results.json"), "w", encoding="ascii") as output:
        json.dump(everything, output, indent=1)
        output.write("\n")
    if not everything:
        print("host.py: nothing was measured", file=sys.stderr)
    return 0 if good and everything else 1


if __name__ == "__main__":
    sys.exit(main())
