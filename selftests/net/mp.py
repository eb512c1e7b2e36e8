# SPDX-License-Identifier: GPL-2.0-or-later
"""
Multipoint devices. A has one, m0, with many sessions on it; their peers are one
raw socket in B, which tells them apart by their call IDs.
"""

import collections
import errno
import json
import os
import socket
import struct
import threading

from bed import (CALL_A, IP, IPV6, OUTER_A, OUTER_B, PORT, Bed, Namespace, Peer, Tap,
                 checksum, key_of, receive_all, run, udp4, wait)
from genl import NUMBERS, Refused

TOP = os.path.join(os.path.dirname(os.path.abspath(__file__)), "../..")
MANY = 200
CALL_B = 20000
GATEWAY, GATEWAY6 = "10.0.0.1", "2001:db8::1"
KEY = key_of(128)
MOVE, REMOVE = NUMBERS["INNER_FLAGS"]["move"], NUMBERS["INNER_FLAGS"]["remove"]
IP_MTU_DISCOVER, IP_PMTUDISC_DO = 10, 2
IP_RECVERR, IPV6_RECVERR = 11, 25
MOVED = 3000

tap = Tap()
bed = Bed()
calls = iter(range(CALL_A, CALL_B))


def inner(prefix, flags=0):
    """The attribute: "10.0.0.2", "10.2.0.0/16"."""
    address, _, length = prefix.partition("/")
    value = {"address": address}
    if length:
        value["prefix-length"] = int(length)
    if flags:
        value["flags"] = flags
    return value


def addresses(number):
    return sorted(f"{i['address']}/{i['prefix-length']}"
                  for i in bed.nl.get(number).get("inner", []))


def multipoint(name, *addr):
    bed.a.ip(f"link add {name} type kpptp-mp")
    bed.a.run(f"echo 0 >/proc/sys/net/ipv6/conf/{name}/disable_ipv6", check=False)
    bed.a.ip(f"link set {name} up")
    for address in addr:
        bed.a.ip(f"addr add {address} dev {name}{' nodad' if ':' in address else ''}")
    with bed.a:
        return socket.if_nametoindex(name)


def session(*prefixes, ifindex=None, nl=None, **more):
    """A new one on m0; its number and call ID. That of its peer is CALL_B more."""
    call = next(calls)
    number = bed.session(call=call, peer_call=CALL_B + call, device=False, nl=nl,
                         ifindex=ifindex or m0, inner=[inner(p) for p in prefixes], **more)
    return number, call


def heard(count):
    """How many of the next packets that B hears are whose: {call ID: number}."""
    got = collections.Counter()
    while count and (packet := wire.receive()):
        got[packet.call - CALL_B] += 1
        count -= 1
    return dict(got)


def send(to, data=b"x", probe=False):
    family = socket.AF_INET6 if ":" in to else socket.AF_INET
    with bed.a, socket.socket(family, socket.SOCK_DGRAM) as sock:
        if probe:
            sock.setsockopt(socket.IPPROTO_IP, IP_MTU_DISCOVER, IP_PMTUDISC_DO)
        sock.sendto(data, (to, PORT))


def goes_to(to):
    """The call ID that a packet to an address leaves with."""
    send(to)
    return list(heard(1))


def udp6(data, src, dst):
    addr = socket.inet_pton(socket.AF_INET6, src) + socket.inet_pton(socket.AF_INET6, dst)
    head = struct.pack("!HHH", PORT, PORT, 8 + len(data))
    csum = checksum(addr + struct.pack("!II", 8 + len(data), 17) + head + b"\0\0" + data)
    return struct.pack("!IHBB", 6 << 28, 8 + len(data), 17, 64) + addr + head + \
        struct.pack("!H", csum or 0xffff) + data


class From:
    """What one session's peer sends."""

    def __init__(self, call, key=None):
        self.peer = Peer(bed, call, key=key)

    def send(self, src, data=b"y"):
        if ":" in src:
            self.peer.send(IPV6, udp6(data, src, GATEWAY6))
        else:
            self.peer.send(IP, udp4(data, src, GATEWAY))


def refused(what, error, sentence, function, *args, **values):
    try:
        function(*args, **values)
        got = "accepted"
    except Refused as refusal:
        got = (refusal.errno, refusal.sentence, refusal.attr)
    tap.equal(got, (error, sentence, NUMBERS["SESSION"]["inner"]), f"refused: {what}")


