# SPDX-License-Identifier: GPL-2.0-or-later
"""
Two kpptpd: one that serves, and one that dials tunnels to it, which are added, used,
hung up by either end and removed at random.
"""

import glob
import json
import os
import socket
import subprocess
import tempfile

from bed import PORT, wait
from pairs import waiting

SERVER = "198.51.100.2"
GATE = "10.81.0.1"
USER, SECRET = "alice", "correct horse battery"
TUNNELS_MAX = 20
BURST = 8           # datagrams, at most, to a tunnel in a step
SO_BINDTODEVICE = 25
PATIENCE = 180

SERVER_CONF = """\
[server]
listen = 198.51.100.2
max-connections-per-address = 100
control-socket = {work}/server.sock
log-level = warning
[ppp]
auth = ms-chap-v2, eap-mschap-v2
restart-interval = 1
[mppe]
strength = 128, 56, 40
stateful = allow
compression = yes
[network]
local-address = 10.81.0.1
pool = 10.81.0.10-10.81.0.250
[users]
file = {work}/users
"""

CLIENT_CONF = """\
[server]
listen = none
control-socket = {work}/client.sock
log-level = warning
[ppp]
restart-interval = 1
[tunnels]
directory = {work}/tunnels.d
resolv-conf = {work}/resolv.conf
connect-timeout = 5
retry-min = 1
retry-max = 3
[users]
file = {work}/users
"""


def children(parent):
    """Of a process."""
    found = []
    for path in glob.glob("/proc/[0-9]*/stat"):
        try:
            with open(path, encoding="utf-8") as stat:
                words = stat.read().rpartition(")")[2].split()
        except (FileNotFoundError, ProcessLookupError):
            continue
        if int(words[1]) == parent:
            found.append(int(path.split("/")[2]))
    return found


class Daemon:
    """One kpptpd in a namespace, and a connection to its control socket."""

    def __init__(self, ns, name, conf, work, build):
        self.name = name
        path = f"{work}/{name}.conf"
        with open(path, "w", encoding="ascii") as out:
            out.write(conf.format(work=work))
        self.log = open(f"{work}/{name}.log", "w+", encoding="utf-8")
        self.process = subprocess.Popen(["ip", "netns", "exec", ns.name, f"{build}/kpptpd",
                                         "-c", path], stderr=self.log)
        self.sock = socket.socket(socket.AF_UNIX)
        self.sock.settimeout(PATIENCE)
        if not wait(lambda: self.sock.connect_ex(f"{work}/{name}.sock") == 0, PATIENCE):
            raise RuntimeError(f"kpptpd, the {name}, does not answer: {self.said()}")
        self.lines = self.sock.makefile("r", encoding="utf-8")

    def ask(self, command, **members):
        """All lines of the answer; the last one has "ok"."""
        request = {"command": command, **members}
        self.sock.sendall(json.dumps(request).encode() + b"\n")
        answers = []
        while not answers or "ok" not in answers[-1]:
            line = self.lines.readline()
            if not line:
                raise RuntimeError(f"kpptpd, the {self.name}, has gone: {self.said()}")
            answers.append(json.loads(line))
        return answers

    def demand(self, command, **members):
        """The same, and it must not refuse."""
        answer = self.ask(command, **members)[-1]
        if not answer["ok"]:
            raise RuntimeError(f"kpptpd, the {self.name}: {command}: {answer}")

    def resident(self):
        """KiB of memory, its own and that of its helpers."""
        total = 0
        for pid in [self.process.pid, *children(self.process.pid)]:
            with open(f"/proc/{pid}/status", encoding="ascii") as status:
                total += sum(int(line.split()[1]) for line in status
                             if line.startswith("RssAnon:"))
        return total

    def said(self):
        """The end of its log."""
        self.log.seek(0)
        return self.log.read()[-400:]

    def stop(self):
        """Its exit status."""
        self.process.terminate()
        return self.process.wait(PATIENCE)


class Tunnels:
    """What happens to them; @dice decides."""

    def __init__(self, client, server, dice, build):
        work = tempfile.mkdtemp()
        with open(f"{work}/users", "w", encoding="ascii") as out:
            os.fchmod(out.fileno(), 0o600)
            out.write(f'{USER} * "{SECRET}" *\n')
        self.server = Daemon(server, "server", SERVER_CONF, work, build)
        self.client = Daemon(client, "client", CLIENT_CONF, work, build)
        self.namespace, self.dice = client, dice
        self.mirror = server.udp("0.0.0.0")
        self.mirror.setblocking(False)
        self.names, self.sockets = [], {}
        self.made = self.arrived = self.strange = 0

    def _add(self):
        self.made += 1
        name = f"t{self.made}"
        settings = {
            "server": SERVER, "user": USER, "password": SECRET,
            "auth": self.dice.choice(("ms-chap-v2", "eap-mschap-v2")),
            "mppe-strength": self.dice.choice(("128", "56", "40")),
            "mppe-stateful": self.dice.choice(("deny", "prefer")),
            "mppe-compression": self.dice.choice(("yes", "no")),
        }
        self.client.demand("add-tunnel", name=name, settings=settings)
        self.names.append(name)

    def _remove(self, name):
        self.names.remove(name)
        self._close(name)
        self.client.demand("del-tunnel", name=name)

    def _act(self):
        roll = self.dice.random()
        if len(self.names) < TUNNELS_MAX and (roll < 0.3 or not self.names):
            self._add()
            return
        name = self.dice.choice(self.names)
        if roll < 0.5:
            self._remove(name)
        elif roll < 0.6:
            self.client.demand("disconnect", tunnel=name)
        elif roll < 0.7:
            self.client.demand("connect", name=name)
        elif roll < 0.72:
            self.server.demand("disconnect", user=USER)

    def step(self):
        self._act()
        self._traffic()

    def _socket(self, name):
        """One that is bound to the tunnel's device, None while there is none."""
        if name not in self.sockets:
            sock = self.namespace.udp()
            try:
                sock.setsockopt(socket.SOL_SOCKET, SO_BINDTODEVICE, name.encode() + b"\0")
            except OSError:
                sock.close()
                return None
            sock.setblocking(False)
            self.sockets[name] = sock
        return self.sockets[name]

    def _close(self, name):
        if name in self.sockets:
            self.sockets.pop(name).close()

    def _send(self, name):
        sock = self._socket(name)
        for _ in range(self.dice.randrange(BURST) if sock else 0):
            try:
                sock.sendto(name.encode() + bytes(self.dice.randrange(1300)), (GATE, PORT))
            except OSError:             # its device has gone, and comes back as another
                self._close(name)
                return

    def _traffic(self):
        """Through each tunnel that is up, and back."""
        for name in self.names:
            self._send(name)
        self._reflect()
        for name, sock in self.sockets.items():
            for text in waiting(sock):
                self.arrived += 1
                self.strange += text.rstrip(b"\0") != name.encode()

    def _reflect(self):
        while True:
            try:
                text, sender = self.mirror.recvfrom(65536)
            except BlockingIOError:
                return
            try:
                self.mirror.sendto(text, sender)
            except OSError:             # its session has gone meanwhile
                pass

    def _sessions(self):
        return len(self.server.ask("sessions")) - 1

    def clear(self):
        """All are removed, and the server has noticed. What is wrong, or nothing."""
        for name in list(self.names):
            self._remove(name)
        if wait(lambda: not self._sessions(), PATIENCE):
            return []
        return [f"{self._sessions()} sessions stay on the server"]

    def stop(self):
        """Exit statuses."""
        return [self.client.stop(), self.server.stop()]
