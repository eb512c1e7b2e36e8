# SPDX-License-Identifier: GPL-2.0-or-later
"""
Sizes: what a session says that it takes, its edges, and a path that narrows.

    A 192.0.2.1 ---- B 192.0.2.2, 198.51.100.1 ---- C 198.51.100.2
                              1300 octets at most
"""

import os
import socket
import struct
import sys

from bed import (INNER_A, INNER_B, IP, IPV6, OUTER_A, PORT, Bed, Namespace, Packet, Peer, Tap,
                 checksum, ipv4, key_of, receive_all, wait)

SIX_A, SIX_B = "fd00:9::1", "fd00:9::2"
FAR_B, FAR_C = "198.51.100.1", "198.51.100.2"
IP_MTU_DISCOVER, IP_MTU, DONT, PROBE, DO = 10, 14, 0, 3, 2
KEY = key_of(128)

bed = Bed()
tap = Tap()

# flags, MPPE?, peer-mru -> largest inner packet on a path of 1500 octets
SIZES = (("up", False, 1500, 1460), ("up acfc", False, 1500, 1462),
         ("up pfc", False, 1500, 1461), ("up acfc pfc", False, 1500, 1463),
         ("up", True, 1500, 1456), ("up acfc", True, 1500, 1458),
         ("up acfc pfc", True, 1500, 1459), ("up", False, 1400, 1400),
         ("up", True, 1400, 1396), ("up require-mppe", False, 1500, 1456))


def sizes():
    for flags, mppe, mru, want in SIZES:
        number = bed.session(flags, peer_mru=mru, **({"key": KEY} if mppe else {}))
        tap.equal(bed.nl.get(number)["mtu"], want,
                  f"mtu of {flags}{', MPPE' if mppe else ''}, peer-mru {mru}")
        bed.nl.delete(number)


def sender(discover):
    sock = bed.a.udp(INNER_A)
    sock.setsockopt(socket.IPPROTO_IP, IP_MTU_DISCOVER, discover)
    sock.connect((INNER_B, PORT))
    return sock


def send(sock, size):
    """An inner packet of @size octets; False when the stack refuses it."""
    try:
        sock.send(os.urandom(size - 28))
    except OSError as error:
        assert error.errno == 90, error     # EMSGSIZE
        return False
    return True


def edges(name, want, **how):
    """To the octet: what fits goes in one piece, what does not is answered."""
    number = bed.session(**how)
    peer = Peer(bed, key=how.get("key"))
    with sender(PROBE) as sock:
        send(sock, want)
        packet = peer.receive()
        tap.ok(packet and packet.df and len(peer.open(packet)[1]) == want,
               f"{name}: {want} octets arrive whole and unfragmented")
        send(sock, want + 1)
        wait(lambda: bed.nl.drops(number))
        tap.equal(bed.nl.drops(number), {"tx-too-big": 1}, f"{name}: {want + 1} do not")
    with sender(DO) as sock:
        send(sock, want + 1)
        wait(lambda: not send(sock, want + 1), 3)
        tap.equal(sock.getsockopt(socket.IPPROTO_IP, IP_MTU), want,
                  f"{name}: and the sender is told {want}")
    bed.a.run("ip route flush cache")
    bed.nl.delete(number)


def without_df():
    """What may be fragmented is, outside, as long as the peer takes the whole."""
    number = bed.session()
    peer = Peer(bed)
    with sender(DONT) as sock:
        bed.a.run("ip route flush cache")
        send(sock, 1490)
        packet = peer.receive()
        tap.ok(packet and not packet.df and len(packet.split()[1]) == 1490,
               "without DF: 1490 octets arrive, in outer fragments")
        send(sock, 1501)
        wait(lambda: bed.nl.drops(number))
        tap.equal(bed.nl.drops(number), {"tx-too-big": 1},
                  "without DF: more than peer-mru does not")
    bed.nl.delete(number)


def inbound():
    """What the peer sends too big comes in fragments and is put together."""
    number = bed.session(key=KEY)
    peer = Peer(bed, key=KEY)
    inside = bed.a.udp(INNER_A)
    texts = [os.urandom(size) for size in (1472, 3000, 8000)]
    for text in texts:
        peer.raw(peer.data(text))
    tap.ok(receive_all(inside, 3) == texts, "packets in outer fragments are decrypted")
    tap.equal(bed.nl.drops(number), {}, "and nothing was dropped")
    inside.close()
    bed.nl.delete(number)


def syn(mss, six, out):
    """A SYN between the inner addresses, away from A or to it."""
    ends = (SIX_A, SIX_B) if six else (INNER_A, INNER_B)
    src, dst = ends if out else ends[::-1]
    family = socket.AF_INET6 if six else socket.AF_INET
    pair = socket.inet_pton(family, src) + socket.inet_pton(family, dst)
    tcp = struct.pack("!HHIIBBHHHBBH", 40000, PORT, 1, 0, 0x60, 2, 65535, 0, 0, 2, 4, mss)
    total = checksum(pair + struct.pack("!HH", len(tcp), 6) + tcp)
    tcp = tcp[:16] + struct.pack("!H", total) + tcp[18:]
    if six:
        return struct.pack("!IHBB", 6 << 28, len(tcp), 6, 64) + pair + tcp
    return ipv4(tcp, src, dst, proto=6)


