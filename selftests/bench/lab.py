# SPDX-License-Identifier: GPL-2.0-or-later
"""
What the bench measures with: two namespaces on one veth pair, tunnels of one kind
between them, traffic, and a clock for processor time.

    10.3.0.1 -> lan0  A 192.0.2.1 ---- v0 ==== v0 ---- 192.0.2.2 B
                        10.1.0.1 (first tunnel)         10.2.0.1
"""

import os
import subprocess
import sys
import time

HERE = os.path.dirname(os.path.abspath(__file__))
TOP = os.path.dirname(os.path.dirname(HERE))
PROGRAMS = os.path.join(TOP, "build/bench")
sys.path.insert(0, os.path.join(TOP, "selftests/net"))

from bed import Namespace, run, wait  # pylint: disable=wrong-import-position

TARGET = "10.2.0.1"         # B's inner address of the first tunnel
MTU = 1400                  # of all tunnels, TUNNEL_MTU of ends.h
MSS = MTU - 20 - 32         # a full TCP segment, with its time stamps

# RFC 7748 section 6.1, in base64: two key pairs that everybody may know.
WG_KEYS = (("dwdtCnMYpX08FsFyUbJmRd9ML4frwJkqsXf7pR25LCo=",
            "hSDwCYkwp1R0i33ctD73Wg2/Og0mOBr066SpjqqbTmo="),
           ("XasIfmJKikt54X+Lg4AO5m87sSkmGLb9HC+LJ/+I4Os=",
            "3p7bfXt9wbTTW2HC7OQ1Nz+DQ8hbeGdNrfx+FG+IK08="))


class Program:
    """One of the bench's programs: a command a line, an answer a line."""

    def __init__(self, name, *arguments, netns=None):
        command = [os.path.join(PROGRAMS, name), *map(str, arguments)]
        if netns:
            command = ["ip", "netns", "exec", netns.name, *command]
        self.process = subprocess.Popen(command, stdin=subprocess.PIPE,
                                        stdout=subprocess.PIPE, text=True)

    def do(self, amount):
        """How long it took, in nanoseconds."""
        self.process.stdin.write(f"{int(amount)}\n")
        self.process.stdin.flush()
        answer = self.process.stdout.readline()
        if not answer:
            raise RuntimeError(f"{' '.join(self.process.args)}: has failed")
        return int(answer)

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.process.stdin.close()
        self.process.wait()
        self.process.stdout.close()


class HostClock:
    """
    Processor time that the guest has used, asked of the host: a line goes out, a
    file comes in. What the wait costs is outside of what is measured, or idle.
    """

    def __init__(self, directory):
        self.mount = "/run/bench-clock"
        self.number = 0
        os.makedirs(self.mount, exist_ok=True)
        run(["mount", "-t", "hostfs", "none", self.mount, "-o", directory])

    def __call__(self):
        self.number += 1
        name = str(self.number)
        print(f"clock {name}", flush=True)
        while name not in os.listdir(self.mount):
            time.sleep(0.002)
        with open(os.path.join(self.mount, name), encoding="ascii") as answer:
            return int(answer.read())


def batch(namespace, tool, lines):
    """Many commands of ip or tc at once."""
    done = subprocess.run([tool, "-n", namespace.name, "-batch", "-"], text=True, check=False,
                          input="\n".join(lines) + "\n", stdout=subprocess.PIPE,
                          stderr=subprocess.STDOUT)
    if done.returncode:
        raise RuntimeError(f"{tool}: {done.stdout[-400:]}")


class Lab:
    """The namespaces; as a context, and never used for two kinds of tunnel."""

    serial = 0

    def __enter__(self):
        Lab.serial += 1
        self.ends = [Namespace(f"bench-{end}{Lab.serial}") for end in "ab"]
        for end in self.ends:
            run(["ip", "netns", "add", end.name])
            end.run("sysctl -qw net.ipv4.ip_forward=1 net.ipv4.conf.all.rp_filter=0 "
                    "net.ipv4.conf.default.rp_filter=0 net.ipv6.conf.all.disable_ipv6=1 "
                    "net.ipv6.conf.default.disable_ipv6=1")
        self.a, self.b = self.ends
        self.a.ip(f"link add v0 type veth peer name v0 netns {self.b.name}")
        for number, end in enumerate(self.ends, 1):
            end.ip("link set lo up")
            end.ip("link set v0 up")
            end.ip(f"addr add 192.0.2.{number}/24 dev v0")
        return self

    def __exit__(self, *_):
        for end in self.ends:
            run(["ip", "netns", "del", end.name])


