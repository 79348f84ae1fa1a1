"""Who may: every route × everybody × their own and others' data. What is not allowed here is refused."""

from typing import Any

import pytest

from tests.cast import ADA, CAST, DAN, DREW, FAY, OLAF, PAULA, RITA, RUTH, TESS
from tests.city import OTHER, PLANT, STATION, WORKS
from tests.web.conftest import Running
from tests.web.doors_of_sums import DOORS_OF_SUMS
from tests.web.mixed import (
    AT_PLANT,
    AT_WORKS,
    EVERYBODY,
    OLAFS_G,
    OVERSEERS,
    PAULAS_G,
    SEE_FAR,
    SEE_OLAFS,
    SEE_ONWARD,
    SEE_PAULAS,
    Door,
    Mixed,
    batch_of,
    correction,
    disposition,
    document,
    filing,
    fresh,
    incident,
    incident_end,
    lot,
    more_outputs,
    opinion,
    program,
    role,
    undoing,
)
from tests.web.mixed import mixed as mixed  # the fixture
from zerowaste.vocabulary import Role
from zerowaste.web.views import declared_views


def what_if(_: Mixed) -> dict[str, Any]:
    """A fortnight without the plant."""
    return {"json": {"days": 14, "down": [PLANT]}}


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
    "sites.correct_a_lot": [
        Door("POST", f"/sites/{WORKS}/corrections", {PAULA}, correction, (422,)),
        Door("POST", f"/sites/{OTHER}/corrections", {OLAF}, correction, (422,)),
        Door("POST", f"/sites/{PLANT}/corrections", set(), correction),
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
    "audit.list_findings": [Door("GET", "/audit/findings", OVERSEERS)],
    "audit.show_finding": [
        Door("GET", f"/audit/findings/{AT_PLANT}", OVERSEERS),
        Door("GET", f"/audit/findings/{AT_WORKS}", {RITA, ADA}),
    ],
    "audit.dispose_of_finding": [
        Door("POST", f"/audit/findings/{AT_PLANT}/dispositions", OVERSEERS, disposition, (201,)),
        Door("POST", f"/audit/findings/{AT_WORKS}/dispositions", {RITA, ADA}, disposition, (201,)),
    ],
    "audit.sum_open": [Door("GET", "/audit/open", OVERSEERS)],
    "deadlines.list_deadlines": [Door("GET", "/deadlines", EVERYBODY)],
    "messages.list_messages": [Door("GET", "/messages", EVERYBODY)],
    "messages.read_message": [Door("POST", f"/messages/{fresh()}/read", set())],
    "interchange.list_register": [
        Door("GET", f"/registers/{kind}", EVERYBODY - {DAN, DREW})
        for kind in ("outgoing", "incoming", "transported", "treated")
    ],
    "exports.save_register": [Door("GET", "/registers/outgoing.csv", EVERYBODY - {DAN, DREW})],
    "exports.list_flows": [Door("GET", "/flows.csv", OVERSEERS)],
    "exports.draw_flows": [Door("GET", "/flows.graphml", OVERSEERS)],
    "exports.tell_all_nationally": [Door("GET", "/national.ndjson", EVERYBODY)],
    "interchange.follow": [Door("GET", "/feed", OVERSEERS)],
    "board.show_board": [Door("GET", "/capacity/board", OVERSEERS | {FAY, TESS})],
    "board.ask_what_if": [Door("POST", "/capacity/what-if", OVERSEERS, what_if, (200,))],
    "seals.prove_event": [Door("GET", "/events/{batch}/proof", set())],  # not sealed yet
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
    "treatments.take_a_report_back": [
        Door("POST", "/treatments/{batch}/reverse", {FAY}, undoing, (409,)),
    ],
    "treatments.report_outputs": [Door("POST", "/treatments/{batch}/outputs", {FAY}, more_outputs, (409,))],
    "treatments.show_treatment": [Door("GET", "/treatments/{batch}", {FAY, RITA, RUTH, ADA})],
    "evidence.upload_evidence": [Door("POST", "/evidence", EVERYBODY, document)],
}  # fmt: skip
for view, tail in (
    ("manifests.show_manifest", ""), ("manifests.list_actions", "/actions"),
    ("chains.show_chain", "/chain"),
    ("interchange.draw_chain", "/chain.graphml"),
    ("interchange.list_edges", "/chain.csv"),
    ("interchange.tell_nationally", "/national"), ("chains.pack_evidence", "/evidence.zip"),
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
    "seals.list_seals", "seals.show_seal", "seals.show_consistency",
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
