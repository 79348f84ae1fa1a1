"""Manifests that are still being written."""

from collections.abc import Callable
from typing import Any

from tests.cast import FAY, PAULA, Person
from tests.city import CANTEEN, OTHER, PLANT, WORKS
from tests.web.acts import act, file, fresh
from tests.web.conftest import Caller

LogIn = Callable[[Person], Caller]


def test_a_draft_is_kept_filled_in_and_filed(log_in: LogIn, oil: dict[str, Any]) -> None:
    paula, fay = log_in(PAULA), log_in(FAY)
    draft_id = fresh()
    kept = file(paula, {"id": draft_id, "draft": True, "stream": "hazardous", "consignor": WORKS})
    assert (kept["status"], kept["number"]) == ("draft", None)
    assert fay.get(f"/manifests/{draft_id}").status_code == 404
    shown = paula.get(f"/manifests/{draft_id}")
    assert shown.status_code == 200, shown.text
    actions = {a["kind"]: a["needs"] for a in paula.get(f"/manifests/{draft_id}/actions").json["actions"]}
    assert actions == {"file": ["consignee", "planned_at", "legs", "lines"], "cancel": []}
    filed = file(paula, {**oil, "id": draft_id})
    assert filed["status"] == "filed"
    assert file(paula, {**oil, "id": draft_id}, 200) == filed
    events = paula.get(f"/manifests/{draft_id}").json["events"]
    assert [(event["number"], event["kind"]) for event in events] == [(1, "draft"), (2, "file")]
    assert paula.get(f"/manifests/{draft_id}/chain").status_code == 200


def test_a_draft_is_thrown_away(log_in: LogIn) -> None:
    paula = log_in(PAULA)
    draft_id = fresh()
    file(paula, {"id": draft_id, "draft": True, "stream": "kitchen", "consignor": CANTEEN})
    assert act(paula, draft_id, "pickup", 409)["code"] == "not_legal_now"
    assert act(paula, draft_id, "cancel")["status"] == "cancelled"
    assert act(paula, draft_id, "cancel", 409)["code"] == "not_legal_now"
    assert paula.get(f"/manifests/{draft_id}").json["status"] == "cancelled"
    assert paula.get(f"/manifests/{draft_id}/chain").status_code == 200


def test_a_draft_that_was_changed_meanwhile_is_not_replaced(log_in: LogIn) -> None:
    paula, at_the_gate = log_in(PAULA), log_in(PAULA)
    draft = {"id": fresh(), "draft": True, "stream": "hazardous", "consignor": WORKS}
    file(paula, {**draft, "window": "office", "expects": 0})
    file(at_the_gate, {**draft, "consignee": PLANT, "window": "gate", "expects": 1}, 200)
    late = {**draft, "consignee": OTHER, "window": "office", "expects": 1}
    assert file(paula, late, 409)["code"] == "changed_meanwhile"
    assert paula.get(f"/manifests/{draft['id']}").json["draft"]["consignee"] == PLANT
    assert act(paula, draft["id"], "cancel", 409, expects=1)["code"] == "changed_meanwhile"
    # Who has seen it may replace it, and who says what is kept already replaces nothing.
    file(paula, {**late, "expects": 2}, 200)
    file(at_the_gate, {**late, "window": "gate", "expects": 2}, 200)
    events = paula.get(f"/manifests/{draft['id']}").json["events"]
    assert [event["kind"] for event in events] == ["draft"] * 3
