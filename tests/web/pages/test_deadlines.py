"""Deadlines by date, messages and the count of them in the header."""

import csv
import io
import re
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import update

from tests.cast import OLAF, PAULA, RITA, RUTH, TESS
from tests.city import CANTEEN
from tests.story import the_law
from tests.web.acts import fresh, now
from tests.web.conftest import Running
from tests.web.pages.conftest import Reader
from zerowaste import clock
from zerowaste.models.tables import NUDGE
from zerowaste.services.messaging.nudging import make_nudges, met_nudges, withdraw

SignIn = Callable[..., Reader]


@pytest.fixture(scope="module")
def late(running: Running) -> None:
    """A canteen's waste that came to be fifty hours ago, and everybody told of it."""
    body = {"id": fresh(), "waste_code": "KW-1", "mass_g": 80_000, "basis": "scale", "at": now(hours=-50)}
    answer = running.log_in(PAULA).post(f"/sites/{CANTEEN}/lots", json=body)
    assert answer.status_code == 201, answer.text
    running.service.database.transact(lambda session: make_nudges(session, the_law(), now=clock.now()))


def count(page: str) -> str:
    found = re.search(r'class="count">.*?</span>(\d+\+?)</strong>', page)
    return found[1] if found else ""


@pytest.mark.usefixtures("late")
def test_the_calendar_begins_with_what_is_overdue(sign_in: SignIn) -> None:
    page = sign_in(PAULA, "en").get("/deadlines").text
    assert page.index("Overdue <small") < page.index("80 kg")
    for said in ("80 kg", "KW-1", CANTEEN, f'href="/sites/{CANTEEN}/stores"', "the collector must call"):
        assert said in page, said
    assert CANTEEN not in sign_in(OLAF).get("/deadlines").text
    assert CANTEEN in sign_in(RUTH).get("/deadlines").text


@pytest.mark.usefixtures("late")
def test_the_sheet_says_what_the_list_says(sign_in: SignIn) -> None:
    answer = sign_in(PAULA, "en").get("/deadlines.csv?kind=store&overdue=true")
    heading, *rows = csv.reader(io.StringIO(answer.data.decode("utf-8-sig")))
    assert heading[:3] == ["due", "overdue", "what"]
    (row,) = rows
    assert row[1:5] == ["yes", "waste must leave its store or be treated", row[3], CANTEEN]
    assert row[-2:] == ["80000", "彭氏实业（测试）"]


def test_an_empty_calendar_says_what_to_do_next(sign_in: SignIn) -> None:
    reader = sign_in(TESS, "en")
    assert "No deadline is like that." in reader.get("/deadlines?overdue=true&kind=visit").text
    assert 'href="/deadlines"' in reader.get("/").text


@pytest.mark.parametrize("query", ["kind=x", "overdue=1", "before=tomorrow", "cursor=x", "limit=0", "y=1"])
def test_what_cannot_be_asked(sign_in: SignIn, query: str) -> None:
    assert sign_in(RITA).get(f"/deadlines?{query}").status_code == 422


@pytest.mark.usefixtures("late")
def test_messages_are_counted_on_every_page_until_they_are_read(sign_in: SignIn) -> None:
    reader = sign_in(PAULA, "en")
    assert count(reader.get("/manifests").text) == "2"
    page = reader.get("/messages").text
    assert "Overdue: waste must leave its store or be treated" in page
    path = re.search(r'action="(/messages/[^"/]+/read)"', page)
    assert path is not None
    opened = reader.post(path[1])
    assert (opened.status_code, opened.headers["Location"]) == (303, f"/sites/{CANTEEN}/stores")
    assert count(reader.get("/").text) == "1"
    assert sign_in(OLAF).post(path[1]).status_code == 404
    assert reader.post("/messages/read").status_code == 303
    assert count(reader.get("/").text) == ""
    assert "No message is like that." in reader.get("/messages?unread=true").text
    assert count(sign_in(RUTH).get("/").text) == "2"


@pytest.mark.usefixtures("late")
def test_the_api_tells_the_same_in_the_readers_language(running: Running) -> None:
    ruth = running.log_in(RUTH)
    english = ruth.get("/messages", headers={"Accept-Language": "en"}).json["items"]
    said = {"Overdue: waste must leave its store or be treated", "Overdue: the collector must call"}
    assert {item["headline"] for item in english} == said
    chinese = ruth.get("/messages?unread=true", headers={"Accept-Language": "zh"}).json["items"]
    assert {item["headline"] for item in chinese} == {"已逾期：在库废物应转出或处理", "已逾期：应上门收集"}
    assert chinese[0]["content"]["place"] == CANTEEN
    read = ruth.post(f"/messages/{chinese[0]['id']}/read")
    assert read.json["read_at"]
    assert len(ruth.get("/messages?unread=true").json["items"]) == 1
    assert running.log_in(OLAF).post(f"/messages/{chinese[0]['id']}/read").status_code == 404
    listed: Any = ruth.get("/deadlines?overdue=true&kind=store&limit=1").json
    assert listed["items"][0] == {
        "kind": "store", "rule": "KW-DAILY", "holder": "彭氏实业（测试）", "place": CANTEEN,
        "subject": listed["items"][0]["subject"], "stream": "kitchen", "waste_code": "KW-1",
        "mass_g": 80_000, "due_at": listed["items"][0]["due_at"], "overdue": True,
    }  # fmt: skip
    whole = running.log_in(RITA).get("/deadlines?limit=200").json["items"]
    first = running.log_in(RITA).get("/deadlines?limit=2").json
    second = running.log_in(RITA).get(f"/deadlines?limit=2&cursor={first['next']}").json
    assert first["items"] + second["items"] == whole[:4]


@pytest.mark.usefixtures("late")
def test_what_was_dealt_with_is_shown_as_settled(running: Running, sign_in: SignIn) -> None:
    reader = sign_in(RUTH, "en")
    assert ">settled<" not in reader.get("/messages").text
    running.service.database.transact(
        lambda session: session.execute(update(NUDGE).values(due_at=clock.now() - timedelta(hours=1)))
    )
    now = clock.now()
    running.service.database.transact(
        lambda session: withdraw(session, met_nudges(session, the_law(), now=now), now=now)
    )
    assert ">settled<" in reader.get("/messages").text
    assert count(reader.get("/messages").text) == ""
