# SPDX-License-Identifier: GPL-2.0-or-later
"""
A test bed on the two namespaces that lib.sh makes:

    A 192.0.2.1 ---- v0 ==== v0 ---- 192.0.2.2 B
      10.0.0.1 (kp0)                 the peer: a raw socket, or another session

The peer on a raw socket says exactly what a test tells it to, wrong things too.
"""

import ctypes
import fcntl
import os
import select
import socket
import struct
import subprocess
import sys
import time

import genl
from mppe import Receiver, Sender

OUTER_A, OUTER_B = "192.0.2.1", "192.0.2.2"
INNER_A, INNER_B = "10.0.0.1", "10.0.0.2"
CALL_A, CALL_B = 1001, 2002
PORT = 7777
IP, IPV6, COMP, CCP, LCP, IPCP, VJ = 0x21, 0x57, 0xfd, 0x80fd, 0xc021, 0x8021, 0x2d
SO_RCVBUFFORCE = 33
SIOCGIFNAME, SIOCGIFFLAGS, IFF_UP, IFF_RUNNING = 0x8910, 0x8913, 0x1, 0x40
TIMEOUT = 20.0
LIBC = ctypes.CDLL(None, use_errno=True)


def run(command, check=True):
    done = subprocess.run(command, shell=isinstance(command, str), text=True,
                          stdout=subprocess.PIPE, stderr=subprocess.STDOUT, check=False)
    if check and done.returncode:
        raise RuntimeError(f"{command}: {done.stdout}")
    return done


class Nl(genl.Socket):
    """Requests with Python's names; flags by name: "up acfc"."""

    def call(self, cmd, dump=False, kind="SESSION", **values):
        values = {k.replace("_", "-"): v for k, v in values.items()}
        for name in ("flags", "flags-mask"):
            if name in values:
                values[name] = sum(genl.NUMBERS["SESSION_FLAGS"][flag]
                                   for flag in values[name].split())
        return self.ask(cmd, values, dump, kind)

    def new(self, **values):
        number = self.call("session-new", **values)[0]["id"]
        if "ifindex" in values and "up" in values.get("flags", "").split():
            wait(lambda: self.running(values["ifindex"]), 2)
        return number

    def running(self, index):
        """
        Has the stack noticed the carrier? It does so later, in a work item, and
        what is sent before is lost. A device that is not up or not here has none.
        """
        ifreq = struct.pack("16si20x", b"", index)
        try:
            for request in (SIOCGIFNAME, SIOCGIFFLAGS):
                ifreq = fcntl.ioctl(self.sock, request, ifreq)
        except OSError:
            return True
        flags = struct.unpack_from("H", ifreq, 16)[0]
        return flags & IFF_RUNNING or not flags & IFF_UP

    def get(self, number):
        return self.call("session-get", id=number)[0]

    def set(self, number, **values):
        self.call("session-set", id=number, **values)

    def delete(self, number):
        self.call("session-del", id=number)

    def drops(self, number=None):
        """Reasons that have counted, of a session or of the namespace."""
        if number:
            answer = self.get(number)
        else:
            answer = self.call("totals-get", kind="TOTALS")[0]
        return {reason: count for reason, count in answer["drops"].items() if count}

    def stats(self, number):
        return self.get(number)["stats"]

    def status(self, number):
        return {name for name, bit in genl.NUMBERS["SESSION_STATUS"].items()
                if self.get(number)["status"] & bit}


class Namespace:
    """A network namespace; as a context: sockets made inside belong to it."""

    def __init__(self, name):
        self.name = name
        self.before = None

    def run(self, command, check=True):
        if isinstance(command, str):
            command = ["sh", "-c", command]
        return run(["ip", "netns", "exec", self.name, *command], check)

    def start(self, command):
        return subprocess.Popen(["ip", "netns", "exec", self.name, *command.split()],
                                stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)

    def ip(self, arguments, check=True):
        return run(["ip", "-n", self.name, *arguments.split()], check)

    def __enter__(self):
        self.before = os.open("/proc/self/ns/net", os.O_RDONLY)
        genl.enter(self.name)
        return self

    def __exit__(self, *_):
        LIBC.setns(self.before, genl.CLONE_NEWNET)
        os.close(self.before)

    def nl(self, events=False):
        with self:
            nl = Nl()
        if events:
            nl.subscribe()
        return nl

    def device(self, name="kp0", inner=INNER_A, other=INNER_B, mtu=None):
        self.ip(f"link add {name} type kpptp")
        if mtu:
            self.ip(f"link set {name} mtu {mtu}")
        self.ip(f"link set {name} up")
        self.ip(f"addr add {inner} peer {other} dev {name}")
        with self:
            return socket.if_nametoindex(name)

    def udp(self, address=None, port=PORT):
        with self:
            sock = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        sock.setsockopt(socket.SOL_SOCKET, SO_RCVBUFFORCE, 1 << 23)
        if address:
            sock.bind((address, port))
        return sock


