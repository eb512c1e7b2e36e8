# SPDX-License-Identifier: GPL-2.0-or-later
"""
Personas: files that say what a client sends. Documentation/testing.rst tells
what is in them; here they are read, checked and given their defaults.
"""

import copy

import yaml

import wire

MESSAGE_FIELDS = {
    "start": {"version": 0x0100, "framing": 3, "bearer": 3, "channels": 0, "firmware": 0,
              "host": "", "vendor": ""},
    "call": {"id": "random", "serial": 0, "min_bps": 300, "max_bps": 100000000, "bearer": 3,
             "framing": 3, "window": 64, "delay": 0, "phone": "", "subaddress": ""},
}
# What each section may have, and what it is when it is left out. Sections named
# in UNSEEN are not on the wire and a capture does not show them.
DEFAULTS = {
    "name": None,
    "about": "",
    "server": "strict",
    "timers": {"restart": 3.0, "deaf": 0},
    "control": {**MESSAGE_FIELDS, "link-info": []},
    "gre": {"first": 1, "ack": "with-data", "twice": [], "late": [], "early": False},
    "lcp": {"first-id": 1, "shared-ids": False, "request": [], "answers": {},
            "identification": [], "echo": False, "echo-reply-magic": "own"},
    "auth": {"name": "{user}", "flags": 0},
    "network": [],
    "ccp": {"request": [], "answers": {}, "again": False},
    "ipcp": {"request": [], "answers": {}},
    "ipv6cp": {"request": [], "answers": {}},
    "acscp": {"request": [], "answers": {}},
    "end": ["close"],
    "expect": {"outcome": "up", "mppe": "none", "rejected": {}, "naked": {},
               "protocol-rejected": [], "disconnect": None, "log": None, "drops": None},
}
UNSEEN = ("name", "about", "server", "timers", "expect")
OPTIONAL = ("ccp", "ipcp", "ipv6cp", "acscp")
WAITS = ("disconnected", "echoed")		# steps that send nothing
STEPS = ("terminate", "link-info", "clear", "disconnected", "stop", "disconnect", "echoed",
         "close")
LINK_INFO = ("connected", "opened", "ended")
CHOICES = {("server",): ("strict", "lenient"),
           ("gre", "ack"): ("with-data", "alone", "never"),
           ("lcp", "echo-reply-magic"): ("own", "zero"),
           ("expect", "outcome"): ("up", "ended")}


class PersonaError(Exception):
    """One sentence on what is wrong with a persona file."""


def option_pairs(options):
    """[(name, value)] of a list of names and {name: value}."""
    pairs = []
    for option in options:
        if isinstance(option, dict):
            pairs += option.items()
        else:
            pairs.append((option, None))
    return [(str(name), value) for name, value in pairs]


def steps(end):
    """[(step, argument)] of the "end" section."""
    return option_pairs(end)


def check_keys(given, known, where):
    for key in given:
        if key not in known:
            raise PersonaError(f"{where} has no {key!r}; it may have {', '.join(known)}")


def check_options(proto, options, where):
    for name, value in option_pairs(options):
        number, kind = wire.kind_of(proto, name)
        if number is None and not name.isdigit():
            raise PersonaError(f"{where}: there is no option {name!r} of {proto}")
        if value is None and kind not in ("none", "random"):
            raise PersonaError(f"{where}: {name} needs a value")


def fill(section, given):
    """A section with its defaults."""
    default = DEFAULTS[section]
    if not isinstance(default, dict):
        return copy.deepcopy(default if given is None else given)
    given = given or {}
    check_keys(given, default, section)
    full = copy.deepcopy(default)
    for key, value in given.items():
        if isinstance(default[key], dict) and default[key]:
            check_keys(value, default[key], f"{section}: {key}")
            full[key].update(value)
        else:
            full[key] = value
    return full


def check(persona):
    for path, allowed in CHOICES.items():
        value = persona
        for key in path:
            value = value[key]
        if value not in allowed:
            raise PersonaError(f"{' '.join(path)} is {value!r}, not one of {', '.join(allowed)}")
    for proto in ("lcp", *OPTIONAL):
        if proto in persona:
            check_options(proto, persona[proto]["request"], f"{proto}: request")
    for name in persona["network"]:
        if name not in (*persona, "open"):
            raise PersonaError(f"network names {name}, which has no section")
    for name, _ in steps(persona["end"]):
        if name not in STEPS:
            raise PersonaError(f"end: there is no step {name!r}")
    moments = [when for when, _ in option_pairs(persona["control"]["link-info"])]
    for when in moments:
        if when not in LINK_INFO:
            raise PersonaError(f"link-info: there is no moment {when!r}")
    if ("link-info" in persona["end"]) != ("ended" in moments):
        raise PersonaError('link-info: "ended" and the step of the end need each other')


def parse(given):
    """A persona with all of its sections, but those protocols that it has not."""
    if not isinstance(given, dict):
        raise PersonaError("it is no mapping")
    check_keys(given, DEFAULTS, "a persona")
    persona = {section: fill(section, given.get(section)) for section in DEFAULTS
               if section in given or section not in OPTIONAL}
    if not persona["name"]:
        raise PersonaError("it has no name")
    check(persona)
    return persona


def load(path):
    try:
        with open(path, encoding="utf-8") as file:
            return parse(yaml.safe_load(file))
    except (PersonaError, yaml.YAMLError) as error:
        raise PersonaError(f"{path}: {error}") from None


def differences(told, seen, where=""):
    """
    What a persona that was captured has otherwise than the one that was played;
    "random" is any value.
    """
    if isinstance(told, dict) and isinstance(seen, dict):
        return [line for key in sorted({*told, *seen}, key=str)
                for line in differences(told.get(key), seen.get(key), f"{where}/{key}")]
    if isinstance(told, list) and isinstance(seen, list) and len(told) == len(seen):
        return [line for number, (one, other) in enumerate(zip(told, seen))
                for line in differences(one, other, f"{where}/{number}")]
    if told == seen or (told == "random" and seen is not None):
        return []
    return [f"{where}: played {told!r}, captured {seen!r}"]


def wire_part(persona, used):
    """
    What of a persona the capture of a call can show; @used: the answers that the
    server has provoked, as (protocol, option).
    """
    part = {key: value for key, value in copy.deepcopy(persona).items() if key not in UNSEEN}
    for proto in ("lcp", *OPTIONAL):
        if proto in part:
            part[proto]["answers"] = {name: answer for name, answer in
                                      part[proto]["answers"].items() if (proto, name) in used}
    part["end"] = [step for step in part["end"] if step not in WAITS]
    return part
