"""Why a gate refuses, and where it is told what is doubtful about what it said."""

from collections.abc import Callable
from typing import Any

import pytest

from tests.cast import DAN, FAY, PAULA, Person
from tests.city import PLANT, SMALL, WORKS
from tests.web.acts import act, file, fresh, now
from tests.web.conftest import Caller
from zerowaste.vocabulary import RefusalReason

LogIn = Callable[[Person], Caller]


@pytest.fixture
def ref(log_in: LogIn, oil: dict[str, Any]) -> str:
    """Half a tonne of oil at the plant's gate."""
    number = str(file(log_in(PAULA), oil)["number"])
    act(log_in(DAN), number, "pickup")
    return number


def refused(reason: str, **more: Any) -> dict[str, Any]:
    return {"line": 1, "received_g": 500_000, "accepted_g": 400_000, "refused_g": 100_000,
            "reason": reason, **more}  # fmt: skip


def warned(answer: Any) -> list[tuple[str, str]]:
    return [(each["path"], each["code"]) for each in answer["warnings"]]


def why(caller: Caller, ref: str) -> tuple[str, str]:
    line = caller.get(f"/manifests/{ref}").json["lines"][0]
    return line["reason"], line["reason_code"]


def test_a_code_of_the_list_is_taken_as_it_is(log_in: LogIn, ref: str) -> None:
    fay = log_in(FAY)
    offered = {each["code"] for each in fay.get("/streams").json["items"][0]["refusal_reasons"]}
    assert offered == set(RefusalReason)
    assert warned(act(fay, ref, "accept", lines=[refused("packaging")])) == []
    assert why(fay, ref) == ("packaging", "packaging")


def test_another_word_is_kept_counts_as_other_and_the_codes_are_named(log_in: LogIn, ref: str) -> None:
    fay = log_in(FAY)
    answer = act(fay, ref, "accept", lines=[refused("contaminated")])
    assert warned(answer) == [("lines.0.reason", "reason_unlisted")]
    for code in RefusalReason:
        assert code in answer["warnings"][0]["message"]
    assert why(fay, ref) == ("contaminated", "other")


def test_a_reason_for_the_whole_load_is_told_where_it_was_sent(log_in: LogIn, ref: str) -> None:
    fay = log_in(FAY)
    assert warned(act(fay, ref, "refuse", reason="contaminated")) == [("reason", "reason_unlisted")]
    assert why(fay, ref) == ("contaminated", "other")


def test_a_whole_sentence_is_other_with_a_note(log_in: LogIn, ref: str) -> None:
    fay, sentence = log_in(FAY), "Two of the three drums leak at the seam and stand in a puddle."
    answer = act(fay, ref, "accept", note="See the photo.", lines=[refused(sentence)])
    assert warned(answer) == []
    assert why(fay, ref) == ("other", "other")
    note = fay.get(f"/manifests/{ref}").json["events"][-1]["note"]
    assert note == f"See the photo.\n{sentence}"


def test_other_asks_for_a_note(log_in: LogIn, ref: str) -> None:
    answer = act(log_in(FAY), ref, "accept", lines=[refused("other")])
    assert warned(answer) == [("lines.0.reason", "reason_unsaid")]


def test_other_with_a_note_says_enough(log_in: LogIn, ref: str) -> None:
    assert warned(act(log_in(FAY), ref, "refuse", reason="other", note="货单不符")) == []


@pytest.mark.parametrize("kind", ["accept", "refuse"])
def test_no_reason_at_all_is_refused(log_in: LogIn, ref: str, kind: str) -> None:
    line = {name: value for name, value in refused("").items() if name != "reason"}
    answer = act(log_in(FAY), ref, kind, 422, lines=[line])
    assert [(each["path"], each["code"]) for each in answer["errors"]] == [
        ("lines.0.reason", "reason_missing")
    ]


@pytest.fixture
def two(log_in: LogIn, oil: dict[str, Any]) -> str:
    """Oil and engine oil on one lorry, at the gate."""
    more = {**oil["lines"][0], "waste_code": "900-214-08"}
    number = str(file(log_in(PAULA), {**oil, "lines": [*oil["lines"], more]})["number"])
    act(log_in(DAN), number, "pickup")
    return number


