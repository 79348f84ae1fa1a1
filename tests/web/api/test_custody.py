"""One load from the works to the plant, over HTTP, by the people who do it."""

from collections.abc import Callable
from typing import Any

from tests.cast import ADA, DAN, DORA, DREW, FAY, OLAF, PAULA, RITA, RUTH, TESS, Person
from tests.city import BUILDING, LORRY, PLANT, SECOND_LORRY, SMALL, STATION, VAN, WORKS
from tests.web.acts import act, file, fresh, now
from tests.web.conftest import Caller

OIL = "900-249-08"
LogIn = Callable[[Person], Caller]


def test_a_load_from_filing_to_treatment(log_in: LogIn, oil: dict[str, Any]) -> None:
    paula, dan, fay = log_in(PAULA), log_in(DAN), log_in(FAY)
    lot_id = fresh()
    lot = paula.post(
        f"/sites/{WORKS}/lots",
        json={"id": lot_id, "waste_code": OIL, "mass_g": 800_000, "basis": "scale", "at": now(hours=-1)},
    )
    assert lot.status_code == 201, lot.text
    again = paula.post(
        f"/sites/{WORKS}/lots",
        json={
            "id": lot_id,
            "waste_code": OIL,
            "mass_g": 800_000,
            "basis": "scale",
            "at": "2026-01-01T00:00:00Z",
        },
    )
    assert again.status_code == 409
    oil["lines"][0]["draws"] = [{"lot": lot_id, "mass_g": 500_000}]
    filed = file(paula, oil)
    assert (filed["status"], len(filed["number"])) == ("filed", 14)
    assert filed["qr_url"].startswith("HTTP")
    ref = filed["number"]
    lots = paula.get(f"/sites/{WORKS}/lots").json["items"]
    mine = next(each for each in lots if each["lot"] == lot.json["lot"])
    assert (mine["mass_g"], mine["held_g"], mine["id"]) == (800_000, 500_000, lot_id)

    assert [a["kind"] for a in dan.get(f"/manifests/{ref}/actions").json["actions"]] == [
        "pickup",
        "arrive",
    ]
    picked = act(dan, ref, "pickup", position={"lat": 28.68, "lon": 115.86, "accuracy_m": 12.5})
    assert (picked["status"], picked["verdict"]) == ("in_transit", "applied")
    assert [a["kind"] for a in picked["actions"]] == ["arrive", "reverse"]
    act(dan, ref, "arrive", ticket={"number": "磅-1", "gross_g": 12_000_000, "tare_g": 11_501_000})
    decided = act(fay, ref, "accept", lines=[{"line": 1, "received_g": 499_000, "accepted_g": 499_000}])
    assert decided["status"] == "accepted"

    shown = fay.get(f"/manifests/{ref}").json
    line = shown["lines"][0]
    assert (line["mass_g"], line["loaded_g"], line["received_g"], line["accepted_g"]) == (
        500_000, 500_000, 499_000, 499_000,
    )  # fmt: skip
    assert [event["kind"] for event in shown["events"]] == ["file", "pickup", "arrive", "accept"]
    assert shown["trip"]["ticket"]["net_g"] == 499_000
    assert shown["fields"]["emergency_phone"] == "0791-12345678"
    chain = paula.get(f"/manifests/{ref}/chain").json
    assert (chain["closed"], chain["origin_g"], chain["open_g"]) == (False, 500_000, 499_000)
    assert treated_and_closed(paula, fay, ref, line["lot"])


def test_a_code_put_right_leads_to_the_lot_it_now_is(log_in: LogIn, oil: dict[str, Any]) -> None:
    fay, ref = log_in(FAY), file(log_in(PAULA), oil)["number"]
    act(log_in(DAN), ref, "pickup")
    act(fay, ref, "accept")
    taken = fay.get(f"/manifests/{ref}").json["lines"][0]
    told = act(fay, ref, "reassign", lines=[{"line": 1, "waste_code": "900-214-08"}])
    assert "reassign" not in [each["kind"] for each in told["actions"]]
    line = fay.get(f"/manifests/{ref}").json["lines"][0]
    assert (line["waste_code"], line["found_code"]) == (OIL, "900-214-08")
    lots = fay.get(f"/sites/{PLANT}/lots?waste_code=900-214-08").json["items"]
    assert (line["lot"], line["accepted_g"]) in [(each["lot"], each["mass_g"]) for each in lots]
    act(fay, ref, "reverse")
    assert fay.get(f"/manifests/{ref}").json["lines"][0] == taken


