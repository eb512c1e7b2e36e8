# SPDX-License-Identifier: GPL-2.0-or-later
"""
Reordering, duplicates and losses. Inside the window nothing is lost, with and
without MPPE; whatever is lost, the session is in step again afterwards.
"""

import random

import genl
from bed import (CALL_A, CALL_B, CCP, INNER_A, INNER_B, OUTER_A, OUTER_B, Bed, Peer,
                 Tap, key_of, receive_all, wait)

KEY = key_of(128)
PATIENT = 1000      # ms; longer than any scheduling delay of a slow guest
CATCHING_UP = genl.NUMBERS["DESYNC_KIND"]["catching-up"]
RESET_SENT = genl.NUMBERS["DESYNC_KIND"]["reset-sent"]

bed = Bed()
tap = Tap()
rng = random.Random(2637)
MODES = {"no MPPE": {}, "stateless": {"key": KEY, "stateless": 1},
         "stateful": {"key": KEY, "stateless": 0}}


class Under:
    """A session under test, its peer and a socket inside; gone at the end."""

    def __init__(self, mode, **more):
        self.number = bed.session(**MODES[mode], **more)
        self.peer = Peer(bed, **MODES[mode])
        self.inside = bed.a.udp(INNER_A)
        self.serial = 0

    def __enter__(self):
        return self

    def __exit__(self, *_):
        bed.nl.delete(self.number)
        self.inside.close()
        self.peer.sock.close()

    def fresh(self, count):
        texts = [f"{self.serial + i}".encode() for i in range(count)]
        self.serial += count
        return [self.peer.data(text) for text in texts], texts

    def send(self, packets):
        for packet in packets:
            self.peer.raw(packet)

    def begin(self):
        packets, texts = self.fresh(1)
        self.send(packets)
        assert receive_all(self.inside, 1) == texts

    def arrive(self, texts, name):
        return tap.equal(receive_all(self.inside, len(texts)), texts, name)

    def drops(self):
        return bed.nl.drops(self.number)

    def stats(self):
        return bed.nl.stats(self.number)


def shuffled(packets, reach):
    """Each packet moves by less than @reach places."""
    keys = [(i + rng.randrange(reach), i) for i in range(len(packets))]
    return [packets[i] for _, i in sorted(keys)]


def shuffle(mode):
    with Under(mode, reorder_timeout=PATIENT) as under:
        under.begin()
        packets, texts = under.fresh(300)
        twice = rng.sample(packets, 20)
        mixed = shuffled(packets, 100)
        for packet in twice:
            mixed.insert(mixed.index(packet) + rng.randrange(1, 30), packet)
        under.send(mixed)
        under.arrive(texts, f"{mode}: 300 shuffled packets arrive once and in order")
        wait(lambda: under.drops() == {"seq-duplicate": 20}, 3)
        tap.equal(under.drops(), {"seq-duplicate": 20}, f"{mode}: each duplicate is dropped")
        tap.equal(under.stats()["missing"], 0, f"{mode}: nothing was given up")
        tap.ok(under.stats()["reordered"] > 50, f"{mode}: and it was reordering")


def wrap(mode):
    """Numbers run over 2^32."""
    with Under(mode, reorder_timeout=PATIENT) as under:
        under.peer.seq = 2**32 - 20
        under.begin()
        packets, texts = under.fresh(60)
        under.send(shuffled(packets, 15))
        under.arrive(texts, f"{mode}: numbers wrap in the middle of reordering")


def loss(mode):
    with Under(mode) as under:
        under.begin()
        lost, _ = under.fresh(1)
        packets, texts = under.fresh(5)
        under.send(packets)
        under.arrive(texts, f"{mode}: a lost packet is waited for, then given up")
        tap.equal(under.stats()["missing"], 1, f"{mode}: one number is missing")
        under.send(lost)
        wait(lambda: under.drops(), 3)
        tap.equal(under.drops(), {"seq-late": 1}, f"{mode}: and too late afterwards")


def overflow():
    """A full hold queue does not wait for its timer."""
    with Under("stateless", reorder_timeout=PATIENT, reorder_window=10) as under:
        under.begin()
        under.fresh(1)
        packets, texts = under.fresh(10)
        under.send(packets)
        wait(lambda: under.stats()["reordered"] == 10)
        tap.equal(receive_all(under.inside, 1, 0), [], "10 of 10 packets are held")
        more, extra = under.fresh(1)
        under.send(more)
        tap.equal(receive_all(under.inside, 11, PATIENT / 1000 * 0.9), texts + extra,
                  "the 11th sets all of them free")


