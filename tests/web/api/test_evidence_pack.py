"""The evidence pack: an outsider unpacks it and checks it with nothing but Python."""

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
from tests.web.conftest import Caller

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


def check(folder: Path) -> subprocess.CompletedProcess[str]:
    """As an outsider runs it: no libraries, no environment."""
    return subprocess.run(
        [sys.executable, "-I", "-S", "-X", "utf8", "check.py"], cwd=folder, capture_output=True, text=True,
        check=False, encoding="utf-8",
    )  # fmt: skip


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
    assert "changed after it was sealed" in checked.stdout


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
