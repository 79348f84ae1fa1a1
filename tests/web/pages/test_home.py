"""The first page: for a visitor what this is, for everybody else what waits for him."""

import re
from collections.abc import Callable
from typing import Any

import pytest
from sqlalchemy import update

from tests.cast import ADA, CAST, DAN, DORA, FAY, OLAF, PAULA, RITA, Person
from tests.city import PLANT, WORKS
from tests.heard import statements
from tests.web.acts import act, file
from tests.web.conftest import Running
from tests.web.pages.conftest import Reader
from zerowaste.models.tables import ORGANISATION

SignIn = Callable[..., Reader]


@pytest.fixture
def load(running: Running, oil: dict[str, Any]) -> str:
    """The number of a load on its way to Fay's plant."""
    number = str(file(running.log_in(PAULA), oil)["number"])
    act(running.log_in(DAN), number, "pickup")
    return number


def rows(page: str, heading: str) -> list[list[str]]:
    """The cells of the table under a heading, as they are read."""
    table = page.split(f"<h2>{heading}</h2>")[1].split("<h2>")[0]
    cells = [re.findall(r"<td[^>]*>(.*?)</td>", row, re.DOTALL) for row in table.split("<tr>")[1:]]
    plain = [[re.sub(r"<[^>]+>", "", cell).strip() for cell in row] for row in cells if row]
    return [[" ".join(cell.split()) for cell in row] for row in plain]


def test_a_visitor_is_told_what_this_is_and_where_the_door_is(running: Running) -> None:
    page = running.client().get("/", headers={"Accept-Language": "en"}).text
    assert "Four kinds of people, four jobs" in page
    assert 'href="/sign-in"' in page


@pytest.mark.parametrize("person", CAST, ids=lambda person: person.login)
def test_everybody_is_told_how_to_begin(sign_in: SignIn, person: Person) -> None:
    page = sign_in(person, "en").get("/").text
    assert "First time here?" in page
    assert "What waits for you" in page


def test_paula_sees_what_travels_and_what_she_sent(sign_in: SignIn, running: Running, load: str) -> None:
    page = sign_in(PAULA, "en").get("/").text
    assert load in [row[0] for row in rows(page, "On the road")]
    (sent,) = [
        row for row in rows(page, "Sent in the last thirty days") if row[0].lower().startswith("hazard")
    ]
    filed = running.log_in(PAULA).get("/manifests?stream=hazardous&limit=200").json["items"]
    assert sent[1] == str(len([each for each in filed if each["status"] not in ("draft", "cancelled")]))


def test_paula_sees_who_took_her_waste_and_for_what(sign_in: SignIn, running: Running, load: str) -> None:
    whole = {"line": 1, "received_g": 500_000, "accepted_g": 500_000, "refused_g": 0}
    act(running.log_in(FAY), load, "accept", lines=[whole])
    (row,) = [
        row for row in rows(sign_in(PAULA, "en").get("/").text, "Sent in the last thirty days")
        if row[0].endswith(PLANT)
    ]  # fmt: skip
    assert row[1].startswith("R9 ")
    assert row[2] == "500 kg"


def test_paula_sees_her_lots_by_waste_with_the_first_deadline(sign_in: SignIn, running: Running) -> None:
    paula = running.log_in(PAULA)
    for number, grams in enumerate((100_000, 250_500)):
        body = {"id": f"0195d3b0-0000-7000-8000-00000000000{number}", "waste_code": "900-214-08",
                "mass_g": grams, "at": "2026-11-01T08:00:00+08:00"}  # fmt: skip
        assert paula.post(f"/sites/{WORKS}/lots", json=body).status_code in (200, 201)
    page = sign_in(PAULA, "en").get("/").text
    (row,) = [row for row in rows(page, "In store") if "900-214-08" in row[1]]
    assert row[3:] == ["350.5 kg", "2"]


def test_where_the_latest_load_ended_is_said_in_words_and_drawn(
    sign_in: SignIn, running: Running, load: str
) -> None:
    fay = running.log_in(FAY)
    act(
        fay, load, "accept", lines=[{"line": 1, "received_g": 500_000, "accepted_g": 500_000, "refused_g": 0}]
    )
    page = sign_in(PAULA, "en").get("/").text
    assert f'<a href="/manifests/{load}/chain">{load}</a>' in page
    assert '<svg class="chain"' in page


def test_a_load_of_two_wastes_is_one_load(
    sign_in: SignIn,
    running: Running,
    oil: dict[str, Any],
) -> None:
    def sent() -> int:
        table = rows(sign_in(PAULA, "en").get("/").text, "Sent in the last thirty days")
        return sum(int(row[1]) for row in table if row[0].lower().startswith("hazard"))

    before = sent()
    (line,) = oil["lines"]
    file(running.log_in(PAULA), {**oil, "lines": [line, {**line, "waste_code": "900-214-08"}]})
    assert sent() == before + 1


