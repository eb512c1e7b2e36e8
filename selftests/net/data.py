# SPDX-License-Identifier: GPL-2.0-or-later
"""
Data both ways between two of our own sessions, in every mode of MPPE and framing,
with exact counters; and what the peer sees of us on the wire.
"""

import hashlib
import itertools
import os
import socket
import threading

from bed import (CALL_A, CALL_B, INNER_A, INNER_B, IP, LCP, OUTER_A, OUTER_B, PORT, Bed,
                 Peer, Tap, control, frame, gre, key_of, receive_all, udp4, wait)

UDP_SEGMENT = 103
SIX_A, SIX_B = "fd00:9::1", "fd00:9::2"

bed = Bed()
tap = Tap()
far = bed.b.nl()
far_device = bed.b.device("kp0", INNER_B, INNER_A)


class Pair:
    """A session on both sides; gone at the end."""

    def __init__(self, bits=None, stateless=1, framing=""):
        key = bits and {"bits": bits, "stateless": stateless, "key": key_of(bits)}
        keys = {"mppe_tx": key, "mppe_rx": key} if key else {}
        flags = f"up {framing}" + (" require-mppe" if key else "")
        self.here = bed.session(flags, **keys)
        self.there = far.new(local_address=OUTER_B, peer_address=OUTER_A,
                             local_call_id=CALL_B, peer_call_id=CALL_A, flags=flags,
                             ifindex=far_device, **keys)

    def __enter__(self):
        return self

    def __exit__(self, *_):
        bed.nl.delete(self.here)
        far.delete(self.there)

    def stats(self):
        return bed.nl.stats(self.here), far.stats(self.there)

    def drops(self):
        return bed.nl.drops(self.here), far.drops(self.there)


def exchange(name):
    """20 datagrams each way, counted to the octet."""
    sizes = [1, 2, 3, 50, 500, 1000, 1400, 1428] + [64] * 12
    data = [os.urandom(size) for size in sizes]
    octets = sum(28 + size for size in sizes)
    one, other = bed.a.udp(INNER_A), bed.b.udp(INNER_B)
    with one, other:
        for source, sink, address in ((one, other, INNER_B), (other, one, INNER_A)):
            for text in data:
                source.sendto(text, (address, PORT))
            tap.ok(receive_all(sink, len(data)) == data, f"{name}: datagrams to {address}")
    return len(data), octets


def transfer(name, size):
    """A TCP connection that echoes @size octets; both directions at once."""
    blob = os.urandom(size)
    with bed.b:
        listener = socket.create_server((INNER_B, PORT))
    with bed.a:
        client = socket.socket()
    client.settimeout(60)
    client.connect((INNER_B, PORT))
    server, _ = listener.accept()

    def echo():
        while True:
            data = server.recv(65536)
            if not data:
                break
            server.sendall(data)
        server.close()

    threads = [threading.Thread(target=echo), threading.Thread(
        target=lambda: (client.sendall(blob), client.shutdown(socket.SHUT_WR)))]
    for thread in threads:
        thread.start()
    digest = hashlib.sha256()
    got = 0
    while True:
        data = client.recv(65536)
        if not data:
            break
        got += len(data)
        digest.update(data)
    for thread in threads:
        thread.join()
    tap.ok(digest.digest() == hashlib.sha256(blob).digest(),
           f"{name}: {size} octets of TCP there and back", f"{got} came back")
    listener.close()
    client.close()


def mode(bits, stateless, framing):
    name = f"{bits or 'no'} bits {'stateless' if stateless else 'stateful'} {framing}".strip()
    with Pair(bits, stateless, framing) as pair:
        packets, octets = exchange(name)
        for side, stats in zip(("A", "B"), pair.stats()):
            got = [stats[key] for key in ("tx-packets", "rx-packets", "tx-bytes", "rx-bytes")]
            tap.equal(got, [packets, packets, octets, octets], f"{name}: counters of {side}")
        tap.equal(pair.drops(), ({}, {}), f"{name}: nothing was dropped")


def long(bits, stateless):
    """TCP, which uses GSO and GRO; more packets than a coherency count has flags."""
    name = f"{bits or 'no'} bits, {'stateless' if stateless else 'stateful'}"
    with Pair(bits, stateless, "acfc pfc") as pair:
        transfer(name, 512 * 1024)
        here, there = pair.stats()
        tap.equal((here["tx-packets"], there["tx-packets"]),
                  (there["rx-packets"], here["rx-packets"]), f"{name}: all that left arrived")
        tap.ok(here["tx-packets"] > 360, f"{name}: in packets of the session's size")
        tap.equal(pair.drops(), ({}, {}), f"{name}: nothing was dropped")


