"""The evidence pack: an outsider unpacks it and checks it with nothing but Python."""

import hashlib
import io
import json
import subprocess
import sys
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tests.cast import DAN, FAY, PAULA, RITA, Person
from tests.city import PLANT
from tests.web.acts import act, file, fresh, now
from tests.web.conftest import Caller, Running
from zerowaste import clock
from zerowaste.services.history.sealing import seal

LogIn = Callable[[Person], Caller]
GRAMS = 1001


@pytest.fixture
def burnt(log_in: LogIn, oil: dict[str, Any]) -> str:
    """The number of a load that was accepted and burnt."""
    number = str(file(log_in(PAULA), oil)["number"])
    act(log_in(DAN), number, "pickup")
    fay = log_in(FAY)
    act(
        fay,
        number,
        "accept",
        lines=[{"line": 1, "received_g": 500_000, "accepted_g": 500_000, "refused_g": 0}],
    )
    lot = fay.get(f"/manifests/{number}").json["lines"][0]["lot"]
    batch = {"id": fresh(), "site": PLANT, "operation": "D10", "at": now(), "done": True,
             "inputs": [{"lot": lot, "mass_g": 500_000}]}  # fmt: skip
    assert fay.post("/treatments", json=batch).status_code == 201
    return number


def unpacked(caller: Caller, number: str, into: Path) -> Path:
    answer = caller.get(f"/manifests/{number}/evidence.zip")
    assert answer.status_code == 200
    with zipfile.ZipFile(io.BytesIO(answer.data)) as pack:
        pack.extractall(into)
    return into


def check(folder: Path, *seals: Path) -> subprocess.CompletedProcess[str]:
    """As an outsider runs it: no libraries, no environment, and at most seals he has from elsewhere."""
    return subprocess.run(
        [sys.executable, "-I", "-S", "-X", "utf8", "check.py", *seals], cwd=folder, capture_output=True,
        text=True, check=False, encoding="utf-8",
    )  # fmt: skip


@pytest.fixture
def published(running: Running, burnt: str, tmp_path: Path) -> Path:
    """The seal over the load's events, as anybody fetches it from the page of seals."""
    signing = running.service.settings.signing
    running.service.database.transact(lambda session: seal(session, signing, now=clock.now(), complete=True))
    visitor, place = running.client(), tmp_path / "published.json"
    number = visitor.get("/api/v1/seals").json["items"][0]["number"]
    place.write_bytes(visitor.get(f"/seals/{number}.json").data)
    return place


def rewrite(file: Path, change: Callable[[list[Any]], object]) -> None:
    """Changes what a file of lines of JSON, or of one list, holds."""
    text = file.read_text("utf-8")
    lined = file.suffix == ".jsonl"
    held = [json.loads(line) for line in text.splitlines()] if lined else json.loads(text)
    change(held)
    file.write_text("\n".join(map(json.dumps, held)) if lined else json.dumps(held), "utf-8")


def subjects(folder: Path) -> set[str]:
    lines = (folder / "events.jsonl").read_text("utf-8").splitlines()
    return {json.loads(json.loads(line)["text"])["subject"] for line in lines}


def test_an_outsider_checks_the_whole_chain(log_in: LogIn, burnt: str, tmp_path: Path) -> None:
    folder = unpacked(log_in(RITA), burnt, tmp_path)
    checked = check(folder)
    assert checked.returncode == 0, checked.stdout + checked.stderr
    assert "4 events of 2 chains" in checked.stdout
    assert subjects(folder) == {"manifest", "treatment"}
    assert json.loads((folder / "chain.json").read_text("utf-8"))["closed"] is True
    assert (folder / "manifest-zh.pdf").read_bytes().startswith(b"%PDF")


def test_a_party_proves_its_own_manifest_and_no_more(log_in: LogIn, burnt: str, tmp_path: Path) -> None:
    folder = unpacked(log_in(PAULA), burnt, tmp_path)
    assert check(folder).returncode == 0
    assert subjects(folder) == {"manifest"}


def test_a_lot_burnt_gram_by_gram_is_proved_too(log_in: LogIn, oil: dict[str, Any], tmp_path: Path) -> None:
    """More chains than SQLite reads conditions in one statement."""
    number = str(file(log_in(PAULA), oil)["number"])
    act(log_in(DAN), number, "pickup")
    fay = log_in(FAY)
    act(fay, number, "accept")
    lot = fay.get(f"/manifests/{number}").json["lines"][0]["lot"]
    for _ in range(GRAMS):
        batch = {"id": fresh(), "site": PLANT, "operation": "D10", "at": now(),
                 "inputs": [{"lot": lot, "mass_g": 1}]}  # fmt: skip
        assert fay.post("/treatments", json=batch).status_code == 201
    folder = unpacked(log_in(RITA), number, tmp_path)
    assert f"{GRAMS + 3} events of {GRAMS + 1} chains" in check(folder).stdout


def test_a_changed_event_is_named(log_in: LogIn, burnt: str, tmp_path: Path) -> None:
    folder = unpacked(log_in(RITA), burnt, tmp_path)
    events = folder / "events.jsonl"
    events.write_text(events.read_text("utf-8").replace("500000", "400000", 1), "utf-8")
    checked = check(folder)
    assert checked.returncode == 1
    assert "event 1 (file" in checked.stdout
    assert "changed after it was written" in checked.stdout


