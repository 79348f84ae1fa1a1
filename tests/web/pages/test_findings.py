"""What the audits found, as a page to work down and a sheet to take along."""

import csv
import io
import re
import uuid
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest

from tests.cast import DAN, FAY, PAULA, RITA, RUTH
from tests.city import PLANT
from tests.web.acts import act, file
from tests.web.conftest import Running
from tests.web.pages.conftest import Reader
from zerowaste.web import latest_audit
from zerowaste.web.pages import findings

SignIn = Callable[..., Reader]


@pytest.fixture(autouse=True)
def always_anew(monkeypatch: pytest.MonkeyPatch) -> None:
    """No audit is kept: each test sees what it has just done."""
    monkeypatch.setattr(latest_audit, "FRESH_FOR", timedelta(0))


@pytest.fixture
def short(running: Running, oil: dict[str, Any]) -> str:
    """A load of which a fifth was gone when it was weighed; nobody has said why."""
    number = str(file(running.log_in(PAULA), oil)["number"])
    act(running.log_in(DAN), number, "pickup")
    act(running.log_in(FAY), number, "accept", lines=[{"line": 1, "received_g": 400_000}])
    return number


def test_a_difference_nobody_explained_is_a_finding_with_its_law_its_paper_and_whose_turn(
    sign_in: SignIn, short: str
) -> None:
    page = sign_in(RITA, "en").get("/findings").text
    for said in (
        "a difference in mass nobody has explained", "危险废物转移管理办法", "100 kg", PLANT, "900-249-08",
        f'href="/manifests/{short}/chain"',
    ):  # fmt: skip
        assert said in page, said
    assert short in sign_in(RUTH).get("/findings").text  # it ended in her district


def test_the_sheet_says_what_the_list_says(sign_in: SignIn, short: str) -> None:
    answer = sign_in(RITA, "en").get("/findings.csv?severity=task")
    heading, *rows = csv.reader(io.StringIO(answer.data.decode("utf-8-sig")))
    assert heading[:3] == ["severity", "finding", "rule"]
    (row,) = (row for row in rows if short in row)
    assert [row[4], *row[6:9]] == [PLANT, short, "900-249-08", "100000"]
    assert row[-1] == f"variance HW-DIFF manifest:{short}/1"


@pytest.mark.usefixtures("short")
@pytest.mark.parametrize("asked", ["severity=alert", "stream=medical", "audit=balance", "region=360102000"])
def test_a_filter_that_leaves_nothing_says_so_and_leads_back(sign_in: SignIn, asked: str) -> None:
    page = sign_in(RITA, "en").get(f"/findings?{asked}").text
    assert "No finding is like that" in page
    assert 'href="/findings"' in page


def test_a_city_in_order_is_told_so(sign_in: SignIn, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(findings, "findings_for", lambda *_, **__: [])
    assert "The audits found nothing wrong" in sign_in(RITA, "en").get("/findings").text


def test_from_the_list_to_the_event_and_what_is_made_of_it(sign_in: SignIn, short: str) -> None:
    """A finding leads to its events, an event to its chain; and the overseer's word is kept."""
    rita = sign_in(RITA, "en")
    listed = rita.get("/findings?audit=variance").text
    (finding,) = re.findall(
        rf'href="(/findings/[0-9a-f-]{{36}})"(?:(?!href="/findings/).)*?>{short}<', listed, re.DOTALL
    )
    page = rita.get(finding).text
    assert short in page
    assert "Nobody has dealt with it yet" in page
    (event,) = set(re.findall(rf'href="({finding}/events/[0-9a-f-]{{36}})"', page))
    assert "acceptance" in rita.get(event).text
    said = {"id": str(uuid.uuid4()), "disposition": "waived", "note": "", "expects": "0"}
    lazy = rita.post(finding, **said)
    assert lazy.status_code == 422
    done = rita.post(finding, **said | {"id": str(uuid.uuid4()), "note": "weighed again"})
    assert done.status_code == 303
    assert "weighed again" in rita.get(finding).text
    assert finding not in rita.get("/findings").text
    assert finding in rita.get("/findings?disposition=waived").text


def test_an_event_that_is_not_behind_the_finding_is_not_shown(sign_in: SignIn, short: str) -> None:
    assert short
    rita = sign_in(RITA)
    finding = re.findall(r'href="(/findings/[0-9a-f-]{36})"', rita.get("/findings").text)[0]
    for strange in (f"{finding}/events/{uuid.uuid4()}", f"/findings/{uuid.uuid4()}", "/findings/x"):
        assert rita.get(strange).status_code == 404


@pytest.mark.parametrize("asked", ["severity=dire", "stream=gold", "region=x", "cursor=!!", "cursor=YQ"])
def test_what_makes_no_sense_is_refused_in_words(sign_in: SignIn, asked: str) -> None:
    assert sign_in(RITA).get(f"/findings?{asked}").status_code == 422
