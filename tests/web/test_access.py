"""Who may: every route × everybody × their own and others' data. What is not allowed here is refused.

Paula and Olaf each send a load to Fay's plant, by different carriers; Fay mixes both in one batch, whose
ash goes on to Tess's station. A third load of Paula's goes to a plant outside Ruth's district."""

import uuid
from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import pytest

from tests.cast import ADA, CAST, DAN, DORA, DREW, FAY, OLAF, PAULA, RITA, RUTH, TESS, Person
from tests.city import LORRY, OTHER, PLANT, SECOND_LORRY, SMALL, STATION, WORKS
from tests.web.conftest import Caller, Running
from tests.web.doors_of_sums import DOORS_OF_SUMS
from zerowaste import clock
from zerowaste.vocabulary import Role
from zerowaste.web.views import declared_views

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
    return Mixed(callers, paulas, olafs, file(PAULA, WORKS, SMALL, LORRY, DAN, 1_000, OIL), onward, batch)


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


# View → its doors: own and others' data.
DOORS: dict[str, list[Door]] = {
    "accounts.show_me": [Door("GET", "/me", EVERYBODY)],
    "loads.list_own_loads": [Door("GET", "/loads", role(Role.DRIVER))],
    "tokens.make_token": [Door("POST", "/tokens", EVERYBODY, program)],
    "tokens.list_tokens": [Door("GET", "/tokens", EVERYBODY)],
    "tokens.revoke_token": [Door("POST", "/tokens/999999/revoke", set())],
    "directory.list_streams": [Door("GET", "/streams", EVERYBODY)],
    "directory.list_waste_codes": [Door("GET", "/waste-codes?stream=kitchen", EVERYBODY)],
    "directory.list_sites": [Door("GET", "/sites", EVERYBODY)],
    "directory.list_carriers": [Door("GET", "/carriers", EVERYBODY)],
    "sites.register_a_lot": [
        Door("POST", f"/sites/{WORKS}/lots", {PAULA}, lot),
        Door("POST", f"/sites/{OTHER}/lots", {OLAF}, lot),
        Door("POST", f"/sites/{PLANT}/lots", set(), lot),
    ],
    "sites.list_lots_of_a_site": [
        Door("GET", f"/sites/{WORKS}/lots", {PAULA, RITA, ADA}),
        Door("GET", f"/sites/{OTHER}/lots", {OLAF, RITA, RUTH, ADA}),
        Door("GET", f"/sites/{PLANT}/lots", {FAY, RITA, RUTH, ADA}),
    ],
    "sites.show_capacity": [
        Door("GET", f"/sites/{PLANT}/capacity", EVERYBODY),
        Door("GET", f"/sites/{WORKS}/capacity", {PAULA, RITA, ADA}),
    ],
    "manifests.file_a_manifest": [
        Door("POST", "/manifests", {PAULA}, filing(WORKS)),
        Door("POST", "/manifests", {OLAF}, filing(OTHER)),
        Door("POST", "/manifests", {TESS}, filing(STATION)),
    ],
    "manifests.list_manifests": [Door("GET", "/manifests", EVERYBODY)],
    "manifests.record_an_act": [
        Door("POST", "/manifests/{paulas}/events", {PAULA, FAY}, opinion, (409, 422)),
        Door("POST", "/manifests/{olafs}/events", {OLAF, FAY}, opinion, (409, 422)),
    ],
    "chains.list_unclosed": [Door("GET", "/audit/unclosed", EVERYBODY)],
    "incidents.report_incident": [
        Door("POST", f"/sites/{PLANT}/incidents", {FAY}, incident, (201,)),
        Door("POST", f"/sites/{OTHER}/incidents", {OLAF}, incident, (201,)),
    ],
    "incidents.end_incident": [Door("POST", f"/sites/{PLANT}/incidents/{{batch}}/end", set(), incident_end)],
    "incidents.list_incidents": [Door("GET", "/incidents", EVERYBODY)],
    "treatments.report_treatment": [
        Door("POST", "/treatments", {FAY}, batch_of(PLANT), (422,)),
        Door("POST", "/treatments", {TESS}, batch_of(STATION), (422,)),
    ],
    "treatments.report_outputs": [
        Door("POST", "/treatments/{batch}/outputs", {FAY}, more_outputs, (409,)),
    ],
    "treatments.show_treatment": [Door("GET", "/treatments/{batch}", {FAY, RITA, RUTH, ADA})],
    "evidence.upload_evidence": [
        Door("POST", "/evidence", EVERYBODY, document)
    ],
}  # fmt: skip
for view, tail in (
    ("manifests.show_manifest", ""), ("manifests.list_actions", "/actions"),
    ("chains.show_chain", "/chain"), ("chains.pack_evidence", "/evidence.zip"),
    ("papers.print_manifest", "/document.pdf"), ("papers.print_labels", "/labels.pdf"),
    ("papers.draw_code", "/qr.svg"),
):  # fmt: skip
    DOORS[view] = [
        Door("GET", f"/manifests/{{{name}}}{tail}", may)
        for name, may in (
            ("paulas", SEE_PAULAS), ("olafs", SEE_OLAFS), ("far", SEE_FAR), ("onward", SEE_ONWARD),
        )
    ]  # fmt: skip

