# SPDX-License-Identifier: GPL-2.0-or-later
"""
Devices made, given addresses and removed by rtnetlink from within the calling thread,
where no fork and no program of its own stands between a test and the kernel.
"""

import socket
import struct

from genl import NLM_F_ACK, NLM_F_REQUEST, NLMSG_ERROR, Refused, attribute

RTM_NEWLINK, RTM_DELLINK, RTM_NEWADDR = 16, 17, 20
NLM_F_EXCL, NLM_F_CREATE = 0x200, 0x400
IFLA_IFNAME, IFLA_LINKINFO, IFLA_INFO_KIND = 3, 18, 1
IFA_ADDRESS, IFA_LOCAL = 1, 2
IFF_UP = 1


class Rtnl:
    """In the namespace that the caller is in."""

    def __init__(self):
        self.sock = socket.socket(socket.AF_NETLINK, socket.SOCK_RAW, 0)
        self.sock.bind((0, 0))
        self.seq = 0

    def close(self):
        self.sock.close()

    def _ask(self, kind, flags, body):
        """Raises Refused, or OSError when it is not known what has become of it."""
        self.seq += 1
        self.sock.send(struct.pack("=IHHII", 16 + len(body), kind,
                                   NLM_F_REQUEST | NLM_F_ACK | flags, self.seq, 0) + body)
        while True:
            answer = self.sock.recv(65536)
            _, kind, _, seq, _ = struct.unpack_from("=IHHII", answer)
            if kind == NLMSG_ERROR and seq == self.seq:
                break
        error = -struct.unpack_from("=i", answer, 16)[0]
        if error:
            raise Refused(error, None, None, None)

    def add(self, name, kind):
        """A device of @kind, up."""
        info = attribute(IFLA_INFO_KIND, kind.encode() + b"\0")
        self._ask(RTM_NEWLINK, NLM_F_CREATE | NLM_F_EXCL,
                  struct.pack("=BxHiII", 0, 0, 0, IFF_UP, IFF_UP) +
                  attribute(IFLA_IFNAME, name.encode() + b"\0") +
                  attribute(IFLA_LINKINFO, info, nested=True))

    def delete(self, name):
        self._ask(RTM_DELLINK, 0, struct.pack("=BxHiII", 0, 0, 0, 0, 0) +
                  attribute(IFLA_IFNAME, name.encode() + b"\0"))

    def address(self, index, local, peer):
        self._ask(RTM_NEWADDR, NLM_F_CREATE | NLM_F_EXCL,
                  struct.pack("=BBBBI", socket.AF_INET, 32, 0, 0, index) +
                  attribute(IFA_LOCAL, socket.inet_aton(local)) +
                  attribute(IFA_ADDRESS, socket.inet_aton(peer)))