def gso():
    """One send of ten segments leaves as ten packets."""
    with Pair(128, 1) as pair:
        one, other = bed.a.udp(INNER_A), bed.b.udp(INNER_B)
        with one, other:
            data = os.urandom(10 * 1000 - 500)
            one.setsockopt(socket.IPPROTO_UDP, UDP_SEGMENT, 1000)
            one.sendto(data, (INNER_B, PORT))
            got = receive_all(other, 10)
        tap.ok(b"".join(got) == data and len(got) == 10, "UDP GSO: ten datagrams arrive")
        here, there = pair.stats()
        tap.equal((here["tx-packets"], there["rx-packets"]), (10, 10), "UDP GSO: ten packets")
        tap.equal(here["tx-bytes"], len(data) + 10 * 28, "UDP GSO: each with its headers")


def six():
    for side, address, other in ((bed.a, SIX_A, SIX_B), (bed.b, SIX_B, SIX_A)):
        side.run("sysctl -qw net.ipv6.conf.kp0.disable_ipv6=0")
        side.ip(f"addr add {address}/128 peer {other} dev kp0 nodad")
    with Pair(128, 1) as pair:
        out = bed.a.run(f"ping -q -c 5 -i 0.05 -s 1300 {SIX_B}", check=False).stdout
        tap.ok("5 received" in out, "IPv6 inside", out)
        tap.equal(pair.drops(), ({}, {}), "IPv6 inside: nothing was dropped")
    for side in (bed.a, bed.b):
        side.run("sysctl -qw net.ipv6.conf.kp0.disable_ipv6=1")


def nested():
    """A tunnel inside a tunnel, and two tunnels that are routed into each other."""
    with Pair(128, 1) as outer:
        deep_a = bed.a.device("kp1", "10.0.1.1", "10.0.1.2")
        deep_b = bed.b.device("kp1", "10.0.1.2", "10.0.1.1")
        deep = bed.session(call=1, peer_call=2, device=False, ifindex=deep_a,
                           local_address=INNER_A, peer_address=INNER_B)
        far.new(local_address=INNER_B, peer_address=INNER_A, local_call_id=2,
                peer_call_id=1, flags="up", ifindex=deep_b)
        out = bed.a.run("ping -q -c 5 -i 0.05 10.0.1.2", check=False).stdout
        tap.ok("5 received" in out, "a tunnel inside a tunnel", out)

        def one_to_one():
            inner = bed.nl.stats(deep)
            return (bed.nl.stats(outer.here)["tx-packets"]
                    == inner["tx-packets"] + inner["tx-acks"])

        tap.ok(wait(one_to_one, 5), "each packet inside is one outside")
        bed.a.ip(f"route add {OUTER_B}/32 dev kp1 src 10.0.1.1")
        with bed.a.udp() as sock:
            sock.sendto(b"x", ("10.0.1.2", PORT))
        wait(lambda: bed.nl.drops(deep))
        # One or two: an acknowledgement that is owed goes round as well.
        tap.equal(list(bed.nl.drops(deep)), ["tx-loop"], "tunnels routed into each other: a loop")
        bed.a.ip(f"route del {OUTER_B}/32 dev kp1")
        for side in (bed.a, bed.b):
            side.ip("link del kp1")


class Wire:
    """A session of A whose peer is a raw socket."""

    def __init__(self, flags="up", **more):
        self.number = bed.session(flags, **more)
        self.peer = Peer(bed)
        self.inside = bed.a.udp(INNER_A)

    def __enter__(self):
        return self

    def __exit__(self, *_):
        bed.nl.delete(self.number)
        self.inside.close()
        self.peer.sock.close()

    def out(self, tos=0):
        self.inside.setsockopt(socket.IPPROTO_IP, socket.IP_TOS, tos)
        self.inside.sendto(b"x", (INNER_B, PORT))
        return self.peer.receive()