class Tap:
    """Results, counted and printed as they come."""

    def __init__(self):
        self.number = self.failed = 0
        print("TAP version 13", flush=True)

    def ok(self, good, name, detail=""):
        self.number += 1
        self.failed += not good
        print(f"{'ok' if good else 'not ok'} {self.number} {name}", flush=True)
        if not good and detail != "":
            print(f"# {str(detail)[:500]}", flush=True)
        return good

    def equal(self, got, want, name):
        return self.ok(got == want, name, f"got {got}, want {want}")

    def skip(self, name, why):
        self.number += 1
        print(f"ok {self.number} {name} # SKIP {why}", flush=True)

    def done(self):
        print(f"1..{self.number}", flush=True)
        sys.exit(1 if self.failed else 0)


def wait(condition, timeout=TIMEOUT):
    """Polls until @condition holds; its last value."""
    end = time.monotonic() + timeout
    while True:
        value = condition()
        if value or time.monotonic() > end:
            return value
        time.sleep(0.01)


def checksum(data):
    if len(data) & 1:
        data += b"\0"
    total = sum(struct.unpack(f"!{len(data) // 2}H", data))
    while total >> 16:
        total = (total & 0xffff) + (total >> 16)
    return ~total & 0xffff


def ipv4(payload, src=INNER_B, dst=INNER_A, proto=17, tos=0, df=0x4000):
    def head(csum):
        return struct.pack("!BBHHHBBH4s4s", 0x45, tos, 20 + len(payload), 1, df, 64,
                           proto, csum, socket.inet_aton(src), socket.inet_aton(dst))
    return head(checksum(head(0))) + payload


def udp4(data, src=INNER_B, dst=INNER_A, port=PORT, tos=0):
    return ipv4(struct.pack("!HHHH", port, port, 8 + len(data), 0) + data, src, dst, tos=tos)


def frame(proto, info=b"", acfc=False, pfc=False):
    head = b"" if acfc else b"\xff\x03"
    return head + (proto.to_bytes(1, "big") if pfc and proto < 256
                   else proto.to_bytes(2, "big")) + info


def control(code, ident=1, data=b""):
    return struct.pack("!BBH", code, ident, 4 + len(data)) + data


def gre(payload=b"", seq=None, ack=None, call=CALL_A, flags=None, length=None, kind=0x880b):
    if flags is None:
        flags = 0x2001 | (0x1000 if seq is not None else 0) | (0x80 if ack is not None else 0)
    out = struct.pack("!HHHH", flags, kind,
                      len(payload) if length is None else length, call)
    for number in (seq, ack):
        if number is not None:
            out += struct.pack("!I", number & 0xffffffff)
    return out + payload


class Packet:
    """A packet that the peer received, taken apart; strict."""

    def __init__(self, data):
        self.outer = data[:20]
        self.tos, self.ttl = data[1], data[8]
        self.df = bool(data[6] & 0x40)
        body = data[20:]
        self.flags, kind, length, self.call = struct.unpack_from("!HHHH", body)
        assert kind == 0x880b and self.flags & 0xff7f in (0x3001, 0x2001), body[:8].hex()
        at = 8
        self.seq = self.ack = None
        if self.flags & 0x1000:
            self.seq = struct.unpack_from("!I", body, at)[0]
            at += 4
        if self.flags & 0x80:
            self.ack = struct.unpack_from("!I", body, at)[0]
            at += 4
        self.payload = body[at:]
        assert len(self.payload) == length, (len(self.payload), length)

    def split(self):
        """Protocol and information field of the frame."""
        body = self.payload
        if body[:2] == b"\xff\x03":
            body = body[2:]
        if body[0] & 1:
            return body[0], body[1:]
        return struct.unpack_from("!H", body)[0], body[2:]


