"""Signing in with more than a password, over HTTP: what each step gives, and what it does not."""

import html
import re
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import cbor2
import pytest
from passlib.totp import TOTP

from tests.cast import DAN, DORA, FAY, OLAF, PASSWORD, RITA, RUTH, TESS, Person
from tests.web.conftest import Running
from tests.web.pages.conftest import Reader
from tests.web.pages.device import Device
from zerowaste import clock

SignIn = Callable[..., Reader]
OWN = {"Sec-Fetch-Site": "same-origin"}


def app_of(page: str) -> TOTP:
    """An authenticator app that was told the key on the page."""
    found = re.search(r'class="spelled">([A-Z2-7-]+)<', page)
    assert found is not None
    return TOTP(key=found[1])


def digits(app: TOTP, steps: int = 0) -> str:
    """What it shows; `steps` half minutes from now."""
    return str(app.generate(time=clock.now() + timedelta(seconds=30 * steps)).token)


def hidden(page: str, name: str) -> str:
    found = re.search(rf'name="{name}" value="([^"]+)"', page)
    assert found is not None
    return html.unescape(found[1])


def turn_on(reader: Reader) -> tuple[TOTP, list[str]]:
    """(the app, recovery codes)."""
    begun = reader.post("/account/authenticator/begin", on_password=PASSWORD).text
    app = app_of(begun)
    done = reader.post("/account/authenticator", key=hidden(begun, "key"), code=digits(app))
    codes = re.findall(r"<li><code>([\w-]{19})</code>", reader.get(done.location).text)
    assert len(codes) == 10
    return app, codes


def begin(running: Running, person: Person) -> Any:
    """A browser in which the password was entered."""
    client = running.client(address=f"another browser of {person.login}")
    client.set_cookie("language", "en")
    content = {"login": person.login, "password": PASSWORD}
    answer = client.post("/sign-in?next=/manifests", data=content, headers=OWN)
    assert answer.status_code == 303
    return client, answer


def test_after_the_password_there_is_no_session_before_the_code(sign_in: SignIn, running: Running) -> None:
    app, _ = turn_on(sign_in(FAY))
    client, answer = begin(running, FAY)
    assert answer.location == "/sign-in/code?next=%2Fmanifests"
    assert client.get_cookie("zerowaste") is None
    step = client.get_cookie("zerowaste-step")
    assert client.get("/account", headers={"Accept": "text/html"}).status_code == 303
    signed = {"Authorization": f"Bearer {step.value}"}
    assert running.client().get("/api/v1/me", headers=signed).status_code == 401
    wrong = client.post("/sign-in/code", data={"code": "000000"}, headers=OWN)
    assert (wrong.status_code, "The code is wrong" in wrong.text) == (401, True)
    right = client.post("/sign-in/code?next=/manifests", data={"code": digits(app, 1)}, headers=OWN)
    assert (right.status_code, right.location) == (303, "/manifests")
    assert client.get_cookie("zerowaste-step") is None
    assert client.get("/account").status_code == 200


def test_a_recovery_code_takes_the_place_of_the_app(sign_in: SignIn, running: Running) -> None:
    fay = sign_in(TESS, "en")
    _, codes = turn_on(fay)
    client, _ = begin(running, TESS)
    assert client.post("/sign-in/code", data={"code": f" {codes[0]} "}, headers=OWN).status_code == 303
    again, _ = begin(running, TESS)
    assert again.post("/sign-in/code", data={"code": codes[0]}, headers=OWN).status_code == 401
    assert "Recovery codes left: 9." in fay.get("/account/factors").text
    assert "a recovery code was used" in fay.get("/account").text


def test_without_a_password_before_there_is_no_second_step(running: Running) -> None:
    client = running.client()
    assert client.get("/sign-in/code").status_code == 303
    client.set_cookie("zerowaste-step", "made up")
    answer = client.post("/sign-in/code", data={"code": "123456"}, headers=OWN)
    assert answer.status_code == 401
    assert "请重新登录" in answer.text


