# SPDX-License-Identifier: GPL-2.0-or-later
"""
The cases of the bench: what is set up, what is measured, which figure comes of it.
A job may give the results of several cases. Every job measures its sides in turn,
in rounds whose order alternates, so that a machine that changes its speed does not
favour one of them.
"""

import statistics
import time

import lab
from lab import (MSS, MTU, Bulk, Forge, Gre, InTree, Inject, Jam, Lab, Ours, Portable, Program,
                 Veth, WireGuard)

SESSIONS = 4000
RATE = 20_000               # packets a second
REORDER = "delay 2ms reorder 25%"
JITTER = "delay 100us 100us"
LINE_MBIT = 100
# What one inner packet becomes: its protocol number, MPPE, PPP and GRE headers
# (without acknowledgement), IP and Ethernet.
ENCAPSULATION = 2 + 2 + 4 + 12 + 20 + 14
LINE_BURST = 128 * 1024     # octets that the line may be behind, for a host that halts us
FLOOD, QUIET = 6000, 60     # packets: more than the receiver's queue takes, and a few
QUIET_TARGET = "10.2.0.2"   # B's inner address of the second tunnel
GOODPUT_MBIT = LINE_MBIT * MSS / (MTU + ENCAPSULATION)


class Setting:
    """How the bench was told to measure."""

    def __init__(self, pairs, seconds, clock):
        self.pairs, self.seconds, self.clock = pairs, seconds, clock


def rounds(setting, sides, take):
    """{side: [what take(side) gave, a round each]}"""
    taken = {side: [] for side in sides}
    for number in range(setting.pairs):
        for side in sides if number % 2 == 0 else reversed(sides):
            taken[side].append(take(side))
    return taken


def spread(values):
    return [min(values), max(values)]


def spread_known(values):
    """The spread of a quotient, where it is one."""
    known = [value for value in values if value is not None]
    return spread(known) if known else None


def figures(ours, intree, ratio):
    """Medians of both, and @ratio of the medians; spreads over the rounds."""
    return {"ours": statistics.median(ours), "intree": statistics.median(intree),
            "ratio": ratio(statistics.median(ours), statistics.median(intree)),
            "spread": {"ours": spread(ours), "intree": spread(intree),
                       "ratio": spread_known([ratio(o, i) for o, i in zip(ours, intree)])}}


def smaller_is_better(ours, intree):
    return intree / ours if ours else None


def larger_is_better(ours, intree):
    return ours / intree if intree else None


def fields(prefix, samples):
    """What the results say of one side's samples."""
    median = statistics.median
    return {f"{prefix}_ns_per_packet": median(s.cpu_per_packet() for s in samples),
            f"{prefix}_wall_ns_per_packet": median(s.wall_per_packet() for s in samples),
            f"{prefix}_mbit": median(s.mbit() for s in samples)}


def throughput(name, make_load, count, mode, ours=Ours):
    """Processor time a packet, ours and in-tree."""
    def job(setting):
        def take(side):
            with Lab() as bed, side(bed, count, mode) as tunnels, make_load(tunnels) as load:
                return lab.measure(load, setting.seconds, setting.clock)
        taken = rounds(setting, [InTree, ours], take)
        result = figures([s.cpu_per_packet() for s in taken[ours]],
                         [s.cpu_per_packet() for s in taken[InTree]], smaller_is_better)
        result |= {"case": name, "unit": "ns", "figure": result["ratio"]}
        return [result | fields("ours", taken[ours]) | fields("intree", taken[InTree])]
    return job


def bulk(count):
    return lambda tunnels: Bulk(tunnels, count)


def inject(length, count):
    return lambda tunnels: Inject(tunnels, length, count)


def forge(kind):
    return lambda tunnels: Forge(tunnels, kind)


def references(name, make_load):
    """The same traffic without PPTP."""
    def job(setting):
        def take(side):
            with Lab() as bed, side(bed) as tunnels, make_load(tunnels) as load:
                return lab.measure(load, setting.seconds, setting.clock)
        taken = rounds(setting, [Veth, Gre, WireGuard], take)
        result = {"case": name, "unit": "ns", "spread": {}}
        for side, samples in taken.items():
            result |= fields(side.name, samples)
            result["spread"][side.name] = spread([s.cpu_per_packet() for s in samples])
        return [result]
    return job


def added(name):
    """What the tunnel adds to a packet's way over plain veth, without MPPE."""
    def job(setting):
        def take(side):
            with Lab() as bed, side(bed) as tunnels, Inject(tunnels, MTU) as load:
                return lab.measure(load, setting.seconds, setting.clock)
        taken = rounds(setting, [InTree, Veth, Ours], take)
        plain = [s.cpu_per_packet() for s in taken[Veth]]
        more = {side: [s.cpu_per_packet() - p for s, p in zip(taken[side], plain)]
                for side in (Ours, InTree)}
        result = figures(more[Ours], more[InTree], smaller_is_better)
        result |= {"case": name, "unit": "ns added", "figure": result["ratio"]}
        for side in (Ours, InTree, Veth):
            result |= fields(side.name, taken[side])
        return [result]
    return job