def outer_header():
    with Wire() as wire:
        packet = wire.out(tos=0xb8)
        tap.equal((packet.seq, packet.call, packet.flags), (1, CALL_B, 0x3001),
                  "the first packet has number 1 and the peer's call ID")
        tap.equal((packet.tos, packet.df), (0, True), "outer: DSCP 0, DF")
        tap.equal(wire.out().seq, 2, "the second has number 2")
    with Wire("up copy-tos no-df", ttl=77) as wire:
        packet = wire.out(tos=0xb9)
        tap.equal((packet.tos, packet.df, packet.ttl), (0xb8, False, 77),
                  "outer: inner DSCP without ECN, no DF, TTL as told")
    with Wire(tos=0x48) as wire:
        tap.equal(wire.out(tos=0xb8).tos, 0x48, "outer: DSCP as told")


def framing():
    for acfc, pfc in itertools.product((False, True), repeat=2):
        flags = "up" + " acfc" * acfc + " pfc" * pfc
        with Wire(flags) as wire:
            tap.ok(wire.out().payload.startswith(frame(IP, b"\x45", acfc=acfc, pfc=pfc)),
                   f"frames out: {flags}")
            for theirs in itertools.product((False, True), repeat=2):
                wire.peer.raw(wire.peer.data(b"in", acfc=theirs[0], pfc=theirs[1]))
            tap.equal(receive_all(wire.inside, 4), [b"in"] * 4, f"frames in, any: {flags}")


def rides(wire):
    """A machine may be busy for longer than an ack waits: then the next one."""
    for _ in range(50):
        wire.peer.raw(wire.peer.data(b"x"))
        receive_all(wire.inside, 1)
        ack = wire.out().ack
        if ack is not None:
            return ack == wire.peer.seq - 1
    return False


def acks():
    with Wire() as wire:
        tap.ok(rides(wire), "an ack rides on data")
        tap.equal(wire.out().ack, None, "but only once")
        before = bed.nl.stats(wire.number)["tx-acks"]
        wire.peer.raw(wire.peer.data(b"x"))
        wait(lambda: bed.nl.stats(wire.number)["tx-acks"] > before)
        tap.equal(bed.nl.stats(wire.number)["tx-acks"], before + 1,
                  "a lone packet is acked after a while")
        wire.peer.raw(gre(ack=2))
        wait(lambda: bed.nl.stats(wire.number)["rx-acks"] == 1)
        wire.peer.raw(gre(frame(LCP, control(9, data=bytes(4))), seq=wire.peer.take(), ack=2))
        wait(lambda: bed.nl.stats(wire.number)["tx-acks"] == before + 2)
        stats = bed.nl.stats(wire.number)
        tap.equal((stats["rx-acks"], stats["tx-acks"]), (1, before + 2),
                  "an ack is not acked, a control frame is")


def congestion():
    """RFC 6040 section 4.2: outer mark, inner mark, what is delivered."""
    table = ((3, 2, 3), (3, 1, 3), (3, 3, 3), (2, 1, 1), (0, 2, 2), (0, 0, 0), (1, 2, 1))
    with Wire() as wire:
        wire.inside.setsockopt(socket.IPPROTO_IP, socket.IP_RECVTOS, 1)
        for outer, inner, want in table:
            wire.peer.sock.setsockopt(socket.IPPROTO_IP, socket.IP_TOS, outer)
            wire.peer.send(IP, udp4(b"x", tos=inner))
            _, extra, _, _ = wire.inside.recvmsg(100, 100)
            tap.equal(extra[0][2][0] & 3, want, f"congestion: outer {outer}, inner {inner}")
        wire.peer.sock.setsockopt(socket.IPPROTO_IP, socket.IP_TOS, 3)
        wire.peer.send(IP, udp4(b"x", tos=0))
        wait(lambda: bed.nl.drops(wire.number))
        tap.equal(bed.nl.drops(wire.number), {"inner-proto": 1},
                  "congestion: a mark for whom does not know it drops the packet")


mode(None, 1, "")
for bits, stateless in itertools.product((40, 56, 128), (1, 0)):
    mode(bits, stateless, "")
for framing_flags in ("acfc", "pfc", "acfc pfc"):
    mode(128, 1, framing_flags)
    mode(None, 1, framing_flags)
for bits, stateless in ((None, 1), (128, 1), (128, 0)):
    long(bits, stateless)
gso()
six()
nested()
bed.b.ip("link del kp0")
outer_header()
framing()
acks()
congestion()
tap.done()
