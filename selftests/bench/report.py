# SPDX-License-Identifier: GPL-2.0-or-later
"""The figures of a bench beside their targets, for people."""

import operator
import os

HERE = os.path.dirname(os.path.abspath(__file__))
COMPARE = {">=": operator.ge, "<=": operator.le}
# What every result has, whatever was measured.
FIELDS = ("case", "ours_ns_per_packet", "intree_ns_per_packet", "ratio", "ours_mbit",
          "intree_mbit", "spread")
COLUMNS = "%-29s %21s %21s %8s %-15s %9s %9s  %s"


def targets():
    """{case: (comparison, bound)}"""
    found = {}
    with open(os.path.join(HERE, "targets.txt"), encoding="ascii") as table:
        for line in table:
            words = line.split("#")[0].split()
            if words:
                found[words[0]] = (words[1], float(words[2]))
    return found


def judge(result):
    """@result with all fields, its target, and whether it was reached."""
    result = dict.fromkeys(FIELDS) | result
    comparison, bound = targets().get(result["case"], (None, None))
    if comparison and result.get("figure") is not None:
        result["target"] = f"{comparison} {bound:g}"
        result["reached"] = COMPARE[comparison](result["figure"], bound)
    return result


def short(value):
    """At most four digits that count."""
    if value is None:
        return "-"
    return f"{value:.0f}" if abs(value) >= 1000 else f"{value:.4g}"


def side(result, name):
    """Median, and the wall clock's where it is the processor time of a packet."""
    text = short(result.get(name))
    wall = result.get(f"{name}_wall_ns_per_packet")
    if wall is not None and result["unit"] == "ns":
        text += f" ({short(wall)})"
    return text


def processor():
    """What the machine calls its processor."""
    with open("/proc/cpuinfo", encoding="ascii", errors="replace") as cpuinfo:
        for row in cpuinfo:
            if row.startswith("model name"):
                return row.partition(":")[2].strip()
    return os.uname().machine


def heading(pairs, seconds):
    """On what, how often and for how long; and the names of the columns."""
    title = f"{processor()}, {pairs} rounds of {seconds} s each side\n\n"
    return title + COLUMNS % ("case", "ours", "in-tree", "ratio", "min-max", "Mbit/s", "in-tree",
                      "target") + "\n" + COLUMNS % (
                          "", "CPU (wall)", "CPU (wall)", "", "", "ours", "", "")


def verdict(result):
    if "target" not in result:
        return ""
    figure = short(result["figure"])
    return f"{figure} {result['target']} {'reached' if result['reached'] else 'missed'}"


def reference_lines(result):
    """One line for each thing that was measured beside PPTP."""
    names = [name for name in ("veth", "gre", "wireguard")
             if f"{name}_ns_per_packet" in result]
    return "\n".join(f"{result['case'] + ' ' + name:<29} "
                     f"{short(result[name + '_ns_per_packet'])} ns "
                     f"({short(result[name + '_wall_ns_per_packet'])}), "
                     f"{short(result[name + '_mbit'])} Mbit/s" for name in names)


def line(result):
    """One result as the table has it."""
    if "ours" not in result:
        return reference_lines(result)
    ratio = result["spread"]["ratio"] or []
    text = COLUMNS % (result["case"], side(result, "ours"), side(result, "intree"),
                      short(result["ratio"]), "-".join(map(short, ratio)),
                      short(result["ours_mbit"]), short(result["intree_mbit"]),
                      verdict(result))
    if result["unit"] != "ns":
        text += f"  [{result['unit']}]"
    if "veth" in result:
        text += f"  [plain veth: {short(result['veth'])}]"
    if "flood" in result:
        text += f"  [of the flood: {short(result['flood'])}]"
    more = reference_lines(result)
    return text + ("\n" + more if more else "")