def test_what_is_doubtful_is_told_where_the_body_speaks_of_the_line(log_in: LogIn, two: str) -> None:
    """Fay names the second line first, and weighs far less of it than was loaded."""
    lines = [{"line": 2, "received_g": 300_000}, {"line": 1, "received_g": 500_000}]
    answer = act(log_in(FAY), two, "accept", lines=lines)
    assert warned(answer) == [("lines.0", "variance_over_tolerance")]
    assert [(each["path"], each["code"]) for each in answer["findings"]] == warned(answer)


def test_a_refusal_of_one_line_speaks_of_its_place_in_the_body(log_in: LogIn, two: str) -> None:
    answer = act(
        log_in(FAY), two, "refuse", lines=[{"line": 2, "reason": "soaked"}, {"line": 1, "reason": "no_room"}]
    )
    assert warned(answer) == [("lines.0.reason", "reason_unlisted")]
    found = {
        each["path"]: each["params"]["line"] for each in answer["findings"] if each["code"] == "mass_refused"
    }
    assert found == {"lines.0": 2, "lines.1": 1}


def test_what_the_law_refuses_is_told_there_too(log_in: LogIn, two: str) -> None:
    """The second line alone is spoken of, and no such waste exists."""
    line = {"line": 2, "received_g": 500_000, "waste_code": "900-999-08"}
    answer = act(log_in(FAY), two, "accept", 422, lines=[line])
    assert [(each["path"], each["code"]) for each in answer["errors"]] == [
        ("lines.0.waste_code", "waste_code_unknown")
    ]


def kinds(caller: Caller, ref: str) -> set[str]:
    """What the caller may do next, as the list of actions says."""
    return {each["kind"] for each in caller.get(f"/manifests/{ref}/actions").json["actions"]}


def test_a_code_is_put_right_only_while_some_of_it_is_left(log_in: LogIn, ref: str) -> None:
    fay = log_in(FAY)
    accepted = act(fay, ref, "accept")
    assert "reassign" in {each["kind"] for each in accepted["actions"]}
    assert "reassign" in kinds(fay, ref)
    lot = fay.get(f"/manifests/{ref}").json["lines"][0]["lot"]
    batch = {
        "id": fresh(),
        "site": PLANT,
        "operation": "D10",
        "at": now(),
        "inputs": [{"lot": lot, "mass_g": 1}],
    }
    assert fay.post("/treatments", json=batch).status_code == 201
    assert "reassign" in kinds(fay, ref)
    rest = {**batch, "id": fresh(), "inputs": [{"lot": lot, "mass_g": 499_999}]}
    assert fay.post("/treatments", json=rest).status_code == 201
    assert "reassign" not in kinds(fay, ref)


def test_refused_mass_goes_home_only_while_it_waits_at_the_gate(
    log_in: LogIn, ref: str, oil: dict[str, Any]
) -> None:
    """Promised to another plant it is not Paula's to take back; if that falls through, it is again."""
    paula, fay, dan = log_in(PAULA), log_in(FAY), log_in(DAN)
    refused_all = act(fay, ref, "refuse", reason="no_room")
    assert "return" in {each["kind"] for each in refused_all["actions"]}
    assert {"return"} <= kinds(fay, ref) & kinds(dan, ref)
    assert "receive_back" in kinds(paula, ref)
    gate = paula.get(f"/manifests/{ref}/chain").json["open"][0]["holding"]
    line = {**oil["lines"][0], "draws": [{"lot": gate, "mass_g": 500_000}]}
    onward = file(fay, {**oil, "consignor": PLANT, "consignee": SMALL, "lines": [line]})["number"]
    for person in (paula, fay, dan):
        assert not {"return", "receive_back"} & kinds(person, ref)
    act(fay, onward, "cancel")
    assert "return" in kinds(fay, ref)
    act(fay, ref, "return")
    assert "receive_back" in kinds(paula, ref)
    assert "return" not in kinds(fay, ref)


