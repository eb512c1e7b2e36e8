# SPDX-License-Identifier: GPL-2.0-or-later
"""Life of sessions and every refusal of the kpptp family; run by session.sh,
which makes two namespaces A (192.0.2.1) and B (192.0.2.2), both with kpptp
devices k0 and k1. Prints TAP."""

import fcntl
import json
import socket
import struct
import subprocess
import sys
import time

from genl import NUMBERS, Refused, Socket, attribute, encode, enter

A, B = sys.argv[1:3]
OURS, PEER, OTHER = "192.0.2.1", "192.0.2.2", "192.0.2.3"
FLAG = NUMBERS["SESSION_FLAGS"]
STATUS = NUMBERS["SESSION_STATUS"]
REASON = NUMBERS["DELETE_REASON"]
EINVAL, ENOENT, EEXIST, ENODEV, EBUSY, ERANGE = 22, 2, 17, 19, 16, 34
EADDRNOTAVAIL = 99
KEY = bytes(range(16))
SIOCGIFFLAGS, IFF_RUNNING = 0x8913, 0x40

count = failed = 0


def check(what, got, wanted=True):
    global count, failed
    count += 1
    if got == wanted:
        print(f"ok {count} {what}")
        return
    failed += 1
    print(f"not ok {count} {what}\n# got    {got!r}\n# wanted {wanted!r}")


def wait(probe, wanted=True):
    """Waits for what happens by itself, at most 20 s; what came of it."""
    end = time.monotonic() + 20
    while (got := probe()) != wanted and time.monotonic() < end:
        time.sleep(0.05)
    return got


def poll(what, probe, wanted=True):
    check(what, wait(probe, wanted), wanted)


def ip(*args):
    return subprocess.run(("ip", "-n", A) + args, check=True,
                          capture_output=True, text=True).stdout


def ifindex(name):
    return int(ip("-o", "link", "show", name).split(":")[0])


def has_carrier(name):
    return "NO-CARRIER" not in ip("link", "show", name)


def has_link(name):
    return subprocess.run(("ip", "-n", A, "link", "show", name),
                          capture_output=True).returncode == 0


def basic(**more):
    values = {"local-address": OURS, "peer-address": PEER, "peer-call-id": 7}
    return values | {name.replace("_", "-"): value for name, value in more.items()}


def without(name):
    return {k: v for k, v in basic().items() if k != name}


def new(nl, **more):
    return nl.ask("session-new", basic(**more))[0]


def get(nl, ident):
    return nl.ask("session-get", {"id": ident})[0]


def ids(nl, **more):
    return sorted(s["id"] for s in nl.ask("session-get", basic_filter(more), dump=True))


def basic_filter(more):
    return {name.replace("_", "-"): value for name, value in more.items()}


def sessions(nl):
    return nl.ask("totals-get", kind="TOTALS")[0]["sessions"]


def key(bits=128, data=KEY, stateless=1):
    return {"bits": bits, "stateless": stateless, "key": data}


def refused(nl, what, cmd, values, errno, attr, sentence=None, missing=None):
    """The errno, the sentence (None: the kernel's own) and the attribute."""
    numbers = NUMBERS["SESSION"] | NUMBERS["MPPE"]
    wanted = (errno, sentence, attr and numbers[attr],
              missing and numbers[missing])
    try:
        nl.ask(cmd, values)
        got = "accepted"
    except Refused as refusal:
        text = refusal.sentence if sentence else None
        got = (refusal.errno, text, refusal.attr, refusal.missing)
        if not refusal.sentence:
            got = "refused without a sentence"
    check(f"refused: {what}", got, wanted)


NEEDS = "A session needs local-address and peer-address"
NOT_OURS = "local-address is no address of this namespace"
NOT_UNICAST = "peer-address is not a unicast address"
KEY_LENGTH = "A key has 8 octets for 40 and 56 bits, 16 for 128"
NO_ID = "Which session? The request has no id"
GONE = "There is no session with this id"


