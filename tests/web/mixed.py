"""The city behind every door: three loads, a batch mixed of two of them, and everybody with a token.

Paula and Olaf each send a load to Fay's plant, by different carriers; Fay mixes both in one batch, whose
ash goes on to Tess's station. A third load of Paula's goes to a plant outside Ruth's district."""

import uuid
from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import insert, select
from sqlmodel import Session

from tests.cast import ADA, CAST, DAN, DORA, DREW, FAY, OLAF, PAULA, RITA, RUTH, TESS, Person
from tests.city import LORRY, OTHER, PLANT, SECOND_LORRY, SMALL, STATION, WORKS
from tests.web.conftest import Caller, Running
from zerowaste import clock
from zerowaste.models.tables import EVENT, FINDING, SITE
from zerowaste.vocabulary import Role

OIL, ASH = "900-249-08", "772-003-18"
EVERYBODY = frozenset(CAST)
PAULAS_G, OLAFS_G = 300_000, 123_457


def fresh() -> str:
    return str(uuid.uuid4())


def now() -> str:
    return clock.now().isoformat()


@dataclass(frozen=True)
class Mixed:
    """The city after the mixed batch: three manifests, the batch, and everybody with a token."""

    callers: dict[Person, Caller]
    paulas: str
    olafs: str
    far: str
    onward: str
    batch: str

    def status(self, person: Person, method: str, path: str, **more: Any) -> int:
        caller = self.callers[person]
        answer = (caller.post if method == "POST" else caller.get)(path, **more)
        return int(answer.status_code)


@pytest.fixture(scope="module")
def mixed(running: Running) -> Mixed:
    callers = {person: running.log_in(person) for person in CAST}
    carriers = {
        vehicle["plate"]: item["code"]
        for item in callers[PAULA].get("/carriers").json["items"]
        for vehicle in item["vehicles"]
    }

    def file(person: Person, start: str, end: str, plate: str, driver: Person, mass_g: int, code: str) -> str:
        body = {
            "stream": "hazardous", "consignor": start, "consignee": end,
            "planned_at": (clock.now() + timedelta(hours=1)).isoformat(),
            "legs": [{"carrier": carriers[plate], "vehicle": plate, "driver": driver.login}],
            "lines": [{"waste_code": code, "mass_g": mass_g, "packages": 1, "packaging": "桶"}],
        }  # fmt: skip
        answer = callers[person].post("/manifests", json=body)
        assert answer.status_code == 201, answer.text
        return str(answer.json["number"])

    def act(person: Person, ref: str, kind: str) -> None:
        answer = callers[person].post(
            f"/manifests/{ref}/events", json={"id": fresh(), "kind": kind, "at": now()}
        )
        assert answer.status_code == 201, answer.text

    paulas = file(PAULA, WORKS, PLANT, LORRY, DAN, PAULAS_G, OIL)
    olafs = file(OLAF, OTHER, PLANT, SECOND_LORRY, DREW, OLAFS_G, OIL)
    for ref, driver in ((paulas, DAN), (olafs, DREW)):
        act(driver, ref, "pickup")
        act(FAY, ref, "accept")
    batch = fresh()
    treated = callers[FAY].post(
        "/treatments",
        json={
            "id": batch, "site": PLANT, "operation": "D10", "at": now(), "done": True,
            "inputs": [{"waste_code": OIL, "mass_g": PAULAS_G + OLAFS_G}],
            "outputs": [{"kind": "residue", "stream": "hazardous", "waste_code": ASH, "mass_g": 50_000}],
        },
    )  # fmt: skip
    assert treated.status_code == 201, treated.text
    onward = file(FAY, PLANT, STATION, SECOND_LORRY, DREW, 50_000, ASH)
    running.service.database.transact(found_something)
    return Mixed(callers, paulas, olafs, file(PAULA, WORKS, SMALL, LORRY, DAN, 1_000, OIL), onward, batch)


# A finding at the plant, and one at the works (outside Ruth's district); each with an event behind it.
AT_PLANT, AT_WORKS = (uuid.uuid5(uuid.NAMESPACE_OID, place) for place in (PLANT, WORKS))