def no_window():
    with Under("stateless", reorder_window=0) as under:
        under.begin()
        packets, texts = under.fresh(3)
        under.send([packets[1], packets[0], packets[2]])
        under.arrive([texts[1], texts[2]], "a window of 0 waits for nothing")
        tap.equal(under.drops(), {"seq-late": 1}, "and drops what is late")


def reset():
    """Stateful: one loss, one Reset-Request, one flushed packet, in step again."""
    events = bed.a.nl(events=True)
    with Under("stateful") as under:
        under.begin()
        under.fresh(1)
        packets, _ = under.fresh(4)
        under.send(packets)
        request = under.peer.receive()
        proto, info = request.split()
        tap.equal((proto, info[0], len(info)), (CCP, 14, 4), "a loss brings a Reset-Request")
        wait(lambda: under.drops().get("mppe-discard") == 4, 3)
        tap.equal(under.drops(), {"mppe-discard": 4}, "what cannot be decrypted is dropped")
        tap.ok("discarding" in bed.nl.status(under.number), "the session says so")
        tap.equal(under.stats()["resets"], 1, "one request in a second")
        under.peer.sender.flush = True
        packets, texts = under.fresh(5)
        under.send(packets)
        under.arrive(texts, "a flushed packet brings it back")
        tap.ok("discarding" not in bed.nl.status(under.number), "the session says so too")
    seen = event(events, "desync")
    tap.equal(seen and seen["desync"], RESET_SENT, "userspace is told")
    events.close()


def event(events, wanted):
    while True:
        try:
            name, values = events.event(5)
        except OSError:
            return None
        if name == wanted:
            return values


def outage(lost):
    """Any number of packets is lost; a few more bring the keys back in step."""
    events = bed.a.nl(events=True)
    with Under("stateless") as under:
        under.begin()
        under.peer.seq += lost
        under.peer.sender.skip(lost)
        steps = lost // 128
        packets, texts = under.fresh(steps + 5)
        for packet in packets:
            under.send([packet])
        under.arrive(texts[steps:], f"{lost} lost packets: the next but {steps} arrives")
        tap.equal(under.drops().get("mppe-far", 0), steps, f"{lost} lost packets: {steps} steps")
        tap.ok(lost - 2 < under.stats()["missing"] - steps <= lost + 1,
               f"{lost} lost packets: counted", under.stats())
    if steps:
        seen = event(events, "desync")
        tap.equal(seen and seen["desync"], CATCHING_UP, f"{lost} lost packets: userspace is told")
    events.close()


def jump():
    """Without MPPE a far packet is believed when a second one confirms it."""
    with Under("no MPPE") as under:
        under.begin()
        under.peer.seq += 100000
        packets, texts = under.fresh(3)
        under.send(packets)
        under.arrive(texts[1:], "a jump is believed with the second packet")
        tap.equal(under.drops(), {"seq-jump": 1}, "the first is dropped")


def network():
    """Both ends ours, and a bad network between them."""
    other = bed.b.device("kp0", INNER_B, INNER_A)
    far = bed.b.nl()
    key = {"bits": 128, "stateless": 1, "key": KEY}
    here = bed.session(key=KEY, reorder_timeout=PATIENT)
    there = far.new(local_address=OUTER_B, peer_address=OUTER_A, local_call_id=CALL_B,
                    peer_call_id=CALL_A, flags="up", ifindex=other, mppe_tx=key,
                    mppe_rx=key, reorder_timeout=PATIENT)
    # The first number that comes is where the window begins: not to be overtaken.
    tap.ok(bed.a.run(f"ping -q -c 1 -W 20 {INNER_B}", check=False).returncode == 0,
           "a ping before that")
    for side in (bed.a, bed.b):
        side.run("tc qdisc add dev v0 root netem delay 20ms reorder 30% 50% duplicate 10%")
    out = bed.a.run(f"ping -q -i 0.01 -c 300 -W 20 {INNER_B}", check=False).stdout
    tap.ok("300 received" in out, "300 pings through reordering and duplicates", out)
    tap.ok(bed.nl.stats(here)["reordered"] + far.stats(there)["reordered"] > 20,
           "there was reordering")
    tap.equal((bed.nl.stats(here)["missing"], far.stats(there)["missing"]), (0, 0),
              "nothing was given up")
    for nl, one in ((bed.nl, here), (far, there)):
        tap.equal(set(nl.drops(one)) - {"seq-duplicate"}, set(), "only duplicates were dropped")


for mode in MODES:
    shuffle(mode)
    wrap(mode)
loss("no MPPE")
loss("stateless")
overflow()
no_window()
reset()
for lost in (126, 127, 128, 2048, 5000):
    outage(lost)
jump()
network()
tap.done()
