# SPDX-License-Identifier: GPL-2.0-or-later
"""
Packets that somebody else makes up, against a session that requires MPPE. After
each attack the real peer's next packets all arrive, in order, and what we send
is still encrypted and in step. The attacks are those that end the sessions of
other servers.
"""

import random

from bed import (CCP, COMP, INNER_B, IP, IPCP, IPV6, LCP, PORT, Bed, Peer, Tap, control,
                 frame, gre, key_of, receive_all, udp4, wait)

KEY = key_of(128)
NOISE = bytes((i * 37 + 11) & 255 for i in range(120))
CONFIGURE_REQUEST, CONFIGURE_ACK, TERMINATE_REQUEST, TERMINATE_ACK = 1, 2, 5, 6
CODE_REJECT, RESET_REQUEST, RESET_ACK, ECHO_REQUEST = 7, 14, 15, 9

bed = Bed()
tap = Tap()
number = bed.session("up require-mppe", key=KEY)
peer = Peer(bed, key=KEY)
inside = bed.a.udp("10.0.0.1")
serial = 0


def fresh(count):
    """The real peer's next packets and what they carry."""
    global serial
    texts = [f"real {serial + i}".encode() for i in range(count)]
    serial += count
    return [peer.data(text) for text in texts], texts


def alive(name, count=3):
    packets, texts = fresh(count)
    for packet in packets:
        peer.raw(packet)
    got = receive_all(inside, count)
    tap.equal(got, texts, f"{name}: the real peer's packets arrive")
    inside.sendto(b"answer", (INNER_B, PORT))
    while True:
        packet = peer.receive()
        if packet is None or packet.split()[0] in (COMP, IP):
            break
    tap.ok(packet and packet.split()[0] == COMP and peer.open(packet)[1][28:] == b"answer",
           f"{name}: what we send is encrypted and in step")


def attack(name, packets, reasons):
    """@packets are dropped for @reasons, and for nothing else."""
    before = bed.nl.drops(number)
    for packet in packets:
        peer.raw(packet)

    def new():
        counts = {r: c - before.get(r, 0) for r, c in bed.nl.drops(number).items()}
        return {r: c for r, c in counts.items() if c}

    wait(lambda: new() == reasons, 5)
    tap.equal(new(), reasons, f"{name}: counted")
    tap.equal(receive_all(inside, 1, 0), [], f"{name}: nothing arrives")
    alive(name)


def sealed(head, ahead, data=NOISE):
    """What looks like the peer's MPPE packet, @ahead of its next number."""
    return gre(frame(COMP, head.to_bytes(2, "big") + data), seq=peer.seq + ahead)


def count_ahead(ahead):
    return 0x9000 | (peer.sender.count + ahead) & 0xfff


attack("a control frame before the first packet",
       [gre(frame(LCP, control(ECHO_REQUEST)), seq=1000000)], {"no-owner": 1})

clear = udp4(b"forged")
attack("cleartext IP",
       [gre(frame(IP, clear, acfc=acfc, pfc=pfc), seq=peer.seq + ahead)
        for acfc in (False, True) for pfc in (False, True)
        for ahead in (0, 3, 1000000)]
       + [gre(frame(IPV6, bytes(40)), seq=peer.seq)], {"rx-cleartext": 13})

for name, code, data in (
        ("CCP Configure-Request", CONFIGURE_REQUEST, bytes.fromhex("120601000040")),
        ("CCP Configure-Request, empty", CONFIGURE_REQUEST, b""),
        ("CCP Configure-Request, unknown option", CONFIGURE_REQUEST, b"\xfe\x02"),
        ("CCP Configure-Ack", CONFIGURE_ACK, bytes.fromhex("120600000000")),
        ("CCP Terminate-Request", TERMINATE_REQUEST, b""),
        ("CCP Terminate-Ack", TERMINATE_ACK, b""),
        ("CCP Code-Reject", CODE_REJECT, bytes.fromhex("01010004"))):
    attack(name, [gre(frame(CCP, control(code, data=data)), seq=peer.seq + 20)],
           {"no-owner": 1})

attack("CCP resets", [gre(frame(CCP, control(code)), seq=peer.seq + 20 + code)
                      for code in (RESET_REQUEST, RESET_ACK)], {})
