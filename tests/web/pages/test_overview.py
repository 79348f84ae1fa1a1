"""The regulator's first look, as a page; its figures are proved in tests/services/test_overview.py."""

import csv
import io
import json
import re
from collections.abc import Callable
from typing import Any

import pytest

from tests.cast import DAN, FAY, OLAF, PAULA, RITA, RUTH
from tests.city import PLANT
from tests.web.acts import act, file
from tests.web.conftest import Running
from tests.web.pages.conftest import Reader

SignIn = Callable[..., Reader]


@pytest.fixture
def accepted(running: Running, oil: dict[str, Any]) -> str:
    number = str(file(running.log_in(PAULA), oil)["number"])
    act(running.log_in(DAN), number, "pickup")
    decided = [{"line": 1, "received_g": 500_000, "accepted_g": 500_000, "refused_g": 0}]
    act(running.log_in(FAY), number, "accept", lines=decided)
    return number


@pytest.mark.usefixtures("accepted")
def test_the_drawing_the_table_and_the_sheet_say_the_same(sign_in: SignIn) -> None:
    rita = sign_in(RITA, "en")
    page = rita.get("/overview").text
    (told,) = re.findall(r'id="links">(.*?)</script>', page, re.DOTALL)
    heading, *rows = csv.reader(io.StringIO(rita.get("/overview.csv").data.decode("utf-8-sig")))
    assert heading == ["from", "to", "grams"]
    assert [[*way, str(grams)] for *way, grams in json.loads(told)] == rows
    assert any(row[0] == "Donghu" for row in rows)
    assert "loads filed" in page
    assert "share closed 0.0&nbsp;%" in page  # accepted, not yet treated


@pytest.mark.usefixtures("accepted")
def test_every_district_stands_on_the_map_and_leads_to_what_is_open_there(sign_in: SignIn) -> None:
    page = sign_in(RUTH, "en").get("/overview").text
    assert page.count('class="tile ') == 9
    assert re.findall(r'href="/unclosed\?region=(\d+)"><g', page) == ["360111"]  # of hers she is told
    assert page.count(">—</text>") == 8
    whole = sign_in(RITA, "en").get("/overview").text
    assert len(re.findall(r'href="/unclosed\?region=(\d+)"><g', whole)) == 9


def test_a_strange_period_is_refused_in_words(sign_in: SignIn) -> None:
    rita = sign_in(RITA)
    assert rita.get("/overview?days=0").status_code == 422
    assert rita.get("/overview?stream=gold").status_code == 422


def test_a_number_leads_straight_to_its_manifest(sign_in: SignIn, accepted: str) -> None:
    assert sign_in(RITA).get(f"/search?q={accepted}").location == f"/manifests/{accepted}"


@pytest.mark.parametrize(
    "wanted", ["{plate}", " {plate} ", "{last_signs}", PLANT, PLANT.lower(), "{code}", "900-249-08"]
)
def test_a_plate_a_site_a_credit_code_or_a_waste_finds_its_loads(
    sign_in: SignIn, running: Running, accepted: str, wanted: str
) -> None:
    known = running.log_in(RITA).get(f"/manifests/{accepted}").json
    leg = known["legs"][0]
    wanted = wanted.format(plate=leg["vehicle"], last_signs=leg["vehicle"][2:].lower(), code=leg["carrier"])
    assert accepted in sign_in(RITA).get("/search", query_string={"q": wanted}).text


def test_a_waste_that_nobody_sent_finds_nothing(sign_in: SignIn, accepted: str) -> None:
    assert accepted not in sign_in(RITA).get("/search?q=336-064-17").text
    assert accepted not in sign_in(OLAF).get("/search?q=900-249-08").text


def test_nobody_finds_what_he_may_not_see(sign_in: SignIn, accepted: str) -> None:
    answer = sign_in(OLAF, "en").get(f"/search?q={accepted}")
    assert "not yours to see" in answer.text
