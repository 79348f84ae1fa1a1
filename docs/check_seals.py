"""Checks published seals, and proofs against them, for an outsider who trusts nobody.

    python check_seals.py KEYS.json SEALS-OR-PROOFS.json-OR-FOLDER …

KEYS.json: `GET /api/v1/keys`. Seals: files of `flask seal --export` or `GET /api/v1/seals/N`, the older the
better. Proofs: `GET /api/v1/events/ID/proof`, `GET /api/v1/seals/consistency?from=&to=`, and seals.json of an
evidence pack. Ends with 0: all of it holds; 1: something does not. Needs Python 3 and cryptography."""

import hashlib
import json
import pathlib
import sys

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

BROKEN = (InvalidSignature, LookupError, ValueError, TypeError, AttributeError, OSError)
keys, seals, events, faults = {}, {}, set(), []


def sha(*parts):
    return hashlib.sha256(b"".join(parts)).digest()


def root(leaf, place, size, path):  # RFC 9162, 2.1.3: over `size` leaves of which `leaf` has this place
    if size == 1:
        return leaf if (place, path) == (0, []) else b""
    half, (*path, last) = 1 << (size - 1).bit_length() - 1, path
    if place < half:
        return sha(b"\1", root(leaf, place, half, path), last)
    return sha(b"\1", last, root(leaf, place - half, size - half, path))


def roots(old, size, known, path):  # 2.1.4: over the first `old` leaves, and over all; `known`: the former
    if old == size:
        known, path = (known, path) if known else (path[0], path[1:])
        return (known, known) if not path else (b"", b"")
    half, (*path, last) = 1 << (size - 1).bit_length() - 1, path
    if old <= half:
        shorter, longer = roots(old, half, known, path)
        return shorter, sha(b"\1", longer, last)
    return tuple(sha(b"\1", last, each) for each in roots(old - half, size - half, None, path))


def expect(true, fault):
    faults.extend([] if true else [fault])


def seal(given):
    text, said = given["text"].encode(), json.loads(given["text"])
    keys[said["key"]].verify(bytes.fromhex(given["signature"]), b"zerowaste seal\n" + text)
    expect(seals.setdefault(said["number"], text) == text, f"there are two seals {said['number']}")
    return said["number"], said["size"], bytes.fromhex(said["root"])


def proof(given):
    path = [bytes.fromhex(step) for step in given["path"]]
    if "event" in given:
        number, size, top = seal(given["seal"])
        leaf = sha(b"\0", bytes.fromhex(given["hash"]))
        under = root(leaf, given["position"], size, path) == top
        expect(under, f"event {given['event']} is not under seal {number}")
        events.add(given["event"])
    else:
        (first, old, before), (second, size, after) = seal(given["earlier"]), seal(given["later"])
        begins = roots(old, size, before, path) == (before, after)
        expect(begins, f"the history of seal {second} does not begin with that of seal {first}")


def main(published, *places):
    for key in json.loads(pathlib.Path(published).read_text("utf-8"))["items"]:
        keys[key["id"]] = Ed25519PublicKey.from_public_bytes(bytes.fromhex(key["public_key"]))
    for place in map(pathlib.Path, places):
        for file in sorted(place.glob("*.json")) if place.is_dir() else [place]:
            try:
                given = json.loads(file.read_text("utf-8"))
                for each in given if isinstance(given, list) else [given]:
                    (seal if "text" in each else proof)(each)
            except BROKEN as error:
                faults.append(f"{file}: no valid seal or proof ({type(error).__name__})")
    for number in seals.keys() & {number + 1 for number in seals}:
        follows = json.loads(seals[number])["previous"] == sha(seals[number - 1]).hex()
        expect(follows, f"seal {number} does not follow seal {number - 1}")
    whole = f"WHOLE 完整: {len(seals)} seal(s), {len(events)} event(s)"
    print("\n".join(f"WRONG 有误: {fault}" for fault in faults) or whole)
    return 1 if faults else 0


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]) if len(sys.argv) > 2 else __doc__)