def refusals_of_new(nl):
    """(what, attributes, errno, attribute, sentence, missing)"""
    table = (
        ("no local address", without("local-address"), EINVAL, None, NEEDS,
         "local-address"),
        ("no peer address", without("peer-address"), EINVAL, None, NEEDS,
         "peer-address"),
        ("nothing at all", {}, EINVAL, None, NEEDS, "local-address"),
        ("local address 0", basic(local_address="0.0.0.0"), EADDRNOTAVAIL,
         "local-address", NOT_OURS),
        ("local address of somebody else", basic(local_address=PEER),
         EADDRNOTAVAIL, "local-address", NOT_OURS),
        ("local address multicast", basic(local_address="224.0.0.1"),
         EADDRNOTAVAIL, "local-address", NOT_OURS),
        ("peer address 0", basic(peer_address="0.0.0.0"), EINVAL,
         "peer-address", NOT_UNICAST),
        ("peer address multicast", basic(peer_address="239.1.1.1"), EINVAL,
         "peer-address", NOT_UNICAST),
        ("peer address everybody", basic(peer_address="255.255.255.255"),
         EINVAL, "peer-address", NOT_UNICAST),
        ("peer address of the subnet's broadcast",
         basic(peer_address="192.0.2.255"), EINVAL, "peer-address",
         NOT_UNICAST),
        ("peer address our own", basic(peer_address=OURS), EINVAL,
         "peer-address", "peer-address is an address of this namespace"),
        ("peer address on loopback", basic(peer_address="127.0.0.1"), EINVAL,
         "peer-address", "peer-address is an address of this namespace"),
        ("local call ID 0", basic(local_call_id=0), ERANGE, "local-call-id"),
        ("address too short", basic(local_address=b"\x01\x02"), EINVAL,
         "local-address"),
        ("no such device", basic(ifindex=999999), ENODEV, "ifindex",
         "There is no device with this ifindex"),
        ("device 0", basic(ifindex=0), ERANGE, "ifindex"),
        ("device of another kind", basic(ifindex=ifindex("v0")), EINVAL,
         "ifindex", "The device is not of kind kpptp"),
        ("unknown flag", basic(flags=1 << 31), EINVAL, "flags"),
        ("mask without flags", basic(flags_mask=1), EINVAL, "flags-mask",
         "flags-mask says nothing without flags"),
        ("flag that the mask leaves out", basic(flags=3, flags_mask=1), EINVAL,
         "flags", "flags has a bit that flags-mask leaves out"),
        ("up without a device", basic(flags=FLAG["up"]), EINVAL, "flags",
         "A session that is up needs a device: give ifindex"),
        ("peer MRU too small", basic(peer_mru=127), ERANGE, "peer-mru"),
        ("window too large", basic(reorder_window=1025), ERANGE,
         "reorder-window"),
        ("timeout too long", basic(reorder_timeout=1001), ERANGE,
         "reorder-timeout"),
        ("ttl 0", basic(ttl=0), ERANGE, "ttl"),
        ("tos with ECN", basic(tos=0xb9), EINVAL, "tos",
         "The two lowest bits of tos are ECN and stay 0"),
        ("MPPE with 64 bits", basic(mppe_tx=key(64)), EINVAL, "bits"),
        ("MPPE stateless 2", basic(mppe_tx=key(stateless=2)), ERANGE,
         "stateless"),
        ("128 bits with 8 octets", basic(mppe_rx=key(data=KEY[:8])), EINVAL,
         "key", KEY_LENGTH),
        ("40 bits with 16 octets", basic(mppe_tx=key(40)), EINVAL, "key",
         KEY_LENGTH),
        ("56 bits with 7 octets", basic(mppe_tx=key(56, KEY[:7])), EINVAL,
         "key", KEY_LENGTH),
        ("key of 17 octets", basic(mppe_tx=key(data=KEY + b"x")), ERANGE,
         "key"),
        ("MPPE without a key", basic(mppe_tx={"bits": 128, "stateless": 1}),
         EINVAL, None, "MPPE needs bits, stateless and key", "key"),
        ("MPPE without a mode", basic(mppe_rx={"bits": 128, "key": KEY}),
         EINVAL, None, "MPPE needs bits, stateless and key", "stateless"),
        ("an attribute of another command", basic(frame=b"\xc0\x21"), EINVAL,
         "frame"),
    )
    for row in table:
        refused(nl, row[0], "session-new", *row[1:])
    refused(nl, "a tail that is no attribute", "session-new",
            encode("SESSION", basic()) + b"\0\0\0\0", EINVAL, None)
    check("nothing was made", sessions(nl), 0)