class Veth:
    """No tunnel at all."""

    name = "veth"
    devices = ("v0",)

    def __init__(self, lab, count=1, mode="none"):
        assert mode == "none"
        self.lab = lab
        self.addresses = count

    def __enter__(self):
        self.lab.a.ip(f"route add 10.2.0.0/24 via 192.0.2.2 mtu {MTU}")
        batch(self.lab.b, "ip", [f"addr add 10.2.0.{i + 1}/32 dev lo"
                                 for i in range(self.addresses)])
        self.lab.a.run("ping -c 1 -W 10 192.0.2.2")
        return self

    def __exit__(self, *_):
        pass


class Tunnels:
    """Point-to-point devices that are there already get addresses and go up."""

    name = prefix = None

    def __init__(self, lab, count=1, mode="none"):
        self.lab = lab
        self.mode = mode
        self.devices = [f"{self.prefix}{i}" for i in range(count)]

    def make(self):
        raise NotImplementedError

    def configure(self):
        for namespace, local, peer in ((self.lab.a, 1, 2), (self.lab.b, 2, 1)):
            lines = []
            for i, device in enumerate(self.devices, 1):
                lines += [f"addr add 10.{local}.0.{i} peer 10.{peer}.0.{i} dev {device}",
                          f"link set {device} mtu {MTU} up"]
            batch(namespace, "ip", lines)

    def __enter__(self):
        try:
            self.make()
            self.configure()
        except BaseException:
            self.__exit__()
            raise
        return self

    def __exit__(self, *_):
        pass


class Driver(Tunnels):
    """
    A driver of PPTP. There is one handler for GRE of this version in a kernel, so
    each is loaded for as long as it is used.
    """

    program = module = None
    tunnels = None

    def load(self):
        raise NotImplementedError

    def unload(self):
        """Whoever has closed its sockets may not have let go of the module yet."""
        if not os.path.isdir(f"/sys/module/{self.module}"):
            return
        if not wait(lambda: run(["rmmod", self.module], check=False).returncode == 0):
            raise RuntimeError(f"{self.module} is still in use")

    def make(self):
        self.load()
        self.tunnels = Program(self.program, self.lab.a.name, self.lab.b.name, self.mode)
        self.tunnels.do(len(self.devices))

    def __exit__(self, *_):
        if self.tunnels:
            self.tunnels.__exit__()
        self.unload()


class Ours(Driver):
    name, prefix, program, module = "ours", "kp", "ours", "kpptp"
    parameters = ()

    def load(self):
        run(["modprobe", "-q", "gre"], check=False)     # built in, perhaps
        run(["insmod", os.environ["KPPTP_MODULE"], *self.parameters])


class Portable(Ours):
    """Without vector registers, as on a machine that has none."""

    parameters = ("rc4_lanes=scalar4",)


class InTree(Driver):
    name, prefix, program, module = "intree", "ppp", "intree", "pptp"

    def load(self):
        run(["modprobe", "-a", "pptp", "ppp_mppe"])


class Gre(Tunnels):
    name, prefix = "gre", "gt"

    def make(self):
        for namespace, local, peer in ((self.lab.a, 1, 2), (self.lab.b, 2, 1)):
            batch(namespace, "ip",
                  [f"link add {device} type gre local 192.0.2.{local} remote 192.0.2.{peer} "
                   f"key {i}" for i, device in enumerate(self.devices, 1)])


class WireGuard(Tunnels):
    name, prefix = "wireguard", "wg"

    def make(self):
        for number, namespace in enumerate(self.lab.ends):
            other = 1 - number
            namespace.ip("link add wg0 type wireguard")
            namespace.run(f"echo {WG_KEYS[number][0]} | wg set wg0 listen-port 5182 "
                          f"private-key /dev/stdin peer {WG_KEYS[other][1]} "
                          f"endpoint 192.0.2.{other + 1}:5182 allowed-ips 0.0.0.0/0")

    def configure(self):
        super().configure()
        self.lab.a.run(f"ping -c 1 -W 10 {TARGET}")


def received(namespace, devices):
    """Packets that came in by any of the devices."""
    text = namespace.run("cat /proc/net/dev").stdout
    rows = dict(line.split(":", 1) for line in text.splitlines()[2:])
    return sum(int(row.split()[1]) for name, row in rows.items() if name.strip() in devices)


class Bulk:
    """TCP from A to B, a connection a tunnel. An amount is octets."""

    warm_up = (2_000_000, 8_000_000)

    def __init__(self, side, flows=1):
        lab = side.lab
        self.octets = 0
        self.program = Program("bulk", lab.a.name, lab.b.name, TARGET, flows)

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.program.__exit__()

    def go(self, octets):
        """Nanoseconds."""
        self.octets += octets
        return self.program.do(octets)

    def done(self):
        """(packets, octets) that have arrived so far; packets of full size."""
        return self.octets / MSS, self.octets


