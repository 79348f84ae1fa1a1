"""Seals over HTTP: published to everybody, proved to who may see, checked by an outsider with a script."""

import io
import json
import subprocess
import sys
import zipfile
from pathlib import Path
from typing import Any

import pytest

from tests.cast import DAN, OLAF, PAULA
from tests.web.acts import act, file
from tests.web.conftest import Running
from zerowaste import clock
from zerowaste.services.history.sealing import seal

SCRIPT = Path(__file__).parents[3] / "docs" / "check_seals.py"


@pytest.fixture
def number(running: Running, oil: dict[str, Any]) -> str:
    """A load picked up between two seals."""
    paula = running.log_in(PAULA)
    first = str(file(paula, oil)["number"])
    make_seal(running)
    act(running.log_in(DAN), first, "pickup")
    make_seal(running)
    return first


def make_seal(running: Running) -> None:
    signing = running.service.settings.signing
    running.service.database.transact(lambda session: seal(session, signing, now=clock.now(), complete=True))


def test_everybody_reads_the_seals_without_signing_in(running: Running, number: str) -> None:
    assert number
    visitor = running.client()
    listed = visitor.get("/api/v1/seals").json
    latest = listed["items"][0]
    assert visitor.get(f"/api/v1/seals/{latest['number']}").json == latest
    assert visitor.get("/api/v1/seals/999999").status_code == 404
    first = visitor.get("/api/v1/seals?limit=1").json
    second = visitor.get(f"/api/v1/seals?limit=1&cursor={first['next']}").json
    assert [first["items"][0], second["items"][0]] == listed["items"][:2]
    assert visitor.get("/seals").status_code == 200
    assert visitor.get(f"/seals/{latest['number']}.json").json["text"] == latest["text"]


def test_an_event_s_proof_is_for_who_may_see_it(running: Running, number: str) -> None:
    events = running.log_in(PAULA).get(f"/manifests/{number}").json["events"]
    for event in events:
        proof = running.log_in(PAULA).get(f"/events/{event['id']}/proof").json
        assert proof["hash"] == event["hash"]
    assert running.log_in(OLAF).get(f"/events/{events[0]['id']}/proof").status_code == 404
    assert running.log_in(PAULA).get("/events/none/proof").status_code == 404


def test_who_comes_before_the_seal_is_told_to_come_back(running: Running, number: str) -> None:
    told = act(running.log_in(DAN), number, "arrive")
    answer = running.log_in(DAN).get(f"/events/{told['id']}/proof")
    assert (answer.status_code, answer.json["code"]) == (404, "not_sealed_yet")
    assert running.log_in(OLAF).get(f"/events/{told['id']}/proof").json["code"] == "not_found"
    make_seal(running)
    assert running.log_in(DAN).get(f"/events/{told['id']}/proof").status_code == 200


@pytest.mark.parametrize("asked", ["from=2&to=1", "from=0&to=1", "from=1", "from=1&to=x"])
def test_what_cannot_be_compared_is_told(running: Running, number: str, asked: str) -> None:
    assert number
    assert running.client().get(f"/api/v1/seals/consistency?{asked}").status_code == 422


def test_an_outsider_checks_seals_and_proofs_with_a_script(
    running: Running, number: str, tmp_path: Path
) -> None:
    visitor, kept = running.client(), tmp_path / "seals"
    kept.mkdir()
    (tmp_path / "keys.json").write_text(visitor.get("/api/v1/keys").text)
    seals = visitor.get("/api/v1/seals").json["items"]
    for each in seals:
        (kept / f"{each['number']}.json").write_text(json.dumps(each))
    latest = seals[0]["number"]
    comparison = tmp_path / "consistency.json"
    comparison.write_text(visitor.get(f"/api/v1/seals/consistency?from=1&to={latest}").text)
    pack = tmp_path / "pack"
    content = running.log_in(PAULA).get(f"/manifests/{number}/evidence.zip").data
    zipfile.ZipFile(io.BytesIO(content)).extractall(pack)
    events = running.log_in(PAULA).get(f"/manifests/{number}").json["events"]
    proof = tmp_path / "proof.json"
    proof.write_text(running.log_in(PAULA).get(f"/events/{events[0]['id']}/proof").text)
    given = [tmp_path / "keys.json", kept, comparison, proof, pack / "seals.json"]
    lines = (pack / "events.jsonl").read_text().splitlines()
    assert outsider(*given) == (0, f"WHOLE 完整: {len(seals)} seal(s), {len(lines)} event(s)\n")

    other = json.loads(proof.read_text()) | {"hash": "00" * 32}
    proof.write_text(json.dumps(other))
    assert "is not under seal" in outsider(*given)[1]
    proof.write_text(json.dumps(other | {"path": "none"}))
    assert "no valid seal or proof" in outsider(*given)[1]
    given.remove(proof)

    said = json.loads(comparison.read_text())
    said["path"] = [*said["path"][:-1], "00" * 32]
    comparison.write_text(json.dumps(said))
    code, told = outsider(*given)
    assert (code, "does not begin with" in told) == (1, True)
    changed = json.loads((kept / "1.json").read_text())
    changed["text"] = changed["text"].replace('"size":', '"size":1')
    (kept / "1.json").write_text(json.dumps(changed))
    assert "no valid seal or proof (InvalidSignature)" in outsider(*given)[1]


def outsider(*given: Path) -> tuple[int, str]:
    run = subprocess.run([sys.executable, SCRIPT, *given], capture_output=True, text=True, check=False)
    return run.returncode, run.stdout
