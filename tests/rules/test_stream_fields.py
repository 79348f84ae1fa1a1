"""The form's own fields: what is asked for, when, and when it may no longer change."""

import pytest

from zerowaste.errors import Problem
from zerowaste.rules.stream_fields import Choice, FormField, Name, field_problems, sealed_problems

LABEL = Name(zh="备注", en="Remark")
FORM = (
    FormField(name="phone", label=LABEL, kind="text", pattern="[0-9]{3,}", required_at="pickup"),
    FormField(name="bins", label=LABEL, kind="number"),
    FormField(
        name="form",
        label=LABEL,
        kind="choice",
        choices=(Choice(value="solid", zh="固", en="Solid"),),
    ),
    FormField(name="made_on", label=LABEL, kind="date", sealed_at="pickup"),
)


def codes(problems: list[Problem]) -> list[tuple[str, str]]:
    return [(problem.code, problem.path) for problem in problems]


def test_a_field_is_missing_only_from_the_step_that_needs_it() -> None:
    assert field_problems(FORM, {}, "file") == []
    assert codes(field_problems(FORM, {"phone": ""}, "pickup")) == [("field_missing", "fields.phone")]
    assert codes(field_problems(FORM, {}, "accept")) == [("field_missing", "fields.phone")]


def test_everything_wrong_is_said_at_once() -> None:
    values = {"phone": "12", "bins": "three", "form": "gas", "made_on": "2026-02-30", "colour": 1}
    assert codes(field_problems(FORM, values, "file")) == [
        ("field_unknown", "fields.colour"),
        ("field_not_matching", "fields.phone"),
        ("field_not_number", "fields.bins"),
        ("field_not_choice", "fields.form"),
        ("field_not_date", "fields.made_on"),
    ]


@pytest.mark.parametrize(
    ("name", "value", "code"),
    [
        ("phone", 5, "field_not_text"),
        ("phone", "1" * 501, "field_too_long"),
        ("bins", True, "field_not_number"),
        ("bins", 10**16, "field_not_number"),
        ("bins", 1.5, "field_not_number"),
        ("form", ["solid"], "field_not_choice"),
        ("made_on", "20260131", "field_not_date"),
        ("made_on", 20260131, "field_not_date"),
    ],
)
def test_odd_values_are_refused_and_never_crash(name: str, value: object, code: str) -> None:
    assert codes(field_problems(FORM, {name: value}, "file")) == [(code, f"fields.{name}")]


def test_right_values_pass() -> None:
    values = {"phone": "110", "bins": 0, "form": "solid", "made_on": "2026-01-31"}
    assert field_problems(FORM, values, "accept") == []


def test_a_sealed_field_may_be_said_again_or_filled_in_but_not_changed() -> None:
    before = {"made_on": "2026-01-31"}
    assert sealed_problems(FORM, before, {"made_on": "2026-02-01"}, "file") == []
    assert sealed_problems(FORM, before, {"made_on": "2026-01-31"}, "pickup") == []
    assert sealed_problems(FORM, {}, {"made_on": "2026-02-01"}, "pickup") == []
    assert codes(sealed_problems(FORM, before, {"made_on": "2026-02-01"}, "arrive")) == [
        ("field_sealed", "fields.made_on")
    ]


def test_a_problem_speaks_both_languages() -> None:
    (problem,) = field_problems(FORM, {"form": "gas"}, "file")
    assert "solid" in problem.sentence("zh")
    assert problem.sentence("en") == "“备注 / Remark” takes one of these: solid."
