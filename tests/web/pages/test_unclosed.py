"""What is not closed, as a list to work down and as a sheet to take along."""

import csv
import io
import re
from collections.abc import Callable
from typing import Any

import pytest

from tests.cast import DAN, OLAF, PAULA, RITA
from tests.web.acts import act, file
from tests.web.conftest import Running
from tests.web.pages.conftest import Reader

SignIn = Callable[..., Reader]


@pytest.fixture
def on_the_road(running: Running, oil: dict[str, Any]) -> None:
    act(running.log_in(DAN), str(file(running.log_in(PAULA), oil)["number"]), "pickup")


@pytest.mark.usefixtures("on_the_road")
def test_a_load_on_the_road_is_on_the_regulators_list_with_its_clock(sign_in: SignIn) -> None:
    page = sign_in(RITA, "en").get("/unclosed").text
    assert "on the way" in page
    assert "left</span>" in page
    assert "Waste mineral oil" in page
    assert re.search(r'href="/manifests/[0-9]+/chain">The chain<', page)
    assert "<code>900-249-08</code>" in page


@pytest.mark.usefixtures("on_the_road")
def test_a_sheet_says_what_the_list_says(sign_in: SignIn) -> None:
    sheet = sign_in(RITA).get("/unclosed.csv?stream=hazardous")
    assert sheet.mimetype == "text/csv"
    heading, *rows = csv.reader(io.StringIO(sheet.data.decode("utf-8-sig")))
    assert heading[0] == "废物代码"
    assert ["900-249-08", "500000", "在途"] in [row[:3] for row in rows]


def test_who_has_nothing_open_is_told_so(sign_in: SignIn) -> None:
    assert "没有未闭环的废物" in sign_in(OLAF).get("/unclosed").text


def test_a_filter_that_makes_no_sense_is_explained(sign_in: SignIn) -> None:
    answer = sign_in(RITA, "en").get("/unclosed?older_than=soon", headers={"Accept": "text/html"})
    assert answer.status_code == 422
    assert "is not a length of time" in answer.text


@pytest.mark.usefixtures("on_the_road")
def test_the_list_is_narrowed_to_whose_turn_it_is_and_what_is_overdue(sign_in: SignIn) -> None:
    rita = sign_in(RITA, "en")
    assert "900-249-08" in rita.get("/unclosed?holder=单氏").text
    assert "Nothing is open" in rita.get("/unclosed?holder=nobody").text
    assert "Nothing is open" in rita.get("/unclosed?holder=%25").text
    late = rita.get("/unclosed?stream=hazardous&overdue=true").text
    assert '<option value="true" selected>' in late
    assert "Nothing is open" in late
    assert "900-249-08" in rita.get("/unclosed?stream=hazardous&overdue=false").text


def test_districts_are_chosen_by_name(sign_in: SignIn) -> None:
    for path in ("/unclosed", "/findings", "/board"):
        assert '<option value="360111">Qingshanhu</option>' in sign_in(RITA, "en").get(path).text
