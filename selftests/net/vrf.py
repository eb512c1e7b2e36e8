# SPDX-License-Identifier: GPL-2.0-or-later
"""Which way a session's own packets go and come; run by vrf.sh."""

import os
import socket
import sys

from bed import (CALL_A, IP, Bed, Namespace, OUTER_A, OUTER_B, PORT, Peer, Tap,
                 control, udp4, wait)
from genl import Refused

CALL_RED, CALL_WIRE = CALL_A + 1, CALL_A + 2
ENODEV, EINVAL = 19, 22

tap = Tap()
bed = Bed()
c = Namespace(sys.argv[3])


def index(name):
    with bed.a:
        return socket.if_nametoindex(name)


def session(call, name, number, **more):
    """A session of its own inner addresses, 10.0.NUMBER.1 and 2."""
    inner = f"10.0.{number}."
    ifindex = bed.a.device(name, inner + "1", inner + "2")
    return bed.nl.new(local_address=OUTER_A, peer_address=OUTER_B, local_call_id=call,
                      peer_call_id=call, flags="up", ifindex=ifindex, **more)


def arrives(peer, number):
    """
    A datagram to 10.0.NUMBER.2 comes out at @peer, whose socket hears all sessions of its
    namespace, and what A answers to datagrams that nobody wants.
    """
    data = os.urandom(40)
    bed.a.udp().sendto(data, (f"10.0.{number}.2", PORT))
    while packet := peer.receive():
        if packet.call == peer.call and packet.split()[1].endswith(data):
            return True
    return False


def counted(number, packets):
    return bed.nl.stats(number)["rx-packets"] == packets


def sent(peer, number):
    """The peer's next datagram, to 10.0.NUMBER.1."""
    peer.send(IP, udp4(b"x" * 40, f"10.0.{number}.2", f"10.0.{number}.1"))


def strange():
    return bed.nl.drops().get("no-session", 0)


def crossed(peer, number, what):
    """What comes another way is nobody's."""
    before, packets = strange(), bed.nl.stats(number)["rx-packets"]
    sent(peer, 0)
    tap.ok(wait(lambda: strange() == before + 1), f"{what}: counted as no session's",
           bed.nl.drops())
    tap.ok(counted(number, packets), f"{what}: the session has not got it")


def mtu(number):
    return bed.nl.get(number)["mtu"]


def refused(what, errno, sentence, **values):
    try:
        bed.nl.call(**values)
        tap.ok(False, what, "not refused")
    except Refused as why:
        tap.ok(why.errno == errno and sentence in str(why), what, why)


free = session(CALL_A, "k0", 0)
red = session(CALL_RED, "k1", 1, outer_ifindex=index("red"))
wire = session(CALL_WIRE, "k2", 2, outer_ifindex=index("v1"))
b_free, b_red = (Peer(bed, call, ns=bed.b) for call in (CALL_A, CALL_RED))
c_red, c_wire = (Peer(bed, call, ns=c) for call in (CALL_RED, CALL_WIRE))

tap.ok(arrives(b_free, 0), "without a device: by the main routes")
tap.ok(arrives(c_red, 1), "in a VRF: by its routes")
tap.ok(arrives(c_wire, 2), "through an interface of a VRF: by that")
for what, number, inner, peer in (("without a device", free, 0, b_free),
                                  ("in a VRF", red, 1, c_red),
                                  ("through an interface", wire, 2, c_wire)):
    sent(peer, inner)
    tap.ok(wait(lambda number=number: counted(number, 1)), f"{what}: what comes is taken")
crossed(b_red, red, "from outside of the VRF")
tap.equal((bed.nl.get(red).get("outer-ifindex"), bed.nl.get(free).get("outer-ifindex")),
          (index("red"), None), "it is told")

bed.a.ip("route add 192.0.2.2/32 dev v1 mtu 1300 vrf red")
tap.ok(arrives(c_red, 1) and arrives(c_wire, 2) and arrives(b_free, 0),
       "a route of the VRF with a smaller MTU")
tap.equal((mtu(free) - mtu(red), mtu(wire) - mtu(red)), (200, 0),
          "and only its sessions have it")

refused("a device that is not there", ENODEV, "There is no device with the index outer-ifindex",
        cmd="session-new", local_address=OUTER_A, peer_address=OUTER_B, peer_call_id=9,
        outer_ifindex=99999)
refused("a session that is there stays where it is", EINVAL, "",
        cmd="session-set", id=free, outer_ifindex=index("red"))
bed.a.ip("link del red")
bed.a.udp().sendto(b"x", ("10.0.1.2", PORT))
tap.ok(wait(lambda: bed.nl.drops(red).get("tx-no-route")), "the VRF goes: nothing leaves",
       bed.nl.drops(red))
refused("nor a frame, which is refused", ENODEV, "The device that the session is bound to is gone",
        cmd="frame-send", id=red, frame=b"\xc0\x21" + control(9, data=bytes(4)))
tap.done()