def test_programs_are_told_what_is_missing(sign_in: SignIn, running: Running) -> None:
    app, _ = turn_on(sign_in(DORA))
    body = {"login": DORA.login, "password": PASSWORD}
    client = running.client(address="a program of dora")
    missing = client.post("/api/v1/login", json=body)
    assert (missing.status_code, missing.json["code"]) == (401, "second_factor_needed")
    wrong = client.post("/api/v1/login", json=body | {"code": "000000"})
    assert (wrong.status_code, wrong.json["code"]) == (401, "code_failed")
    unknown = client.post("/api/v1/login", json=body | {"password": "x", "code": digits(app, 1)})
    assert unknown.json["code"] == "login_failed"
    code = digits(app, 1)
    assert client.post("/api/v1/login", json=body | {"code": code}).json["token"].startswith("zwt_")
    assert client.post("/api/v1/login", json=body | {"code": code}).json["code"] == "code_failed"


def test_who_finds_a_browser_open_cannot_lock_its_owner_out(sign_in: SignIn) -> None:
    rita = sign_in(RITA, "en")
    for told in ({}, {"on_password": "wrong"}):
        answer = rita.post("/account/authenticator/begin", **told)
        assert answer.status_code == 422
        assert "The present password is another one." in answer.text
        assert "spelled" not in answer.text


def test_it_is_turned_off_and_codes_are_renewed_only_with_the_password(sign_in: SignIn) -> None:
    rita = sign_in(RITA, "en")
    turn_on(rita)
    for address, field in (
        ("/account/authenticator/off", "off_password"),
        ("/account/codes", "codes_password"),
    ):
        answer = rita.post(address, **{field: "wrong"})
        assert answer.status_code == 422
        assert "The present password is another one." in answer.text
    made = rita.post("/account/codes", codes_password=PASSWORD)
    assert rita.get(made.location).text.count("<li><code>") == 10
    again = rita.get(made.location)  # reloaded: neither shown once more nor made anew
    assert (again.status_code, again.location) == (303, "/account/factors")
    assert rita.post("/account/authenticator/off", off_password=PASSWORD).status_code == 303
    assert "It is off" in rita.get("/account/factors").text


def test_a_wrong_first_code_keeps_the_same_key(sign_in: SignIn) -> None:
    ruth = sign_in(RUTH, "en")
    begun = ruth.post("/account/authenticator/begin", on_password=PASSWORD).text
    again = ruth.post("/account/authenticator", key=hidden(begun, "key"), code="000000")
    assert again.status_code == 422
    assert app_of(again.text).key == app_of(begun).key
    assert "otpauth" not in again.text  # only as a drawing


def add(reader: Reader, device: Device, password: str = PASSWORD, name: str = "my key") -> Any:
    told = reader.post("/account/passkeys/options", passkey_password=password).json
    answer = device.make(told["options"])
    return reader.post("/account/passkeys", key=told["key"], answer=answer, passkey_name=name)


def asked(running: Running) -> tuple[Any, dict[str, Any]]:
    client = running.client(address="a browser with a passkey")
    return client, client.post("/sign-in/passkey/options", headers=OWN).json


