"""Checks an evidence pack: every event is there, in its place, and as it was sealed.

Run it beside events.jsonl with any Python 3: python3 check.py. It needs nothing else, and asks nobody."""

import hashlib
import json
import pathlib
import sys


def main() -> int:
    heads: dict[tuple[str, str], str] = {}
    numbers: dict[tuple[str, str], int] = {}
    faults: list[str] = []
    lines = (pathlib.Path(__file__).parent / "events.jsonl").read_text("utf-8").splitlines()
    for line in lines:
        event = json.loads(line)
        said = json.loads(event["text"])  # what was sealed, exactly as it was sealed
        chain = (said["subject"], said["key"])
        name = f"{said['subject']} {said['key']} event {said['number']} ({said['kind']}, {said['at']})"
        if said["number"] != numbers.get(chain, 0) + 1:
            faults.append(f"{name}: an event before it is missing")
        sealed = hashlib.sha256((heads.get(chain, "") + event["text"]).encode("utf-8")).hexdigest()
        if sealed != event["hash"]:
            faults.append(f"{name}: it was changed after it was sealed")
        heads[chain], numbers[chain] = event["hash"], said["number"]
    kept = json.loads((pathlib.Path(__file__).parent / "heads.json").read_text("utf-8"))
    for subject, key, number, head in kept:
        if (numbers.get((subject, key)), heads.get((subject, key))) != (number, head):
            faults.append(f"{subject} {key}: the last event is not number {number} with hash {head}")
    faults += seal_faults({event["id"]: event["hash"] for event in map(said_of, lines)})
    for fault in faults:
        print("WRONG 有误:", fault)
    if not faults:
        print(f"WHOLE 完整: {len(lines)} events of {len(heads)} chains")
    return 1 if faults else 0


def said_of(line: str) -> dict[str, str]:
    event = json.loads(line)
    return {"id": json.loads(event["text"])["id"], "hash": event["hash"]}


def seal_faults(hashes: dict[str, str]) -> list[str]:
    """Whether each event that was sealed stands where its proof says, under the seal's root (RFC 9162).

    The seal is signed: compare it with the published one (its number is printed), or run check_seals.py."""
    proofs = json.loads((pathlib.Path(__file__).parent / "seals.json").read_text("utf-8"))
    faults = []
    for proof in proofs:
        said = json.loads(proof["seal"]["text"])
        found, node, last = leaf(bytes.fromhex(hashes[proof["event"]])), proof["position"], said["size"] - 1
        for step in map(bytes.fromhex, proof["path"]):
            if node & 1 or node == last:
                found = inner(step, found)
                while node & 1 == 0 and node:
                    node, last = node >> 1, last >> 1
            else:
                found = inner(found, step)
            node, last = node >> 1, last >> 1
        if found.hex() != said["root"]:
            faults.append(f"event {proof['event']}: it is not what seal {said['number']} sealed")
    print(f"SEALED 已封印: {len(proofs)} of {len(hashes)} events; the others are younger than the last seal")
    return faults


def leaf(content: bytes) -> bytes:
    return hashlib.sha256(b"\x00" + content).digest()


def inner(left: bytes, right: bytes) -> bytes:
    return hashlib.sha256(b"\x01" + left + right).digest()


if __name__ == "__main__":
    sys.exit(main())
