"""Planning anew on a page: what is planned stands there, rows come and go, faults stand beside fields."""

import re
from collections.abc import Callable
from typing import Any

import pytest

from tests.cast import DAN, DORA, DREW, FAY, PAULA, RITA
from tests.city import LORRY, ORGANISATIONS, SECOND_LORRY
from tests.colleagues import DICK, SPARE_LORRY, hire
from tests.web.acts import act, file
from tests.web.conftest import Running
from tests.web.pages.conftest import Reader

SignIn = Callable[..., Reader]


@pytest.fixture
def ref(running: Running, oil: dict[str, Any]) -> str:
    return str(file(running.log_in(PAULA), oil)["number"])


def form_of(drawn: str) -> dict[str, str]:
    """What a browser would send back, as it was drawn."""
    hidden = dict(re.findall(r'<input type="hidden" name="([^"]+)" value="([^"]*)"', drawn))
    chosen = re.findall(r'<select id="f-([^"]+)".*?</select>', drawn, re.DOTALL)
    found = dict.fromkeys(chosen, "")
    for name, body in re.findall(r'<select id="f-([^"]+)"(.*?)</select>', drawn, re.DOTALL):
        for value in re.findall(r'value="([^"]*)" selected', body):
            found[name] = value
    return hidden | found


def send(reader: Reader, ref: str, form: dict[str, str], step: str) -> Any:
    return reader.post(f"/manifests/{ref}/acts/replan", **form, step=step)


def drew(carriers: dict[str, str], row: int = 0) -> dict[str, str]:
    base = f"legs.{row}"
    return {f"{base}.carrier": carriers[SECOND_LORRY], f"{base}.vehicle": SECOND_LORRY,
            f"{base}.driver": DREW.login}  # fmt: skip


def test_the_producer_chooses_another_carrier(
    sign_in: SignIn, ref: str, carriers: dict[str, str]
) -> None:  # fmt: skip
    paula = sign_in(PAULA, "en")
    assert ">Send another lorry or driver</a>" in paula.get(f"/manifests/{ref}").text
    form = form_of(paula.get(f"/manifests/{ref}/acts/replan").text)
    assert (form["legs.0.vehicle"], form["legs.0.driver"]) == (LORRY, DAN.login)
    chosen = {**form, "legs.0.carrier": carriers[SECOND_LORRY], "legs.0.vehicle": "", "legs.0.driver": ""}
    offered = send(paula, ref, chosen, "").text
    assert f'<option value="{SECOND_LORRY}"' in offered
    assert f'<option value="{LORRY}"' not in offered
    done = {**form, **drew(carriers), "note": "车坏了 broken down"}
    first, second = (send(paula, ref, done, "replan") for _ in range(2))
    assert (first.status_code, second.status_code) == (303, 303)
    shown = paula.get(f"/manifests/{ref}").text
    assert f"{SECOND_LORRY} · {DREW.name}" in shown
    assert shown.count("new plan of the way") == 1
    assert "车坏了 broken down" in shown


def test_what_is_wrong_stands_beside_its_field_and_what_was_typed_stays(
    sign_in: SignIn, ref: str, carriers: dict[str, str]
) -> None:  # fmt: skip
    paula = sign_in(PAULA, "en")
    form = form_of(paula.get(f"/manifests/{ref}/acts/replan").text)
    wrong = {**form, **drew(carriers), "legs.0.driver": "", "note": "他来 he comes"}
    answer = send(paula, ref, wrong, "replan")
    assert answer.status_code == 422
    assert answer.text.count('id="wrong-legs.0.driver"') == 1
    assert "他来 he comes" in answer.text
    assert form_of(answer.text)["legs.0.vehicle"] == SECOND_LORRY
    assert "there is nothing to plan anew" in send(paula, ref, form, "replan").text
    two = send(paula, ref, {**form, "legs.1.carrier": ""}, "replan").text
    assert 'id="wrong-legs.1.carrier"' in two