def refusals_of_others(nl):
    up = {"flags": FLAG["up"], "flags-mask": FLAG["up"]}
    own = {"flags": FLAG["control"], "flags-mask": FLAG["control"]}
    ident = new(nl)["id"]
    frame = {"id": ident, "frame": b""}
    for cmd in ("session-get", "session-set", "session-del"):
        refused(nl, f"{cmd} without id", cmd, {}, EINVAL, None, NO_ID, "id")
        refused(nl, f"{cmd} of none", cmd, {"id": 77777}, ENOENT, "id", GONE)
        refused(nl, f"{cmd} of id 0", cmd, {"id": 0}, ERANGE, "id")
    table = (
        ("set up without device", "session-set", {"id": ident} | up, EINVAL,
         "flags", "A session that is up needs a device: give ifindex"),
        ("set control without owner", "session-set", {"id": ident} | own,
         EINVAL, "flags", "The session has no owner: add take-over"),
        ("take-over without a flag", "session-set",
         {"id": ident, "take-over": True}, EINVAL, "take-over",
         "take-over needs flag control or die-with-owner"),
        ("set an address", "session-set", {"id": ident, "peer-address": OTHER},
         EINVAL, "peer-address"),
        ("frame without id", "frame-send", {"frame": b"\xc0\x21"}, EINVAL,
         None, NO_ID, "id"),
        ("no frame", "frame-send", {"id": ident}, EINVAL, None,
         "There is no frame to send", "frame"),
        ("frame of one octet", "frame-send", frame | {"frame": b"\xc0"},
         EINVAL, "frame", "The frame is shorter than its protocol number"),
        ("frame with an even protocol", "frame-send",
         frame | {"frame": b"\xc0\x20"}, EINVAL, "frame",
         "The frame does not begin with a PPP protocol number"),
        ("frame with a compressed protocol", "frame-send",
         frame | {"frame": b"\x21\x45"}, EINVAL, "frame",
         "The frame does not begin with a PPP protocol number"),
        ("frame of a network protocol", "frame-send",
         frame | {"frame": b"\x00\x21E"}, EINVAL, "frame",
         "Network protocols go through the device, not through netlink"),
        ("frame of MPPE", "frame-send", frame | {"frame": b"\x00\xfd\x90\x00"},
         EINVAL, "frame",
         "Network protocols go through the device, not through netlink"),
        ("frame too long", "frame-send",
         frame | {"frame": b"\xc0\x21" + bytes(4095)}, ERANGE, "frame"),
        ("frame for none", "frame-send",
         {"id": 77777, "frame": b"\xc0\x21\x09"}, ENOENT, "id", GONE),
    )
    for row in table:
        refused(nl, *row)
    before = get(nl, ident)
    refused(nl, "set of good and bad changes nothing", "session-set",
            {"id": ident, "ttl": 9, "peer-call-id": 99} | up, EINVAL, "flags",
            "A session that is up needs a device: give ifindex")
    after = get(nl, ident)
    check("nothing has changed", [after.get("ttl"), after["peer-call-id"]],
          [before.get("ttl"), before["peer-call-id"]])
    nl.ask("session-del", {"id": ident})


