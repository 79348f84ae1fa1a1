"""What no page of ours sends, and somebody will: every answer is a clear one, and never an error of ours."""

from collections.abc import Callable
from typing import Any

import pytest

from tests.cast import DAN, FAY, PAULA
from tests.city import PLANT, WORKS
from tests.web.conftest import Running
from tests.web.pages.conftest import Reader

SignIn = Callable[..., Reader]
NO_ADDRESS = "//["  # begins like an address with numbers for a host, and is none


@pytest.mark.parametrize("rule", ["/account/tokens/{}/revoke", "/account/passkeys/{}/remove"])
def test_a_number_no_database_holds_is_nobodys(sign_in: SignIn, rule: str) -> None:
    assert sign_in(PAULA).post(rule.format("9" * 20)).status_code == 404


@pytest.mark.parametrize("path", ["/sign-in", "/sign-in/code", "/language/en"])
def test_a_page_to_go_on_to_that_is_no_address_is_the_first_one(running: Running, path: str) -> None:
    answer = running.client().get(path, query_string={"next": NO_ADDRESS})
    assert answer.status_code in (200, 303)
    assert NO_ADDRESS not in answer.headers.get("Location", "")


def test_who_comes_from_no_address_comes_from_elsewhere(running: Running) -> None:
    answer = running.client().post("/sign-in", data={}, headers={"Origin": "http://["})
    assert answer.status_code == 403


@pytest.mark.parametrize(
    "fields",
    [
        {"kind": "spill", "kind.part": "1"},
        {"note": "a", "note.0.text": "b"},
        {"kind[]": "spill", "kind.part": "1"},
        {"a." * 5000 + "b": "1"},
    ],
)
def test_a_field_that_no_form_has_is_named(sign_in: SignIn, fields: dict[str, Any]) -> None:
    answer = sign_in(PAULA).post("/incidents", **fields)
    assert answer.status_code == 422


@pytest.mark.parametrize("mass", ["1e999999", "1e999990", "-1e999999", "1e-999999", "9" * 500, "NaN", "sNaN"])
def test_a_mass_that_takes_minutes_to_write_out_is_no_mass(sign_in: SignIn, mass: str) -> None:
    fields = {"lines.0.mass_kg": mass, "waste_code": "900-249-08"}
    assert sign_in(PAULA).post(f"/sites/{WORKS}/stores/new", **fields).status_code == 422
    assert sign_in(PAULA).post("/manifests/new", **fields).status_code == 200


@pytest.mark.parametrize("name", ["login", "password"])
def test_a_sign_no_keyboard_has_is_not_looked_up(running: Running, name: str) -> None:
    answer = running.client().post("/sign-in", data={"login": "paula", "password": "x", name: "a\0b"})
    assert answer.status_code == 400


@pytest.mark.parametrize("query", [{"site": "a\0b"}, {"again": "a\0b"}, {"draft": "a\0b"}, {"stream": "\0"}])
def test_nor_in_an_address(sign_in: SignIn, query: dict[str, str]) -> None:
    assert sign_in(PAULA).get("/manifests/new", query_string=query).status_code == 422


@pytest.mark.parametrize("form", ["manifests", "treatments"])
def test_lots_nobody_has_are_not_there(sign_in: SignIn, form: str) -> None:
    answer = sign_in(FAY).get(f"/{form}/new", query_string={"site": PLANT, "lots": "9" * 15})
    assert answer.status_code == 200


def test_a_driver_may_be_asked_for_anything_and_is_told_what_is_wrong(sign_in: SignIn) -> None:
    answer = sign_in(DAN).post(
        "/manifests/no-such/acts/pickup", **{"lines": "x", "lines.0.mass_kg": "1e9999"}
    )
    assert answer.status_code == 404


@pytest.mark.parametrize(
    "names", [[f"lines.{row}.note" for row in range(701)], [f"lines.0.f{row}" for row in range(3001)]]
)
def test_a_form_that_would_take_minutes_to_read_is_too_large(running: Running, names: list[str]) -> None:
    answer = running.client().post("/sign-in", data=dict.fromkeys(names, "1"))
    assert answer.status_code == 413


def test_a_manifest_of_two_hundred_lines_is_not(sign_in: SignIn) -> None:
    fields = {f"lines.{row}.{name}": "1" for row in range(200) for name in ("mass_kg", "packages", "note")}
    assert sign_in(PAULA).post("/manifests/new", step="more", **fields).status_code == 200
