# SPDX-License-Identifier: GPL-2.0-or-later
"""
Requests of every kind out of their grammar, by several processes at once and for few
sessions, call IDs and devices, so that they collide; devices that are made and removed;
packets from outside and inside. All that in namespaces that are removed, and everybody in
them killed, after a random number of requests, while the module goes and comes back. What
breaks inside is for the kernel's checks to see; seen here is that everybody goes on, that
each refusal has a sentence, and that the module is as good as new in the end.

STRESS_SEED (a new one each time), STRESS_ROUNDS (2): generations of namespaces.
"""

import collections
import errno
import mmap
import os
import random
import signal
import socket
import subprocess
import time

from bed import (COMP, IP, LCP, OUTER_A, OUTER_B, Bed, Namespace, Nl, Tap, control, frame, gre,
                 key_of, run, udp4, wait)
from fuzz_requests import Grammar
from genl import NUMBERS, Refused, enter
from rtnl import Rtnl

SEED = int(os.environ.get("STRESS_SEED", str(random.randrange(1 << 32))))
ROUNDS = int(os.environ.get("STRESS_ROUNDS", "2"))
ARENAS, WORKERS = 2, 3
FEWEST, MOST = 15, 50      # requests of a worker until its namespace goes
PATIENCE = 120              # seconds for them
CALLS = range(1, 5)
MODULE = "/sys/module/kpptp"
KINDS = {"k0": "kpptp", "k1": "kpptp", "m0": "kpptp-mp"}
FLAGS = [sum(NUMBERS["SESSION_FLAGS"][flag] for flag in flags.split())
         for flags in ("", "up", "up require-mppe", "control", "control die-with-owner", "demand",
                       "control raw", "up copy-tos clamp-mss")]
# Of a device: not there, there already, going; or its kind is not known just now.
DEVICE_RACES = {errno.ENODEV, errno.EEXIST, errno.EBUSY, errno.EOPNOTSUPP, errno.EINVAL}
NEAR, FAR = "198.18.{}.1", "198.18.{}.2"
SO_BINDTODEVICE = 25

tap = Tap()
bed = Bed()


class Worker:
    """In a process of its own and in its namespace, until it is killed."""

    def __init__(self, place, seed, complain, done):
        self.dice, self.complain, self.done = random.Random(seed), complain, done
        self.nl, self.rtnl = None, Rtnl()
        self.sock = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self.sock.setblocking(False)
        self.ids, self.devices = [1], [1]
        pick = self.dice.choice
        self.grammar = Grammar(self.dice, {
            "id": lambda: pick(self.ids),
            "relay": lambda: pick((0, *self.ids)),
            "local-address": lambda: socket.inet_aton(NEAR.format(place)),
            "peer-address": lambda: socket.inet_aton(FAR.format(place)),
            "local-call-id": lambda: pick(CALLS),
            "ifindex": lambda: pick(self.devices),
            "outer-ifindex": lambda: pick(self.devices),
            "flags": lambda: pick(FLAGS),
            "flags-mask": lambda: pick((0xffffffff, *FLAGS)),
            "address": lambda: socket.inet_aton(f"10.9.{pick((0, 1))}.0"),
            "prefix-length": lambda: pick((24, 32)),
            "bits": lambda: 128,
            "key": lambda: key_of(128),
            "frame": lambda: LCP.to_bytes(2, "big") + control(9, data=bytes(4)),
        })

    def look(self):
        """What there is to collide about."""
        self.ids = [s["id"] for s in self.nl.call("session-get", dump=True)] or [1]
        self.devices = [index for index, name in socket.if_nameindex() if name in KINDS] or [1]
        self.nl.call("totals-get", kind="TOTALS")
        self.nl.later.clear()

    def ask(self):
        request = self.grammar.request()
        self.nl.ask(request.cmd, request.attrs, request.dump)
        if request.legal is False:
            self.complain(f"not refused: {request}")

    def change_device(self):
        name = self.dice.choice(list(KINDS))
        try:
            if self.dice.random() < 0.6:
                self.rtnl.add(name, KINDS[name])
            else:
                self.rtnl.delete(name)
        except Refused as refusal:
            if refusal.errno not in DEVICE_RACES:
                self.complain(f"{name}: {refusal}")

    def send(self):
        """By a device that may not be there, to addresses that may be nobody's."""
        name = self.dice.choice(list(KINDS)).encode() + b"\0"
        try:
            self.sock.setsockopt(socket.SOL_SOCKET, SO_BINDTODEVICE, name)
            for last in range(4):
                self.sock.sendto(bytes(300), (f"10.9.{last & 1}.{last >> 1}", 9))
        except OSError:
            pass

    def step(self):
        roll = self.dice.random()
        if not self.nl or roll < 0.02:
            # What the socket before has owned goes, or is an orphan.
            self.nl = Nl()
        elif roll < 0.1:
            self.change_device()
        elif roll < 0.18:
            self.look()
        elif roll < 0.26:
            self.send()
        else:
            self.ask()

    def refused(self, refusal):
        """Only the stack refuses without one: there is no such family, or it is going."""
        if refusal.sentence:
            return
        if refusal.errno not in (errno.ENOENT, errno.EPROTONOSUPPORT):
            self.complain(refusal)
        self.nl = None
        time.sleep(0.1)

    def run(self):
        while True:
            try:
                self.step()
            except Refused as refusal:
                self.refused(refusal)
            except OSError as error:
                if error.errno != errno.ENOBUFS:    # more frames than the buffer holds
                    self.complain(error)
                self.nl = None
            self.done()


