"""Good content with one bad value in it: every value of every request in turn, always one clear answer."""

import copy
import json
import uuid
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest

from tests.cast import DAN, FAY, PAULA
from tests.city import LORRY, PLANT, WORKS
from tests.web.conftest import Caller, Running
from zerowaste import clock

OIL = "900-249-08"
NASTY: tuple[Any, ...] = (
    None, True, 0, -1, 10**12, 10**13, 2**63, 2**64, 10**30, 0.5, 1e308, "", " ", "a" * 70, "汉" * 3000,
    "\x00", "\x1b[31m", "😀", "'; DROP TABLE event; --", "{0}", "%s", "../../etc/passwd", "1", [], [[]], {},
    {"": ""}, {"a": {"b": []}}, "2026-02-30T00:00:00Z", "0001-01-01T00:00:00+23:59", "2000-01-01T00:00:00Z",
    "2099-12-31T23:59:59-12:00", "00000000-0000-0000-0000-000000000000", str(uuid.UUID(int=2**128 - 1)),
)  # fmt: skip


def now(**ahead: float) -> str:
    return (clock.now() + timedelta(**ahead)).isoformat()


def places(content: Any, path: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    """Every place in a JSON value."""
    if path:
        yield path
    if isinstance(content, dict | list):
        for key, value in content.items() if isinstance(content, dict) else enumerate(content):
            yield from places(value, (*path, key))


def spoilt(content: Any) -> Iterator[Any]:
    """The content with one value at a time replaced, left out, or said too much."""
    for path in places(content):
        for value in (*NASTY, ...):
            other = copy.deepcopy(content)
            parent = other
            for step in path[:-1]:
                parent = parent[step]
            if value is ...:
                del parent[path[-1]]
            else:
                parent[path[-1]] = value
            yield other
    yield {**content, "unknown": 1}


@pytest.fixture(scope="module")
def paula(running: Running) -> Caller:
    return running.log_in(PAULA)


@pytest.fixture(scope="module")
def manifest(running: Running, paula: Caller) -> dict[str, Any]:
    found = paula.get("/carriers").json["items"]
    carrier = next(item["code"] for item in found if any(v["plate"] == LORRY for v in item["vehicles"]))
    return {
        "id": str(uuid.uuid4()),
        "stream": "hazardous", "consignor": WORKS, "consignee": PLANT, "planned_at": now(hours=1),
        "legs": [{"carrier": carrier, "vehicle": LORRY, "driver": DAN.login}], "trip": "早班",
        "lines": [
            {"waste_code": OIL, "mass_g": 1000, "basis": "scale", "volume_l": 2, "packages": 1,
             "packaging": "桶", "operation": "R9", "draws": [{"lot": 1, "mass_g": 1}], "tags": ["T-1"]},
        ],
        "fields": {"emergency_phone": "0791-12345678"},
    }  # fmt: skip


def check(answers: Iterator[Any]) -> None:
    """A bug would be a 500; anything refused says why, in words."""
    for answer in answers:
        assert answer.status_code < 500, answer.text
        if answer.status_code >= 400:
            told = answer.json
            assert told["code"], told
            assert told["detail"], told
            assert all(error["message"] and error["code"] for error in told["errors"]), told


def test_filing_with_one_bad_value(paula: Caller, manifest: dict[str, Any]) -> None:
    check(paula.post("/manifests?dry_run=true", json=body) for body in spoilt(manifest))
    check(paula.post("/manifests", json={**body, "draft": True}) for body in spoilt(manifest))


def test_lots_with_one_bad_value(paula: Caller) -> None:
    lot = {"id": str(uuid.uuid4()), "waste_code": OIL, "mass_g": 10, "basis": "scale", "at": now()}
    check(paula.post(f"/sites/{WORKS}/lots", json=body) for body in spoilt(lot))


def test_acts_with_one_bad_value(running: Running, paula: Caller, manifest: dict[str, Any]) -> None:
    line = {**manifest["lines"][0], "draws": []}
    filed = paula.post(
        "/manifests", json={**manifest, "id": str(uuid.uuid4()), "lines": [line], "trip": None}
    )
    ref = filed.json["number"]
    weighed = {
        "line": 1, "mass_g": 1000, "received_g": 1000, "accepted_g": 600, "refused_g": 400,
        "reason": "packaging", "waste_code": OIL, "basis": "scale", "volume_l": 2, "tags": ["T-1"],
    }  # fmt: skip
    act = {
        "id": str(uuid.uuid4()), "kind": "pickup", "at": now(), "sent_at": now(), "offline": True,
        "position": {"lat": 28.6, "lon": 115.8, "accuracy_m": 3}, "expects": 1, "note": "注",
        "ticket": {"number": "1", "gross_g": 3000, "tare_g": 2000, "net_g": 1000},
        "evidence": ["0" * 64], "lines": [weighed], "leg": 1, "event": 1, "reason": "packaging",
        "legs": manifest["legs"], "trip": "1",
    }  # fmt: skip
    for person, kind in ((PAULA, "replan"), (DAN, "pickup"), (DAN, "handover"), (FAY, "arrive"),
                         (FAY, "accept"), (FAY, "return"), (FAY, "reassign"), (PAULA, "receive_back"),
                         (PAULA, "reverse")):  # fmt: skip
        caller = running.log_in(person)
        check(caller.post(f"/manifests/{ref}/events", json=body) for body in spoilt({**act, "kind": kind}))
    assert paula.get(f"/manifests/{ref}").status_code == 200
    chain = paula.get(f"/manifests/{ref}/chain").json
    assert chain["origin_g"] == chain["closed_g"] + chain["open_g"] + chain["outside_g"] + chain["variance_g"]


def test_treatments_with_one_bad_value(running: Running) -> None:
    treatment = {
        "id": str(uuid.uuid4()), "site": PLANT, "operation": "R9", "at": now(),
        "inputs": [{"lot": 1, "mass_g": 10}, {"waste_code": OIL, "mass_g": 10}],
        "additives": [{"name": "石灰", "mass_g": 5}],
        "outputs": [
            {"kind": "product", "name": "油", "mass_g": 3},
            {"kind": "residue", "stream": "hazardous", "waste_code": "772-003-18", "mass_g": 3},
        ],
        "done": True,
    }  # fmt: skip
    fay = running.log_in(FAY)
    check(fay.post("/treatments", json=body) for body in spoilt(treatment))


def test_addresses_with_bad_values(paula: Caller) -> None:
    for value in (
        "%00",
        "..",
        "a" * 900,
        "%F0%9F%98%80",
        "-1",
        "1e9",
        "%2e%2e%2f",
        "'",
        "99999999999999999999",
    ):
        for path in ("/manifests/{0}", "/manifests/{0}/chain", "/manifests/{0}/actions", "/sites/{0}/lots",
                     "/sites/{0}/capacity", "/manifests?cursor={0}", "/manifests?limit={0}",
                     "/manifests?status={0}", "/audit/unclosed?cursor={0}",
                     "/audit/unclosed?older_than={0}", "/audit/unclosed?region={0}",
                     "/sites?q={0}", "/waste-codes?q={0}", "/carriers?stream={0}"):  # fmt: skip
            check(iter([paula.get(path.format(value))]))


def test_bodies_that_are_not_json(paula: Caller) -> None:
    for content in (b"", b"{", b"\xff\xfe", b"[" * 100_000, b'{"a":1}{', json.dumps("x").encode(), b"NaN"):
        answer = paula.post("/manifests", data=content, content_type="application/json")
        assert answer.status_code in (400, 422), content[:20]
