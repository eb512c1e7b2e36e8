# SPDX-License-Identifier: GPL-2.0-or-later
"""
The module under packets and requests that come out of their grammars
(fuzz_frames.py, fuzz_requests.py). The kernel's own checks see what breaks inside of
it. Seen here: a session that requires MPPE goes on with its real peer in between,
nothing in clear ever comes out of it, what the specification forbids is refused and
each refusal has a sentence, and at the end every packet is accounted for.

FUZZ_SEED (1): the same dice, the same run. FUZZ_ROUNDS (4), or FUZZ_SECONDS: how long.
FUZZ_SHOTS (1): how often NEAR packets and one more are sent for each request.
"""

import errno
import os
import random
import socket
import struct
import time

from bed import (CALL_A, CALL_B, COMP, INNER_A, INNER_B, IP, OUTER_A, OUTER_B, PORT,
                 SO_RCVBUFFORCE, Bed, Peer, Tap, key_of, receive_all, send_all, wait)
from fuzz_frames import FORGED, Frames, reaches
from fuzz_requests import Grammar
from genl import Refused
from ledger import Ledger

SEED = int(os.environ.get("FUZZ_SEED", "1"))
ROUNDS = int(os.environ.get("FUZZ_ROUNDS", "4"))
SECONDS = float(os.environ.get("FUZZ_SECONDS", "0"))
SHOTS = int(os.environ.get("FUZZ_SHOTS", "1"))
REQUESTS = 50                   # in a round
NEAR = 31                       # packets of a shot that resemble its first one
SESSIONS_MAX = 60               # more than that, and all are removed
TRIES = 60                      # of the real peer, of which three in a row arrive
PATIENCE = 0.5                  # seconds for each of them; what is late is another try
OUTERS = ("192.0.2.1", "192.0.2.2", "192.0.2.7", "0.0.0.0", "224.0.0.1", "127.0.0.1")
BUFFER = 1 << 24
SO_BINDTODEVICE = 25
UNLIKELY = 70                   # IDs that nobody hits by chance come later
# Nobody else's: a packet for a target whose call ID has become the real session's is one of
# many millions, and would be taken for the real peer's if it were sealed as his are.
KEY_OF_REAL = bytes(reversed(key_of(128)))

dice = random.Random(SEED)
bed = Bed()
tap = Tap()
frames = Frames(dice)
ledger = Ledger(bed.a)
sent = accepted = refused = 0
complaints = []


def complain(what):
    if len(complaints) < 5:
        complaints.append(what)


def key_attrs(bits, stateless, compress=False):
    key = {"bits": bits, "stateless": stateless, "key": key_of(bits)}
    if compress:
        key["compress"] = True
    return {"mppe_tx": key, "mppe_rx": key}


# What a target is made of, and what its peer knows.
KINDS = (
    ({"flags": "up"}, {}),
    ({"flags": "up clamp-mss"}, {}),
    ({"flags": "up require-mppe", **key_attrs(128, 1)}, {"key": key_of(128)}),
    ({"flags": "up", **key_attrs(128, 0)}, {"key": key_of(128), "stateless": False}),
    ({"flags": "up", **key_attrs(40, 0, True)},
     {"key": key_of(40), "bits": 40, "stateless": False}),
    ({"flags": "up", **key_attrs(56, 1, True)}, {"key": key_of(56), "bits": 56}),
    ({"flags": "control", "device": False}, {}),
    ({"flags": "control raw", "device": False}, {}),
)


class Target:
    """A session to shoot at, and whoever pretends to be its peer."""

    def __init__(self, index, settings, knows):
        self.name, self.settings, self.knows = f"kf{index}", dict(settings), knows
        self.call = CALL_A + 1 + index
        self.has_device = self.settings.pop("device", True)
        self.number = self.peer = None

    def device(self):
        with bed.a:
            try:
                return socket.if_nametoindex(self.name)
            except OSError:
                pass
        return bed.a.device(self.name, f"10.1.{self.call & 255}.1", f"10.1.{self.call & 255}.2")

    def make(self):
        """Anew, if a request has removed it; what is in its way goes."""
        more = {"ifindex": self.device()} if self.has_device else {}
        for session in owner.call("session-get", dump=True):
            if (session["local-call-id"] == self.call
                    or more and session.get("ifindex") == more["ifindex"]):
                owner.delete(session["id"])
        if self.peer:
            self.peer.sock.close()
        self.number = owner.new(local_address=OUTER_A, peer_address=OUTER_B,
                                local_call_id=self.call, peer_call_id=CALL_B + 1,
                                **more, **self.settings)
        self.peer = Peer(bed, self.call, **self.knows)
        # Nobody looks at what comes back.
        self.peer.sock.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 0)


def new_owner():
    nl = bed.a.nl()
    nl.sock.setsockopt(socket.SOL_SOCKET, SO_RCVBUFFORCE, BUFFER)
    return nl


owner = new_owner()
bed.ifindex = bed.a.device()
bed.a.ip("link add mf0 type kpptp-mp")
bed.a.ip("link set mf0 up")
for _ in range(UNLIKELY):
    bed.nl.delete(bed.session("", device=False))
canary = bed.session("up require-mppe", key=KEY_OF_REAL)
real = Peer(bed, key=KEY_OF_REAL)
inside = bed.a.udp(INNER_A)
inside.setsockopt(socket.SOL_SOCKET, SO_BINDTODEVICE, b"kp0\0")
targets = [Target(index, *kind) for index, kind in enumerate(KINDS)]
serial = 0


def live():
    return [s["id"] for s in owner.call("session-get", dump=True) if s["id"] != canary]


