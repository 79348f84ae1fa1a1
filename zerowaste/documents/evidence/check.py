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
    for fault in faults:
        print("WRONG 有误:", fault)
    if not faults:
        print(f"WHOLE 完整: {len(lines)} events of {len(heads)} chains")
    return 1 if faults else 0


if __name__ == "__main__":
    sys.exit(main())
