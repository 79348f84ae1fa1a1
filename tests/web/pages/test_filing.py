"""Filing on a page: what was typed stays, rows come and go, the same again is one click."""

import re
from collections.abc import Callable
from typing import Any

import pytest

from tests.cast import DAN, PAULA
from tests.city import LORRY, PLANT, WORKS
from tests.web.acts import file, fresh, now
from tests.web.conftest import Running
from tests.web.pages.conftest import Reader

SignIn = Callable[..., Reader]


@pytest.fixture
def form(sign_in: SignIn, carriers: dict[str, str]) -> dict[str, str]:
    """What Paula types for half a tonne of oil, in a form of its own."""
    drawn = sign_in(PAULA).get("/manifests/new").text
    identity = re.search(r'name="id" value="([^"]+)"', drawn)
    planned = re.search(r'name="planned_at"[^>]*value="([^"]+)"', drawn)
    assert identity is not None
    return {
        "id": identity.group(1), "consignor": WORKS, "stream": "hazardous", "consignee": PLANT,
        "planned_at": planned.group(1) if planned else "",
        "lines.0.waste_code": "900-249-08", "lines.0.mass_kg": "500", "lines.0.basis": "scale",
        "lines.0.packages": "3", "lines.0.packaging": "桶",
        "legs.0.carrier": carriers[LORRY], "legs.0.vehicle": LORRY, "legs.0.driver": DAN.login,
    }  # fmt: skip


def send(reader: Reader, form: dict[str, str], step: str) -> Any:
    return reader.post("/manifests/new", **form, step=step)


def planned(form: dict[str, str], sign_in: SignIn) -> dict[str, str]:
    drawn = sign_in(PAULA).get(f"/manifests/new?stream=hazardous&site={WORKS}").text
    found = re.search(r'name="planned_at"[^>]*value="([^"]+)"', drawn)
    assert found is not None
    return {**form, "planned_at": found.group(1)}


def test_a_double_click_files_once(sign_in: SignIn, form: dict[str, str]) -> None:
    paula, whole = sign_in(PAULA), planned(form, sign_in)
    first, second = send(paula, whole, "file"), send(paula, whole, "file")
    assert (first.status_code, second.status_code) == (303, 303)
    assert first.location == second.location
    assert paula.get(first.location).status_code == 200


def test_a_form_that_another_window_filed_says_so_and_keeps_what_was_typed(
    sign_in: SignIn, form: dict[str, str]
) -> None:
    paula, whole = sign_in(PAULA, "en"), planned(form, sign_in)
    number = send(paula, whole, "file").location.rpartition("/")[2]
    other = {**whole, "lines.0.mass_kg": "70"}
    late = send(paula, other, "file")
    assert late.status_code == 409
    assert "This form was filed already, as" in late.text
    assert f'<a href="/manifests/{number}">{number}</a>' in late.text
    assert 'value="70"' in late.text
    # Another load after all: the form has an id of its own now.
    identity = re.search(r'name="id" value="([^"]+)"', late.text)
    assert identity is not None
    again = send(paula, {**other, "id": identity[1]}, "file")
    assert again.status_code == 303
    assert not again.location.endswith(number)


def test_a_draft_that_another_window_threw_away_is_not_lost_in_this_one(
    sign_in: SignIn, form: dict[str, str]
) -> None:
    paula, whole = sign_in(PAULA, "en"), planned(form, sign_in)
    send(paula, whole, "keep")
    thrown = paula.post(f"/manifests/{whole['id']}/acts/cancel", id=fresh())
    assert thrown.status_code == 303
    late = send(paula, whole, "file")
    assert late.status_code == 409
    assert "This draft was thrown away in another window." in late.text
    assert 'value="500"' in late.text


def test_every_fault_is_told_at_once_and_nothing_typed_is_lost(sign_in: SignIn, form: dict[str, str]) -> None:
    wrong = {**planned(form, sign_in), "lines.0.mass_kg": "1.2345", "legs.0.driver": ""}
    answer = send(sign_in(PAULA, "en"), wrong, "file")
    assert answer.status_code == 422
    assert "Please give kilograms, such as 12.5" in answer.text
    assert answer.text.count('id="wrong-legs.0.driver"') == 1
    assert '<a href="#wrong-lines.0.mass_g">1 · Mass (kg)</a>' in answer.text
    assert 'value="1.2345"' in answer.text
    assert 'value="桶"' in answer.text