def clamped(mss, six, **how):
    """What a SYN that offers @mss offers behind the session: going out, coming in."""
    number = bed.session(**how)
    peer = Peer(bed, key=how.get("key"))
    with bed.a:
        inside = socket.socket(socket.AF_PACKET, socket.SOCK_DGRAM)
    with inside:
        inside.settimeout(10)
        kind = 0x86dd if six else 0x0800
        inside.sendto(syn(mss, six, True), ("kp0", kind))
        proto, out = peer.open(peer.receive())
        assert proto == (IPV6 if six else IP), proto
        inside.bind(("kp0", kind))
        peer.send(proto, syn(mss, six, False))
        came = inside.recv(2000)
    drops = bed.nl.drops(number)
    bed.nl.delete(number)
    got = [struct.unpack_from("!H", packet, len(packet) - 2)[0] for packet in (out, came)]
    # The checksum follows: each is what it would be had it been offered at once.
    if [out, came] != [syn(size, six, way) for size, way in zip(got, (True, False))]:
        return "other octets have changed"
    return drops or tuple(got)


def segments():
    """The MSS of SYNs, with a device of 1400 octets."""
    bed.a.ip("link set kp0 mtu 1400")
    table = (("up clamp-mss", 9000, 1360, 1340, {}),
             ("up clamp-mss", 9000, 1260, 1240, {"peer_mru": 1300}),
             ("up clamp-mss", 1361, 1360, 1340, {"key": KEY}),
             ("up clamp-mss", 500, 500, 500, {}),
             ("up", 9000, 9000, 9000, {}))
    for flags, mss, four, six, more in table:
        name = f"{flags}{' peer-mru 1300' if 'peer_mru' in more else ''}, MSS {mss}"
        tap.equal(clamped(mss, False, flags=flags, **more), (four, four), name)
        tap.equal(clamped(mss, True, flags=flags, **more), (six, six), f"{name}, IPv6")


class Router:
    """B between A and C, with the narrow link behind it."""

    def __init__(self):
        self.c = Namespace(sys.argv[3])
        bed.b.ip(f"addr add {FAR_B}/24 dev v1")
        self.c.ip(f"addr add {FAR_C}/24 dev v1")
        for side in (bed.b, self.c):
            side.ip("link set v1 mtu 1300")
            side.ip("link set v1 up")
        bed.b.run("sysctl -qw net.ipv4.ip_forward=1")
        bed.a.ip("route add 198.51.100.0/24 via 192.0.2.2")
        self.c.ip("route add 192.0.2.0/24 via 198.51.100.1")
        with self.c:
            self.sock = socket.socket(socket.AF_INET, socket.SOCK_RAW, 47)
        self.sock.settimeout(10)

    def receive(self):
        try:
            return Packet(self.sock.recv(65535))
        except OSError:
            return None


def narrow_path():
    router = Router()
    events = bed.a.nl(events=True)
    number = bed.session(peer_address=FAR_C, key=KEY)
    with sender(PROBE) as sock:
        tap.equal(bed.nl.get(number)["mtu"], 1456, "narrow path: at first nobody knows")
        send(sock, 1400)

        # The router's answer narrows the route; the next packet notices.
        def told():
            send(sock, 100)
            return bed.nl.get(number)["mtu"] == 1256

        wait(told)
        tap.equal(bed.nl.get(number)["mtu"], 1256, "narrow path: the router's word is taken")
        name, seen = events.event()
        while name != "mtu-changed":
            name, seen = events.event()
        tap.equal((seen["id"], seen["mtu"]), (number, 1256), "narrow path: userspace is told")
        while router.receive().seq < 2:
            pass
        send(sock, 1257)
        wait(lambda: bed.nl.drops(number))
        tap.equal(bed.nl.drops(number), {"tx-too-big": 1}, "narrow path: too big now")
        wait(lambda: send(sock, 1256), 3)   # the first one brings the answer
        packet = router.receive()
        while packet and len(packet.payload) < 1200:
            packet = router.receive()
        tap.ok(packet and packet.df and len(packet.payload) == 1256 + 8,
               "narrow path: what fits arrives", packet and (packet.df, len(packet.payload)))
    bed.nl.delete(number)
    forged(router)


def forged(router):
    """ICMP that does not quote PPTP changes nothing."""
    bed.a.run("ip route flush cache")
    number = bed.session(peer_address=FAR_C, key=KEY)

    def quote(gre):
        outer = struct.pack("!BBHHHBBH4s4s", 0x45, 0, 1400, 1, 0x4000, 64, 47, 0,
                            socket.inet_aton(OUTER_A), socket.inet_aton(FAR_C))
        body = struct.pack("!BBHHH", 3, 4, 0, 0, 700) + outer + gre
        total = sum(struct.unpack(f"!{len(body) // 2}H", body))
        total = (total & 0xffff) + (total >> 16)
        return body[:2] + struct.pack("!H", ~(total + (total >> 16)) & 0xffff) + body[4:]

    with bed.b, socket.socket(socket.AF_INET, socket.SOCK_RAW, 1) as icmp:
        for gre in ("2000880b00000001", "30010800" + "00000001", "b001880b00000001"):
            icmp.sendto(quote(bytes.fromhex(gre)), (OUTER_A, 0))
    with sender(PROBE) as sock:
        send(sock, 100)
        router.receive()
        tap.equal(bed.nl.get(number)["mtu"], 1456, "ICMP that quotes something else is ignored")
    bed.nl.delete(number)


sizes()
bed.a.ip("link set kp0 mtu 4000")
edges("plain", 1460)
edges("MPPE", 1456, key=KEY)
edges("MPPE, peer-mru 1400", 1396, key=KEY, peer_mru=1400)
without_df()
inbound()
segments()
narrow_path()
tap.done()