def treated_and_closed(paula: Caller, fay: Caller, ref: str, lot: int) -> bool:
    """Fay refines it all; whether Paula's chain is closed then."""
    treatment = fay.post(
        "/treatments",
        json={
            "id": fresh(),
            "site": PLANT,
            "operation": "R9",
            "at": now(),
            "inputs": [{"lot": lot, "mass_g": 499_000}],
            "outputs": [{"kind": "product", "name": "基础油", "mass_g": 450_000}],
            "done": True,
        },
    )
    assert treatment.status_code == 201, treatment.text
    assert (treatment.json["rest_g"], treatment.json["done"]) == (0, True)
    chain = paula.get(f"/manifests/{ref}/chain").json
    assert chain["origin_g"] == chain["closed_g"] + chain["open_g"] + chain["outside_g"] + chain["variance_g"]
    return bool(chain["closed"])


def test_the_same_filing_again_is_the_first_answer(log_in: LogIn, oil: dict[str, Any]) -> None:
    paula = log_in(PAULA)
    oil["id"] = fresh()
    first = file(paula, oil)
    assert file(paula, oil, 200) == first
    assert file(paula, {**oil, "planned_at": now(hours=5)}, 409)["code"] == "id_reused"


def test_a_dry_run_keeps_nothing(log_in: LogIn, oil: dict[str, Any]) -> None:
    paula = log_in(PAULA)
    before = paula.get("/manifests?limit=200").json["items"]
    answer = paula.post("/manifests?dry_run=true", json=oil)
    assert (answer.status_code, answer.json["number"]) == (200, None)
    assert paula.get("/manifests?limit=200").json["items"] == before


def test_everything_wrong_is_said_at_once(log_in: LogIn, oil: dict[str, Any]) -> None:
    oil["lines"] = [
        {"waste_code": "900-999-99", "mass_g": -5, "packages": 1, "packaging": "桶"},
        {"waste_code": OIL, "mass_g": 99_000_000_000, "packages": 1, "packaging": "桶"},
        {"waste_code": "废油", "mass_g": 1000, "packages": 1, "packaging": "桶"},
        {"waste_code": "900-214-08", "mass_g": 0, "packages": 1, "packaging": "桶"},
    ]
    oil["legs"][0]["vehicle"] = "赣Z99999"
    oil["fields"]["no_such_field"] = "x"
    refused = file(log_in(PAULA), oil, 422)
    paths = {error["path"] for error in refused["errors"]}
    assert {"legs.0.vehicle", "lines.0.waste_code", "fields.no_such_field"} <= paths
    assert {"lines.0.mass_g", "lines.2.waste_code", "lines.3.mass_g"} <= paths
    assert any(path.startswith("lines.1") for path in paths)
    assert all(error["message"] for error in refused["errors"])


def test_no_room_names_the_quota_and_who_has_room(log_in: LogIn, oil: dict[str, Any]) -> None:
    oil["consignee"] = SMALL
    oil["lines"][0]["mass_g"] = 13_000_000
    refused = file(log_in(PAULA), oil, 422)
    full = [error for error in refused["errors"] if error["code"].startswith("capacity")]
    assert full, refused
    assert PLANT in str(full)


def test_the_same_act_again_is_the_first_answer(log_in: LogIn, oil: dict[str, Any]) -> None:
    dan = log_in(DAN)
    ref = file(log_in(PAULA), oil)["number"]
    body = {"id": fresh(), "kind": "pickup", "at": now(), "sent_at": now()}
    first = dan.post(f"/manifests/{ref}/events", json=body)
    again = dan.post(f"/manifests/{ref}/events", json={**body, "sent_at": now(minutes=1)})
    assert (first.status_code, again.status_code) == (201, 200)
    assert first.json == again.json
    other = dan.post(f"/manifests/{ref}/events", json={**body, "kind": "arrive"})
    assert (other.status_code, other.json["code"]) == (409, "id_reused")
    late = act(dan, ref, "pickup", 409)
    assert late["code"] == "not_legal_now"
    assert act(dan, ref, "arrive", 409, expects=1)["code"] == "changed_meanwhile"


