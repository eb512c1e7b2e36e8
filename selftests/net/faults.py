# SPDX-License-Identifier: GPL-2.0-or-later
"""
Each allocation fails once, one after the other, for every request to the module, for its
devices, for a namespace that is being made and for the module that is being loaded. What
was refused has changed nothing, what was done is whole, an event that is missing was
announced as missing, and the same is done at once when there is memory again. Leaks and
splats are for the kernel's own checks to see.

FAULTS_MOST (4): of a request that makes more allocations than that, so many by chance;
0: each of all, which takes long. FAULTS_SEED (1): which ones.
"""

import ctypes
import errno
import os
import platform
import random
import socket

import failslab
from bed import OUTER_A, OUTER_B, Bed, Tap, key_of, run, wait
from genl import CLONE_NEWNET, NUMBERS, Refused
from rtnl import Rtnl

MOST = int(os.environ.get("FAULTS_MOST", "4"))
SEED = int(os.environ.get("FAULTS_SEED", "1"))
BIRTH = 24          # the last allocations of a namespace: ours among them
LOADING = 240       # the last ones of loading: those of the module itself
FEW = 2             # what is as slow as a namespace is done so often
CLEAN = (errno.ENOMEM, errno.ENOBUFS)
DEVICE = "kf0"
MODULE = "/sys/module/kpptp"
KEPT = ("local-address", "peer-address", "local-call-id", "peer-call-id", "flags", "status",
        "peer-mru", "reorder-window", "reorder-timeout", "ttl", "tos", "mppe-tx", "mppe-rx",
        "owner", "outer-ifindex", "inner")
KEY = {"bits": 128, "stateless": 1, "key": key_of(128), "compress": True}
KEYS = {"mppe_tx": KEY, "mppe_rx": KEY}
INNER = [{"address": "10.9.0.5"}, {"address": "10.9.1.0", "prefix-length": 24},
         {"address": "fd00:9::5"}]
MOVE = NUMBERS["INNER_FLAGS"]["move"]
LCP_ECHO = b"\xc0\x21\x09\x01\x00\x08\x00\x00\x00\x00"
FINIT_MODULE = {"x86_64": 313, "aarch64": 273}

tap = Tap()
failslab.need(tap)
failslab.choose()
dice = random.Random(SEED)
libc = ctypes.CDLL(None, use_errno=True)
bed = Bed()
nl = bed.nl
look = bed.a.nl()
hear = bed.a.nl(events=True)
hear.sock.setblocking(False)
with bed.a:
    rtnl = Rtnl()
nth = failslab.Nth()


def make(call, **more):
    return nl.call("session-new", local_address=OUTER_A, peer_address=OUTER_B,
                   local_call_id=call, peer_call_id=call + 100, **more)[0]["id"]


def waiting(call):
    """A session that waits for demand, with the device for it."""
    return nl.call("session-new", flags="demand", local_call_id=call,
                   ifindex=bed.ifindex)[0]["id"]


def pair(**more):
    ids = [make(1, **more), make(2)]
    nl.set(ids[0], relay=ids[1])
    return ids


def with_device():
    rtnl.add(DEVICE, "kpptp")
    with bed.a:
        index = socket.if_nametoindex(DEVICE)
    return [make(1, flags="up", ifindex=index, **KEYS)]


def devices():
    """By a list: to be asked for one that is not there makes the kernel look for a module."""
    with bed.a:
        return {name for _, name in socket.if_nameindex()}


def state():
    """Everything that a request may change, whatever the ids are."""
    sessions = sorted(look.call("session-get", dump=True), key=lambda s: s["id"])
    place = {session["id"]: n for n, session in enumerate(sessions)}
    told = [({name: session.get(name) for name in KEPT}, "ifindex" in session,
             place.get(session.get("relay"))) for session in sessions]
    total = look.call("totals-get", kind="TOTALS")[0]["sessions"]
    return told, total, DEVICE in devices()


def clean():
    for session in look.call("session-get", dump=True):
        look.delete(session["id"])
    if DEVICE in devices():
        rtnl.delete(DEVICE)


def events():
    """What has been told since, and whether something was said to be missing."""
    names, missing = [], False
    commands = {number: name for name, number in NUMBERS["CMD"].items()}
    while True:
        try:
            names += [commands[data[0]] for _, _, _, data in hear._messages()]
        except BlockingIOError:
            return sorted(names), missing
        except OSError as error:
            if error.errno != errno.ENOBUFS:
                raise
            missing = True


class Attempt:
    """One try of @act with its allocation @number failing."""

    def __init__(self, number, act):
        self.act = act
        self.errno = self.result = None
        self.hit = nth.fail(number, self.once)

    def once(self):
        try:
            self.act()
            self.result = "done"
        except Refused as refusal:
            self.result, self.errno = "refused", refusal.errno
        except (OSError, MemoryError):      # of the answer, or our own
            self.result = "unanswered"