def found_something(session: Session) -> None:
    """Two findings, as an audit would have kept them."""
    batch = select(EVENT.c.id).where(EVENT.c.subject == "treatment").limit(1)
    event = str(session.execute(batch).scalar_one())
    for identity, place in ((AT_PLANT, PLANT), (AT_WORKS, WORKS)):
        street = session.execute(select(SITE.c.street).where(SITE.c.code == place)).scalar_one()
        row = {
            "id": identity, "key": place, "anchor": f"site:{place}", "audit": "point_limit",
            "rule": "HW-POINT3", "severity": "warn", "rank": 3, "subject": f"site:{place}", "grams": 1,
            "place": place, "from_street": street, "evidence": {"events": [event]}, "found_at": clock.now(),
        }  # fmt: skip
        blank = ("detail", "holder", "to_street", "stream", "waste_code", "manifest", "treatment")
        session.execute(insert(FINDING).values(row | dict.fromkeys(blank, "")))


OVERSEERS = {RITA, RUTH, ADA}
SEE_PAULAS = {PAULA, DAN, DORA, FAY} | OVERSEERS
SEE_OLAFS = {OLAF, DREW, FAY} | OVERSEERS
SEE_FAR = {PAULA, DAN, DORA, FAY, RITA, ADA}
SEE_ONWARD = {FAY, DREW, TESS} | OVERSEERS


def role(*roles: Role) -> set[Person]:
    return {person for person in CAST if person.role in roles}


def nothing(mixed: Mixed) -> dict[str, Any]:
    return {}


def filing(site: str) -> Callable[[Mixed], dict[str, Any]]:
    def body(mixed: Mixed) -> dict[str, Any]:
        return {"json": {"draft": True, "stream": "hazardous", "consignor": site}}

    return body


def lot(mixed: Mixed) -> dict[str, Any]:
    return {"json": {"id": fresh(), "waste_code": OIL, "mass_g": 1, "basis": "scale", "at": now()}}


def correction(mixed: Mixed) -> dict[str, Any]:
    """Of a lot that nobody has: who may is told so."""
    body = {"id": fresh(), "lot": 999_999, "mass_g": 1, "at": now(), "note": "误登"}
    return {"json": body}


def undoing(mixed: Mixed) -> dict[str, Any]:
    """Of a batch, from the future: who may is told so, and the batch stays."""
    return {"json": {"id": fresh(), "at": "2099-01-01T00:00:00Z", "note": "误报"}}


def disposition(mixed: Mixed) -> dict[str, Any]:
    """A word on a finding."""
    return {"json": {"id": fresh(), "disposition": "confirmed"}}


def opinion(mixed: Mixed) -> dict[str, Any]:
    """An act with nothing to it: who may see the manifest is refused as a party, others do not find it."""
    return {"json": {"id": fresh(), "kind": "opinion", "at": now()}}


def batch_of(site: str) -> Callable[[Mixed], dict[str, Any]]:
    def body(mixed: Mixed) -> dict[str, Any]:
        nowhere = [{"lot": 999_999, "mass_g": 1}]
        return {"json": {"id": fresh(), "site": site, "operation": "D10", "at": now(), "inputs": nowhere}}

    return body


def more_outputs(mixed: Mixed) -> dict[str, Any]:
    return {"json": {"id": fresh(), "at": now(), "outputs": []}}


def document(mixed: Mixed) -> dict[str, Any]:
    return {"data": b"%PDF-1.7", "content_type": "application/pdf"}


def program(mixed: Mixed) -> dict[str, Any]:
    return {"json": {"name": "地磅接口"}}


@dataclass(frozen=True)
class Door:
    """One request: who gets through it. Everybody else gets 403 or 404, and learns nothing else.

    `through`: the statuses of one who may (the act itself may still be refused)."""

    method: str
    path: str
    may: frozenset[Person] | set[Person]
    content: Callable[[Mixed], dict[str, Any]] = nothing
    through: tuple[int, ...] = (200, 201)


def incident(mixed: Mixed) -> dict[str, Any]:
    return {"json": {"id": fresh(), "kind": "spill", "at": now()}}


def incident_end(mixed: Mixed) -> dict[str, Any]:
    return {"json": {"id": fresh(), "at": now()}}
