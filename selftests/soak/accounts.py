# SPDX-License-Identifier: GPL-2.0-or-later
"""What the module says of a namespace's packets, held against what a packet filter counts."""

import json
import subprocess

from bed import wait
from ledger import Ledger

PATIENCE = 20   # seconds


class Filter:
    """nftables counts what packets of GRE reach a namespace by v0, and leave it."""

    RULES = """
    table ip soak {
        chain in {
            type filter hook prerouting priority -300;
            iifname v0 ip protocol 47 counter
        }
        chain out {
            type filter hook postrouting priority 300;
            oifname v0 ip protocol 47 counter
        }
    }
    """

    def __init__(self, ns):
        self.ns = ns
        done = subprocess.run(["ip", "netns", "exec", ns.name, "nft", "-f", "-"], text=True,
                              input=self.RULES, capture_output=True, check=False)
        if done.returncode:
            raise RuntimeError(done.stderr)

    def counts(self):
        """{chain: packets}"""
        out = json.loads(self.ns.run("nft -j list table ip soak").stdout)
        rules = [item["rule"] for item in out["nftables"] if "rule" in item]
        return {rule["chain"]: expr["counter"]["packets"]
                for rule in rules for expr in rule["expr"] if "counter" in expr}


class Account:
    """The ledger and the filter of a namespace, which are to say the same."""

    def __init__(self, name, ns):
        self.name, self.filter, self.ledger = name, Filter(ns), Ledger(ns)

    def told(self):
        """{what: (packets that were counted, packets that are accounted for)}"""
        counts = self.filter.counts()
        return {"received": (counts["in"], self.ledger.received()),
                "sent": (counts["out"], self.ledger.sent())}

    def mistakes(self):
        """What does not fit, once nothing is on its way any more."""
        def balanced():
            return all(counted == known for counted, known in self.told().values())

        wait(balanced, PATIENCE)
        return [f"{self.name}: {counted} packets were {what}, {known} are accounted for"
                for what, (counted, known) in self.told().items() if counted != known]

    def summary(self):
        counts = self.filter.counts()
        drops = ", ".join(f"{reason} {count}"
                          for reason, count in sorted(self.ledger.drops().items()))
        return (f"{self.name}: {self.ledger.ended} sessions, {counts['in']} packets received, "
                f"{counts['out']} sent; dropped: {drops or 'none'}")