def test_the_first_page_of_whoever_has_most_on_it_asks_few_questions(
    sign_in: SignIn, running: Running, load: str
) -> None:
    whole = {"line": 1, "received_g": 500_000, "accepted_g": 500_000, "refused_g": 0}
    act(running.log_in(FAY), load, "accept", lines=[whole])
    paula = sign_in(PAULA)
    with statements(running.service.database.engine) as asked:
        assert '<svg class="chain"' in paula.get("/").text
    assert len([each for each in asked if not each.startswith("BEGIN")]) <= 15, asked


def test_each_load_that_waits_says_what_to_do_to_whoever_must_do_it(
    sign_in: SignIn,
    running: Running,
    oil: dict[str, Any],
) -> None:
    def waits(person: Person) -> dict[str, str]:
        page = sign_in(person, "en").get("/").text
        if "Nothing waits for you" in page:
            return {}
        return {row[1]: row[0] for row in rows(page, "What waits for you")}

    paula, dan, fay = (running.log_in(person) for person in (PAULA, DAN, FAY))
    draft = paula.post("/manifests", json={**oil, "draft": True})
    assert draft.status_code == 201
    assert waits(PAULA)["Draft"] == "Finish it and file it"
    number = str(file(paula, oil)["number"])
    assert waits(DORA)[number] == "Load it"
    assert 'href="/drive#load/' in sign_in(DAN).get("/").text
    act(dan, number, "pickup")
    assert waits(DORA)[number] == "Bring it there and confirm arrival"
    act(dan, number, "arrive")
    assert number not in waits(DORA)
    assert waits(FAY)[number] == "Weigh it; accept or refuse"
    assert f'<a class="long" href="/gate/{number}">' in sign_in(FAY).get("/").text
    act(fay, number, "refuse", lines=[{"line": 1, "reason": "packaging"}])
    assert waits(FAY)[number] == "Send back or elsewhere what was refused"
    assert number not in waits(PAULA)
    act(fay, number, "return")
    assert waits(PAULA)[number] == "Confirm what came back"
    assert number not in waits(FAY)
    other = str(file(paula, oil)["number"])
    act(dan, other, "pickup")
    act(fay, other, "accept", lines=[{"line": 1, "received_g": 300_000, "accepted_g": 300_000}])
    assert waits(PAULA)[other] == "Explain the difference"
    assert f'href="/manifests/{other}/acts/opinion"' in sign_in(PAULA).get("/").text
    whole = sign_in(PAULA, "en").get("/manifests?turn=mine").text
    assert "Confirm what came back" in whole
    assert "Confirm what came back" not in sign_in(PAULA, "en").get("/manifests").text


def test_fay_sees_what_is_coming(sign_in: SignIn, load: str) -> None:
    page = sign_in(FAY, "en").get("/").text
    assert load in [row[0] for row in rows(page, "What is coming")]


def test_the_road_is_the_drivers_and_the_dispatchers(sign_in: SignIn, load: str) -> None:
    for person in (DAN, DORA):
        assert load in [row[0] for row in rows(sign_in(person, "en").get("/").text, "On the road")]
    assert 'href="/drive"' in sign_in(DAN).get("/").text


@pytest.mark.usefixtures("load")
def test_the_regulator_begins_with_what_is_urgent(sign_in: SignIn) -> None:
    for person in (RITA, ADA):
        assert rows(sign_in(person, "en").get("/").text, "The most urgent of what is open")


def test_a_newcomer_with_nothing_is_told_what_to_do(sign_in: SignIn) -> None:
    page = sign_in(OLAF, "en").get("/").text
    assert "Nothing is in store." in page
    assert 'href="/manifests/new"' in page


def test_the_door_of_a_demo_city_tells_its_logins_and_no_other_door_does(
    sign_in: SignIn, running: Running
) -> None:
    told = "zerowaste-demo"
    door = running.client()
    assert told not in door.get("/sign-in").text
    with running.service.database.session_for(write=True) as session:
        session.execute(update(ORGANISATION).values(demo=True))
        session.commit()
    assert told in door.get("/sign-in").text
    assert 'name="login" value="driver"' in door.get("/sign-in?as=driver").text
    assert "演示城市" in door.get("/", headers={"Accept-Language": "zh"}).text


def test_who_is_signed_in_is_not_sent_to_the_door_by_a_page_that_is_not_there(
    sign_in: SignIn, running: Running
) -> None:
    html = {"Accept": "text/html"}
    lost = sign_in(PAULA, "en").get("/no-such-page", headers=html)
    assert lost.status_code == 404
    assert 'href="/sign-in"' not in lost.text
    assert 'href="/sign-in"' in running.client().get("/no-such-page", headers=html).text