def life(nl):
    made = new(nl)
    check("a random call ID was chosen", made["local-call-id"] > 0)
    session = get(nl, made["id"])
    wanted = {"local-address": OURS, "peer-address": PEER, "peer-call-id": 7,
              "local-call-id": made["local-call-id"], "id": made["id"],
              "flags": 0, "status": 0, "peer-mru": 1500, "reorder-window": 128,
              "reorder-timeout": 20, "tos": 0}
    check("defaults", {name: session.get(name) for name in wanted}, wanted)
    check("what was not given is not shown",
          [name for name in ("ifindex", "ttl", "owner", "mppe-tx", "mppe-rx")
           if name in session], [])
    check("every counter is there and 0",
          [len(session["stats"]), len(session["drops"]),
           sum(session["stats"].values()) + sum(session["drops"].values())],
          [len(NUMBERS["STATS"]) - 1, len(NUMBERS["DROPS"]) - 1, 0])
    refused(nl, "the call ID once more", "session-new",
            basic(local_call_id=made["local-call-id"]), EEXIST, "local-call-id",
            "The local call ID is taken for this pair of addresses")
    twin = new(nl, local_call_id=made["local-call-id"], peer_address=OTHER)
    check("the call ID for another peer", twin["local-call-id"],
          made["local-call-id"])
    check("dump", ids(nl), sorted((made["id"], twin["id"])))
    check("dump of a peer", ids(nl, peer_address=OTHER), [twin["id"]])
    check("dump of nobody", ids(nl, local_address=OTHER), [])
    check("totals", sessions(nl), 2)
    nl.ask("session-del", {"id": made["id"]})
    check("deleted one", ids(nl), [twin["id"]])
    refused(nl, "deleted twice", "session-del", {"id": made["id"]}, ENOENT,
            "id", GONE)
    check("an id does not return", new(nl)["id"] not in (made["id"], twin["id"]))
    for ident in ids(nl):
        nl.ask("session-del", {"id": ident})
    check("none left", sessions(nl), 0)


def settings(nl):
    given = {"flags": FLAG["acfc"] | FLAG["require-mppe"], "peer-mru": 1400,
             "reorder-window": 0, "reorder-timeout": 0, "ttl": 33, "tos": 0xb8}
    ident = nl.ask("session-new", basic() | given)[0]["id"]
    check("all as given", {n: get(nl, ident)[n] for n in given}, given)
    nl.ask("session-set", {"id": ident, "peer-call-id": 0,
                           "flags": FLAG["pfc"], "flags-mask": FLAG["pfc"]})
    check("a mask keeps the others", get(nl, ident)["flags"],
          FLAG["acfc"] | FLAG["require-mppe"] | FLAG["pfc"])
    nl.ask("session-set", {"id": ident, "flags": FLAG["no-df"]})
    check("no mask means all", get(nl, ident)["flags"], FLAG["no-df"])
    check("peer call ID 0", get(nl, ident)["peer-call-id"], 0)
    nl.ask("session-set", {"id": ident, "peer-call-id": 0xfffe})
    check("and another one", get(nl, ident)["peer-call-id"], 0xfffe)
    check("and the rest is as it was", get(nl, ident)["ttl"], 33)
    nl.ask("session-set", {"id": ident, "mppe-tx": key(40, KEY[:8], 0)})
    nl.ask("session-set", {"id": ident, "mppe-rx": key(128)})
    session = get(nl, ident)
    check("MPPE is told of without the key",
          [session["mppe-tx"], session["mppe-rx"]],
          [{"bits": 40, "stateless": 0}, {"bits": 128, "stateless": 1}])
    nl.ask("session-del", {"id": ident})


def devices(nl):
    k0, k1 = ifindex("k0"), ifindex("k1")
    ip("link", "set", "k0", "up")
    ip("link", "set", "k1", "up")
    check("a device has no carrier by itself", has_carrier("k0"), False)
    first = new(nl, ifindex=k0)["id"]
    check("nor with a session that is not up", has_carrier("k0"), False)
    up = {"flags": FLAG["up"], "flags-mask": FLAG["up"]}
    nl.ask("session-set", {"id": first} | up)
    poll("up brings carrier", lambda: has_carrier("k0"))
    check("dump of a device", ids(nl, ifindex=k0), [first])
    refused(nl, "a second session for the device", "session-new",
            basic(ifindex=k0), EBUSY, "ifindex",
            "The device carries another session")
    check("and it was not made", ids(nl), [first])
    nl.ask("session-set", {"id": first, "ifindex": k0})
    check("the same device again", get(nl, first)["ifindex"], k0)
    nl.ask("session-set", {"id": first, "ifindex": k1})
    poll("another device", lambda: [has_carrier("k0"), has_carrier("k1")],
         [False, True])
    nl.ask("session-set", {"id": first, "flags": 0, "flags-mask": FLAG["up"]})
    poll("down takes carrier", lambda: has_carrier("k1"), False)
    nl.ask("session-del", {"id": first})
    check("the device stays", has_link("k1"))
    second = new(nl, ifindex=k1)["id"]
    ip("link", "del", "k1")
    check("no device, no session", ids(nl), [])
    refused(nl, "the session of a removed device", "session-get",
            {"id": second}, ENOENT, "id", GONE)
    ip("link", "add", "k1", "type", "kpptp")