def test_rows_come_and_go(sign_in: SignIn, form: dict[str, str]) -> None:
    paula = sign_in(PAULA)
    more = send(paula, form, "add-lines").text
    assert 'name="lines.1.waste_code"' in more
    two = {**form, "lines.1.waste_code": "900-214-08", "lines.1.mass_kg": "7"}
    fewer = send(paula, two, "drop-lines-0").text
    assert 'name="lines.1.waste_code"' not in fewer
    assert 'value="900-214-08"' in fewer


def test_who_has_room_is_told_with_how_much(sign_in: SignIn, form: dict[str, str]) -> None:
    page = send(sign_in(PAULA, "en"), form, "next").text
    assert f'value="{PLANT}" checked' in page
    assert "room for" in page


def test_the_same_again_takes_everything_but_its_lots(sign_in: SignIn, form: dict[str, str]) -> None:
    paula = sign_in(PAULA)
    number = send(paula, planned(form, sign_in), "file").location.rpartition("/")[2]
    again = paula.get(f"/manifests/new?again={number}").text
    for kept in ('value="900-249-08"', 'value="500"', f'value="{PLANT}" checked'):
        assert kept in again
    assert form["id"] not in again


@pytest.mark.parametrize("words", ["kwy", "矿物油", "249-08"])
def test_a_waste_is_found_by_words_numbers_or_initials_and_taken(sign_in: SignIn, words: str) -> None:
    paula = sign_in(PAULA)
    typed = {"stream": "hazardous", "consignor": WORKS, "lines.0.waste_code": words, "step": "next"}
    offered = paula.post("/manifests/new", **typed).text
    assert 'value="take-0-' in offered
    taken = paula.post("/manifests/new", **{**typed, "step": "take-0-900-249-08"}).text
    assert 'value="900-249-08"' in taken
    assert 'value="take-0-' not in taken


def test_words_that_mean_nothing_are_said_to(sign_in: SignIn) -> None:
    typed = {"stream": "hazardous", "consignor": WORKS, "lines.0.waste_code": "月亮", "step": "next"}
    assert "没有找到" in sign_in(PAULA).post("/manifests/new", **typed).text


def test_what_lies_in_store_is_offered_before_anything_is_typed(running: Running, sign_in: SignIn) -> None:
    lot = {"id": fresh(), "waste_code": "900-249-08", "mass_g": 1_000, "basis": "scale", "at": now()}
    assert running.log_in(PAULA).post(f"/sites/{WORKS}/lots", json=lot).status_code == 201
    typed = {"stream": "hazardous", "consignor": WORKS, "step": "next"}
    offered = sign_in(PAULA, "en").post("/manifests/new", **typed).text
    assert "You store" in offered
    assert 'value="take-0-900-249-08"' in offered


def test_words_that_are_no_code_yet_ask_to_choose_one(sign_in: SignIn) -> None:
    typed = {"stream": "hazardous", "consignor": WORKS, "lines.0.waste_code": "oil", "step": "next"}
    page = sign_in(PAULA, "en").post("/manifests/new", **typed).text
    assert "Choose the waste first" in page
    assert "No receiver has a permit" not in page


def test_in_english_wastes_of_one_name_are_told_apart_by_their_own(sign_in: SignIn) -> None:
    typed = {"stream": "hazardous", "consignor": WORKS, "lines.0.waste_code": "900-249-08", "step": "next"}
    page = sign_in(PAULA, "en").post("/manifests/new", **typed).text
    assert "Waste mineral oil and waste containing it" in page
    assert "其他生产、销售、使用过程中产生的废矿物油" in page