class Act:
    """@do(@build()), where @build makes what it needs."""

    def __init__(self, build, do):
        self.build, self.do = build, do
        self.ids = None
        self.complaints = []
        self.faults = 0

    def begin(self):
        clean()
        self.ids = self.build()
        nl.later.clear()
        events()

    def whole(self):
        """Without faults: what is before and after, and what is told."""
        self.begin()
        self.before = state()
        self.total = nth.count(lambda: self.do(self.ids))
        self.after = state()
        self.told = events()[0]

    def numbers(self):
        """Which allocations are to fail; a few more than there are, in their order."""
        every = range(1, self.total + 3)
        return sorted(dice.sample(every, MOST)) if 0 < MOST < len(every) else every

    def judge(self, attempt):
        now, (told, missing) = state(), events()
        fits = {"done": [self.after], "refused": [self.before],
                "unanswered": [self.before, self.after]}[attempt.result]
        if now not in fits:
            self.complain(attempt, f"left {now}, want one of {fits}")
        if attempt.result == "refused" and attempt.errno not in self.clean():
            self.complain(attempt, f"refused with errno {attempt.errno}")
        if self.before != self.after and not missing:
            want = self.told if now == self.after else []
            if told != want:
                self.complain(attempt, f"told of {told}, want {want}")
        return now

    def clean(self):
        """EINVAL is how the stack says that it has no memory for the name of a device."""
        return (*CLEAN, errno.EINVAL) if self.before[2] != self.after[2] else CLEAN

    def again(self, attempt, now):
        """There is memory: what was refused is done."""
        if now != self.before:
            return
        if self.before == self.after:
            self.begin()
        try:
            self.do(self.ids)
        except Refused as refusal:
            self.complain(attempt, f"again: {refusal}")
        now = state()
        if now != self.after:
            self.complain(attempt, f"afterwards {now}, want {self.after}")

    def complain(self, attempt, what):
        self.complaints.append(f"{attempt.result}: {what}")

    def run(self, name):
        self.whole()
        for number in self.numbers():
            self.begin()
            attempt = Attempt(number, lambda: self.do(self.ids))
            self.faults += attempt.hit
            self.again(attempt, self.judge(attempt))
        tap.ok(not self.complaints and self.faults, f"{name}, {self.faults} faults in "
               f"{self.total} allocations", "; ".join(self.complaints[:2]))


def requests():
    """Each command, in each way that needs memory of its own."""
    def nothing():
        return []

    def owned(flags):
        return lambda: [make(1, flags=flags)]

    def one():
        return [make(1)]

    def several():
        return [make(call, **KEYS) for call in range(1, 6)]

    def listing():
        """A socket of its own: one whose dump has broken off answers no other."""
        several()
        return bed.a.nl()

    return {
        "session-new": (nothing, lambda _: make(1)),
        "session-new with keys and a device":
            (nothing, lambda _: make(1, flags="up require-mppe", ifindex=bed.ifindex, **KEYS)),
        "session-new on a multipoint device":
            (nothing, lambda _: make(1, flags="up", ifindex=mp, inner=INNER)),
        "session-new, waiting for demand": (nothing, lambda _: waiting(1)),
        "session-new with an owner":
            (nothing, lambda _: make(1, flags="control die-with-owner")),
        "session-set of keys":
            (one, lambda ids: nl.set(ids[0], flags="require-mppe", **KEYS)),
        "session-set of a device":
            (one, lambda ids: nl.set(ids[0], ifindex=bed.ifindex, flags="up")),
        "session-set of a device that waits":
            (lambda: [waiting(1), make(2)],
             lambda ids: nl.set(ids[1], ifindex=bed.ifindex, flags="up")),
        "session-set of inner addresses":
            (lambda: [make(1, ifindex=mp, inner=INNER[:2]), make(2, ifindex=mp)],
             lambda ids: nl.set(ids[1], inner=[{**INNER[0], "flags": MOVE}, INNER[2]])),
        "session-set of a relay":
            (lambda: [make(1), make(2)], lambda ids: nl.set(ids[0], relay=ids[1])),
        "session-set of the end of a relay": (pair, lambda ids: nl.set(ids[0], relay=0)),
        "session-set of an owner":
            (one, lambda ids: nl.set(ids[0], flags="control", take_over=True)),
        "session-set of numbers":
            (one, lambda ids: nl.set(ids[0], ttl=9, tos=8, peer_mru=1400, reorder_window=9,
                                     reorder_timeout=7)),
        "session-del":
            (lambda: [make(1, flags="up", ifindex=bed.ifindex, **KEYS)],
             lambda ids: nl.delete(ids[0])),
        "session-del of one that is relayed": (pair, lambda ids: nl.delete(ids[0])),
        "session-get": (several, lambda ids: nl.get(ids[0])),
        "session-get of all":
            (listing, lambda fresh: fresh.call("session-get", dump=True)),
        "totals-get": (nothing, lambda _: nl.call("totals-get", kind="TOTALS")),
        "frame-send": (owned("control"),
                       lambda ids: nl.call("frame-send", id=ids[0], frame=LCP_ECHO)),
        "frame-send of a raw session":
            (owned("control raw"),
             lambda ids: nl.call("frame-send", id=ids[0], frame=b"\xff\x03" + LCP_ECHO)),
        "a device": (nothing, lambda _: rtnl.add(DEVICE, "kpptp")),
        "a multipoint device": (nothing, lambda _: rtnl.add(DEVICE, "kpptp-mp")),
        "the end of a device and its session": (with_device, lambda _: rtnl.delete(DEVICE)),
    }


