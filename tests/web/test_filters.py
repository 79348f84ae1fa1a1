"""A list narrowed to something that is not there says so: it must not look like one where all is well."""

import re
from collections.abc import Callable, Iterator
from typing import Any, get_args

import pytest

from tests.cast import ADA, CAST, DAN, FAY, PAULA, RITA, Person
from tests.city import ABROAD, PLANT, STREETS, WORKS
from tests.web.conftest import Caller, Running
from zerowaste.vocabulary import Disposition
from zerowaste.web.schemas.findings import Asked
from zerowaste.web.views import View, declared_views

LogIn = Callable[[Person], Caller]
# What people search for in their own words, where to go afterwards, and what a form begins with.
FREE = {"q", "holder", "find", "next", "login", "again", "draft"}
# Begins a new paper for an organisation: what is typed there is judged when it is sent.
FORMS = {"administration_forms.begin_row"}
NONSENSE = {
    "stream": "gold", "waste_code": "999-999-99", "operation": "Z9", "site": "N-WHERE", "region": "99",
    "district": "999999", "audit": "nobody", "period": "2026-13", "month": "2026-13", "days": "0",
}  # fmt: skip
PLACES = {"code": WORKS, "ref": "nothing", "row_id": "1", "year": "2026", "key": "JS5", "form": "csv"}


def narrowed(running: Running) -> Iterator[tuple[View, str]]:
    """Every view that reads, with each of its filters."""
    for view in declared_views(running.app).values():
        for name, field in view.query.model_fields.items():
            if view.method == "GET" and name not in FREE and view.name not in FORMS and view.tag != "probe":
                yield view, field.alias or name


def address(view: View) -> str:
    """Where it is: its places filled with the first thing they take."""
    rule = re.sub(r"<any\(([^,)]*)[^>]*\):\w+>", r"\1", view.rule)
    return re.sub(r"<(?:\w+:)?(\w+)>", lambda found: PLACES.get(found[1], "outgoing"), rule)


def test_no_filter_takes_nonsense(running: Running) -> None:
    tokens = {person.role: running.log_in(person).token for person in CAST}
    client, taken = running.client(), []
    for view, name in narrowed(running):
        role = next(iter(sorted(view.policy))) if isinstance(view.policy, frozenset) else ADA.role
        answer = client.get(
            address(view), query_string={name: NONSENSE.get(name, "nonsense")},
            headers={"Authorization": f"Bearer {tokens[role]}"},
        )  # fmt: skip
        if answer.status_code != 422:
            taken.append(f"{view.rule}?{name}= {answer.status_code}")
    assert taken == []


@pytest.mark.parametrize(
    ("query", "code"),
    [
        ("audit=nobody", "not_among"),
        ("stream=gold", "stream_unknown"),
        ("region=99", "region_unknown"),
        ("region=36010", "region_unreadable"),
        ("severity=awful", "not_among"),
        ("disposition=gone", "not_among"),
    ],
)
def test_findings_say_what_there_is_not(log_in: LogIn, query: str, code: str) -> None:
    answer = log_in(RITA).get(f"/audit/findings?{query}")
    assert answer.status_code == 422
    assert [(e["path"], e["code"]) for e in answer.json["errors"]] == [(query.partition("=")[0], code)]


def test_all_wrong_filters_are_told_at_once_and_an_audit_s_names_are_listed(log_in: LogIn) -> None:
    answer = log_in(RITA).get("/audit/findings?audit=nobody&stream=gold&region=99").json
    assert {e["path"] for e in answer["errors"]} == {"audit", "stream", "region"}
    choices = next(e["message"] for e in answer["errors"] if e["path"] == "audit")
    assert "point_limit" in choices


def test_every_word_of_an_overseer_is_a_filter() -> None:
    assert set(get_args(Asked)) == {"any", *Disposition}


@pytest.mark.parametrize(
    ("person", "path"),
    [
        (RITA, "/audit/findings?audit=point_limit&stream=medical&region=36"),
        (RITA, "/audit/findings?region=360111001"),
        (RITA, f"/audit/unclosed?region={STREETS['other_province'][:2]}"),
        (RITA, "/capacity/board?district=360111"),
        (FAY, f"/deadlines?site={PLANT}"),
        (FAY, f"/registers/treated?site={WORKS}"),
        (PAULA, f"/sites/{WORKS}/lots?waste_code=900-249-08"),
        (PAULA, "/sites?waste_code=900-000-08&operation=R9"),
        (PAULA, f"/registers/outgoing?site={ABROAD}"),
        (DAN, "/manifests?turn=mine"),
    ],
)
def test_what_there_is_may_be_asked_for_though_nothing_is_found(
    log_in: LogIn, person: Person, path: str
) -> None:
    answer = log_in(person).get(path)
    assert answer.status_code in (200, 404), answer.text


def test_who_may_not_come_in_is_not_told_what_there_is(log_in: LogIn) -> None:
    answer: Any = log_in(PAULA).get("/audit/findings?audit=nobody")
    assert answer.status_code == 403
