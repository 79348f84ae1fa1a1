"""A year made public on the pages: compiled, read, published; then open to everybody, in every form."""

import csv
import hashlib
import io
import re
from collections.abc import Callable

import pytest

from tests.cast import ADA, PAULA, RITA, RUTH
from tests.web.conftest import Running
from tests.web.pages.conftest import Reader
from zerowaste import clock

SignIn = Callable[..., Reader]
YEAR = clock.local_day(clock.now()).year


def hidden(page: str, name: str) -> str:
    (found,) = re.findall(rf'name="{name}" value="([^"]+)"', page)
    return str(found)


def compiled(rita: Reader) -> str:
    """The address of a fresh draft."""
    page = rita.get("/indicators/yearly").text
    answer = rita.post("/indicators/yearly", id=hidden(page, "id"), year=str(YEAR))
    assert answer.status_code == 303, answer.text
    return str(answer.location)


@pytest.fixture
def public(sign_in: SignIn) -> None:
    rita = sign_in(RITA)
    draft = compiled(rita)
    page = rita.get(draft).text
    answer = rita.post(f"{draft}/publish", id=hidden(page, "id"), sha256=hidden(page, "sha256"))
    assert answer.location == f"/public/{YEAR}", answer.text


@pytest.mark.usefixtures("public")
def test_everybody_reads_it_without_an_account(running: Running) -> None:
    client = running.client()
    page = client.get(f"/public/{YEAR}", headers={"Accept-Language": "en"}).text
    assert "public information on waste" in page
    assert "Permitted capacity" in page
    assert f'href="/public/{YEAR}?version=' in client.get("/public").text
    for lang in ("zh", "en"):
        paper = client.get(f"/public/{YEAR}.pdf?lang={lang}")
        assert paper.data.startswith(b"%PDF-")
        assert paper.content_type == "application/pdf"


@pytest.mark.usefixtures("public")
def test_the_open_content_is_what_its_hash_says(running: Running) -> None:
    client = running.client()
    content = client.get(f"/public/{YEAR}.json").data
    assert hashlib.sha256(content).hexdigest() in client.get(f"/public/{YEAR}").text
    dictionary = csv.reader(io.StringIO(client.get("/public/dictionary.csv").data.decode("utf-8-sig")))
    fields = [row[0] for row in dictionary][1:]
    rows = csv.reader(io.StringIO(client.get(f"/public/{YEAR}.csv").data.decode("utf-8-sig")))
    assert next(rows) == fields


def test_a_draft_is_for_the_authority_alone(sign_in: SignIn, running: Running) -> None:
    draft = compiled(sign_in(RITA))
    assert sign_in(RITA, "en").get(draft).status_code == 200
    for person in (RUTH, ADA, PAULA):
        assert sign_in(person).get(draft).status_code in (403, 404)
    assert running.client().get(draft).status_code in (303, 401)
    assert "compile and publish" in sign_in(RUTH, "en").get("/indicators/yearly").text


def test_what_was_never_published_is_not_there(running: Running) -> None:
    client = running.client()
    for path in (
        "/public/2001",
        "/public/1",
        f"/public/{10**30}",
        f"/public/{YEAR}?version=9000",
        "/public/2001.pdf",
    ):
        assert client.get(path).status_code == 404, path


@pytest.mark.parametrize("year", ["", "2027x", "1999", "²026", "9999999"])
def test_a_year_that_is_none_is_refused_in_words(sign_in: SignIn, year: str) -> None:
    rita = sign_in(RITA, "en")
    page = rita.get("/indicators/yearly").text
    answer = rita.post("/indicators/yearly", id=hidden(page, "id"), year=year)
    assert answer.status_code == 422
    assert 'role="alert"' in answer.text


def test_another_content_than_was_read_is_not_published(sign_in: SignIn) -> None:
    rita = sign_in(RITA, "en")
    draft = compiled(rita)
    answer = rita.post(f"{draft}/publish", id=hidden(rita.get(draft).text, "id"), sha256="0" * 64)
    assert answer.status_code == 422
    assert "not what you read" in answer.text


@pytest.mark.parametrize("path", ["/indicators", f"/indicators?period={YEAR}", "/indicators?district=360111",
                                  "/indicators/JS9.resource/behind", "/reconciliation"])  # fmt: skip
@pytest.mark.parametrize("language", ["zh", "en"])
def test_the_pages_of_sums_are_drawn_in_both_languages(sign_in: SignIn, path: str, language: str) -> None:
    assert sign_in(RITA, language).get(path).status_code == 200


def test_the_sheets_of_sums_have_a_line_for_each_value(sign_in: SignIn) -> None:
    rita = sign_in(RITA, "en")
    head, *rows = csv.reader(io.StringIO(rita.get("/indicators.csv").data.decode("utf-8-sig")))
    assert head[:2] == ["indicator", "name"]
    assert {"JS5", "JS9.resource", "JS14"} <= {row[0] for row in rows}
    assert rita.get("/reconciliation.xlsx").data.startswith(b"PK")