def test_two_loads_that_one_lorry_takes_instead_go_on_one_trip(
    sign_in: SignIn, running: Running, ref: str, oil: dict[str, Any], carriers: dict[str, str]
) -> None:  # fmt: skip
    paula, program = sign_in(PAULA, "en"), running.log_in(PAULA)
    engine_oil = {**oil["lines"][0], "waste_code": "900-214-08"}
    other = str(file(program, {**oil, "lines": [engine_oil]})["number"])
    for number in (ref, other):
        form = form_of(paula.get(f"/manifests/{number}/acts/replan").text)
        told = {**form, **drew(carriers), "trip": "early round"}
        assert 'value="early round"' in send(paula, number, told, "add").text
        assert send(paula, number, told, "replan").status_code == 303
    first, second = (program.get(f"/manifests/{number}").json["trip"]["id"] for number in (ref, other))
    assert first == second


def test_rows_come_and_go(sign_in: SignIn, ref: str) -> None:
    paula = sign_in(PAULA)
    form = form_of(paula.get(f"/manifests/{ref}/acts/replan").text)
    more = form_of(send(paula, ref, form, "add").text)
    assert (more["legs.0.driver"], more["legs.1.carrier"]) == (DAN.login, "")
    before = form_of(send(paula, ref, form, "insert").text)
    assert (before["legs.0.carrier"], before["legs.1.driver"]) == ("", DAN.login)
    fewer = form_of(send(paula, ref, before, "drop-0").text)
    assert fewer["legs.0.driver"] == DAN.login
    assert "legs.1.carrier" not in fewer


def test_a_dispatcher_chooses_among_his_own_and_leaves_the_others(
    sign_in: SignIn, running: Running, oil: dict[str, Any], carriers: dict[str, str]
) -> None:  # fmt: skip
    running.service.database.transact(lambda session: hire(session, running.city))
    second = {"carrier": carriers[SECOND_LORRY], "vehicle": SECOND_LORRY, "driver": DREW.login}
    ref = str(file(running.log_in(PAULA), {**oil, "legs": [*oil["legs"], second]})["number"])
    dora = sign_in(DORA, "en")
    drawn = dora.get(f"/manifests/{ref}/acts/replan").text
    assert "theirs to carry, stays as it is" in drawn
    assert f"{ORGANISATIONS['second_carrier']}</option>" not in drawn
    act(running.log_in(DAN), ref, "pickup")
    form = form_of(dora.get(f"/manifests/{ref}/acts/replan").text)
    assert form["legs.0.carrier"] == carriers[SECOND_LORRY]
    helped = form_of(send(dora, ref, form, "insert").text)
    assert helped["legs.0.carrier"] == carriers[LORRY]  # there is but one to choose
    assert helped["legs.1.driver"] == DREW.login
    sent = {**helped, "legs.0.vehicle": SPARE_LORRY, "legs.0.driver": DICK.login}
    assert send(dora, ref, sent, "replan").status_code == 303
    legs = running.log_in(PAULA).get(f"/manifests/{ref}").json["legs"]
    assert [leg["vehicle"] for leg in legs] == [LORRY, SPARE_LORRY, SECOND_LORRY]


def test_a_plan_for_what_has_begun_meanwhile_is_not_taken_for_another(
    sign_in: SignIn, running: Running, ref: str, carriers: dict[str, str]
) -> None:  # fmt: skip
    """Between the page and the answer Dan has loaded: the plan for leg 1 must not become a leg 2."""
    paula = sign_in(PAULA, "en")
    form = form_of(paula.get(f"/manifests/{ref}/acts/replan").text)
    act(running.log_in(DAN), ref, "pickup")
    answer = send(paula, ref, {**form, **drew(carriers)}, "replan")
    assert answer.status_code == 422
    assert "Leg 1 · " in answer.text
    assert len(running.log_in(PAULA).get(f"/manifests/{ref}").json["legs"]) == 1
    assert send(paula, ref, form_of(answer.text), "replan").status_code == 303


def test_who_may_not_is_told_so(sign_in: SignIn, running: Running, ref: str) -> None:
    assert sign_in(RITA).get(f"/manifests/{ref}/acts/replan").status_code == 403
    assert sign_in(FAY).get(f"/manifests/{ref}/acts/replan").status_code == 422
    act(running.log_in(DAN), ref, "pickup")
    act(running.log_in(DAN), ref, "arrive")
    assert "replan" not in sign_in(PAULA).get(f"/manifests/{ref}").text
    assert sign_in(PAULA).get(f"/manifests/{ref}/acts/replan").status_code == 422
