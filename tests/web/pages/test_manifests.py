"""The list of manifests, and the same as a sheet."""

import csv
import io
from collections.abc import Callable
from typing import Any

import pytest
from sqlalchemy import update

from tests.cast import DAN, FAY, OLAF, PAULA, RITA, TESS
from tests.city import LORRY, ORGANISATIONS, PLANT, STATION, WORKS
from tests.web.acts import act, file
from tests.web.conftest import Running
from tests.web.pages.conftest import Reader
from zerowaste.models.tables import ORGANISATION

SignIn = Callable[..., Reader]


def test_places_are_called_by_their_names(
    sign_in: SignIn, running: Running, oil: dict[str, Any]
) -> None:  # fmt: skip
    file(running.log_in(PAULA), oil)
    page = sign_in(PAULA).get("/manifests").text
    name = running.log_in(PAULA).get(f"/sites?q={PLANT}").json["items"][0]["name"]
    assert f"{name} <small><code>{PLANT}</code></small>" in page


def test_the_sheet_holds_what_the_list_shows_and_nothing_of_others(
    sign_in: SignIn, running: Running, oil: dict[str, Any]
) -> None:  # fmt: skip
    number = file(running.log_in(PAULA), oil)["number"]

    def rows(reader: Reader) -> list[list[str]]:
        sheet = reader.get("/manifests.csv?stream=hazardous&status=filed").data.decode("utf-8-sig")
        return list(csv.reader(io.StringIO(sheet)))[1:]

    (row,) = [row for row in rows(sign_in(PAULA)) if row[0] == number]
    assert (row[2], row[4], row[6], row[8]) == ("已填报", WORKS, PLANT, "500000")
    assert number not in [row[0] for row in rows(sign_in(OLAF))]


def test_what_is_stored_leads_on_to_its_treatment_or_where_none_is_permitted_to_who_may(
    sign_in: SignIn,
    running: Running,
    oil: dict[str, Any],
) -> None:
    pages = {}
    for person, place in ((FAY, PLANT), (TESS, STATION)):
        number = file(running.log_in(PAULA), {**oil, "consignee": place})["number"]
        act(running.log_in(DAN), number, "pickup")
        act(running.log_in(person), number, "accept")
        pages[person] = sign_in(person, "en").get(f"/manifests/{number}").text
    assert f'<a role="button" href="/treatments/new?site={PLANT}">Report its treatment</a>' in pages[FAY]
    assert "Report its treatment" not in pages[TESS]
    assert f'href="/sites/{STATION}/stores">Tick it in the store, to send it' in pages[TESS]


def test_a_page_says_where_the_load_is_whose_turn_it_is_and_what_may_be_done(
    sign_in: SignIn, running: Running, oil: dict[str, Any]
) -> None:  # fmt: skip
    number = str(file(running.log_in(PAULA), oil)["number"])
    seen = sign_in(DAN, "en").get(f"/manifests/{number}").text
    assert "Waiting to be loaded" in seen
    assert "It is your turn." in seen
    assert ">Confirm loading</a>" in seen
    act(running.log_in(DAN), number, "pickup")
    seen = sign_in(PAULA, "en").get(f"/manifests/{number}").text
    assert "On the road" in seen
    assert f"Whose turn: {ORGANISATIONS['carrier']}" in seen
    assert f"on the way · {LORRY}" in seen


def test_more_labels_than_one_print_takes_are_asked_for_by_part(
    sign_in: SignIn, running: Running, oil: dict[str, Any]
) -> None:  # fmt: skip
    paula, line = running.log_in(PAULA), oil["lines"][0]
    few, many = (file(paula, {**oil, "lines": [{**line, "packages": n}]})["number"] for n in (500, 501))
    reader = sign_in(PAULA, "en")
    link = 'labels.pdf">Labels as PDF</a>'
    assert link in reader.get(f"/manifests/{few}").text
    seen = reader.get(f"/manifests/{many}").text
    assert link not in seen
    assert "come in 2 parts" in seen
    assert 'name="part" value="1" min="1" max="2"' in seen


def test_what_was_refused_leads_to_the_store_from_which_it_can_go_elsewhere(
    sign_in: SignIn, running: Running, oil: dict[str, Any]
) -> None:  # fmt: skip
    number = str(file(running.log_in(PAULA), oil)["number"])
    act(running.log_in(DAN), number, "pickup")
    act(running.log_in(FAY), number, "refuse", lines=[{"line": 1, "reason": "packaging"}])
    way = f'href="/sites/{PLANT}/stores"'
    assert way in sign_in(FAY).get(f"/manifests/{number}").text
    assert way not in sign_in(PAULA).get(f"/manifests/{number}").text


@pytest.mark.parametrize(("language", "name"), [("en", "Dan's Haulage"), ("zh", ORGANISATIONS["carrier"])])
def test_organisations_are_called_as_the_reader_can_read(
    sign_in: SignIn, running: Running, oil: dict[str, Any], language: str, name: str
) -> None:  # fmt: skip
    with running.service.database.session_for(write=True) as session:
        who = ORGANISATION.c.name == ORGANISATIONS["carrier"]
        session.execute(update(ORGANISATION).where(who).values(name_en="Dan's Haulage"))
        session.commit()
    number = str(file(running.log_in(PAULA), oil)["number"])
    act(running.log_in(DAN), number, "pickup")
    reader = sign_in(RITA, language)
    for path in ("/manifests", "/unclosed", f"/manifests/{number}", f"/manifests/{number}/chain"):
        assert name in reader.get(path).text.replace("&#39;", "'"), path


def test_the_same_again_is_one_step_for_who_filed_it_and_for_nobody_else(
    running: Running,
    sign_in: SignIn,
    oil: dict[str, Any],
) -> None:
    number = str(file(running.log_in(PAULA), oil)["number"])
    again = f'href="/manifests/new?again={number}"'
    assert again in sign_in(PAULA).get(f"/manifests/{number}").text
    assert again in sign_in(PAULA).get("/manifests/new").text
    for other in (DAN, FAY, RITA):
        assert again not in sign_in(other).get(f"/manifests/{number}").text
    assert again not in sign_in(FAY).get("/manifests/new").text


def test_who_took_it_is_led_to_its_treatment(
    running: Running,
    sign_in: SignIn,
    oil: dict[str, Any],
) -> None:
    number = str(file(running.log_in(PAULA), oil)["number"])
    act(running.log_in(DAN), number, "pickup")
    act(running.log_in(DAN), number, "arrive")
    lead = f'href="/treatments/new?site={PLANT}"'
    assert lead not in sign_in(FAY).get(f"/manifests/{number}").text
    act(
        running.log_in(FAY),
        number,
        "accept",
        lines=[{"line": 1, "received_g": 500_000, "accepted_g": 500_000}],
    )
    assert lead in sign_in(FAY).get(f"/manifests/{number}").text
    assert lead not in sign_in(PAULA).get(f"/manifests/{number}").text
