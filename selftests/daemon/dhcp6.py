#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""A host that says wrong things in DHCPv6, on a device that leads to kpptpd.

Usage: dhcp6.py rebind DEVICE DUID IAID      another's binding; prints the prefix
                                             that the server confirms
       dhcp6.py release DEVICE DUID IAID SERVER-DUID PREFIX
       dhcp6.py relay DEVICE                 a Relay-forward
       dhcp6.py flood DEVICE                 many Solicits at once
       dhcp6.py server DEVICE SOURCE TARGET PREFIX
                                             a Relay-reply from the server's address
DUIDs are hexadecimal digits, with or without colons.
"""

import ipaddress
import socket
import struct
import sys

GROUP = "ff02::1:2"
WAIT = 60
FLOOD = 200
IPV6_FREEBIND = 78              # linux/in6.h, unknown to Python


def option(code, data):
    return struct.pack("!HH", code, len(data)) + data


def duid(text):
    return bytes.fromhex(text.replace(":", ""))


def ia_pd(iaid, options=b""):
    return option(25, struct.pack("!III", iaid, 0, 0) + options)


def iaprefix(text, valid):
    net = ipaddress.IPv6Network(text)
    return option(26, struct.pack("!IIB", valid, valid, net.prefixlen) +
                  net.network_address.packed)


def message(kind, xid, *options):
    return struct.pack("!I", kind << 24 | xid) + b"".join(options)


def options_of(data):
    while data:
        code, length = struct.unpack_from("!HH", data)
        yield code, data[4:4 + length]
        data = data[4 + length:]


def link_local(device):
    with open("/proc/net/if_inet6", encoding="ascii") as lines:
        for line in lines:
            address, _, _, _, _, name = line.split()
            if name == device and address.startswith("fe80"):
                return str(ipaddress.IPv6Address(bytes.fromhex(address)))
    sys.exit("%s has no link-local address" % device)


def opened(device):
    """Beside a client of the same host that has the port of all addresses."""
    index = socket.if_nametoindex(device)
    sock = socket.socket(socket.AF_INET6, socket.SOCK_DGRAM)
    sock.settimeout(WAIT)
    sock.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    sock.bind((link_local(device), 546, 0, index))
    return sock, (GROUP, 547, 0, index)


def prefixes(reply):
    for code, data in options_of(reply[4:]):
        for inner, value in options_of(data[12:]) if code == 25 else ():
            if inner == 26:
                yield "%s/%d" % (ipaddress.IPv6Address(value[9:25]), value[8])


def rebind(device, who, iaid):
    sock, to = opened(device)
    sock.sendto(message(6, 0x112233, option(1, duid(who)), option(8, b"\0\0"),
                        ia_pd(int(iaid))), to)
    print(*prefixes(sock.recv(2048)))


def release(device, who, iaid, server, prefix):
    sock, to = opened(device)
    sock.sendto(message(8, 0x445566, option(1, duid(who)), option(2, duid(server)),
                        option(8, b"\0\0"), ia_pd(int(iaid), iaprefix(prefix, 600))), to)


def relay(device):
    sock, to = opened(device)
    inner = message(1, 0x778899, option(1, bytes(10)), option(8, b"\0\0"), ia_pd(7))
    sock.sendto(struct.pack("!BB", 12, 0) + bytes(32) + option(18, b"x") + option(9, inner), to)


def flood(device):
    sock, to = opened(device)
    for xid in range(FLOOD):
        sock.sendto(message(1, xid, option(1, bytes(10)), option(8, b"\0\0")), to)


def server(device, source, target, prefix):
    reply = message(7, 0x112233, ia_pd(1, iaprefix(prefix, 600)))
    sock = socket.socket(socket.AF_INET6, socket.SOCK_DGRAM)
    sock.setsockopt(socket.SOL_SOCKET, socket.SO_BINDTODEVICE, device.encode())
    sock.setsockopt(socket.IPPROTO_IPV6, IPV6_FREEBIND, 1)
    sock.bind((source, 547))
    sock.sendto(struct.pack("!BB", 13, 0) + bytes(32) + option(18, b"carol/1") +
                option(9, reply), (target, 547))


{"rebind": rebind, "release": release, "relay": relay, "flood": flood,
 "server": server}[sys.argv[1]](*sys.argv[2:])
