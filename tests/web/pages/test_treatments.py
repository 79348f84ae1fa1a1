"""Treating on the pages: lots are ticked, what came out is typed, and the batch balances to the gram."""

import re
from collections.abc import Callable
from typing import Any

import pytest

from tests.cast import DAN, FAY, PAULA, TESS
from tests.city import PLANT, STATION
from tests.web.acts import act, file
from tests.web.conftest import Running
from tests.web.pages.conftest import Reader
from tests.web.pages.test_gate import hidden

SignIn = Callable[..., Reader]
LOAD_G = 500_000
AT = "2026-01-01T08:00"


@pytest.fixture
def lot(running: Running, oil: dict[str, Any]) -> int:
    """Half a tonne of waste oil that Fay accepted: its lot."""
    number = file(running.log_in(PAULA), oil)["number"]
    act(running.log_in(DAN), number, "pickup")
    act(running.log_in(DAN), number, "arrive")
    fay = running.log_in(FAY)
    act(
        fay, number, "accept", lines=[{"line": 1, "received_g": LOAD_G, "accepted_g": LOAD_G, "refused_g": 0}]
    )
    return int(fay.get(f"/manifests/{number}").json["lines"][0]["lot"])


def fresh(fay: Reader) -> dict[str, Any]:
    """What the empty form sends by itself."""
    page = fay.get(f"/treatments/new?site={PLANT}").text
    moment = page.split('name="at"')[1].split('value="')[1].split('"')[0]
    return {**hidden(page), "at": moment, "operation": "D10", "step": "report"}


def test_a_lot_is_burnt_and_its_ash_lies_in_the_store(sign_in: SignIn, running: Running, lot: int) -> None:
    fay = sign_in(FAY)
    typed = {
        **fresh(fay), f"inputs.{lot}.lot": str(lot), f"inputs.{lot}.mass_kg": "400.5",
        "outputs.0.kind": "residue", "outputs.0.waste_code": "772-003-18", "outputs.0.mass_kg": "80",
    }  # fmt: skip
    answer = fay.post("/treatments/new", **typed)
    assert answer.status_code == 303, answer.text
    batch = running.log_in(FAY).get(f"/api/v1{answer.location}".removeprefix("/api/v1")).json
    assert batch["inputs"] == [{"lot": lot, "waste_code": "900-249-08", "mass_g": 400_500}]
    assert (batch["rest_g"], batch["done"]) == (320_500, False)
    page = fay.get(answer.location).text
    assert "320.5 kg" in page

    later = {**hidden(page), "at": typed["at"], "outputs.0.kind": "residue", "done": "yes", "step": "report"}
    assert fay.post(answer.location, **later).location == answer.location
    assert running.log_in(FAY).get(answer.location).json["rest_g"] == 0
    assert "补登产出" not in fay.get(answer.location).text


def test_what_was_offered_and_not_ticked_stays(sign_in: SignIn, running: Running, lot: int) -> None:
    fay = sign_in(FAY)
    answer = fay.post(
        "/treatments/new", **{**fresh(fay), f"inputs.{lot}.mass_kg": "500", "outputs.0.kind": "residue"}
    )
    assert answer.status_code == 422  # nothing went in


def test_more_than_there_is_is_said_beside_the_lot(sign_in: SignIn, lot: int) -> None:
    fay = sign_in(FAY, "en")
    answer = fay.post(
        "/treatments/new", **{**fresh(fay), f"inputs.{lot}.lot": str(lot), f"inputs.{lot}.mass_kg": "500000"}
    )
    assert answer.status_code == 422
    assert f'id="wrong-inputs.{lot}' in answer.text
    assert 'value="500000"' in answer.text


def test_another_row_for_what_came_out_keeps_the_rest(sign_in: SignIn, lot: int) -> None:
    fay = sign_in(FAY)
    typed = {**fresh(fay), f"inputs.{lot}.lot": str(lot), "outputs.0.kind": "product", "outputs.0.name": "油"}
    page = fay.post("/treatments/new", **{**typed, "step": "add-output"}).text
    assert 'name="outputs.1.mass_kg"' in page
    assert 'value="油"' in page


def test_enter_in_a_field_draws_the_form_again_and_adds_and_reports_nothing(
    sign_in: SignIn, lot: int
) -> None:
    fay = sign_in(FAY)
    first = re.search(
        r'<button[^>]*type="submit"[^>]*>',
        fay.get(f"/treatments/new?site={PLANT}").text.split("novalidate>")[1],
    )
    assert first is not None
    assert 'value="draw"' in first[0]
    answer = fay.post("/treatments/new", **{**fresh(fay), f"inputs.{lot}.mass_kg": "3", "step": "draw"})
    assert answer.status_code == 200
    assert answer.text.count('name="additives.') == 2
    assert 'value="3"' in answer.text


def test_batches_are_listed_the_latest_first_with_what_went_in(sign_in: SignIn, lot: int) -> None:
    fay = sign_in(FAY, "en")
    assert fay.post(
        "/treatments/new",
        **{**fresh(fay), f"inputs.{lot}.lot": str(lot), f"inputs.{lot}.mass_kg": "123.456", "done": "yes"},
    ).status_code == 303  # fmt: skip
    page = fay.get(f"/treatments?site={PLANT}").text
    assert "123.456 kg" in page
    assert "done" in page


