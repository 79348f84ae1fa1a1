"""The facility's gate: from whatever was scanned to a decision, in one screen."""

import re
from collections.abc import Callable
from typing import Any

import pytest

from tests.cast import DAN, FAY, PAULA
from tests.city import LORRY
from tests.web.acts import act, file
from tests.web.conftest import Running
from tests.web.pages.conftest import Reader

SignIn = Callable[..., Reader]


@pytest.fixture
def load(running: Running, oil: dict[str, Any]) -> dict[str, Any]:
    """A load on its way to Fay's plant, as its filing was answered."""
    filed = file(running.log_in(PAULA), oil)
    act(running.log_in(DAN), filed["number"], "pickup")
    return filed


def hidden(page: str) -> dict[str, str]:
    return dict(re.findall(r'type="hidden" name="([^"]+)" value="([^"]*)"', page))


def test_a_scanned_code_or_a_number_opens_the_load(sign_in: SignIn, load: dict[str, Any]) -> None:
    fay = sign_in(FAY)
    for scanned in (load["qr_url"], load["qr_url"].lower(), load["number"]):
        assert fay.get("/gate", query_string={"find": scanned}).location == f"/gate/{load['number']}"


def test_a_plate_shows_what_it_brings(sign_in: SignIn, load: dict[str, Any]) -> None:
    answer = sign_in(FAY).get("/gate", query_string={"find": f" {LORRY.lower()} "}, follow_redirects=True)
    assert load["number"] in answer.text


def test_the_last_signs_of_a_plate_are_enough_and_too_few_are_not(
    sign_in: SignIn, load: dict[str, Any]
) -> None:
    fay = sign_in(FAY, "en")
    for signs in (LORRY[1:], LORRY[2:].lower()):
        answer = fay.get("/gate", query_string={"find": signs}, follow_redirects=True)
        assert load["number"] in answer.text
        assert "No load for you answers to that" not in answer.text
    assert "No load for you answers to that" in fay.get("/gate", query_string={"find": LORRY[-1]}).text


def test_what_is_not_ours_is_not_taken(sign_in: SignIn) -> None:
    answer = sign_in(FAY, "en").get("/gate", query_string={"find": "HTTP://X/Q/AAAA"})
    assert "do not accept on a code that is not ours" in answer.text


def test_weighed_and_accepted_in_one_go_and_once(
    sign_in: SignIn, running: Running, load: dict[str, Any]
) -> None:
    fay, number = sign_in(FAY), load["number"]
    form = hidden(fay.get(f"/gate/{number}").text)
    typed = {**form, "ticket.net_kg": "498.5", "ticket.number": "GB-7", "step": "accept"}
    for _ in range(2):  # a double click
        assert fay.post(f"/gate/{number}", **typed).location == f"/manifests/{number}"
    known = running.log_in(FAY).get(f"/manifests/{number}").json
    assert [event["kind"] for event in known["events"]] == ["file", "pickup", "arrive", "accept"]
    assert known["lines"][0]["accepted_g"] == 498_500


def test_the_scale_is_asked_too_where_the_driver_has_said_that_he_arrived(
    sign_in: SignIn, running: Running, load: dict[str, Any]
) -> None:
    fay, number = sign_in(FAY), load["number"]
    act(running.log_in(DAN), number, "arrive")
    drawn = fay.get(f"/gate/{number}").text
    assert 'name="ticket.net_kg"' in drawn
    typed = {**hidden(drawn), "ticket.net_kg": "498.5", "ticket.number": "GB-7", "step": "accept"}
    assert fay.post(f"/gate/{number}", **typed).location == f"/manifests/{number}"
    known = running.log_in(FAY).get(f"/manifests/{number}").json
    assert [event["kind"] for event in known["events"]] == ["file", "pickup", "arrive", "accept"]
    assert (known["lines"][0]["received_g"], known["lines"][0]["accepted_g"]) == (498_500, 498_500)


def test_a_slip_that_the_driver_brought_is_not_asked_for_again(
    sign_in: SignIn, running: Running, load: dict[str, Any]
) -> None:
    act(running.log_in(DAN), load["number"], "arrive", ticket={"net_g": 498_500, "number": "GB-7"})
    drawn = sign_in(FAY).get(f"/gate/{load['number']}").text
    assert 'name="ticket.net_kg"' not in drawn
    assert 'placeholder="498.5"' in drawn


def test_part_of_a_load_is_refused_with_its_reason(
    sign_in: SignIn, running: Running, load: dict[str, Any]
) -> None:
    fay, number = sign_in(FAY, "en"), load["number"]
    form = hidden(fay.get(f"/gate/{number}").text)
    part = {**form, "lines.0.received_kg": "500", "lines.0.accepted_kg": "", "lines.0.refused_kg": "100",
            "step": "accept"}  # fmt: skip
    unsaid = fay.post(f"/gate/{number}", **part)
    assert unsaid.status_code == 422
    assert 'value="100"' in unsaid.text
    said = fay.post(f"/gate/{number}", **{**part, **hidden(unsaid.text), "lines.0.reason": "packaging"})
    assert said.status_code == 303
    line = running.log_in(FAY).get(f"/manifests/{number}").json["lines"][0]
    assert (line["accepted_g"], line["refused_g"], line["reason"]) == (400_000, 100_000, "packaging")
