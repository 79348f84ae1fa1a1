"""Checks an evidence pack with nothing but Python: is it whole, and is it what was published?

    python3 check.py             every event is there, in its place, and as it was written
    python3 check.py SEAL…       and each stands under a seal that was published

SEAL: files of /seals/NUMBER.json, or folders of them, which you fetched or kept yourself; whoever made the
pack up could have made its seals up too. Asks nobody, and runs with any Python 3.
Ends with 0: it is so; 1: something is wrong; 2: nothing is wrong, but the seals do not prove all of it."""

import hashlib
import json
import pathlib
import sys
from typing import Any

HERE = pathlib.Path(__file__).parent
BROKEN = (LookupError, ValueError, TypeError, AttributeError, OSError)


class Check:
    """What is wrong with the pack, and what nothing proves."""

    def __init__(self) -> None:
        self.faults: list[str] = []
        self.unproved: list[str] = []
        self.names: dict[str, str] = {}  # event → how it is called
        self.hashes: dict[str, str] = {}
        self.sealed: dict[str, dict[str, Any]] = {}  # event → the seal it stands under

    def chains(self) -> None:
        """Each event follows the one before it, from the first to the last of its chain."""
        heads: dict[tuple[str, str], tuple[int, str]] = {}
        for line in (HERE / "events.jsonl").read_text("utf-8").splitlines():
            event = json.loads(line)
            said = json.loads(event["text"])  # what was sealed, exactly as it was sealed
            chain = (said["subject"], said["key"])
            name = f"{said['subject']} {said['key']} event {said['number']} ({said['kind']}, {said['at']})"
            number, head = heads.get(chain, (0, ""))
            if said["number"] != number + 1:
                self.faults.append(f"{name}: an event before it is missing")
            if hashlib.sha256((head + event["text"]).encode("utf-8")).hexdigest() != event["hash"]:
                self.faults.append(f"{name}: it was changed after it was written")
            if said["id"] in self.names:
                self.faults.append(f"{name}: its id is that of another event")
            heads[chain] = (said["number"], event["hash"])
            self.names[said["id"]], self.hashes[said["id"]] = name, event["hash"]
        for subject, key, number, head in json.loads((HERE / "heads.json").read_text("utf-8")):
            if heads.get((subject, key)) != (number, head):
                self.faults.append(f"{subject} {key}: the last event is not number {number} with hash {head}")
        print(f"CHAINS 事件链: {len(self.hashes)} events of {len(heads)} chains")

    def proofs(self) -> None:
        """Each event that was sealed stands where its proof says, under the seal's root (RFC 9162)."""
        for proof in json.loads((HERE / "seals.json").read_text("utf-8")):
            event, seal = proof["event"], json.loads(proof["seal"]["text"])
            path = [bytes.fromhex(step) for step in proof["path"]]
            if root(bytes.fromhex(self.hashes[event]), proof["position"], seal["size"], path) != seal["root"]:
                self.faults.append(f"{self.names[event]}: it is not what seal {seal['number']} sealed")
            self.sealed[event] = proof["seal"]
        print(f"SEALED 已封印: {len(self.sealed)} of {len(self.hashes)} events")

    def publication(self, given: list[str]) -> None:
        """The seals are those that were published, and every event is under one of them."""
        published: dict[int, str] = {}
        for place in map(pathlib.Path, given):
            for file in sorted(place.glob("*.json")) if place.is_dir() else [place]:
                text = json.loads(file.read_text("utf-8"))["text"]
                number = json.loads(text)["number"]
                if published.setdefault(number, text) != text:
                    self.faults.append(f"{file}: there are two seals {number}")
        for event, name in self.names.items():
            number = json.loads(self.sealed[event]["text"])["number"] if event in self.sealed else None
            if number is None:
                self.unproved.append(f"{name}: it is under no seal (younger than the last, or made up)")
            elif number not in published:
                self.unproved.append(f"{name}: compare seal {number}, /seals/{number}.json")
            elif published[number] != self.sealed[event]["text"]:
                self.faults.append(f"{name}: its seal {number} is not the published one")


def root(content: bytes, node: int, size: int, path: list[bytes]) -> str:
    """The root that a leaf at this place leads to; empty where the path does not fit the tree's size."""
    found, last = hashlib.sha256(b"\x00" + content).digest(), size - 1
    for step in path:
        if node & 1 or node == last:
            found = inner(step, found)
            while node & 1 == 0 and node:
                node, last = node >> 1, last >> 1
        else:
            found = inner(found, step)
        node, last = node >> 1, last >> 1
    return "" if last else found.hex()


def inner(left: bytes, right: bytes) -> bytes:
    return hashlib.sha256(b"\x01" + left + right).digest()


def main(given: list[str]) -> int:
    check = Check()
    try:
        check.chains()
        check.proofs()
        check.publication(given)
    except BROKEN as error:
        check.faults.append(f"a file is missing or cannot be read ({type(error).__name__}: {error})")
    for fault in check.faults:
        print("WRONG 有误:", fault)
    for event in check.unproved if given else ():
        print("UNPROVED 未证明:", event)
    if check.faults:
        return 1
    print("WHOLE 完整: up to its last event here, each chain lacks nothing and fits together")
    if given and not check.unproved:
        print("PUBLISHED 已公布: every event stands under a seal that was published")
    if not given:
        print("NOT SHOWN 未证明: that no chain was written anew as a whole; python3 check.py SEAL.json")
    print("NOT SHOWN 未证明: the seals' signatures (docs/check_seals.py), and what came afterwards")
    return 2 if given and check.unproved else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