def shape(bed, qdisc):
    """On A's end of the wire; B answers without."""
    bed.a.run(f"tc qdisc replace dev v0 root {qdisc}")


def reorder(name, mode):
    """Packets lost in 100, on a network that reorders."""
    def job(setting):
        def take(side):
            tunnel_mode = "none" if side is Veth else mode
            with Lab() as bed, side(bed, 1, tunnel_mode) as tunnels:
                with Inject(tunnels, MTU, rate=RATE) as load:
                    load.go(RATE // 10)
                    shape(bed, f"netem {REORDER}")
                    sent = int(RATE * max(1, 2 * setting.seconds))
                    return 100 * (1 - lab.sample(load, sent).packets / sent)
        taken = rounds(setting, [InTree, Veth, Ours], take)
        result = figures(taken[Ours], taken[InTree], smaller_is_better)
        result |= {"case": name, "unit": "% lost", "figure": result["ours"],
                   "veth": statistics.median(taken[Veth])}
        return [result]
    return job


def fair(name):
    """Packets lost in 100 of a tunnel whose neighbour fills the receiver's queue before it."""
    def job(setting):
        def take(side):
            with Lab() as bed, side(bed, 2, "stateless") as tunnels, \
                 Inject(tunnels, MTU) as flood, \
                 Program("inject", "lan0", MTU, QUIET_TARGET, 1, netns=bed.a) as quiet:
                before = [lab.received(bed.b, [device]) for device in tunnels.devices]
                with Jam(bed) as jam:
                    flood.go(FLOOD)
                    quiet.do(QUIET - 1)
                    jam.end(lambda: quiet.do(1))
                flood.done()
                arrived = [lab.received(bed.b, [device]) for device in tunnels.devices]
                return [100 * (1 - (total - earlier) / sent) for total, earlier, sent
                        in zip(arrived, before, (FLOOD, QUIET))]
        taken = rounds(setting, [InTree, Ours], take)
        lost = {side: [quiet for _, quiet in pairs] for side, pairs in taken.items()}
        result = figures(lost[Ours], lost[InTree], smaller_is_better)
        result |= {"case": name, "unit": "% lost", "figure": result["ours"],
                   "flood": statistics.median(flood for flood, _ in taken[Ours])}
        return [result]
    return job


def tcp_jitter(name):
    """Throughput with jitter, as a part of that with the same delay and none."""
    def job(setting):
        def take(side):
            mode = "none" if side is Veth else "stateless"
            mbit = []
            with Lab() as bed, side(bed, 1, mode) as tunnels, Bulk(tunnels) as load:
                for delay in (JITTER.split()[1], JITTER.split(" ", 1)[1]):
                    shape(bed, f"netem limit 100000 delay {delay}")
                    mbit.append(timed(load, 2 * setting.seconds).mbit())
            return mbit[1] / mbit[0], mbit[1]
        taken = rounds(setting, [InTree, Veth, Ours], take)
        part = {side: [p for p, _ in pairs] for side, pairs in taken.items()}
        result = figures(part[Ours], part[InTree], larger_is_better)
        result |= {"case": name, "unit": "of no jitter", "figure": result["ours"],
                   "veth": statistics.median(part[Veth])}
        for side in (Ours, InTree, Veth):
            result[f"{side.name}_mbit"] = statistics.median(m for _, m in taken[side])
        return [result]
    return job


def timed(load, seconds):
    """As much as fits into so many seconds, in pieces: it may be very slow."""
    packets, octets = load.done()
    wall_ns = 0
    piece = 200_000
    while wall_ns < seconds * 1e9:
        took = load.go(piece)
        wall_ns += took
        if took < 0.1e9:
            piece *= 2
    packets_now, octets_now = load.done()
    return lab.Sample(None, wall_ns, packets_now - packets, octets_now - octets)


def line_rate(name):
    """Goodput of one flow on a shaped line, in percent of what the headers leave."""
    octets_per_second = LINE_MBIT * 125_000

    def job(setting):
        def take(side):
            mode = "none" if side is Veth else "stateless"
            with Lab() as bed, side(bed, 1, mode) as tunnels, Bulk(tunnels) as load:
                shape(bed, f"tbf rate {LINE_MBIT}mbit burst {LINE_BURST} latency 50ms")
                load.go(octets_per_second // 4)
                taken = lab.sample(load, octets_per_second * 3 * setting.seconds)
                # The line was idle before, and has saved so much up.
                taken.octets -= LINE_BURST
                return taken.mbit()
        taken = rounds(setting, [InTree, Veth, Ours], take)
        result = figures(taken[Ours], taken[InTree], larger_is_better)
        result |= {"case": name, "unit": "Mbit/s", "figure": 100 * result["ours"] / GOODPUT_MBIT,
                   "possible_mbit": GOODPUT_MBIT, "ours_mbit": result["ours"],
                   "intree_mbit": result["intree"], "veth": statistics.median(taken[Veth])}
        return [result]
    return job


def kernel_memory():
    """Octets that are not available, when what can be given back has been."""
    with open("/proc/sys/vm/drop_caches", "w", encoding="ascii") as drop:
        drop.write("3")
    time.sleep(0.3)
    with open("/proc/meminfo", encoding="ascii") as meminfo:
        info = dict(line.split(":") for line in meminfo)
    return 1024 * (int(info["MemTotal"].split()[0]) - int(info["MemAvailable"].split()[0]))


def make_sessions(setting, side, mode):
    """One end only: (processor ns, wall ns, octets) a session."""
    with Lab() as bed:
        driver = side(bed)
        driver.load()
        try:
            with Program(driver.program, bed.a.name, "-", mode) as tunnels:
                memory, cpu_ns = kernel_memory(), setting.clock()
                wall_ns = tunnels.do(SESSIONS)
                cpu_ns = setting.clock() - cpu_ns
                memory = kernel_memory() - memory
        finally:
            driver.unload()
    return cpu_ns / SESSIONS, wall_ns / SESSIONS, memory / SESSIONS


def sessions(setup_name, memory_name, mode, memory_figure):
    """Sessions made a second, and what each takes of the kernel's memory."""
    def job(setting):
        def take(side):
            return make_sessions(setting, side, mode if side is Ours else "none")
        taken = rounds(setting, [InTree, Ours], take)
        setup = figures([cpu for cpu, _, _ in taken[Ours]],
                        [cpu for cpu, _, _ in taken[InTree]], smaller_is_better)
        setup |= {"case": setup_name, "unit": "ns a session", "figure": setup["ratio"]}
        for side in (Ours, InTree):
            setup[f"{side.name}_per_second"] = 1e9 / statistics.median(w for _, w, _ in taken[side])
        memory = figures([m for _, _, m in taken[Ours]], [m for _, _, m in taken[InTree]],
                         smaller_is_better)
        memory |= {"case": memory_name, "unit": "octets a session",
                   "figure": memory_figure(memory)}
        return [setup, memory]
    return job


def scale(name):
    """Throughput of one tunnel on two processors, as a multiple of that on one."""
    def processor(online):
        with open("/sys/devices/system/cpu/cpu1/online", "w", encoding="ascii") as switch:
            switch.write("1" if online else "0")

    def job(setting):
        def take(side):
            mbit = []
            with Lab() as bed, side(bed, 1, "stateless") as tunnels, Bulk(tunnels) as load:
                for two in (False, True):
                    processor(two)
                    load.go(1_000_000)
                    mbit.append(timed(load, 4 * setting.seconds).mbit())
            return mbit[1] / mbit[0], mbit[1]
        taken = rounds(setting, [InTree, Ours], take)
        times = {side: [t for t, _ in pairs] for side, pairs in taken.items()}
        result = figures(times[Ours], times[InTree], larger_is_better)
        result |= {"case": name, "unit": "2 CPUs / 1", "figure": result["ours"]}
        for side in (Ours, InTree):
            result[f"{side.name}_mbit"] = statistics.median(m for _, m in taken[side])
        return [result]
    return job


def table():
    """[(names, job)] for the guest with one processor."""
    jobs = []
    for mode in ("stateless", "stateful"):
        for count in (1, 64):
            name = f"tcp-{count}-mppe128-{mode}"
            jobs.append(((name,), throughput(name, bulk(count), count, mode)))
    for length in (MTU, 64):
        for count in (1, 64):
            name = f"pkt{length}-{count}-mppe128-stateless"
            jobs.append(((name,), throughput(name, inject(length, count), count, "stateless")))
    name = "portable-tcp-64-mppe128-stateless"
    jobs.append(((name,), throughput(name, bulk(64), 64, "stateless", Portable)))
    for kind in ("call", "clear", "noise", "far"):
        name = f"forged-{kind}"
        jobs.append(((name,), throughput(name, forge(kind), 1, "stateless")))
    jobs += [
        (("tcp-1-none",), throughput("tcp-1-none", bulk(1), 1, "none")),
        ((f"pkt{MTU}-1-none",), added(f"pkt{MTU}-1-none")),
        (("reference-tcp",), references("reference-tcp", bulk(1))),
        ((f"reference-pkt{MTU}",), references(f"reference-pkt{MTU}", inject(MTU, 1))),
        (("reorder",), reorder("reorder", "stateless")),
        (("reorder-none",), reorder("reorder-none", "none")),
        (("fair",), fair("fair")),
        (("tcp-jitter",), tcp_jitter("tcp-jitter")),
        (("line-rate",), line_rate("line-rate")),
        (("setup-p2p", "mem-p2p"),
         sessions("setup-p2p", "mem-p2p", "none", lambda m: m["ours"] / m["intree"])),
        (("setup-mp", "mem-mp"), sessions("setup-mp", "mem-mp", "mp", lambda m: m["ours"])),
    ]
    return jobs


def table_smp():
    """The same for the guest with two."""
    return [(("scale-1to2",), scale("scale-1to2"))]