def in_a_child(act):
    """Does @act(Nth) in a process of its own; (errno or 0, what it returned)."""
    source, sink = os.pipe()
    child = os.fork()
    if not child:
        error, answer = 0, 0
        try:
            answer = act(failslab.Nth())
        except OSError as failure:
            error = failure.errno
        os.write(sink, b"%d %d" % (error, answer))
        os._exit(0)
    os.close(sink)
    os.waitpid(child, 0)
    with os.fdopen(source, "rb") as pipe:
        return tuple(map(int, pipe.read().split()))


def unshare():
    if libc.unshare(CLONE_NEWNET):
        raise OSError(ctypes.get_errno(), "unshare")


def births():
    """Namespaces that are being made. The module came last, and so is asked last."""
    error, total = in_a_child(lambda child: child.count(unshare))
    last = range(max(1, total - BIRTH), total + 1)
    numbers = last if MOST == 0 else sorted(dice.sample(last, min(FEW, len(last))))
    got = [in_a_child(lambda child, n=number: child.fail(n, unshare)) for number in numbers]
    tap.ok(not error and {said for said, _ in got} <= {0, *CLEAN} and any(map(any, got)),
           f"a namespace, faults in the last of its {total} allocations", (error, got))


class Loading:
    """The module, loaded from within this thread."""

    def __init__(self):
        with open(f"{MODULE}/parameters/rc4_lanes", encoding="ascii") as lanes:
            self.arguments = b"rc4_lanes=" + lanes.read().strip().encode()
        self.file = os.open(os.environ["KPPTP_MODULE"], os.O_RDONLY)

    def load(self):
        if libc.syscall(FINIT_MODULE[platform.machine()], self.file, self.arguments, 0):
            raise OSError(ctypes.get_errno(), "finit_module")

    def fail(self, number):
        """Errno or 0, and whether there was a fault; a module that was refused is not there."""
        error = 0

        def once():
            nonlocal error
            try:
                self.load()
            except OSError as failure:
                error = failure.errno

        hit = nth.fail(number, once)
        if bool(error) == os.path.isdir(MODULE):
            error = -1
        return error, hit


def unload():
    """Not while somebody else's answer is on its way."""
    wait(lambda: not os.path.isdir(MODULE) or not run("rmmod kpptp", check=False).returncode)


def loads():
    loading = Loading()
    unload()
    total = nth.count(loading.load)
    last = range(max(1, total - LOADING), total + 1)
    got = []
    for number in last if MOST == 0 else sorted(dice.sample(last, min(FEW, len(last)))):
        unload()
        got.append(loading.fail(number))
    tap.ok({error for error, _ in got} <= {0, *CLEAN} and any(hit for _, hit in got),
           f"the module, faults in the last of its {total} allocations", got)
    if not os.path.isdir(MODULE):
        loading.load()
    tap.ok(os.path.isdir(MODULE), "it is loaded at once when there is memory")


def checks_go_on():
    """kmemleak gives up for good when it has no memory itself."""
    with open("/sys/kernel/debug/kmemleak", "w", encoding="ascii") as leaks:
        leaks.write("stack=on")


bed.ifindex = bed.a.device()
bed.a.ip("link add km0 type kpptp-mp")
bed.a.ip("link set km0 up")
with bed.a:
    mp = socket.if_nametoindex("km0")
print(f"# seed {SEED}")
for what, (build, do) in requests().items():
    Act(build, do).run(what)
clean()
tap.equal(state(), ([], 0, False), "nothing is left")
births()
if "KPPTP_MODULE" in os.environ and platform.machine() in FINIT_MODULE:
    loads()
else:
    tap.skip("the module", "it is not known where it is")
checks_go_on()
tap.done()