def test_who_may_see_a_manifest(log_in: LogIn, oil: dict[str, Any]) -> None:
    ref = file(log_in(PAULA), oil)["number"]
    for person, sees in (
        (PAULA, True), (DAN, True), (DORA, True), (FAY, True), (RITA, True), (RUTH, True), (ADA, True),
        (OLAF, False), (DREW, False), (TESS, False),
    ):  # fmt: skip
        caller = log_in(person)
        wanted = 200 if sees else 404
        for path in ("", "/actions", "/chain"):
            assert caller.get(f"/manifests/{ref}{path}").status_code == wanted, (person.login, path)
        listed = [item["number"] for item in caller.get("/manifests?limit=200").json["items"]]
        assert (ref in listed) is sees
        posted = caller.post(
            f"/manifests/{ref}/events", json={"id": fresh(), "kind": "handover", "at": now(), "leg": 2}
        )
        assert posted.status_code in ((403, 409, 422) if sees else (404,)), (person.login, posted.text)


def test_refused_mass_goes_home_on_another_lorry(log_in: LogIn, oil: dict[str, Any], carrier: str) -> None:
    paula, dan, fay = log_in(PAULA), log_in(DAN), log_in(FAY)
    ref = file(paula, oil)["number"]
    act(dan, ref, "pickup")
    act(dan, ref, "arrive")
    assert act(fay, ref, "refuse", 422)["errors"][0]["code"] == "reason_missing"
    refused = act(fay, ref, "refuse", reason="packaging")
    assert refused["status"] == "refused"
    sent = act(fay, ref, "return", leg={"carrier": carrier, "vehicle": LORRY, "driver": DAN.login})
    assert sent["verdict"] == "applied"
    home = act(paula, ref, "receive_back", lines=[{"line": 1, "received_g": 500_000}])
    assert home["status"] == "settled"
    assert fay.get(f"/manifests/{ref}").json["legs"][1]["back"] is True


def test_lists_go_on_where_they_stopped(log_in: LogIn, oil: dict[str, Any]) -> None:
    paula = log_in(PAULA)
    numbers = {file(paula, oil)["number"] for _ in range(3)}
    seen, cursor = [], None
    while True:
        path = "/manifests?limit=1&status=filed&stream=hazardous" + (f"&cursor={cursor}" if cursor else "")
        found = paula.get(path).json
        seen += [item["number"] for item in found["items"]]
        cursor = found["next"]
        if not cursor:
            break
    assert numbers <= set(seen)
    assert len(seen) == len(set(seen))


def test_capacity_is_what_is_reserved_and_used(log_in: LogIn, oil: dict[str, Any]) -> None:
    paula = log_in(PAULA)
    oil["consignee"] = SMALL

    def oil_quota() -> Any:
        found = paula.get(f"/sites/{SMALL}/capacity").json
        return next(quota for quota in found["quotas"] if quota["what"] == "HW08")

    before = oil_quota()
    file(paula, oil)
    after = oil_quota()
    assert after["reserved_g"] - before["reserved_g"] == 500_000
    assert before["left_g"] - after["left_g"] == 500_000
    assert (after["from"][4:], after["to"][4:], after["limit_g"]) == ("-01-01", "-12-31", 10_000_000)


def test_manifests_of_one_trip_name_it_in_the_carriers_words(log_in: LogIn, oil: dict[str, Any]) -> None:
    paula = log_in(PAULA)
    word = f"早班-{fresh()[:8]}"
    other = {**oil["lines"][0], "waste_code": "900-214-08"}
    first = file(paula, {**oil, "trip": word})["number"]
    second = file(paula, {**oil, "trip": word, "lines": [other]})["number"]
    trips = {paula.get(f"/manifests/{ref}").json["trip"]["id"] for ref in (first, second)}
    assert len(trips) == 1


def test_unclosed_tells_whose_turn_it_is(log_in: LogIn, oil: dict[str, Any]) -> None:
    ref = file(log_in(PAULA), oil)["number"]
    act(log_in(DAN), ref, "pickup")
    found = log_in(RITA).get("/audit/unclosed?stream=hazardous&limit=200")
    assert found.status_code == 200, found.text
    assert any(item["place"] == LORRY and item["mass_g"] == 500_000 for item in found.json["items"])
    assert log_in(OLAF).get("/audit/unclosed").json["items"] == []


def test_the_places_of_other_streams_are_named_right(log_in: LogIn) -> None:
    """Sites, vans and second lorries of the cast exist, so other tests may lean on them."""
    found = log_in(PAULA).get("/sites?kind=transfer").json["items"]
    assert [site["code"] for site in found] == [STATION]
    plates = {
        vehicle["plate"]
        for item in log_in(PAULA).get("/carriers").json["items"]
        for vehicle in item["vehicles"]
    }
    assert plates >= {LORRY, VAN, SECOND_LORRY}
    assert log_in(PAULA).get(f"/sites/{BUILDING}/capacity").status_code == 200
    assert log_in(OLAF).get(f"/sites/{BUILDING}/capacity").status_code == 404
