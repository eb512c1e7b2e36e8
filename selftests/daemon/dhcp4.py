#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""A host that speaks DHCP on a device that leads to kpptpd.

Usage: dhcp4.py ask DEVICE windows10|windowsxp   what Windows sends after IPCP; prints
                                                 the options of the answer
       dhcp4.py foreign DEVICE                   a DHCPINFORM for another address
       dhcp4.py forged DEVICE                    one that comes from there, too
       dhcp4.py discover DEVICE                  a host that wants an address
       dhcp4.py garbled DEVICE                   an option that is longer than the message
       dhcp4.py flood DEVICE                     many at once
       dhcp4.py hold                             the port of servers on all addresses, as
                                                 one that shares it with nobody
"""

import fcntl
import ipaddress
import socket
import struct
import sys
import time

WAIT = 60
FLOOD = 100
SIOCGIFADDR = 0x8915
XID = 0x12345678
FOREIGN = "10.77.0.250"

# Of Windows, in the order in which it names them.
WANTED = {
    "windows10": [1, 15, 3, 6, 44, 46, 47, 31, 33, 121, 249, 252, 43],
    "windowsxp": [1, 15, 3, 6, 44, 46, 47, 31, 33, 249, 43],
}


def address_of(device):
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as sock:
        answer = fcntl.ioctl(sock, SIOCGIFADDR, struct.pack("256s", device.encode()))
    return socket.inet_ntoa(answer[20:24])


def option(code, data):
    return bytes([code, len(data)]) + bytes(data)


def message(kind, address, *options):
    """The broadcast flag, and the hardware address that Windows gives a PPP device."""
    hardware = b"\0SE\0\0\0"
    head = struct.pack("!BBBBIHH4s12x16s192xI", 1, 8, 6, 0, XID, 0, 0x8000,
                       socket.inet_aton(address), hardware, 0x63825363)
    return b"".join((head, option(53, [kind]), option(61, b"\x08" + hardware),
                     option(12, b"PC-1"), option(60, b"MSFT 5.0"), *options, b"\xff"))


def inform(address, wanted="windows10"):
    return message(8, address, option(55, WANTED[wanted]))


def opened(device):
    sock = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    sock.settimeout(WAIT)
    sock.setsockopt(socket.SOL_SOCKET, socket.SO_BINDTODEVICE, device.encode())
    sock.setsockopt(socket.SOL_SOCKET, socket.SO_BROADCAST, 1)
    sock.bind(("", 68))
    return sock


def send(device, data):
    with opened(device) as sock:
        sock.sendto(data, ("255.255.255.255", 67))


def routes(data):
    while data:
        octets = (data[0] + 7) // 8
        network = ipaddress.IPv4Address(data[1:1 + octets] + bytes(4 - octets))
        yield "%s/%d via %s" % (network, data[0],
                                ipaddress.IPv4Address(data[1 + octets:5 + octets]))
        data = data[5 + octets:]


def addresses(data):
    return [str(ipaddress.IPv4Address(data[i:i + 4])) for i in range(0, len(data), 4)]


def options_of(data):
    while data[0] != 255:
        yield data[0], data[2:2 + data[1]]
        data = data[2 + data[1]:]


def show(code, data):
    if code in (121, 249):
        return ", ".join(routes(data))
    return data.decode() if code == 15 else " ".join(addresses(data))


def ask(device, wanted):
    """To its unicast address, though it has asked for a broadcast (section 4.3.5)."""
    mine = address_of(device)
    with opened(device) as sock:
        sock.setsockopt(socket.IPPROTO_IP, 8, 1)        # IP_PKTINFO
        sock.sendto(inform(mine, wanted), ("255.255.255.255", 67))
        data, control, _, sender = sock.recvmsg(2048, 256)
    to = socket.inet_ntoa(control[0][2][8:12])
    op, xid, client, yours = struct.unpack("!B3xI4x4s4s", data[:20])
    if (op, xid, client, yours, to) != (2, XID, socket.inet_aton(mine), bytes(4), mine):
        sys.exit("no answer to us: %s to %s" % (data.hex(), to))
    print("from %s port %d" % sender)
    for code, value in options_of(data[240:]):
        print(code, value[0] if code == 53 else show(code, value))


def forged(device):
    """Its IP header, with another source; UDP's needs no checksum."""
    data = inform(FOREIGN)
    udp = struct.pack("!HHHH", 68, 67, 8 + len(data), 0)
    ip = struct.pack("!BBHHHBBH4s4s", 0x45, 0, 0, 0, 0, 64, 17, 0,
                     socket.inet_aton(FOREIGN), b"\xff" * 4)
    with socket.socket(socket.AF_INET, socket.SOCK_RAW, socket.IPPROTO_RAW) as sock:
        sock.setsockopt(socket.SOL_SOCKET, socket.SO_BINDTODEVICE, device.encode())
        sock.setsockopt(socket.SOL_SOCKET, socket.SO_BROADCAST, 1)
        sock.sendto(ip + udp + data, ("255.255.255.255", 0))


def flood(device):
    with opened(device) as sock:
        for _ in range(FLOOD):
            sock.sendto(inform(address_of(device)), ("255.255.255.255", 67))


def hold():
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as sock:
        sock.bind(("", 67))
        print("held", flush=True)
        while True:
            time.sleep(WAIT)


{
    "ask": ask,
    "foreign": lambda device: send(device, inform(FOREIGN)),
    "forged": forged,
    "discover": lambda device: send(device, message(1, "0.0.0.0")),
    "garbled": lambda device: send(device, message(8, address_of(device), b"\x37\x20\x06")),
    "flood": flood,
    "hold": hold,
}[sys.argv[1]](*sys.argv[2:])