class Inject:
    """
    Packets that A forwards into the tunnels and B drops as they come out. An
    amount is packets.
    """

    warm_up = (2_000, 10_000)

    def __init__(self, side, length, flows=1, rate=None):
        self.side, self.length = side, length
        lab = side.lab
        lab.a.ip("link add lan0 address 02:00:00:00:00:01 type dummy")
        lab.a.ip("link set lan0 up")
        batch(lab.b, "tc", [line for device in side.devices for line in
                            (f"qdisc add dev {device} clsact",
                             f"filter add dev {device} ingress matchall action drop")])
        self.program = Program("inject", "lan0", length, TARGET, flows,
                               *([rate] if rate else []), netns=lab.a)

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.program.__exit__()

    def go(self, packets):
        """Nanoseconds."""
        return self.program.do(packets)

    def done(self):
        """(packets, octets) that have arrived so far, when no more come."""
        before, now = -1, 0
        while now != before:
            before = now
            time.sleep(0.05)
            now = received(self.side.lab.b, self.side.devices)
        return now, now * self.length


class Forge:
    """
    Packets that B sends to A in the name of the first tunnel's other end, as forge.c
    makes them. An amount is packets.
    """

    warm_up = (64, 256)

    def __init__(self, side, kind):
        self.sent = 0
        self.program = Program("forge", kind, netns=side.lab.b)

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.program.__exit__()

    def go(self, packets):
        """Nanoseconds."""
        self.sent += packets
        return self.program.do(packets)

    def done(self):
        """(packets, octets) that were sent, when there has been time to drop them."""
        time.sleep(0.1)
        return self.sent, 100 * self.sent


class Jam:
    """
    What A has sent waits on the wire until all of it arrives in one go, and B's stack takes
    it to the tunnels before they do anything.
    """

    CORE = "/proc/sys/net/core"
    SETTINGS = {"dev_weight": 1 << 16, "netdev_max_backlog": 1 << 16}

    def __init__(self, lab):
        self.lab = lab
        self.before = {}

    def write(self, settings):
        for name, value in settings.items():
            with open(f"{self.CORE}/{name}", "w", encoding="ascii") as knob:
                knob.write(str(value))

    def __enter__(self):
        for name in self.SETTINGS:
            with open(f"{self.CORE}/{name}", encoding="ascii") as knob:
                self.before[name] = knob.read()
        self.write(self.SETTINGS)
        mac = self.lab.b.ip("-o link show v0").stdout.split("link/ether ")[1].split()[0]
        # ARP would have to wait with the packets that wait for it.
        self.lab.a.ip(f"neigh replace 192.0.2.2 lladdr {mac} dev v0 nud permanent")
        self.qdisc("add", "1000s")
        return self

    def __exit__(self, *_):
        self.lab.a.run("tc qdisc del dev v0 root")
        self.write(self.before)

    def qdisc(self, verb, slot):
        self.lab.a.run(f"tc qdisc {verb} dev v0 root netem limit 100000 slot {slot}")

    def end(self, one_more):
        """netem looks at its slot when another packet comes, which @one_more sends."""
        self.qdisc("change", "0ms")
        one_more()
        if not wait(lambda: " 0b 0p " in self.lab.a.run("tc -s qdisc show dev v0").stdout, 60):
            raise RuntimeError("packets are left on the wire")


class Sample:
    """One measurement: processor time (None where nobody knows), wall clock, what arrived."""

    def __init__(self, cpu_ns, wall_ns, packets, octets):
        self.cpu_ns, self.wall_ns = cpu_ns, wall_ns
        self.packets, self.octets = packets, octets

    def cpu_per_packet(self):
        return self.cpu_ns / self.packets

    def wall_per_packet(self):
        return self.wall_ns / self.packets

    def mbit(self):
        return self.octets * 8e3 / self.wall_ns


def sample(load, amount, clock=None):
    """Whatever reads counters stays outside of what the clock sees."""
    packets, octets = load.done()
    before = clock() if clock else 0
    wall_ns = load.go(amount)
    cpu_ns = clock() - before if clock else None
    packets_now, octets_now = load.done()
    return Sample(cpu_ns, wall_ns, packets_now - packets, octets_now - octets)


def measure(load, seconds, clock=None):
    """Warms up, learns how fast it goes, and measures for about so many seconds."""
    for amount in load.warm_up:
        ns = load.go(amount)
    return sample(load, max(amount, int(amount * seconds * 1e9 / ns)), clock)