def flood(place):
    """Packets of all kinds for all calls, from outside."""
    dice = random.Random(place)
    sock = socket.socket(socket.AF_INET, socket.SOCK_RAW, 47)
    seq = collections.Counter()
    while True:
        call = dice.choice(CALLS)
        seq[call] += dice.choice((0, 1, 1, 1, 1, 2, 5000))
        payload = dice.choice((frame(COMP, b"\x90\x00" + bytes(200)),
                               frame(IP, udp4(bytes(100), src="10.9.0.0")),
                               frame(LCP, control(9, data=bytes(4)))))
        try:
            sock.sendto(gre(payload, seq[call], call=call), (NEAR.format(place), 0))
        except OSError:             # nobody is there yet, or any more
            pass
        time.sleep(0.003)


class Arena:
    """A namespace, everybody in it, and how long they have."""

    def __init__(self, place):
        self.place, self.ns = place, Namespace(f"kpptp-{os.getpid()}-{place}")
        self.counts = memoryview(mmap.mmap(-1, mmap.PAGESIZE)).cast("I")
        self.until = dice.randrange(FEWEST, MOST)
        self.pids = []
        ip(f"netns add {self.ns.name}",
           f"link add a{place} netns {bed.b.name} type veth peer name v0 netns {self.ns.name}")
        ip(f"addr add {FAR.format(place)}/24 dev a{place}", f"link set a{place} up", ns=bed.b)
        ip(f"addr add {NEAR.format(place)}/24 dev v0", "link set v0 up", "link set lo up",
           ns=self.ns)
        for n in range(WORKERS):
            self.start(self.ns, lambda n=n: self.work(n))
        self.start(bed.b, lambda: flood(place))

    def start(self, ns, act):
        pid = os.fork()
        if pid:
            self.pids.append(pid)
            return
        try:
            enter(ns.name)
            act()
        except BaseException as end:    # not to the parent's end of the program
            complain(f"a process ended: {end!r}")
        os._exit(1)

    def work(self, n):
        def done():
            self.counts[n] += 1

        Worker(self.place, SEED + self.place * WORKERS + n, complain, done).run()

    def over(self):
        return max(self.counts[:WORKERS]) >= self.until

    def remove(self):
        """At any moment of anybody's; the namespace goes with the last who is in it."""
        first = dice.random() < 0.5
        if first:
            ip(f"netns del {self.ns.name}")
        for pid in self.pids:
            os.kill(pid, signal.SIGKILL)
        if not first:
            ip(f"netns del {self.ns.name}")
        for pid in self.pids:
            os.waitpid(pid, 0)
        return sum(self.counts[:WORKERS])


def ip(*lines, ns=None):
    command = ["ip", *(["-n", ns.name] if ns else []), "-batch", "-"]
    subprocess.run(command, input="\n".join(lines), text=True, check=True)


def complain(what):
    os.write(pipe, f"{what}\n".encode()[:512])


def complaints():
    os.set_blocking(source, False)
    try:
        return os.read(source, 65536).decode().splitlines()[:5]
    except BlockingIOError:
        return []


def reload():
    """The module goes, as soon as nobody is just being answered, and comes back."""
    gone = wait(lambda: not run("rmmod kpptp", check=False).returncode, PATIENCE)
    if gone and "KPPTP_MODULE" in os.environ:
        run(["insmod", os.environ["KPPTP_MODULE"], f"rc4_lanes={lanes}"])
    elif gone:
        run("modprobe kpptp")
    return gone


def generation(number):
    """Some namespaces; a module that goes meanwhile. How many requests they made."""
    arenas = [Arena(number * ARENAS + n) for n in range(ARENAS)]
    done = wait(lambda: any(arena.over() for arena in arenas), PATIENCE)
    gone = reload()
    done = wait(lambda: all(arena.over() for arena in arenas), PATIENCE) and done
    if not (gone and done):
        complain("the module stays" if done else "nobody gets on")
    return sum(arena.remove() for arena in arenas)


with open(f"{MODULE}/parameters/rc4_lanes", encoding="ascii") as parameter:
    lanes = parameter.read().strip()
source, pipe = os.pipe()
dice = random.Random(SEED)
print(f"# STRESS_SEED={SEED}", flush=True)
made = sum(generation(number) for number in range(ROUNDS))
print(f"# {made} requests in {ROUNDS * ARENAS} namespaces")
tap.equal(complaints(), [], "everybody goes on, and each refusal has its reason")
nl = bed.a.nl()
session = nl.new(local_address=OUTER_A, peer_address=OUTER_B)
nl.delete(session)
tap.equal(nl.call("totals-get", kind="TOTALS")[0]["sessions"], 0, "the module is as good as new")
nl.close()
gone = wait(lambda: not run("rmmod kpptp", check=False).returncode)
tap.ok(gone, "and goes for good, with namespaces that are still being removed")
tap.done()