def running(sock, name):
    """Carrier without a process in between, for who is in a hurry."""
    request = struct.pack("16sH14x", name.encode(), 0)
    flags = struct.unpack_from("H", fcntl.ioctl(sock, SIOCGIFFLAGS, request), 16)[0]
    return bool(flags & IFF_RUNNING)


def without_session(nl):
    """A device without carrier gets no packets from the stack, which looks at
    lost carriers at most once in a second: the packet behind the second loss
    passes, and counts. Should a trial be slower than that, there is another."""
    def total():
        return nl.ask("totals-get", kind="TOTALS")[0]["drops"]["tx-no-session"]

    def dropped():
        out = json.loads(ip("-s", "-j", "link", "show", "k0"))
        return out[0]["stats64"]["tx"]["dropped"]

    def lose_carrier():
        ident = new(nl, ifindex=k0, flags=FLAG["up"])["id"]
        wait(lambda: running(udp, "k0"))
        nl.ask("session-del", {"id": ident})

    k0, before = ifindex("k0"), total()
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as udp:
        udp.connect(("198.51.100.1", 9))
        for _ in range(50):
            wait(lambda: running(udp, "k0"), False)
            device = dropped()
            lose_carrier()
            lose_carrier()
            udp.send(b"x")
            if total() != before:
                break
    check("a packet without a session", total() - before, 1)
    check("the device counts it too", dropped() - device, 1)


def events(nl):
    hear = Socket()
    hear.subscribe()
    made = new(nl, flags=FLAG["acfc"])
    name, values = hear.event()
    check("event: created", [name, values["id"], values["flags"]],
          ["session-created", made["id"], FLAG["acfc"]])
    nl.ask("session-del", {"id": made["id"]})
    name, values = hear.event()
    check("event: deleted", [name, values["id"], values["reason"],
                             values["peer-address"], "stats" in values],
          ["session-deleted", made["id"], REASON["requested"], PEER, True])
    made = new(nl, ifindex=ifindex("k1"))
    hear.event()
    ip("link", "del", "k1")
    name, values = hear.event()
    check("event: its device was removed", [name, values["reason"]],
          ["session-deleted", REASON["device-gone"]])
    ip("link", "add", "k1", "type", "kpptp")
    hear.close()


def owners(nl):
    hear = Socket()
    hear.subscribe()
    owner = Socket()
    stays = new(owner, flags=FLAG["control"])["id"]
    dies = new(owner, flags=FLAG["die-with-owner"], ifindex=ifindex("k1"))["id"]
    taken = new(owner, flags=FLAG["die-with-owner"])["id"]
    free = new(owner)["id"]
    check("who makes it owns it",
          [get(nl, ident).get("owner") for ident in (stays, dies, free)],
          [owner.port, owner.port, None])
    check("nobody is orphaned", ids(nl, orphaned=True), [])
    nl.ask("session-set", {"id": taken, "take-over": True})
    check("take-over", get(nl, taken)["owner"], nl.port)
    owner.close()
    poll("who dies with its owner is gone", lambda: ids(nl),
         [stays, taken, free])
    check("who does not is orphaned", ids(nl, orphaned=True), [stays])
    check("and says so", get(nl, stays)["status"], STATUS["orphaned"])
    poll("the device went with it", lambda: has_link("k1"), False)
    seen = [hear.event() for _ in range(5)]
    check("event: the owner is gone",
          [(values["id"], values["reason"]) for name, values in seen
           if name == "session-deleted"], [(dies, REASON["owner-gone"])])
    nl.ask("session-set", {"id": stays, "take-over": True})
    check("an orphan finds an owner",
          [get(nl, stays)["status"], get(nl, stays)["owner"]], [0, nl.port])
    nl.ask("session-set", {"id": stays, "flags": 0})
    check("without the flags nobody owns it", "owner" in get(nl, stays), False)
    for ident in (stays, taken, free):
        nl.ask("session-del", {"id": ident})
    ip("link", "add", "k1", "type", "kpptp")
    hear.close()


