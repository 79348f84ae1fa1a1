"""The audit over HTTP: findings with stable ids, what is made of them, and what is open, added up."""

import uuid
from typing import Any

import pytest

from tests.cast import DAN, FAY, PAULA, RITA, RUTH
from tests.city import PLANT
from tests.story import the_law
from tests.web.acts import act, file
from tests.web.conftest import Running
from zerowaste import clock
from zerowaste.services.findings.auditing import examine_whole, keep


@pytest.fixture
def short(running: Running, oil: dict[str, Any]) -> str:
    """A load of which a fifth was gone when it was weighed; audited."""
    number = str(file(running.log_in(PAULA), oil)["number"])
    act(running.log_in(DAN), number, "pickup")
    act(running.log_in(FAY), number, "accept", lines=[{"line": 1, "received_g": 400_000}])
    audit(running)
    return number


def audit(running: Running) -> None:
    running.service.database.transact(
        lambda session: keep(session, examine_whole(session, the_law(), now=clock.now()))
    )


def about(answer: Any, number: str) -> list[Any]:
    """The items of a list that are about this manifest."""
    return [item for item in answer.json["items"] if item["manifest"] == number]


def test_a_finding_is_listed_with_its_grams_and_leads_to_its_evidence(running: Running, short: str) -> None:
    rita = running.log_in(RITA)
    (item,) = about(rita.get("/audit/findings?audit=variance"), short)
    assert (item["manifest"], item["grams"], item["place"], item["disposition"]) == (
        short,
        100_000,
        PLANT,
        "open",
    )
    whole = rita.get(f"/audit/findings/{item['id']}").json
    assert whole["finding"] == item
    assert [event["called"] for event in whole["events"]] == [short]
    assert whole["history"] == []
    audit(running)
    assert about(rita.get("/audit/findings?audit=variance"), short) == [item]


def test_what_is_made_of_it_is_said_once_and_kept(running: Running, short: str) -> None:
    assert short
    rita = running.log_in(RITA)
    (item,) = about(rita.get("/audit/findings?audit=variance"), short)
    address = f"/audit/findings/{item['id']}/dispositions"
    word = {"id": str(uuid.uuid4()), "disposition": "explained", "note": "复磅", "expects": 0}
    assert rita.post(address, json=word).status_code == 201
    assert rita.post(address, json=word).status_code == 200
    stale = rita.post(address, json={**word, "id": str(uuid.uuid4())})
    assert (stale.status_code, stale.json["code"]) == (409, "changed_meanwhile")
    lazy = rita.post(address, json={"id": str(uuid.uuid4()), "disposition": "waived"})
    assert lazy.json["errors"][0]["message"] == "请说明理由。"
    assert [error["path"] for error in lazy.json["errors"]] == ["note"]
    assert about(rita.get("/audit/findings?audit=variance"), short) == []
    (kept,) = about(rita.get("/audit/findings?audit=variance&disposition=any"), short)
    assert (kept["disposition"], kept["stake_g"]) == ("explained", 100_000)
    (said,) = rita.get(f"/audit/findings/{item['id']}").json["history"]
    assert (said["note"], said["number"]) == ("复磅", 1)


def test_only_overseers_of_its_region_see_it(running: Running, short: str) -> None:
    assert short
    for person, status in ((PAULA, 403), (DAN, 403), (FAY, 403), (RUTH, 200)):
        assert running.log_in(person).get("/audit/findings").status_code == status


def test_lists_go_on_by_cursor(running: Running, short: str) -> None:
    assert short
    rita, seen, cursor = running.log_in(RITA), [], ""
    while True:
        page = rita.get(f"/audit/findings?limit=1{cursor}").json
        seen += [item["key"] for item in page["items"]]
        if not page["next"]:
            break
        cursor = f"&cursor={page['next']}"
    assert seen == [item["key"] for item in rita.get("/audit/findings").json["items"]]


def test_open_mass_is_added_up(running: Running, short: str) -> None:
    assert short
    rita = running.log_in(RITA)
    items = rita.get("/audit/open?by=stream,kind").json["items"]
    hazardous = {item["kind"]: item["mass_g"] for item in items if item["stream"] == "hazardous"}
    assert hazardous["lot"] >= 400_000
    assert {item["district"] for item in items} == {None}
    wrong = rita.get("/audit/open?by=colour")
    assert (wrong.status_code, wrong.json["errors"][0]["code"]) == (422, "dimension_unknown")