def delete(*numbers):
    for number in numbers:
        bed.nl.delete(number)


def device():
    shown = bed.a.ip("-d link show m0").stdout
    tap.ok("kpptp-mp" in shown and "POINTOPOINT" in shown, "ip link makes one and shows it", shown)
    tap.ok("NO-CARRIER" not in shown and "LOWER_UP" in shown, "it has carrier without a session",
           shown)


def many():
    made = []
    for i in range(MANY):
        made.append(session(f"10.1.{i // 100}.{i % 100}", f"2001:db8:1::{i:x}"))
    for form in ("10.1.{0}.{1}", "2001:db8:1::{2:x}"):
        for i in range(MANY):
            send(form.format(i // 100, i % 100, i))
        tap.equal(heard(MANY), {call: 1 for _, call in made},
                  f"to {form.format(1, 7, 107)} and the like: each to its session")
    with bed.a.udp() as four, bed.a, socket.socket(socket.AF_INET6, socket.SOCK_DGRAM) as six:
        four.bind((GATEWAY, PORT))
        six.bind((GATEWAY6, PORT))
        for i, (_, call) in enumerate(made):
            peer = From(call)
            peer.send(f"10.1.{i // 100}.{i % 100}", b"%d" % call)
            peer.send(f"2001:db8:1::{i:x}", b"%d" % call)
        wanted = sorted(b"%d" % call for _, call in made)
        tap.equal(sorted(receive_all(four, MANY)), wanted, "from each by IPv4")
        tap.equal(sorted(receive_all(six, MANY)), wanted, "from each by IPv6")
    tap.equal([bed.nl.drops(number) for number, _ in made], [{}] * MANY, "nothing is dropped")
    index = {"ifindex": m0}
    tap.equal(len(bed.nl.call("session-get", dump=True, **index)), MANY,
              "the device's sessions are listed")
    delete(*(number for number, _ in made))


def longest():
    all_, _ = session("0.0.0.0/0", "::/0")
    net, net_call = session("10.2.0.0/16", "2001:db8:2::/48")
    sub, sub_call = session("10.2.3.0/24", "2001:db8:2:3::/64")
    host, host_call = session("10.2.3.4", "2001:db8:2:3::4")
    for to, call in (("10.2.3.4", host_call), ("10.2.3.5", sub_call), ("10.2.4.4", net_call),
                     ("2001:db8:2:3::4", host_call), ("2001:db8:2:3::5", sub_call),
                     ("2001:db8:2:4::5", net_call)):
        tap.equal(goes_to(to), [call], f"to {to}: the longest prefix")
    bed.nl.set(host, inner=[inner("10.2.3.4", REMOVE)])
    tap.equal(addresses(host), ["2001:db8:2:3::4/128"], "an address is taken away")
    tap.equal(goes_to("10.2.3.4"), [sub_call], "and the next longest prefix has it")
    delete(sub)
    tap.equal(goes_to("10.2.3.4"), [net_call], "when that session is gone, the next one")
    tap.equal(addresses(net), ["10.2.0.0/16", "2001:db8:2::/48"], "the session tells its own")
    delete(all_, net, host)


def spoofed():
    """Only an address of the session's own passes, and each other one counts once."""
    one, call = session("10.3.0.1", "2001:db8:3::1", "10.3.1.0/24")
    two, _ = session("10.3.0.2", "10.3.1.9", "2001:db8:3::2")
    before = bed.nl.drops().get("inner-source", 0)
    peer = From(call)
    wrong = ("10.3.0.2", "10.3.0.3", "10.3.1.9", GATEWAY, "0.0.0.0", "2001:db8:3::2", "fe80::1",
             "::")
    with bed.a.udp(GATEWAY) as sock:
        for src in wrong:
            peer.send(src)
        peer.send("10.3.1.8", b"own")
        tap.equal(receive_all(sock, 1), [b"own"], "from its own address a packet passes")
    tap.equal(bed.nl.drops(one), {"inner-source": len(wrong)}, "from others none, each counted")
    tap.equal(bed.nl.drops().get("inner-source", 0) - before, len(wrong),
              "once for the namespace")
    tap.equal(bed.nl.stats(one)["rx-packets"], 1, "and is no received packet")
    tap.equal(bed.nl.drops(two), {}, "the other session has nothing to do with it")
    delete(one, two)


def unknown():
    before = bed.nl.drops().get("tx-no-session", 0)
    for to in ("10.4.0.1", "2001:db8:4::1"):
        family = socket.AF_INET6 if ":" in to else socket.AF_INET
        with bed.a, socket.socket(family, socket.SOCK_DGRAM) as sock:
            level, option = ((socket.IPPROTO_IPV6, IPV6_RECVERR) if ":" in to else
                             (socket.IPPROTO_IP, IP_RECVERR))
            sock.setsockopt(level, option, 1)
            sock.connect((to, PORT))
            sock.send(b"x")
            error = wait(lambda s=sock: s.getsockopt(socket.SOL_SOCKET, socket.SO_ERROR))
        tap.equal(error, errno.EHOSTUNREACH, f"{to} is nobody's, and its sender is told")
    # What IPv6 says to all by itself is nobody's as well.
    tap.ok(bed.nl.drops()["tx-no-session"] - before >= 2, "both counted")


def sealed():
    """Keys, and one session that must have them beside one that need not."""
    one, call = session("10.5.0.1", flags="up require-mppe",
                        mppe_tx={"bits": 128, "stateless": 1, "key": KEY},
                        mppe_rx={"bits": 128, "stateless": 1, "key": KEY})
    two, clear = session("10.5.0.2")
    with bed.a.udp(GATEWAY) as sock:
        From(call, KEY).send("10.5.0.1", b"sealed")
        From(clear).send("10.5.0.2", b"clear")
        tap.equal(sorted(receive_all(sock, 2)), [b"clear", b"sealed"], "with MPPE and without")
    peer = From(call, KEY).peer
    send("10.5.0.1", b"answer")
    packet = peer.open(wire.receive())
    tap.equal(packet[1][28:], b"answer", "and the other way")
    delete(one, two)


def limits():
    """What fits is the session's, not the device's."""
    small, _ = session("10.6.0.1", peer_mru=600)
    large, call = session("10.6.0.2")
    with bed.a, socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as sock:
        sock.setsockopt(socket.IPPROTO_IP, IP_MTU_DISCOVER, IP_PMTUDISC_DO)
        sock.sendto(bytes(1000), ("10.6.0.1", PORT))

        def refuses():
            try:
                sock.sendto(bytes(1000), ("10.6.0.1", PORT))
            except OSError as error:
                return error.errno == errno.EMSGSIZE
            return False
        tap.ok(wait(refuses), "too big for the session: its sender is told")
    tap.ok(bed.nl.drops(small).get("tx-too-big", 0) > 0, "and it is counted")
    send("10.6.0.2", bytes(1000), probe=True)
    tap.equal(heard(1), {call: 1}, "for another session of the device it is not")
    delete(small, large)


def moved():
    """An address goes to and fro between two sessions while packets go to it."""
    one, call1 = session("10.7.0.1", "10.7.0.2")
    two, call2 = session("10.7.0.3")
    refused("an address of another session", errno.EADDRINUSE,
            "Another session of the device has this inner address",
            bed.nl.set, two, inner=[inner("10.7.0.1")])
    sock = bed.a.udp()
    stop, lost = threading.Event(), []

    def pour():
        for _ in range(MOVED):
            try:
                sock.sendto(b"x", ("10.7.0.1", PORT))
            except OSError as error:
                lost.append(str(error))
        stop.set()

    sender = threading.Thread(target=pour)
    sender.start()
    moves = 0
    while not stop.is_set() or moves % 2 == 0:
        bed.nl.set(one if moves % 2 else two, inner=[inner("10.7.0.1", MOVE)])
        moves += 1
    sender.join()
    sock.close()

    def sent():
        return sum(bed.nl.stats(number)["tx-packets"] for number in (one, two))
    wait(lambda: sent() == MOVED)
    tap.equal((sent(), lost), (MOVED, []), "none is lost while an address moves")
    tap.equal((addresses(one), addresses(two)),
              (["10.7.0.2/32"], ["10.7.0.1/32", "10.7.0.3/32"]), "where it is now")
    tap.equal(sum(heard(MOVED).values()), MOVED, "nor on the wire")
    tap.equal((goes_to("10.7.0.1"), goes_to("10.7.0.2")), ([call2], [call1]),
              "each goes where it belongs")
    delete(one, two)


def refusals():
    number, _ = session("10.8.0.1")
    p2p = bed.a.device("kp0")
    only = "Only on a multipoint device a session has inner addresses"
    behind = "The prefix is longer than the address, or has bits set behind it"
    new = {"local_address": OUTER_A, "peer_address": OUTER_B, "peer_call_id": 1}
    refused("without a device", errno.EINVAL, only, bed.nl.new, inner=[inner("10.8.0.2")], **new)
    refused("on a device for one session", errno.EINVAL, only, bed.nl.new, ifindex=p2p,
            inner=[inner("10.8.0.2")], **new)
    refused("one that it does not have", errno.ENOENT,
            "The session does not have this inner address", bed.nl.set, number,
            inner=[inner("10.8.0.3"), inner("10.8.0.2", REMOVE)])
    for prefix in ("10.8.0.1/24", "10.8.0.0/33", "2001:db8::1/64"):
        refused(prefix, errno.EINVAL, behind, bed.nl.set, number, inner=[inner(prefix)])
    refused("five octets", errno.EINVAL, "An inner address has 4 octets or 16", bed.nl.set, number,
            inner=[{"address": bytes(5)}])
    refused("no address", errno.EINVAL, "An inner address has 4 octets or 16", bed.nl.set, number,
            inner=[{"prefix-length": 8}])
    refused("more than 64 in a request", errno.EINVAL,
            "A request changes 64 inner addresses at most", bed.nl.set, number,
            inner=[inner(f"10.8.1.{i}") for i in range(65)])
    refused("more than 64 of a session", errno.ENOSPC, "A session has 64 inner addresses at most",
            bed.nl.set, number, inner=[inner(f"10.8.1.{i}") for i in range(64)])
    tap.equal(addresses(number), ["10.8.0.1/32"], "what is refused changes nothing")
    bed.nl.set(number, inner=[inner(f"2001:db8:8::{i:x}") for i in range(63)])
    tap.equal(len(addresses(number)), 64, "64 are told of in one message")
    tap.equal([len(s["inner"]) for s in bed.nl.call("session-get", dump=True)], [64],
              "and in a list")
    delete(number)
    bed.a.ip("link del kp0")


def from_device_to_device():
    m1 = multipoint("m1")
    p2p = bed.a.device("kp0", "10.9.0.1", "10.9.0.2")
    number, call = session("10.9.1.1")
    bed.nl.set(number, ifindex=m1, inner=[inner("10.9.1.2")])
    tap.equal(addresses(number), ["10.9.1.2/32"], "another device: addresses stay behind")
    bed.a.ip("route add 10.9.1.2/32 dev m1")
    tap.equal(goes_to("10.9.1.2"), [call], "the new one counts")
    other, _ = session("10.9.1.1")
    tap.equal(addresses(other), ["10.9.1.1/32"], "the old one is free")
    bed.nl.set(number, ifindex=p2p)
    tap.equal(addresses(number), [], "a device for one session has none")
    wait(lambda: bed.nl.running(p2p))
    tap.equal(goes_to("10.9.0.2"), [call], "and needs none")
    bed.nl.set(number, ifindex=m0, inner=[inner("10.9.1.3")])
    tap.equal(goes_to("10.9.1.3"), [call], "and back")
    delete(number, other)
    bed.a.ip("link del m1")
    bed.a.ip("link del kp0")


def owner_gone():
    owner = bed.a.nl()
    bound, _ = session("10.10.0.1", nl=owner, flags="up die-with-owner")
    kept, call = session("10.10.0.2", nl=owner)
    owner.close()

    def numbers():
        return [s["id"] for s in bed.nl.call("session-get", dump=True)]
    tap.ok(wait(lambda: bound not in numbers()), "a session dies with its owner")
    tap.equal(goes_to("10.10.0.2"), [call], "the device stays, and the other sessions")
    delete(kept)


def down():
    number, call = session("10.11.0.1")
    bed.a.ip("link set m0 down")
    From(call).send("10.11.0.1")
    tap.ok(wait(lambda: bed.nl.drops(number) == {"not-up": 1}), "down: nothing comes in",
           bed.nl.drops(number))
    bed.a.ip("link set m0 up")
    bed.a.run("echo 0 >/proc/sys/net/ipv6/conf/m0/disable_ipv6", check=False)
    bed.a.ip("route replace 10.0.0.0/8 dev m0")
    tap.equal(goes_to("10.11.0.1"), [call], "up again")
    delete(number)


def by_pptpctl():
    """Two static sessions on a device that the first one makes; one goes, then all."""
    tool = os.environ.get("PPTPCTL", os.path.join(TOP, "build/userspace/pptpctl"))
    ends = f"local {OUTER_A} peer {OUTER_B}"

    def ctl(words):
        return bed.a.run(f"{tool} {words}", check=False)

    def add(call, more):
        return ctl(f"add-tunnel m3 {ends} local-id {call} peer-id {CALL_B + call} {more}")
    one, two = next(calls), next(calls)
    done = [add(one, "inner 10.16.0.1,10.16.1.0/24 address 10.16.0.254/16"),
            add(two, "inner 10.16.0.2"), add(next(calls), "inner 10.16.0.1")]
    tap.equal([d.returncode for d in done], [0, 0, 1], "pptpctl makes two, and no third one")
    tap.ok("Another session of the device has this inner address (inner)" in done[2].stdout,
           "and says why", done[2].stdout)
    tap.equal([goes_to(to) for to in ("10.16.0.1", "10.16.1.9", "10.16.0.2")],
              [[one], [one], [two]], "packets find them")
    shown = json.loads(ctl("-j show sessions").stdout)
    mine = {s["local_call_id"]: s for s in shown if s.get("ifname") == "m3"}
    tap.equal({call: sorted(s["inner"]) for call, s in mine.items()},
              {one: ["10.16.0.1/32", "10.16.1.0/24"], two: ["10.16.0.2/32"]}, "and are shown")
    number = mine[one]["id"]
    tap.ok(ctl(f"del-tunnel v0 session {number}").returncode, "only on their own device")
    tap.equal(ctl(f"del-tunnel m3 session {number}").returncode, 0, "one is removed")
    tap.equal(goes_to("10.16.0.2"), [two], "the other one stays")
    tap.equal(ctl("del-tunnel m3").returncode, 0, "and goes with the device")


def deleted_under_traffic():
    events = bed.a.nl(events=True)
    made = [session(f"10.12.0.{i}") for i in range(1, 51)]
    floods = [bed.a.start(f"ping -q -i 0.01 10.12.0.{i}") for i in (1, 2)]
    tap.ok(wait(lambda: bed.nl.stats(made[0][0])["tx-packets"] > 20), "traffic passes")
    delete(*(number for number, _ in made[10:20]))
    bed.a.ip("link del m0")
    gone = NUMBERS["DELETE_REASON"]["device-gone"]
    reasons = []
    while len(reasons) < len(made):
        name, values = events.event()
        if name == "session-deleted":
            reasons.append(values["reason"])
    tap.equal(reasons.count(gone), 40, "with the device all its sessions go, and all are told")
    tap.equal(bed.nl.call("totals-get", kind="TOTALS")[0]["sessions"], 0, "none is left")
    events.close()
    for flood in floods:
        flood.kill()
        flood.wait()


def namespace_gone():
    for number in range(3):
        name = f"mp-gone-{os.getpid()}-{number}"
        run(f"ip netns add {name}")
        run(f"ip -n {name} addr add 192.0.2.9/32 dev lo")
        run(f"ip -n {name} link add m0 type kpptp-mp")
        index = int(run(f"ip -n {name} -o link show m0").stdout.split(":")[0])
        nl = Namespace(name).nl()
        for i in range(30):
            nl.new(local_address="192.0.2.9", peer_address="192.0.2.10", peer_call_id=i,
                   ifindex=index, flags="up", inner=[inner(f"10.13.0.{i}"),
                                                     inner(f"2001:db8:d:{i}::/64")])
        nl.close()
        run(f"ip netns del {name}")
    tap.ok(True, "namespaces go with what is on their devices")


def module_gone():
    for i in range(30):
        session(f"10.14.0.{i}", f"10.15.{i}.0/24")
    done = wait(lambda: run("rmmod kpptp", check=False).returncode == 0)
    tap.ok(done, "the module goes with sessions on a device")
    tap.ok(bed.a.ip("link show m0", check=False).returncode, "and takes the device along")


bed.a.run("echo 0 >/proc/sys/net/ipv6/conf/lo/disable_ipv6", check=False)
m0 = multipoint("m0", GATEWAY + "/8", GATEWAY6 + "/32")
wire = Peer(bed, 0)
for test in (device, many, longest, spoofed, unknown, sealed, limits, moved, refusals,
             from_device_to_device, owner_gone, down, by_pptpctl, deleted_under_traffic,
             namespace_gone):
    print(f"# {test.__name__}", flush=True)
    test()
m0 = multipoint("m0", GATEWAY + "/8")
module_gone()
tap.done()
