# SPDX-License-Identifier: GPL-2.0-or-later
"""
The soak in one guest. Time is cut into epochs. In each, sessions come and go at random
under traffic on a bad network, made by hand and dialled by kpptpd, and the grammar
fuzzer runs beside them. At its end all sessions are removed, the accounts of every
namespace are held against what a packet filter has counted, and memory is read.

SOAK_SECONDS: how long, SOAK_SEED: the dice.

usage: soak.py A B C S F G DIRECTORY: namespaces, see guest.sh, and where kpptpd is.
"""

import os
import random
import re
import subprocess
import sys
import time

from accounts import Account
from bed import Namespace, Tap
from daemons import Tunnels
from memory import Series, of_kernel
from pairs import Pairs

SECONDS = float(os.environ.get("SOAK_SECONDS", "60"))
SEED = int(os.environ.get("SOAK_SEED", "1"))
EPOCHS, EPOCH_MIN, EPOCH_MAX = 60, 15, 60   # how many there are to be, seconds of each
KERNEL_NOISE, DAEMON_NOISE = 1536, 512      # KiB
ALL = "ABCS"    # the namespaces that have accounts
PATIENCE = 600
SHOTS = 8       # of the fuzzer's, for each of its requests: it is to send very many packets
DEBUG = "debug" in os.environ.get("KPPTP_KERNEL", "")
FUZZ = os.path.join(os.path.dirname(os.path.abspath(__file__)), "../net/fuzz.py")


class Fuzz:
    """net/fuzz.py in namespaces of its own, in each epoch with other dice."""

    FIGURES = re.compile(r"(\d+) packets, (\d+) requests accepted, (\d+) refused")

    def __init__(self, ends, dice):
        self.command = [sys.executable, FUZZ, *(ns.name for ns in ends)]
        self.dice = dice
        self.packets = self.requests = 0
        self.process = None

    def start(self, seconds):
        env = {**os.environ, "FUZZ_SECONDS": str(seconds), "FUZZ_SHOTS": str(SHOTS),
               "FUZZ_SEED": str(self.dice.randrange(1 << 32))}
        self.process = subprocess.Popen(self.command, env=env, text=True,
                                        stdout=subprocess.PIPE, stderr=subprocess.STDOUT)

    def end(self):
        """What it has found, or nothing."""
        said, _ = self.process.communicate(timeout=PATIENCE)
        figures = self.FIGURES.search(said)
        if figures:
            packets, accepted, refused = map(int, figures.groups())
            self.packets += packets
            self.requests += accepted + refused
        return [] if self.process.returncode == 0 else [f"the fuzzer: {said[-800:]}"]


class Soak:
    """All that runs, and what was wrong with it."""

    def __init__(self, namespaces, build):
        a, b, c, s, f, g = (Namespace(name) for name in namespaces)
        dice = random.Random(SEED)
        self.accounts = {name: Account(name, ns) for name, ns in zip(ALL, (a, b, c, s))}
        self.fuzz = Fuzz((f, g), dice)
        self.pairs = Pairs((a, b), dice)
        self.tunnels = Tunnels(c, s, dice, build)
        self.memory = (
            Series("the kernel", KERNEL_NOISE, of_kernel),
            Series("the server's kpptpd", DAEMON_NOISE, self.tunnels.server.resident),
            Series("the client's kpptpd", DAEMON_NOISE, self.tunnels.client.resident))
        self.mistakes = []
        self.epochs = 0
        self.began = time.monotonic()

    def _ended(self, names=ALL):
        """Sessions that there were in those namespaces."""
        return sum(self.accounts[name].ledger.ended for name in names)

    def elapsed(self):
        return time.monotonic() - self.began

    def _take_memory(self):
        """What RCU and the stack give back late has come back first."""
        time.sleep(1)
        for series, names in zip(self.memory, (ALL, "S", "C")):
            series.take(self._ended(names))

    def _steps(self, until):
        while time.monotonic() < until:
            self.pairs.step()
            self.tunnels.step()
            for account in self.accounts.values():
                account.ledger.listen()

    def epoch(self, seconds):
        self.fuzz.start(seconds)
        self._steps(time.monotonic() + seconds)
        mistakes = self.fuzz.end()
        self.pairs.clear()
        mistakes += self.tunnels.clear()
        for account in self.accounts.values():
            mistakes += account.mistakes()
        self._take_memory()
        self.epochs += 1
        self.mistakes += mistakes
        sizes = ", ".join(f"{series.points[-1][1]} KiB of {series.name}"
                          for series in self.memory)
        print(f"# epoch {self.epochs}, {self.elapsed():.0f} s: {self._ended()} sessions so far, "
              f"{self.fuzz.packets} packets of the fuzzer; {sizes}", flush=True)
        for mistake in mistakes:
            print("# wrong: " + mistake.replace("\n", "\n#     "), flush=True)

    def tell(self):
        for account in self.accounts.values():
            print(f"# {account.summary()}")
        for series in self.memory:
            print(f"# {series}")
        print(f"# {self.pairs.made} pairs by hand, {self.pairs.arrived} datagrams arrived; "
              f"{self.tunnels.made} tunnels dialled, {self.tunnels.arrived} datagrams came back")
        packets = sum(account.ledger.received() for account in self.accounts.values())
        slopes = ", ".join(f"{series.name} {series.slope():.1f}" for series in self.memory)
        print(f"# sum: {self.epochs} epochs, {self._ended()} sessions, {packets} packets to "
              f"them; {self.fuzz.requests} requests and {self.fuzz.packets} packets of the "
              f"fuzzer; octets a session: {slopes}", flush=True)

    def judge(self, tap):
        tap.equal(len(self.mistakes), 0, "after each epoch every packet is accounted for, no "
                  "session stays, and the fuzzer has found nothing")
        tap.ok(self.pairs.arrived and self.tunnels.arrived and self.fuzz.packets,
               "traffic passed")
        tap.equal((self.pairs.strange, self.tunnels.strange), (0, 0),
                  "what arrives is what was sent")
        # Freed memory waits in KASAN's quarantine: there kmemleak is the judge, at power-off.
        for series in self.memory[1:] if DEBUG else self.memory:
            tap.ok(series.flat(), f"memory of {series.name} does not grow", series)
        tap.equal(self.tunnels.stop(), [0, 0], "both kpptpd end in order")


def main(arguments):
    tap = Tap()
    soak = Soak(arguments[:6], arguments[6])
    length = min(max(SECONDS / EPOCHS, EPOCH_MIN), EPOCH_MAX)
    while soak.elapsed() < SECONDS:
        soak.epoch(length)
    soak.tell()
    soak.judge(tap)
    tap.done()


main(sys.argv[1:])