def frames(nl):
    """Control frames between two namespaces, each to the owner only."""
    enter(B)
    far = Socket()
    enter(A)
    near_id = new(nl, local_call_id=11, peer_call_id=22, flags=FLAG["control"])["id"]
    far_id = far.ask("session-new", {
        "local-address": PEER, "peer-address": OURS, "local-call-id": 22,
        "peer-call-id": 11, "flags": FLAG["control"]})[0]["id"]
    for frame in (b"\xc0\x21", b"\xc0\x21\x09\x01\x00\x08abcd",
                  b"\xc2\x23" + bytes(1400)):
        nl.ask("frame-send", {"id": near_id, "frame": frame})
        name, values = far.event()
        check(f"a frame of {len(frame)} octets arrives as it was",
              [name, values["id"], values["frame"]],
              ["frame-received", far_id, frame])
    far.ask("frame-send", {"id": far_id, "frame": b"\x80\x21\x01"})
    check("and one comes back", nl.event()[1]["frame"], b"\x80\x21\x01")
    check("counted", [get(nl, near_id)["stats"][n]
                      for n in ("tx-control", "rx-control")], [3, 1])
    far.close()
    nl.ask("frame-send", {"id": near_id, "frame": b"\xc0\x21\x09"})
    enter(B)
    look = Socket()
    enter(A)
    poll("a frame for nobody is dropped",
         lambda: get(look, far_id)["drops"]["no-owner"], 1)
    look.ask("session-del", {"id": far_id})
    nl.ask("session-del", {"id": near_id})


def dialled(nl):
    """A call is made before its reply: the peer's call ID is learnt, then used."""
    enter(B)
    far = Socket()
    enter(A)
    far_id = far.ask("session-new", {
        "local-address": PEER, "peer-address": OURS, "local-call-id": 0x1234,
        "peer-call-id": 31, "flags": FLAG["control"]})[0]["id"]
    near_id = nl.ask("session-new", without("peer-call-id") | {
        "local-call-id": 31, "flags": FLAG["control"]})[0]["id"]
    check("a dialled session does not know the peer's call ID yet",
          get(nl, near_id)["peer-call-id"], 0)
    far.ask("frame-send", {"id": far_id, "frame": b"\xc0\x21\x01"})
    check("but hears the peer", nl.event()[1]["frame"], b"\xc0\x21\x01")
    nl.ask("session-set", {"id": near_id, "peer-call-id": 0x1234})
    nl.ask("frame-send", {"id": near_id, "frame": b"\xc0\x21\x02"})
    check("and is heard when the reply was", far.event()[1]["frame"],
          b"\xc0\x21\x02")
    far.ask("session-del", {"id": far_id})
    nl.ask("session-del", {"id": near_id})
    far.close()


def many(nl):
    """More than one message of a dump holds, each session once."""
    made = sorted(new(nl)["id"] for _ in range(500))
    check("500 sessions have 500 call IDs",
          len({s["local-call-id"]
               for s in nl.ask("session-get", dump=True)}), 500)
    check("a long dump shows each once", ids(nl), made)
    for ident in made:
        nl.ask("session-del", {"id": ident})
    check("all deleted", sessions(nl), 0)


def main():
    enter(A)
    nl = Socket()
    print("TAP version 13")
    check("attributes are what the header says", attribute(1, b"abcd"),
          b"\x08\0\x01\0abcd" if sys.byteorder == "little"
          else b"\0\x08\0\x01abcd")
    for test in (refusals_of_new, refusals_of_others, life, settings, devices,
                 without_session, events, owners, frames, dialled, many):
        print(f"# {test.__name__}")
        test(nl)
    # For session.sh: live sessions in both namespaces that nobody deletes.
    new(nl, ifindex=ifindex("k0"))
    print(f"1..{count}")
    return failed != 0


sys.exit(main())