@pytest.mark.parametrize("gone", [0, -1])
def test_a_missing_event_is_named(log_in: LogIn, burnt: str, tmp_path: Path, gone: int) -> None:
    folder = unpacked(log_in(PAULA), burnt, tmp_path)
    events = folder / "events.jsonl"
    lines = events.read_text("utf-8").splitlines()
    del lines[gone]
    events.write_text("\n".join(lines), "utf-8")
    assert check(folder).returncode == 1


def test_the_same_evidence_gives_the_same_file(log_in: LogIn, burnt: str) -> None:
    paula = log_in(PAULA)
    first, second = (paula.get(f"/manifests/{burnt}/evidence.zip").data for _ in range(2))
    assert first == second


def test_a_published_seal_proves_every_event(
    log_in: LogIn, burnt: str, published: Path, tmp_path: Path
) -> None:
    folder = unpacked(log_in(RITA), burnt, tmp_path / "pack")
    alone, checked = check(folder), check(folder, published)
    assert (alone.returncode, checked.returncode) == (0, 0), checked.stdout + checked.stderr
    assert "PUBLISHED" in checked.stdout
    assert "that no chain was written anew" not in checked.stdout
    assert "PUBLISHED" not in alone.stdout
    assert "NOT SHOWN 未证明: that no chain was written anew" in alone.stdout
    for told in (alone.stdout, checked.stdout):
        assert "NOT SHOWN 未证明: the seals' signatures" in told


def test_a_last_event_made_up_is_under_no_seal(
    log_in: LogIn, burnt: str, published: Path, tmp_path: Path
) -> None:
    """The forger gives it a hash that fits, names it as the last, and leaves its proof out."""
    folder = unpacked(log_in(PAULA), burnt, tmp_path / "pack")
    forge_the_last(folder)
    rewrite(folder / "seals.json", lambda proofs: proofs.pop())
    checked = check(folder, published)
    assert (check(folder).returncode, checked.returncode) == (0, 2)
    assert "PUBLISHED" not in checked.stdout
    (told,) = [line for line in checked.stdout.splitlines() if line.startswith("UNPROVED")]
    assert "(refuse, " in told
    assert "under no seal" in told


def test_a_last_event_changed_under_its_old_proof_is_not_what_was_sealed(
    log_in: LogIn, burnt: str, published: Path, tmp_path: Path
) -> None:
    folder = unpacked(log_in(PAULA), burnt, tmp_path / "pack")
    forge_the_last(folder)
    assert check(folder).returncode == check(folder, published).returncode == 1
    assert "it is not what seal" in check(folder).stdout


def test_a_pack_made_up_with_its_seal_is_told_by_the_published_one(
    log_in: LogIn, burnt: str, published: Path, tmp_path: Path
) -> None:
    """A tree of one event of the forger's own: whole in itself, and no seal of ours."""
    folder = unpacked(log_in(PAULA), burnt, tmp_path / "pack")
    rewrite(folder / "events.jsonl", lambda lines: lines.__setitem__(slice(1, None), []))
    (event,) = [json.loads(line) for line in (folder / "events.jsonl").read_text("utf-8").splitlines()]
    rewrite(folder / "heads.json", lambda heads: heads[0].__setitem__(slice(2, None), [1, event["hash"]]))

    def own_tree(proofs: list[Any]) -> None:
        proof = next(each for each in proofs if each["hash"] == event["hash"])
        seal_text = json.loads(proof["seal"]["text"])
        leaf = hashlib.sha256(b"\0" + bytes.fromhex(event["hash"])).hexdigest()
        text = json.dumps(seal_text | {"size": 1, "root": leaf})
        proofs[:] = [proof | {"position": 0, "path": [], "seal": proof["seal"] | {"text": text}}]

    rewrite(folder / "seals.json", own_tree)
    checked = check(folder, published)
    assert (check(folder).returncode, checked.returncode) == (0, 1), checked.stdout
    assert "is not the published one" in checked.stdout


def test_a_seal_that_was_not_asked_for_proves_nothing(
    log_in: LogIn, burnt: str, published: Path, tmp_path: Path
) -> None:
    """The outsider is told which one to fetch; a file that is no seal is named as such."""
    folder = unpacked(log_in(PAULA), burnt, tmp_path / "pack")
    said = json.loads(published.read_text("utf-8"))
    number = json.loads(said["text"])["number"]
    other = tmp_path / "other"
    other.mkdir()
    (other / "1.json").write_text(json.dumps(said | {"text": json.dumps({"number": number + 1})}), "utf-8")
    checked = check(folder, other)
    assert checked.returncode == 2
    assert f"compare seal {number}, /seals/{number}.json" in checked.stdout
    (other / "1.json").write_text("[]", "utf-8")
    checked = check(folder, other)
    assert (checked.returncode, "cannot be read (TypeError" in checked.stdout) == (1, True)


def forge_the_last(folder: Path) -> None:
    """The acceptance becomes a refusal, and all hashes in the pack fit it."""

    def events(lines: list[Any]) -> None:
        last = lines[-1]
        last["text"] = last["text"].replace('"kind":"accept"', '"kind":"refuse"')
        last["hash"] = hashlib.sha256((lines[-2]["hash"] + last["text"]).encode()).hexdigest()
        rewrite(folder / "heads.json", lambda heads: heads[0].__setitem__(3, last["hash"]))

    rewrite(folder / "events.jsonl", events)