def told_wrong(caller: Caller, url: str, body: dict[str, Any]) -> list[tuple[str, str]]:
    answer = caller.post(url, json=body)
    assert answer.status_code == 422, answer.text
    return [(each["path"], each["code"]) for each in answer.json["errors"]]


def test_a_value_of_another_kind_is_told_what_it_should_be(log_in: LogIn, oil: dict[str, Any]) -> None:
    line = {**oil["lines"][0], "draws": [{"lot": -1, "mass_g": 1}]}
    body = {**oil, "draft": "yes", "lines": [line], "fields": {"remark": "x" * 501}}
    assert told_wrong(log_in(PAULA), "/manifests", body) == [
        ("draft", "not_true_or_false"),
        ("lines.0.draws.0.lot", "number_or_id"),
        ("fields.remark", "field_value"),
    ]


def test_a_number_between_quotes_is_told_in_every_field_of_an_act(log_in: LogIn, ref: str) -> None:
    """Whatever sends it must learn of it: one that guesses at what was meant takes "1e3" and " 28" too."""
    whole = ("mass_g", "received_g", "accepted_g", "refused_g", "volume_l", "line")
    body = {
        "id": fresh(), "kind": "accept", "at": now(), "leg": "1", "event": "3",
        "lines": [dict.fromkeys(whole, "1")],
        "ticket": {"gross_g": "2", "tare_g": "1", "net_g": "1"},
        "position": {"lat": "28", "lon": "115.9", "accuracy_m": "5"},
    }  # fmt: skip
    assert told_wrong(log_in(FAY), f"/manifests/{ref}/events", body) == [
        *((f"position.{name}", "not_number") for name in ("lat", "lon", "accuracy_m")),
        *((f"ticket.{name}", "not_whole_number") for name in ("gross_g", "tare_g", "net_g")),
        *((f"lines.0.{name}", "not_whole_number") for name in ("line", *whole[:-1])),
        ("leg", "not_whole_number"),
        ("event", "number_or_id"),
    ]
    here = {"lat": 28, "lon": 115.9, "accuracy_m": 5}
    act(log_in(FAY), ref, "accept", position=here)


def test_more_accepted_than_came_is_a_wrong_figure_and_no_refusal_without_a_reason(
    log_in: LogIn, ref: str
) -> None:
    line = {"line": 1, "received_g": 500_000, "accepted_g": 600_000}
    body = {"id": fresh(), "kind": "accept", "at": now(), "lines": [line]}
    assert told_wrong(log_in(FAY), f"/manifests/{ref}/events", body) == [("lines.0", "decision_not_whole")]


def test_a_residue_of_no_code_is_told_so_and_not_of_a_stream_it_never_named(log_in: LogIn, ref: str) -> None:
    fay = log_in(FAY)
    act(fay, ref, "accept")
    lot = fay.get(f"/manifests/{ref}").json["lines"][0]["lot"]
    out = {"kind": "residue", "mass_g": 1_000}
    batch = {
        "id": fresh(), "site": PLANT, "operation": "D10", "at": now(),
        "inputs": [{"lot": lot, "mass_g": 9_000}],
        "outputs": [{**out, "waste_code": "900-999-99"}, {**out, "waste_code": "841-001-01"},
                    {**out, "stream": "gold", "waste_code": "772-003-18"}],
    }  # fmt: skip
    assert told_wrong(fay, "/treatments", batch) == [
        ("outputs.0.waste_code", "residue_unplaced"),
        ("outputs.1.waste_code", "residue_unplaced"),  # hazardous and medical waste both know it
        ("outputs.2.stream", "stream_unknown"),
    ]


def test_all_that_is_wrong_with_a_lot_is_told_at_once(log_in: LogIn) -> None:
    body = {"id": fresh(), "waste_code": "900-999-99", "mass_g": 1_000, "basis": "scale",
            "at": "2099-01-01T00:00:00Z"}  # fmt: skip
    assert told_wrong(log_in(PAULA), f"/sites/{WORKS}/lots", body) == [
        ("waste_code", "waste_code_unknown"),
        ("at", "at_in_future"),
    ]