class Peer:
    """The other end of a session, on a raw socket in B or where it is told."""

    def __init__(self, bed, call=CALL_A, address=OUTER_B, bits=128, stateless=True,
                 key=None, first=1, ns=None, to=OUTER_A):
        self.call, self.seq = call, first
        with ns or bed.b:
            self.sock = socket.socket(socket.AF_INET, socket.SOCK_RAW, 47)
        self.sock.setsockopt(socket.SOL_SOCKET, SO_RCVBUFFORCE, 1 << 23)
        self.sock.bind((address, 0))
        self.sock.connect((to, 0))
        self.sender = self.receiver = None
        if key:
            self.sender = Sender(key, bits, stateless)
            self.receiver = Receiver(key, bits, stateless)

    def raw(self, data):
        self.sock.send(data)

    def take(self):
        self.seq += 1
        return self.seq - 1

    def make(self, proto, info, **how):
        """The next data or control packet, sealed if there is a key; not sent."""
        seq = self.take()
        if self.sender and proto < 0x4000:
            info = self.sender.seal(proto.to_bytes(2, "big") + info)
            proto = COMP
        return gre(frame(proto, info, **how), seq=seq, call=self.call)

    def send(self, proto, info, **how):
        packet = self.make(proto, info, **how)
        self.raw(packet)
        return packet

    def data(self, data, **how):
        """The next UDP datagram to A, not sent."""
        return self.make(IP, udp4(data), **how)

    def receive(self, timeout=TIMEOUT):
        """The next packet from A with a sequence number; None when none comes."""
        end = time.monotonic() + timeout
        while select.select([self.sock], [], [], max(0, end - time.monotonic()))[0]:
            packet = Packet(self.sock.recv(65535))
            if packet.seq is not None:
                return packet
        return None

    def open(self, packet):
        """Inner protocol and packet of a data packet from A."""
        proto, info = packet.split()
        if proto == COMP:
            info = self.receiver.open(info)
            proto, info = int.from_bytes(info[:2], "big"), info[2:]
        return proto, info


class Bed:
    """Both namespaces, named on the command line, and A's side of the netlink."""

    def __init__(self):
        self.a, self.b = Namespace(sys.argv[1]), Namespace(sys.argv[2])
        self.nl = self.a.nl()
        self.ifindex = None

    def session(self, flags="up", call=CALL_A, peer_call=CALL_B, key=None, bits=128,
                stateless=1, device=True, nl=None, **more):
        """A session in A towards B; with @key in both directions."""
        values = {"local_address": OUTER_A, "peer_address": OUTER_B, "flags": flags,
                  "local_call_id": call, "peer_call_id": peer_call, **more}
        if device:
            self.ifindex = self.ifindex or self.a.device()
            values["ifindex"] = self.ifindex
        if key:
            values["mppe_tx"] = values["mppe_rx"] = {
                "bits": bits, "stateless": stateless, "key": key}
        return (nl or self.nl).new(**values)

    def drops(self, number=None):
        return self.nl.drops(number)


class Header(ctypes.Structure):
    """struct msghdr"""

    _fields_ = [("name", ctypes.c_void_p), ("namelen", ctypes.c_uint32),
                ("iov", ctypes.c_void_p), ("iovlen", ctypes.c_size_t),
                ("control", ctypes.c_void_p), ("controllen", ctypes.c_size_t),
                ("flags", ctypes.c_int)]


class Message(ctypes.Structure):
    """struct mmsghdr"""

    _fields_ = [("header", Header), ("sent", ctypes.c_uint)]


class Piece(ctypes.Structure):
    """struct iovec"""

    _fields_ = [("base", ctypes.c_void_p), ("length", ctypes.c_size_t)]


def send_all(sock, packets):
    """In as few system calls as can be, which are slow in a guest."""
    count = len(packets)
    pieces = (Piece * count)(*((ctypes.cast(ctypes.c_char_p(packet), ctypes.c_void_p).value,
                                len(packet)) for packet in packets))
    at, size = ctypes.addressof(pieces), ctypes.sizeof(Piece)
    many = (Message * count)(*(Message(Header(iov=at + i * size, iovlen=1))
                               for i in range(count)))
    done = 0
    while done < count:
        sent = LIBC.sendmmsg(sock.fileno(), ctypes.byref(many, done * ctypes.sizeof(Message)),
                             count - done, 0)
        assert sent > 0, os.strerror(ctypes.get_errno())
        done += sent


def key_of(bits):
    return bytes(range(1, 17 if bits == 128 else 9))


def receive_all(sock, count, timeout=TIMEOUT):
    """Up to @count datagrams, and what comes at once after them."""
    got = []
    end = time.monotonic() + timeout
    while select.select([sock], [], [],
                        max(0, end - time.monotonic()) if len(got) < count else 0.05)[0]:
        got.append(sock.recv(65535))
    return got