attack("CCP, cut short", [gre(frame(CCP, control(RESET_REQUEST)[:3]), seq=peer.seq + 20)],
       {"no-owner": 1})
attack("LCP Terminate-Request", [gre(frame(LCP, control(TERMINATE_REQUEST)),
                                     seq=peer.seq + 20)], {"no-owner": 1})

attack("an old count", [sealed(count_ahead(-2), 1)], {"mppe-replay": 1})
attack("a count that repeats", [sealed(count_ahead(-1), 0)], {"mppe-replay": 1})
attack("A bit clear", [sealed(count_ahead(0) & 0x7fff, 0)], {"mppe-bits": 1})
attack("D bit clear", [sealed(count_ahead(0) & 0xefff, 0)], {"mppe-bits": 1})
attack("no data", [sealed(count_ahead(0), 0, b"")], {"mppe-short": 1})
attack("noise at the next number", [sealed(count_ahead(0), 0)], {"mppe-implausible": 1})
attack("a count 100 ahead", [sealed(count_ahead(100), 100)], {"mppe-implausible": 1})
attack("a count 2000 ahead", [sealed(count_ahead(2000), 2000)], {"mppe-far": 1})
attack("a count that its number cannot have", [sealed(count_ahead(2000), 2)],
       {"mppe-replay": 1})
attack("10 jumps of the count", [sealed(count_ahead(2000 + i), 2000 + i)
                                  for i in range(10)], {"mppe-far": 10})

attack("a number 10^6 ahead, noise", [sealed(count_ahead(64), 1000000)], {"mppe-far": 1})
attack("a number 10^6 ahead, control",
       [gre(frame(LCP, control(ECHO_REQUEST)), seq=peer.seq + 1000000)], {"seq-jump": 1})
attack("a number 10^6 ahead, CCP Reset-Request",
       [gre(frame(CCP, control(RESET_REQUEST)), seq=peer.seq + 1000000)], {})
attack("two numbers 10^6 ahead, control",
       [gre(frame(IPCP, control(ECHO_REQUEST)), seq=peer.seq + 2000000 + i)
        for i in range(2)], {"seq-jump": 1, "no-owner": 1})
attack("an ack of nothing we sent", [gre(ack=0x7fffffff)], {})
attack("an ack, 2^31 behind", [gre(ack=0x80000000)], {})

# A window full of forgeries, and behind each the real packet.
bed.nl.set(number, reorder_timeout=1000)
before = bed.nl.drops(number).get("mppe-implausible", 0)
forged = [sealed(count_ahead(ahead), ahead) for ahead in range(1, 40)]
packets, texts = fresh(40)
for packet in forged + packets[:0:-1] + packets[:1]:
    peer.raw(packet)
tap.equal(receive_all(inside, 40), texts, "a window of forgeries: every real packet arrives")
tap.equal(bed.nl.drops(number)["mppe-implausible"] - before, 39,
          "a window of forgeries: each counted")
bed.nl.set(number, reorder_timeout=20)
alive("a window of forgeries")

packets, texts = fresh(100)
for packet in packets:
    peer.raw(packet)
tap.equal(receive_all(inside, 100), texts, "100 packets, to be replayed")
attack("replays", packets, {"seq-duplicate": 64, "seq-late": 36})
attack("replays with new numbers",
       [packet[:8] + (peer.seq + i).to_bytes(4, "big") + packet[12:]
        for i, packet in enumerate(packets[-5:])], {"mppe-replay": 5})

bed.b.ip("addr add 192.0.2.3/24 dev v0")
stranger = Peer(bed, address="192.0.2.3")
before = bed.nl.drops().get("no-session", 0)
packets, texts = fresh(1)
stranger.raw(packets[0])
for call in random.sample(range(1002, 65536), 200):
    stranger.raw(gre(frame(IP, clear), seq=peer.seq, call=call))
wait(lambda: bed.nl.drops().get("no-session", 0) - before >= 201, 5)
tap.equal(bed.nl.drops()["no-session"] - before, 201, "another address: no session is found")
peer.raw(packets[0])
tap.equal(receive_all(inside, 1), texts, "another address: costs the real peer nothing")
alive("another address")
tap.done()