def ifindexes():
    with bed.a:
        return [index for index, name in socket.if_nameindex() if name != "kp0"]


def some_id():
    """A session's, most of the time."""
    return dice.choice([t.number for t in targets] + [dice.randrange(1, 100000)])


def some_inner():
    return socket.inet_aton(f"10.9.{dice.randrange(2)}.{dice.randrange(4)}")


grammar = Grammar(dice, {
    "id": some_id,
    "relay": lambda: dice.choice((0, some_id())),
    "local-address": lambda: socket.inet_aton(dice.choice(OUTERS)),
    "peer-address": lambda: socket.inet_aton(dice.choice(OUTERS)),
    "ifindex": lambda: dice.choice(devices),
    "outer-ifindex": lambda: dice.choice(devices),
    "address": some_inner,
    "prefix-length": lambda: dice.choice((24, 32)),
    "key": lambda: key_of(dice.choice((40, 128))),
    "bits": lambda: dice.choice((40, 56, 128)),
})
devices = ifindexes()


def ask():
    """One request: refused as it has to be, and with a sentence."""
    global accepted, refused
    request = grammar.request()
    if request.cmd == "session-del" and dice.random() < 0.7:
        return
    if struct.pack("=I", canary) in request.attrs:
        return
    try:
        owner.ask(request.cmd, request.attrs, request.dump)
        accepted += 1
        if request.legal is False:
            complain(f"not refused: {request}")
    except Refused as refusal:
        refused += 1
        if not refusal.sentence:
            complain(f"errno {refusal.errno} without a sentence: {request}")
        if request.legal is False and refusal.errno not in (errno.EINVAL, errno.ERANGE):
            complain(f"refused with errno {refusal.errno}: {request}")


def shoot(target):
    """
    A packet, and others that cost much less to make, which is what a fuzzer's time
    goes into.
    """
    global sent
    packet = frames.packet(target.peer)
    send_all(target.peer.sock,
             [packet, *(frames.near(packet, target.peer) for _ in range(NEAR))])
    sent += (1 + NEAR) * reaches(packet)


def attack_real():
    """Somebody who has not the key, and sees the real peer's numbers."""
    global sent
    key, real.sender = real.sender, None
    seq = real.seq
    packet = frames.packet(real)
    real.sender, real.seq = key, seq
    real.raw(packet)
    sent += reaches(packet)


def hear_inside(most, timeout):
    """What came out of the real session; forgeries are a complaint."""
    got = receive_all(inside, most, timeout)
    for text in got:
        if text.startswith(FORGED):
            complain(f"came out of the session that requires MPPE: {text.hex()}")
    return got


def left_in_step():
    """
    The real peer gets what was sent inside. Everything before it, which is the stack's
    answer to forgeries for its address, is encrypted and by its count as well.
    """
    while packet := real.receive(PATIENCE):
        if packet.call != CALL_B or packet.split()[0] not in (COMP, IP):
            continue
        try:
            if packet.split()[0] == IP:
                return False
            if real.open(packet)[1][28:] == b"answer":
                return True
        except AssertionError:
            return False
    return False


def alive():
    """Three packets of the real peer in a row arrive, soon; one of ours leaves in step."""
    global serial, sent
    row = 0
    for _ in range(TRIES):
        serial += 1
        text = f"real {serial}".encode()
        real.raw(real.data(text))
        sent += 1
        row = row + 1 if text in hear_inside(1, PATIENCE) else 0
        if row == 3:
            break
    else:
        complain(f"the real peer, whose next number is {real.seq}, is not heard any more: "
                 f"{bed.nl.drops(canary)}")
        return
    inside.sendto(b"answer", (INNER_B, PORT))
    if not left_in_step():
        complain("what leaves for the real peer is not encrypted, or out of step")


def tidy():
    """Room for new sessions; sockets and devices that went are there again."""
    global owner, devices
    ledger.listen()
    if dice.random() < 0.1:
        owner.close()
        owner = new_owner()
    owner.later.clear()
    known = live()
    if len(known) > SESSIONS_MAX or dice.random() < 0.1:
        for number in known:
            owner.delete(number)
        known = []
    for target in targets:
        if target.number not in known or dice.random() < 0.1:
            target.make()
    devices = ifindexes()


def a_round():
    tidy()
    for _ in range(REQUESTS):
        ask()
        for _ in range(SHOTS):
            shoot(dice.choice(targets))
        attack_real()
    alive()


def drained():
    """No packet is held, queued or looked at any more."""
    known = ledger.received()
    time.sleep(0.1)
    return known == ledger.received() == sent


began = time.monotonic()
rounds = 0
while time.monotonic() - began < SECONDS if SECONDS else rounds < ROUNDS:
    rounds += 1
    a_round()
for session_id in live():
    bed.nl.delete(session_id)
alive()
print(f"# seed {SEED}: {rounds} rounds, {sent} packets, {accepted} requests accepted, "
      f"{refused} refused, {ledger.ended} sessions ended", flush=True)
tap.equal(complaints, [], "nothing is taken that must not be, and the real peer goes on")
wait(drained, 10)
tap.equal(ledger.received(), sent, "each packet is received, or dropped for one reason")
print("# " + ", ".join(f"{reason} {count}" for reason, count in sorted(ledger.drops().items())))
bed.nl.delete(canary)
tap.equal(bed.nl.call("totals-get", kind="TOTALS")[0]["sessions"], 0, "no session is left")
for name in ["kp0", "mf0", *(target.name for target in targets if target.has_device)]:
    bed.a.ip(f"link del {name}")
tap.done()
