"""Checks published seals with nothing but them: signatures, links, and that no history was rewritten.

    python check_seals.py KEYS.json SEALS-FOLDER [CONSISTENCY.json … PACK/seals.json …]

KEYS.json: `GET /api/v1/keys`. SEALS-FOLDER: files of `flask seal --export` or `GET /api/v1/seals/N`.
CONSISTENCY.json: answers of `GET /api/v1/seals/consistency?from=&to=`. PACK: an evidence pack, unpacked
(its own check.py shows that its events are under that seal). Needs Python 3 and the package cryptography.
Keep every seal you ever read: the older, the better."""

import hashlib
import json
import pathlib
import sys

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey


def inner(left, right):
    return hashlib.sha256(b"\x01" + left + right).digest()


def continues(shorter, longer, root, later, path):
    """RFC 9162 2.1.4.2: the list under `later` begins with the list under `root`."""
    if shorter == longer:
        return not path and root == later
    path = [root, *path] if shorter & (shorter - 1) == 0 else list(path)
    node, last = shorter - 1, longer - 1
    while node & 1:
        node, last = node >> 1, last >> 1
    old = new = path[0]
    for step in path[1:]:
        if node & 1 or node == last:
            old, new = inner(step, old), inner(step, new)
            while node & 1 == 0 and node:
                node, last = node >> 1, last >> 1
        else:
            new = inner(new, step)
        node, last = node >> 1, last >> 1
    return last == 0 and old == root and new == later


class Seals:
    """The seals one has, by number; `faults`: what is wrong with any that one is shown."""

    def __init__(self, keys):
        self.keys = {each["id"]: bytes.fromhex(each["public_key"]) for each in keys["items"]}
        self.texts, self.faults = {}, []

    def add(self, seal):
        """What the seal says; a fault if nobody signed it, or if another one has its number."""
        text = seal["text"].encode()
        said = json.loads(text)
        try:
            key = Ed25519PublicKey.from_public_bytes(self.keys[said["key"]])
            key.verify(bytes.fromhex(seal["signature"]), b"zerowaste seal\n" + text)
        except (InvalidSignature, KeyError):
            self.faults.append(f"seal {said['number']}: it is not signed with a known key")
        if self.texts.setdefault(said["number"], text) != text:
            self.faults.append(f"seal {said['number']}: there are two of that number")
        return said

    def follow(self):
        """Each names the one before it, as far as one has that."""
        for number, text in sorted(self.texts.items()):
            before = self.texts.get(number - 1)
            if before and json.loads(text)["previous"] != hashlib.sha256(before).hexdigest():
                self.faults.append(f"seal {number}: it does not follow the seal {number - 1} that you have")

    def compare(self, proof):
        first, second = self.add(proof["earlier"]), self.add(proof["later"])
        roots = [bytes.fromhex(said["root"]) for said in (first, second)]
        path = [bytes.fromhex(step) for step in proof["path"]]
        if not continues(first["size"], second["size"], *roots, path):
            self.faults.append(
                f"seal {second['number']}: its history does not begin with that of {first['number']}"
            )


def main(keys, folder, *files):
    seals = Seals(read(keys))
    for file in sorted(pathlib.Path(folder).glob("*.json")):
        seals.add(read(file))
    for content in map(read, files):
        if isinstance(content, list):
            for proof in content:
                seals.add(proof["seal"])
        else:
            seals.compare(content)
    seals.follow()
    told = [f"WRONG 有误: {fault}" for fault in seals.faults] or [f"WHOLE 完整: {len(seals.texts)} seal(s)"]
    sys.stdout.write("\n".join(told) + "\n")
    return 1 if seals.faults else 0


def read(name):
    return json.loads(pathlib.Path(name).read_text("utf-8"))


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]) if len(sys.argv) > 2 else __doc__)