def test_a_passkey_needs_neither_password_nor_code(sign_in: SignIn, running: Running) -> None:
    dan, device = sign_in(DAN, "en"), Device()
    turn_on(dan)
    assert add(dan, device, name="phone").status_code == 303
    assert "phone" in dan.get("/account/factors").text
    client, told = asked(running)
    answer = device.sign(told["options"])
    entered = client.post(
        "/sign-in/passkey?next=/manifests", data={"key": told["key"], "answer": answer}, headers=OWN
    )
    assert (entered.status_code, entered.location) == (303, "/manifests")
    assert DAN.login in client.get("/account").text
    # The same answer, heard by somebody else, opens nothing.
    stolen = running.client().post(
        "/sign-in/passkey", data={"key": told["key"], "answer": answer}, headers=OWN
    )
    assert stolen.status_code == 401
    number = re.search(r"/account/passkeys/(\d+)/remove", dan.get("/account/factors").text)
    assert number is not None
    assert sign_in(OLAF).post(f"/account/passkeys/{number[1]}/remove").status_code == 404
    assert dan.post(f"/account/passkeys/{number[1]}/remove").status_code == 303
    client, told = asked(running)
    gone = client.post(
        "/sign-in/passkey", data={"key": told["key"], "answer": device.sign(told["options"])}, headers=OWN
    )
    assert gone.status_code == 401
    assert "a passkey was removed: phone" in dan.get("/account").text


@pytest.mark.parametrize(
    "device",
    [
        Device(origin="http://evil.example", host="evil.example"),
        Device(origin="http://evil.example"),
        Device(verifies=False),
    ],
    ids=["another host", "another origin", "nobody's finger"],
)
def test_a_passkey_of_another_place_or_without_its_owner_is_refused(
    sign_in: SignIn, running: Running, device: Device
) -> None:
    olaf, good = sign_in(OLAF), Device()
    assert add(olaf, device).status_code == 422
    assert add(olaf, good).status_code == 303
    device.key, device.id = good.key, good.id
    client, told = asked(running)
    content = {"key": told["key"], "answer": device.sign(told["options"])}
    assert client.post("/sign-in/passkey", data=content, headers=OWN).status_code == 401


@pytest.mark.parametrize(
    "answer",
    [
        "",
        "nonsense",
        "[]",
        "{}",
        '{"id": 5}',
        '{"id": "AAAA", "response": {}}',
        '{"id": "\\ud800"}',
        '{"id": "a\\u0000b"}',
        "[" * 50_000,
    ],
)
def test_nonsense_in_place_of_an_answer_is_refused(sign_in: SignIn, running: Running, answer: str) -> None:
    olaf = sign_in(OLAF)
    told = olaf.post("/account/passkeys/options", passkey_password=PASSWORD).json
    assert olaf.post("/account/passkeys", key=told["key"], answer=answer).status_code == 422
    client, told = asked(running)
    sent = client.post("/sign-in/passkey", data={"key": told["key"], "answer": answer}, headers=OWN)
    assert sent.status_code == 401


@pytest.mark.parametrize("key", [{}, 1, {1: 2}, {1: 99, 3: -7}])
def test_a_device_that_makes_no_key_is_refused(sign_in: SignIn, key: Any) -> None:
    olaf, device = sign_in(OLAF), Device(public=cbor2.dumps(key))
    assert add(olaf, device).status_code == 422


def test_a_key_that_cannot_sign_lets_nobody_in(sign_in: SignIn, running: Running) -> None:
    broken = Device(public=cbor2.dumps({1: 2, 3: -7, -1: 1, -2: 5, -3: 5}))
    add(sign_in(OLAF), broken)
    client, told = asked(running)
    content = {"key": told["key"], "answer": broken.sign(told["options"])}
    assert client.post("/sign-in/passkey", data=content, headers=OWN).status_code == 401


def test_no_passkey_without_the_password_nor_twice_nor_for_somebody_else(sign_in: SignIn) -> None:
    olaf, device = sign_in(OLAF, "en"), Device()
    refused = olaf.post("/account/passkeys/options", passkey_password="wrong")
    assert (refused.status_code, refused.json["message"]) == (422, "The present password is another one.")
    told = olaf.post("/account/passkeys/options", passkey_password=PASSWORD).json
    answer = device.make(told["options"])
    assert olaf.post("/account/passkeys", key=told["key"], answer=answer).status_code == 303
    assert olaf.post("/account/passkeys", key=told["key"], answer=answer).status_code == 422
    assert add(olaf, device).status_code == 422  # the device's id is known already
