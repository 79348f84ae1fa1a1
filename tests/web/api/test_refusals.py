"""Why a gate refuses, and where it is told what is doubtful about what it said."""

from collections.abc import Callable
from typing import Any

import pytest

from tests.cast import DAN, FAY, PAULA, Person
from tests.web.acts import act, file
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
