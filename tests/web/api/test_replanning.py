"""Planning anew over HTTP: who is offered it, what the phones, the paper and an outsider see of it."""

import uuid
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tests.cast import DAN, DORA, DREW, FAY, OLAF, PAULA, Person
from tests.city import LORRY, SECOND_LORRY
from tests.web.acts import act, file, fresh, now
from tests.web.api.test_evidence_pack import check, unpacked
from tests.web.api.test_loads import load, scans
from tests.web.api.test_papers import printed
from tests.web.conftest import Caller

LogIn = Callable[[Person], Caller]


@pytest.fixture
def ref(log_in: LogIn, oil: dict[str, Any]) -> str:
    return str(file(log_in(PAULA), oil)["number"])


@pytest.fixture
def second(carriers: dict[str, str]) -> dict[str, str]:
    """A leg of Drew's."""
    return {"carrier": carriers[SECOND_LORRY], "vehicle": SECOND_LORRY, "driver": DREW.login}


def test_it_is_offered_with_what_it_asks_for(log_in: LogIn, ref: str) -> None:
    for person in (PAULA, DORA):
        offered = log_in(person).get(f"/manifests/{ref}/actions").json["actions"]
        assert {"kind": "replan", "needs": ["legs"]} in offered
    act(log_in(DAN), ref, "replan", 403, legs=[])
    act(log_in(OLAF), ref, "replan", 404, legs=[])


def test_a_load_under_way_is_given_to_another_carrier(
    log_in: LogIn, ref: str, second: dict[str, str], tmp_path: Path
) -> None:
    """Its phones know of it, its paper says so, and its evidence holds for an outsider."""
    paula, dan, drew = log_in(PAULA), log_in(DAN), log_in(DREW)
    act(dan, ref, "pickup")
    refused = act(log_in(DORA), ref, "replan", 422, legs=[second])
    assert [(each["code"], each["path"]) for each in refused["errors"]] == [
        ("leg_not_yours", "legs.0.carrier")
    ]
    told = act(paula, ref, "replan", legs=[second], note="途中故障 broke down")
    assert told["status"] == "in_transit"
    assert load(dan, ref) is None
    assert scans(load(drew, ref)) == [("handover", 2), ("arrive", 2)]
    late = act(dan, ref, "arrive", offline=True)
    assert (late["verdict"], late["findings"][0]["code"]) == ("noted", "leg_planned_anew")
    act(drew, ref, "handover", leg=2)
    act(drew, ref, "arrive")
    act(log_in(FAY), ref, "accept")
    shown = paula.get(f"/manifests/{ref}").json
    assert [leg["vehicle"] for leg in shown["legs"]] == [LORRY, SECOND_LORRY]
    assert ("arrive", "noted") in [(event["kind"], event["verdict"]) for event in shown["events"]]
    text, _ = printed(paula, ref, "document.pdf")
    for plate in (LORRY, SECOND_LORRY):
        assert plate in text
    assert check(unpacked(paula, ref, tmp_path)).returncode == 0


def test_a_trip_is_named_by_the_carriers_own_word(
    log_in: LogIn, ref: str, oil: dict[str, Any], second: dict[str, str]
) -> None:
    paula = log_in(PAULA)
    line = {**oil["lines"][0], "waste_code": "900-214-08"}
    other = file(paula, {**oil, "lines": [line], "legs": [second], "trip": "早班"})["number"]
    act(paula, ref, "replan", legs=[second], trip="早班")
    trips = {paula.get(f"/manifests/{each}").json["trip"]["id"] for each in (ref, other)}
    assert len(trips) == 1


def test_what_cannot_be_is_told_at_once_and_kept(log_in: LogIn, ref: str, second: dict[str, str]) -> None:
    paula = log_in(PAULA)
    stranger = {"carrier": second["carrier"], "vehicle": LORRY, "driver": "nobody"}
    answer = act(paula, ref, "replan", 422, legs=[stranger])
    assert [(each["code"], each["path"]) for each in answer["errors"]] == [
        ("driver_unknown", "legs.0.driver")
    ]
    assert act(paula, ref, "replan", 422)["errors"][0]["code"] == "legs_left_out"
    assert act(paula, ref, "replan", 422, legs=[{"carrier": 1}])["code"] == "invalid"
    kept = [event["verdict"] for event in paula.get(f"/manifests/{ref}").json["events"]]
    assert kept == ["applied", "refused", "refused"]


def test_the_same_plan_again_is_the_first_answer(log_in: LogIn, ref: str, second: dict[str, str]) -> None:
    paula, body = log_in(PAULA), {"id": fresh(), "kind": "replan", "at": now(), "legs": [second]}
    first, again = (paula.post(f"/manifests/{ref}/events", json=body) for _ in range(2))
    assert (first.status_code, again.status_code) == (201, 200)
    other = {**body, "legs": [second, second]}
    assert paula.post(f"/manifests/{ref}/events", json=other).status_code == 409
    assert uuid.UUID(again.json["id"]) == uuid.UUID(body["id"])
