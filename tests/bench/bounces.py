#!/usr/bin/env python3
# SPDX-License-Identifier: ISC
"""How well reports are read, beside flufl.bounce: bounces.py REPORT FOLDER [MBOX].

REPORT is tests/bench/report; FOLDER holds flufl.bounce/ and sisimai-set/ (each with EXPECTED.tsv); MBOX is ordinary
list mail. Both are measured the same way, file by file:
  right        the failing addresses are exactly those expected (sisimai-set says only how many)
  found        of all addresses expected, so many were found
  false        addresses found that are not expected
  kind         temporary or permanent is right, of the files with right addresses (flufl.bounce's set)
  category     of what sisimai-set calls by a clear name, so many have our category for it
Prints a table; with --json the figures alone, with --misses each file that is not right.
"""
import email, email.policy, glob, json, os, subprocess, sys, warnings
warnings.simplefilter("ignore")
try:
    from flufl.bounce import all_failures
except ImportError:
    all_failures = None

CATEGORY = {"userunknown": "address", "hostunknown": "address", "hasmoved": "address", "suspend": "address",
            "mailboxfull": "full", "mesgtoobig": "content", "virusdetected": "content", "spamdetected": "policy",
            "blocked": "policy", "policyviolation": "policy", "authfailure": "policy", "rejected": "policy",
            "expired": "infra", "networkerror": "infra", "systemerror": "infra", "mailererror": "infra"}


def ours(program, paths):
    out = subprocess.run([program], input="".join(p + "\n" for p in paths), capture_output=True, text=True,
                         errors="replace", check=True).stdout
    found = {}
    for line in out.splitlines():
        name, kind, _, *rcpts = line.split("\t")
        rcpts = [r.split("|") for r in rcpts]
        found[name] = (kind, [(r[0].lower(), r[1], r[3], "|".join(r[2:])) for r in rcpts if r[1] in ("bounce", "delay")])
    return found


def theirs(paths):
    found = {}
    for path in paths:
        with open(path, "rb") as f:
            message = email.message_from_binary_file(f)
        try:
            temporary, permanent = all_failures(message)
        except Exception:
            temporary, permanent = set(), set()
        both = [(a, "delay") for a in temporary - permanent] + [(a, "bounce") for a in permanent]
        both = [(a.decode("utf-8", "replace").lower() if isinstance(a, bytes) else a.lower(), k, "", "") for a, k in both]
        found[path] = ("bounce" if permanent else "delay" if temporary else "none", both)
    return found


def flufl_set(folder):
    want = {}
    with open(folder + "/EXPECTED.tsv") as f:
        for line in f:
            if line.startswith("#"):
                continue
            _, name, temporary, addresses = line.rstrip("\n").split("\t")
            path = f"{folder}/flufl/bounce/tests/data/{name}"
            entry = want.setdefault(path, {"addresses": set(), "kind": "delay" if temporary == "1" else "bounce"})
            entry["addresses"] |= {a.lower() for a in addresses.split(",") if a}
    return want


def sisimai_set(folder):
    want = {}
    with open(folder + "/EXPECTED.tsv") as f:
        for line in f:
            if line.startswith("#"):
                continue
            name, count, reasons = line.rstrip("\n").split("\t")
            reasons = [r.split(",")[2] for r in reasons.split(";")]
            # A vacation reply is no failure.
            count = sum(r != "vacation" for r in reasons)
            want[f"{folder}/{name}"] = {"count": count, "reasons": reasons}
    return want


def measure(found, want, misses):
    n = {"files": len(want), "right": 0, "expected": 0, "found": 0, "false": 0, "kinds": 0, "kind": 0,
         "categories": 0, "category": 0}
    for path, entry in want.items():
        kind, rcpts = found[path]
        got = {r[0] for r in rcpts}
        if "addresses" in entry:
            n["expected"] += len(entry["addresses"])
            n["found"] += len(entry["addresses"] & got)
            n["false"] += len(got - entry["addresses"])
            right = got == entry["addresses"]
            if right and got:
                n["kinds"] += 1
                n["kind"] += all(r[1] == entry["kind"] for r in rcpts)
        else:
            n["expected"] += entry["count"]
            n["found"] += min(len(got), entry["count"])
            n["false"] += max(0, len(got) - entry["count"])
            right = len(got) == entry["count"]
            clear = sorted(CATEGORY.get(r, "") for r in entry["reasons"])
            if right and entry["count"] and "" not in clear:
                n["categories"] += len(clear)
                mine = sorted(r[2] for r in rcpts)
                for c in clear:
                    if c in mine:
                        mine.remove(c)
                        n["category"] += 1
                if misses and mine:
                    print("category", os.path.basename(path), clear, rcpts)
        n["right"] += right
        if misses and not right:
            print("address", os.path.basename(path), entry, kind, rcpts)
        elif misses and "addresses" in entry and any(r[1] != entry["kind"] for r in rcpts):
            print("kind", os.path.basename(path), entry["kind"], rcpts)
    return n


def false_alarms(program, mbox):
    out = subprocess.run([program, "-m", mbox], capture_output=True, text=True, errors="replace", check=True).stdout
    kinds = [line.split("\t")[1] for line in out.splitlines()]
    return {"mails": len(kinds), "bounces": sum(k in ("bounce", "delay") for k in kinds),
            "auto": sum(k == "auto" for k in kinds)}


def main():
    flags = [a for a in sys.argv[1:] if a.startswith("--")]
    program, folder, *rest = [a for a in sys.argv[1:] if not a.startswith("--")]
    result = {}
    for name, read in (("flufl.bounce", flufl_set), ("sisimai-set", sisimai_set)):
        if not os.path.exists(f"{folder}/{name}/EXPECTED.tsv"):
            continue
        want = read(f"{folder}/{name}")
        result[name] = {"ours": measure(ours(program, list(want)), want, "--misses" in flags)}
        if all_failures is not None:
            result[name]["flufl"] = measure(theirs(list(want)), want, "--theirs" in flags)
    if rest:
        result["list mail"] = {"ours": false_alarms(program, rest[0])}
    if "--json" in flags:
        print(json.dumps(result))
        return
    for name, sides in result.items():
        for side, n in sides.items():
            print(f"{name:14} {side:6} " + " ".join(f"{k} {v}" for k, v in n.items()))


main()
