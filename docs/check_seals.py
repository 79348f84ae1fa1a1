"""Checks what this service has sealed, with nothing but published seals: for an outsider, who trusts nobody.

    python check_seals.py KEYS.json SEALS-FOLDER [PROOF.json | PACK-FOLDER …]

KEYS.json: `GET /api/v1/keys`. SEALS-FOLDER: files of `flask seal --export` or `GET /api/v1/seals/N`, the
older the better. PROOF.json: `GET /api/v1/seals/consistency?from=&to=` or
`GET /api/v1/events/ID/proof`. PACK-FOLDER: an evidence pack, unpacked; nothing in it is run.
Ends with 0: all of it is proved; 1: something is wrong; 2: nothing is wrong, but some event of a pack is
under no seal (made up, or younger than the last one). Needs Python 3 and the package cryptography."""

import hashlib
import json
import pathlib
import sys

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

BROKEN = (InvalidSignature, LookupError, ValueError, TypeError, AttributeError, OSError)


def node(left, right):
    return hashlib.sha256(b"\x01" + left + right).digest()


def root(leaf, place, size, path):
    """The root over `size` leaves of which `leaf` has this place (RFC 9162, 2.1.3)."""
    if size == 1:
        return leaf if (place, path) == (0, []) else b""
    half, (*path, last) = 1 << (size - 1).bit_length() - 1, path
    if place < half:
        return node(root(leaf, place, half, path), last)
    return node(last, root(leaf, place - half, size - half, path))


def roots(old, size, known, path):
    """The roots over the first `old` leaves and over all (2.1.4); `known`: the former, if whole."""
    if old == size:
        known, path = (known, path) if known else (path[0], path[1:])
        return (known, known) if not path else (b"", b"")
    half, (*path, last) = 1 << (size - 1).bit_length() - 1, path
    if old <= half:
        shorter, longer = roots(old, half, known, path)
        return shorter, node(longer, last)
    return tuple(node(last, each) for each in roots(old - half, size - half, None, path))


class Outsider:
    """The seals he has, by number, the events proved to him, and what is wrong with any of it."""

    def __init__(self, keys):
        read = Ed25519PublicKey.from_public_bytes
        self.keys = {key["id"]: read(bytes.fromhex(key["public_key"])) for key in keys}
        self.seals, self.events, self.faults, self.unsealed = {}, set(), [], []

    def seal(self, given):
        text = given["text"].encode()
        said = json.loads(text)
        self.keys[said["key"]].verify(bytes.fromhex(given["signature"]), b"zerowaste seal\n" + text)
        self.expect(
            self.seals.setdefault(said["number"], text) == text, f"there are two seals {said['number']}"
        )
        return said["number"], said["size"], bytes.fromhex(said["root"])

    def proof(self, given):
        path = [bytes.fromhex(step) for step in given["path"]]
        if "event" in given:
            number, size, top = self.seal(given["seal"])
            leaf = hashlib.sha256(b"\0" + bytes.fromhex(given["hash"])).digest()
            found = root(leaf, given["position"], size, path)
            self.expect(found == top, f"event {given['event']} is not under seal {number}")
            if found == top:
                self.events.add((given["event"], given["hash"]))
        else:
            first, old, before = self.seal(given["earlier"])
            second, size, after = self.seal(given["later"])
            begins = roots(old, size, before, path) == (before, after)
            self.expect(begins, f"the history of seal {second} does not begin with that of seal {first}")

    def pack(self, folder):
        heads = {}
        for given in json.loads((folder / "seals.json").read_text("utf-8")):
            self.proof(given)
        for line in (folder / "events.jsonl").read_text("utf-8").splitlines():
            event = json.loads(line)
            said = json.loads(event["text"])
            chain = (said["subject"], said["key"])
            hashed = hashlib.sha256((heads.get(chain, "") + event["text"]).encode()).hexdigest()
            self.expect(hashed == event["hash"], f"event {said['id']} is not what it was")
            if (said["id"], hashed) not in self.events:
                self.unsealed.append(f"{said['id']} {said['kind']} {said['at']}")
            heads[chain] = hashed

    def links(self):
        for number, text in self.seals.items():
            before = self.seals.get(number - 1)
            follows = before is None or json.loads(text)["previous"] == hashlib.sha256(before).hexdigest()
            self.expect(follows, f"seal {number} does not follow seal {number - 1}")

    def expect(self, true, fault):
        self.faults += [] if true else [fault]


def main(keys, folder, *others):
    outsider = Outsider(json.loads(pathlib.Path(keys).read_text("utf-8"))["items"])
    given = [(outsider.seal, file) for file in sorted(pathlib.Path(folder).glob("*.json"))]
    for check, file in (*given, *((outsider.proof, pathlib.Path(other)) for other in others)):
        try:
            outsider.pack(file) if file.is_dir() else check(json.loads(file.read_text("utf-8")))
        except BROKEN as error:
            outsider.faults.append(f"{file}: no valid seal or proof ({type(error).__name__})")
    outsider.links()
    for word, several in (("WRONG 有误:", outsider.faults), ("UNSEALED 未封印:", outsider.unsealed)):
        for one in several:
            print(word, one)
    if outsider.faults or outsider.unsealed:
        return 1 if outsider.faults else 2
    print(f"WHOLE 完整: {len(outsider.seals)} seal(s), {len(outsider.events)} event(s)")
    return 0


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]) if len(sys.argv) > 2 else __doc__)
