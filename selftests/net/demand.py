# SPDX-License-Identifier: GPL-2.0-or-later
"""A session with flag demand keeps the device, and its packets, until there is a call."""

import errno
import socket
import threading

from bed import (CALL_A, CALL_B, INNER_A, INNER_B, IP, OUTER_A, OUTER_B, PORT, Bed, Peer, Tap,
                 control, key_of, receive_all, wait)
from genl import NUMBERS, Refused

ROOM = 16           # KPPTP_DEMAND_PACKETS
NO_PEER = "The session waits for demand and has no peer"
KEY = {"bits": 128, "stateless": 1, "key": key_of(128)}

bed = Bed()
tap = Tap()
bed.ifindex = bed.a.device()
udp = bed.a.udp(INNER_A)


def park(nl=None, flags="control demand", **more):
    values = {"ifindex": bed.ifindex, **more}
    number = (nl or bed.nl).new(flags=flags, **values)
    wait(lambda: bed.nl.running(values["ifindex"]))
    return number


def up(number, nl=None, **more):
    (nl or bed.nl).set(number, ifindex=bed.ifindex, flags="up", flags_mask="up", **more)


def call(nl=None, flags="control", **more):
    return bed.session(flags, device=False, nl=nl, **more)


def send(*numbers):
    for number in numbers:
        udp.sendto(number.to_bytes(4, "big"), (INNER_B, PORT))


def heard(peer, count):
    """The numbers of what came to B, which are in the UDP payloads."""
    got = []
    for _ in range(count):
        packet = peer.receive()
        if packet is None:
            break
        proto, data = peer.open(packet)
        got.append(int.from_bytes(data[28:32], "big") if proto == IP else proto)
    return got


def has_carrier():
    """As the driver says, without the stack's delay."""
    return "NO-CARRIER" not in bed.a.ip("link show dev kp0").stdout


def refused(what, want, sentence, attr, act):
    try:
        act()
        got = "accepted"
    except Refused as refusal:
        got = (refusal.errno, refusal.sentence, refusal.attr)
    tap.equal(got, (want, sentence, attr and NUMBERS["SESSION"][attr]), f"refused: {what}")


def refusals_alone():
    inval, stays = errno.EINVAL, "Flag demand is said when a session is made, and stays"
    plain = call()
    waits = park(ifindex=bed.ifindex)
    new = bed.nl.new
    refused("a local address", inval, NO_PEER, "local-address",
            lambda: new(flags="demand", local_address=OUTER_A))
    refused("a peer", inval, NO_PEER, "peer-address",
            lambda: new(flags="demand", peer_address=OUTER_B))
    refused("up at once", inval, NO_PEER, "flags",
            lambda: park(flags="control demand up"))
    refused("raw", inval, NO_PEER, "flags", lambda: new(flags="control demand raw"))
    for attr in "mppe-tx", "mppe-rx":
        refused(attr, inval, NO_PEER, attr, lambda: new(flags="demand", **{attr: KEY}))
        refused(f"{attr} later", inval, NO_PEER, attr,
                lambda: bed.nl.set(waits, **{attr: KEY}))
    refused("up later", inval, NO_PEER, "flags",
            lambda: bed.nl.set(waits, flags="up", flags_mask="up"))
    refused("a frame", errno.ENOTCONN, NO_PEER, "id",
            lambda: bed.nl.call("frame-send", id=waits, frame=b"\xc0\x21" + control(1)))
    refused("a relay", inval, NO_PEER, "relay", lambda: bed.nl.set(waits, relay=plain))
    refused("a relay of another", inval, NO_PEER, "relay",
            lambda: bed.nl.set(plain, relay=waits))
    refused("the flag later", inval, stays, "flags",
            lambda: bed.nl.set(plain, flags="demand", flags_mask="demand"))
    refused("the flag no more", inval, stays, "flags",
            lambda: bed.nl.set(waits, flags="", flags_mask="demand"))
    bed.nl.delete(plain)
    bed.nl.delete(waits)
    bed.a.ip("link add m0 type kpptp-mp")
    with bed.a:
        many = socket.if_nametoindex("m0")
    refused("a multipoint device", inval,
            "A session that waits for demand has a device of its own", "ifindex",
            lambda: new(flags="demand", ifindex=many))
    bed.a.ip("link del m0")


def refusals_of_takers():
    other = bed.a.nl()
    waits, plain, theirs = park(), call(), call(nl=other, local_call_id=CALL_A + 1)
    early = "The device waits for demand, and goes to a session that is up"
    foreign = "Another socket owns the session that has the device"
    refused("the device before up", errno.EINVAL, early, "ifindex",
            lambda: bed.nl.set(plain, ifindex=bed.ifindex))
    refused("the device to another's session", errno.EPERM, foreign, "ifindex",
            lambda: up(theirs, nl=other))
    refused("the device to another who waits", errno.EPERM, foreign, "ifindex",
            lambda: park(nl=other))
    tap.equal(bed.nl.get(waits).get("ifindex"), bed.ifindex, "refused: it has its device still")
    up(plain)
    refused("the device back to another", errno.EPERM, foreign, "ifindex",
            lambda: park(nl=other))
    third = call(local_call_id=CALL_A + 2)
    refused("the device between two calls", errno.EBUSY,
            "The device carries another session", "ifindex", lambda: up(third))
    for number in waits, plain, third:
        bed.nl.delete(number)
    other.delete(theirs)