def test_what_is_left_out_is_named_as_the_form_names_it(sign_in: SignIn, form: dict[str, str]) -> None:
    bare = {name: text for name, text in form.items() if not name.startswith(("legs.", "consignee"))}
    page = send(sign_in(PAULA, "en"), bare, "check").text
    assert '<a href="#wrong-consignee">Where to</a>' in page
    assert '<a href="#wrong-legs">Carrier, vehicle and driver</a>' in page
    assert 'id="wrong-legs"' in page


def test_two_windows_on_one_draft_do_not_write_over_each_other(sign_in: SignIn, form: dict[str, str]) -> None:
    paula, whole = sign_in(PAULA, "en"), planned(form, sign_in)
    send(paula, whole, "keep")
    left, right = (window_on(paula, whole) for _ in range(2))
    # What a window kept itself is no change to it, though its page was not drawn anew for it.
    for kilograms in ("501", "502"):
        assert send(paula, {**left, "lines.0.mass_kg": kilograms}, "keep").status_code == 200
    late = send(paula, {**right, "lines.0.mass_kg": "700"}, "keep")
    assert late.status_code == 409
    assert "was changed in another window" in late.text
    assert f'<a href="/manifests/{whole["id"]}">' in late.text
    assert 'value="700"' in late.text
    kept = paula.get(f"/manifests/new?draft={whole['id']}").text
    assert 'value="502"' in kept
    assert 'value="700"' not in kept
    # Going on there makes a draft of its own, and both may be filed.
    own = {**right, **hidden(late.text), "lines.0.mass_kg": "700"}
    assert send(paula, own, "keep").status_code == 200
    assert send(paula, own, "file").status_code == 303
    assert send(paula, {**left, "lines.0.mass_kg": "503"}, "file").status_code == 303


def test_a_draft_that_changed_elsewhere_is_not_filed_unseen(sign_in: SignIn, form: dict[str, str]) -> None:
    paula, whole = sign_in(PAULA), planned(form, sign_in)
    send(paula, whole, "keep")
    left, right = (window_on(paula, whole) for _ in range(2))
    send(paula, {**left, "lines.0.mass_kg": "501"}, "keep")
    late = send(paula, right, "file")
    assert late.status_code == 409
    assert "已在另一个窗口里改过" in late.text
    assert send(paula, {**left, "lines.0.mass_kg": "502"}, "file").status_code == 303


def test_what_a_program_said_in_a_draft_stays_when_it_is_gone_on_with_on_the_page(
    sign_in: SignIn, running: Running, form: dict[str, str]
) -> None:
    paula, program = sign_in(PAULA), running.log_in(PAULA)
    line = {"waste_code": "900-249-08", "mass_g": 500_000, "packages": 2, "packaging": "桶",
            "operation": "R9", "tags": ["OIL-1", "OIL-2"]}  # fmt: skip
    draft = {"id": fresh(), "draft": True, "stream": "hazardous", "consignor": WORKS, "trip": "morning"}
    file(program, {**draft, "lines": [line]})
    drawn = paula.get(f"/manifests/new?draft={draft['id']}").text
    ticked = re.findall(r'<input type="checkbox" name="lines\.0\.tags\[\]" value="([^"]+)" checked>', drawn)
    shown = {**hidden(drawn), "lines.0.tags[]": ticked}
    for name in ("trip", "lines.0.operation"):
        (shown[name],) = re.findall(rf'name="{name}"[^>]* value="([^"]+)"', drawn)
    more = {**form, **shown, "lines.0.mass_kg": "510"}
    assert send(paula, more, "keep").status_code == 200
    kept = program.get(f"/manifests/{draft['id']}").json["draft"]
    assert kept["trip"] == "morning"
    assert kept["lines"][0]["mass_g"] == 510_000
    assert {name: kept["lines"][0][name] for name in ("operation", "tags")} == {
        name: line[name] for name in ("operation", "tags")
    }


def window_on(reader: Reader, form: dict[str, str]) -> dict[str, str]:
    """The form of a draft, opened once more."""
    return {**form, **hidden(reader.get(f"/manifests/new?draft={form['id']}").text)}


def hidden(drawn: str) -> dict[str, str]:
    """What a form carries that nobody types."""
    return dict(re.findall(r'<input type="hidden" name="(id|expects|window)" value="([^"]*)"', drawn))