DOORS |= {view: [Door(*door) for door in doors] for view, doors in DOORS_OF_SUMS.items()}

# Open to everybody, or about nothing but the token itself.
OPEN = {
    "accounts.log_in", "accounts.log_out", "directory.list_problems", "description.show_document",
    "codes.show_code", "codes.show_code_in_lower_case", "loads.list_keys",
}  # fmt: skip


def test_every_route_has_its_doors(running: Running) -> None:
    views = {
        name for name, view in declared_views(running.app).items()
        if not view.page and not name.startswith("probe.")
    }  # fmt: skip
    assert views == set(DOORS) | OPEN


@pytest.mark.parametrize("view", sorted(DOORS))
def test_everybody_at_every_door(mixed: Mixed, view: str) -> None:
    for door in DOORS[view]:
        path = door.path.format(
            paulas=mixed.paulas, olafs=mixed.olafs, far=mixed.far, onward=mixed.onward, batch=mixed.batch
        )
        for person in CAST:
            status = mixed.status(person, door.method, path, **door.content(mixed))
            wanted = door.through if person in door.may else (403, 404)
            assert status in wanted, (view, door.method, path, person.login, status)


@pytest.mark.parametrize("view", sorted(DOORS))
def test_nobody_comes_in_without_a_token(running: Running, mixed: Mixed, view: str) -> None:
    client = running.client()
    for door in DOORS[view]:
        path = "/api/v1" + door.path.format(
            paulas=mixed.paulas, olafs=mixed.olafs, far=mixed.far, onward=mixed.onward, batch=mixed.batch
        )
        answer = client.open(path, method=door.method, **door.content(mixed))
        assert answer.status_code == 401, (door.method, path)


def test_lists_show_what_may_be_opened_and_nothing_else(mixed: Mixed) -> None:
    seen_by = {
        mixed.paulas: SEE_PAULAS, mixed.olafs: SEE_OLAFS, mixed.far: SEE_FAR, mixed.onward: SEE_ONWARD,
    }  # fmt: skip
    for person, caller in mixed.callers.items():
        listed = {item["number"] for item in caller.get("/manifests?limit=200").json["items"]}
        for ref, may in seen_by.items():
            assert (ref in listed) is (person in may), (person.login, ref)


def test_a_mixed_batch_shows_each_producer_his_own_share(mixed: Mixed) -> None:
    """Paula's chain runs through the batch with Olaf's oil in it, and says nothing of him."""
    paulas = mixed.callers[PAULA].get(f"/manifests/{mixed.paulas}/chain")
    olafs = mixed.callers[OLAF].get(f"/manifests/{mixed.olafs}/chain")
    assert paulas.json["origin_g"] == PAULAS_G
    assert olafs.json["origin_g"] == OLAFS_G
    for secret in (mixed.olafs, OTHER, str(OLAFS_G), "欧氏", DREW.name, str(PAULAS_G + OLAFS_G)):
        assert secret not in paulas.text, secret
    ash = [part["mass_g"] for part in paulas.json["open"]] + [part["mass_g"] for part in olafs.json["open"]]
    assert sum(ash) == 50_000


def test_a_facility_sees_the_whole_batch(mixed: Mixed) -> None:
    chain = mixed.callers[FAY].get(f"/manifests/{mixed.paulas}/chain").json
    assert any(node["total_g"] == PAULAS_G + OLAFS_G for node in chain["nodes"])