def told(events):
    """One more packet; is it told of?"""
    send(99)
    try:
        return events.event(timeout=0.1)[0] == "demand"
    except TimeoutError:
        return False


def wait_and_go():
    events = bed.a.nl(events=True)
    waits = park()
    tap.ok(has_carrier(), "waiting: the device has carrier")
    tap.equal(bed.nl.get(waits)["peer-address"], "0.0.0.0", "waiting: there is no peer")
    events.event()      # session-created
    send(*range(ROOM + 3))
    tap.equal(events.event(), ("demand", {"id": waits}), "waiting: a packet is told of")
    tap.equal(bed.nl.drops(waits), {"tx-demand": 3}, "waiting: the oldest make room")
    tap.ok(wait(lambda: told(events)), "waiting: later packets are told of again")
    tap.equal(bed.nl.stats(waits)["tx-packets"], 0, "waiting: none is sent")
    lost = bed.nl.drops(waits)["tx-demand"]
    send(*range(100, 100 + ROOM))
    tap.equal(bed.nl.drops(waits)["tx-demand"], lost + ROOM, "waiting: all make room for new ones")
    number = call()
    peer = Peer(bed, key=KEY["key"])
    up(number, mppe_tx=KEY, mppe_rx=KEY)
    tap.equal(heard(peer, ROOM), list(range(100, 100 + ROOM)),
              "up: what has waited is sent, in order, encrypted")
    send(7)
    tap.equal(heard(peer, 1), [7], "up: what comes then follows")
    tap.equal(bed.nl.stats(number)["tx-packets"], ROOM + 1, "up: the call counts them")
    tap.ok(has_carrier(), "up: the device has carrier")
    tap.equal("ifindex" in bed.nl.get(waits), False, "up: who has waited has no device")
    again(events, waits, number, peer)
    events.sock.close()


def again(events, former, number, peer):
    """The call ends, and the device waits for the next one."""
    waits = park()
    tap.equal(bed.nl.get(waits).get("ifindex"), bed.ifindex, "down: another one waits")
    tap.ok(has_carrier(), "down: the device has carrier")
    up_flag = NUMBERS["SESSION_FLAGS"]["up"]
    tap.equal(bed.nl.get(number)["flags"] & up_flag, 0, "down: the call is up no more")
    bed.nl.delete(number)
    bed.nl.delete(former)
    send(1, 2)
    tap.equal(peer.receive(timeout=0.2), None, "down: packets wait")
    peer.sock.close()
    second = call()
    peer = Peer(bed)
    up(second)
    packets = [peer.receive() for _ in range(2)]
    tap.equal([p and p.seq for p in packets], [1, 2], "up again: they are sent, from the first number")
    peer.sock.close()
    bed.nl.delete(second)
    bed.nl.delete(waits)
    tap.ok(not has_carrier(), "nobody waits: the device has no carrier")


def ends():
    before = bed.drops().get("tx-demand", 0)
    events = bed.a.nl(events=True)
    waits = park()
    send(1, 2, 3)
    bed.nl.delete(waits)
    while True:
        name, values = events.event()
        if name == "session-deleted":
            break
    tap.equal((values["id"], values["drops"]["tx-demand"]), (waits, 3),
              "ending: what waits is dropped and counted")
    tap.equal(bed.drops()["tx-demand"] - before, 3, "ending: for the namespace too")
    waits = park()
    send(1)
    other = bed.a.nl()
    dies = park(nl=other, flags="control demand die-with-owner", ifindex=bed.a.device("kp1"))
    other.sock.close()
    gone = NUMBERS["DELETE_REASON"]
    tap.equal(ended(events, dies), gone["owner-gone"], "ending: with its owner")
    bed.a.ip("link del kp0")
    tap.equal(ended(events, waits), gone["device-gone"], "ending: with its device")
    events.sock.close()
    bed.ifindex = bed.a.device()


def ended(events, number):
    while True:
        name, values = events.event()
        if name == "session-deleted" and values["id"] == number:
            return values["reason"]


class Sender(threading.Thread):
    """Sends without a pause until it is told to stop."""

    def __init__(self):
        super().__init__()
        self.stop, self.sent = False, 0

    def run(self):
        while not self.stop:
            send(self.sent)
            self.sent += 1


def lost():
    drops = bed.drops()
    return drops.get("tx-demand", 0) + drops.get("tx-no-session", 0)


def to_and_fro(rounds):
    """The device passes to and fro while packets leave: each arrives or is counted."""
    before, arrived, sender, peer = lost(), 0, Sender(), Peer(bed)
    waits = park()
    sender.start()
    for _ in range(rounds):
        number = call(flags="")
        up(number)
        waits, former = park(), waits
        bed.nl.delete(former)
        bed.nl.delete(number)
        arrived += len(receive_all(peer.sock, 0))
    sender.stop = True
    sender.join()
    bed.nl.delete(waits)
    arrived += len(receive_all(peer.sock, sender.sent - (lost() - before) - arrived))
    tap.equal(arrived + lost() - before, sender.sent,
              f"to and fro: {rounds} times, no packet is missing")
    tap.ok(arrived, "to and fro: some arrived")


refusals_alone()
refusals_of_takers()
wait_and_go()
ends()
to_and_fro(100)
tap.done()