def test_what_is_sent_from_the_store_is_ticked_already(sign_in: SignIn, lot: int) -> None:
    fay = sign_in(FAY)
    onward = fay.post(f"/sites/{PLANT}/stores", lot=str(lot), step="treat")
    assert onward.location == f"/treatments/new?site={PLANT}&lots={lot}"
    assert f'name="inputs.{lot}.lot" value="{lot}" checked' in fay.get(onward.location).text
    gone = fay.get(f"/treatments/new?site={PLANT}&lots=987654321").text
    assert "987654321" in gone  # not silently left out


def test_what_was_refused_and_is_ticked_is_told_from_what_is_not_there(
    sign_in: SignIn, running: Running, oil: dict[str, Any]
) -> None:  # fmt: skip
    number = file(running.log_in(PAULA), oil)["number"]
    act(running.log_in(DAN), number, "pickup")
    act(running.log_in(FAY), number, "refuse", lines=[{"line": 1, "reason": "packaging"}])
    lots = running.log_in(FAY).get(f"/sites/{PLANT}/lots?limit=200").json["items"]
    refused = lots[-1]["lot"]
    page = sign_in(FAY, "en").get(f"/treatments/new?site={PLANT}&lots={refused}").text
    assert f"Lot {refused} was refused and waits at the gate" in page


def test_only_what_the_permit_names_can_be_chosen(sign_in: SignIn, lot: int) -> None:
    page = sign_in(FAY).get(f"/treatments/new?site={PLANT}").text
    offered = page.split('name="operation"')[1].split("</select>")[0]
    assert 'value="D10"' in offered
    assert 'value="D1"' not in offered
    assert 'value="S1"' not in offered


def test_a_site_that_only_collects_is_told_to_send_on(sign_in: SignIn) -> None:
    page = sign_in(TESS, "en").get(f"/treatments/new?site={STATION}").text
    assert "names a way of treating" in page
    assert f'href="/sites/{STATION}/stores"' in page


def test_by_code_the_oldest_goes_in_and_additives_are_told_by_name(
    sign_in: SignIn, running: Running, lot: int
) -> None:
    fay = sign_in(FAY, "en")
    answer = fay.post(
        "/treatments/new",
        **{
            **fresh(fay), "inputs.0.waste_code": "900-249-08", "inputs.0.mass_kg": "10.5",
            "additives.0.name": "石灰", "additives.0.mass_kg": "2", "additives.1.name": "水",
            "additives.1.mass_kg": "1", "outputs.0.kind": "product", "outputs.0.name": "砖",
            "outputs.0.mass_kg": "20",
        },
    )  # fmt: skip
    assert answer.status_code == 303, answer.text
    batch = running.log_in(FAY).get(answer.location).json
    assert sum(each["mass_g"] for each in batch["inputs"]) == 10_500
    assert batch["additives"] == [{"name": "石灰", "mass_g": 2_000}, {"name": "水", "mass_g": 1_000}]
    page = fay.get(answer.location).text
    assert page.count('<th class="figure">20 kg</th>') == 2  # both sides of the account
    assert "6.5 kg" in page  # the gain that nobody accounted for, a finding
    assert 'class="notice doubt"' in page


def test_a_mass_of_no_waste_and_a_row_left_out_are_told_where_they_stand(sign_in: SignIn, lot: int) -> None:
    fay = sign_in(FAY, "en")
    mass_only = fay.post("/treatments/new", **{**fresh(fay), "inputs.0.mass_kg": "5"})
    assert 'id="wrong-inputs.0"' in mass_only.text
    second = {
        **fresh(fay), f"inputs.{lot}.lot": str(lot), f"inputs.{lot}.mass_kg": "1",
        "outputs.0.kind": "residue", "outputs.1.kind": "product", "outputs.1.name": "x",
        "outputs.1.mass_kg": "much",
    }  # fmt: skip
    assert 'id="wrong-outputs.1.mass_g"' in fay.post("/treatments/new", **second).text


@pytest.mark.parametrize("kind", ["csv", "xlsx"])
def test_treatments_as_a_sheet(sign_in: SignIn, kind: str) -> None:
    answer = sign_in(FAY).get(f"/treatments.{kind}?site={PLANT}")
    assert answer.status_code == 200
    assert f"treatments.{kind}" in answer.headers["Content-Disposition"]


def test_a_batch_reported_wrongly_is_taken_back(sign_in: SignIn, running: Running, lot: int) -> None:
    """Fay burnt the wrong lot on paper: why is asked for, and then the lot lies there again."""
    fay = sign_in(FAY, "en")
    typed = {**fresh(fay), f"inputs.{lot}.lot": str(lot), f"inputs.{lot}.mass_kg": "400", "done": "yes"}
    batch = fay.post("/treatments/new", **typed).location
    page = fay.get(batch).text
    silent = fay.post(f"{batch}/reverse", **hidden(page))
    assert silent.status_code == 422
    assert 'id="wrong-note"' in silent.text
    assert fay.post(f"{batch}/reverse", **hidden(page), note="wrong lot").location == batch
    after = fay.get(batch).text
    assert "taken back" in after
    assert "Take it back" not in after
    api = running.log_in(FAY)
    assert (api.get(batch).json["inputs"], api.get(batch).json["outputs"]) == ([], [])
    assert {each["lot"]: each["mass_g"] for each in api.get(f"/sites/{PLANT}/lots?limit=200").json["items"]}[
        lot
    ] == LOAD_G
