"""Errors: what people read when something is wrong, in both languages."""

import pytest

from zerowaste.errors import Problem, status_of, terms
from zerowaste.vocabulary import Act, Period, Status


def both(code: str, **params: object) -> tuple[str, str]:
    problem = Problem(code, params=params)
    return problem.sentence("zh"), problem.sentence("en")


def test_masses_are_said_in_kilograms_to_the_gram() -> None:
    zh, en = both("more_than_refused", refused_g=1_234_567)
    assert "1,234.567 kg" in zh
    assert "1,234.567 kg" in en


def test_acts_and_statuses_are_said_in_words() -> None:
    zh, en = both("not_legal_now", kind="pickup", status="in_transit")
    assert "“运输途中”" in zh
    assert "“起运”" in zh
    assert "is on its way, so “pickup”" in en


def test_what_has_a_name_in_both_languages_is_named_in_the_readers() -> None:
    danger = {"zh": "产生有毒气体", "en": "gives off poisonous gas"}
    zh, en = both("incompatible", first="900-300-34", second="336-052-17", danger=danger)
    assert "产生有毒气体" in zh
    assert "gives off poisonous gas" in en


@pytest.mark.parametrize(("unit", "limit"), [("g", "12,000 kg"), ("l", "12,000,000 L")])
def test_a_full_plant_says_what_is_left_and_who_else_has_room(unit: str, limit: str) -> None:
    other = {"code": "N-PLANT", "name": "费氏环保", "left_g": 1, "reason": "room"}
    params = {"holder": "费氏", "limit": 12_000_000, "left": 0, "unit": unit, "period": "year"}
    zh, en = both("capacity_exceeded", **params, alternatives=[other])
    assert limit in zh
    assert limit in en
    assert "年度限量" in zh
    assert "费氏环保 (N-PLANT, 有余量)" in zh
    assert "费氏环保 (N-PLANT, has room)" in en
    assert both("capacity_exceeded", **params, alternatives=[])[0].endswith("改送：暂无。")


def test_a_paper_that_names_no_waste_and_no_operation_is_said_to_mean_any() -> None:
    zh, en = both("capacity_exceeded", what="*", operation="—")
    assert "（各类废物，方式 不限）" in zh
    assert "(any waste, operation any)" in en


def test_what_was_not_given_shows_as_an_ellipsis() -> None:
    assert both("leg_begun")[1].startswith("Leg … has been")


def test_the_words_are_those_of_the_vocabulary() -> None:
    words = terms()
    assert set(words["kind"]) == set(Act)
    assert set(words["status"]) == set(Status)
    assert set(words["period"]) == set(Period)
    assert {tuple(word) for group in words.values() for word in group.values()} == {("zh", "en")}


@pytest.mark.parametrize(
    ("code", "status"),
    [("not_legal_now", 409), ("changed_meanwhile", 409), ("id_reused", 409), ("series_used_up", 503),
     ("invalid", 422)],
)  # fmt: skip
def test_headlines_have_their_status(code: str, status: int) -> None:
    assert status_of(code) == status
