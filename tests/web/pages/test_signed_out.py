"""Whose session ends while he fills in a form loses nothing of what he typed."""

import re
from collections.abc import Callable
from html import unescape
from typing import Any

from tests.cast import DAN, FAY, PASSWORD, PAULA
from tests.web.acts import act, file, fresh
from tests.web.conftest import Running
from tests.web.pages.conftest import Reader

SignIn = Callable[..., Reader]
HTML = {"Accept": "text/html", "Sec-Fetch-Site": "same-origin"}


def late(reader: Reader, path: str, fields: dict[str, Any]) -> Any:
    """A form that is sent after the session was ended elsewhere."""
    reader.client.delete_cookie("zerowaste")
    return reader.client.post(path, data=fields, headers=HTML)


def kept(page: str) -> dict[str, str]:
    """What the page would send again."""
    found = re.findall(r'<input type="hidden" name="([^"]*)" value="([^"]*)">', page)
    return {unescape(name): unescape(value) for name, value in found}


def test_fay_signs_in_again_and_sends_what_she_weighed(
    sign_in: SignIn,
    running: Running,
    oil: dict[str, Any],
) -> None:
    number = str(file(running.log_in(PAULA), oil)["number"])
    act(running.log_in(DAN), number, "pickup")
    fay = sign_in(FAY, "en")
    note = 'one drum "dented" & wet\nsecond line'
    weighed = {
        "id": fresh(),
        "arrival": fresh(),
        "step": "accept",
        "lines.0.line": "1",
        "lines.0.received_kg": "499",
        "note": note,
    }
    page = late(fay, f"/gate/{number}", weighed)
    assert page.status_code == 401
    assert "what you typed is kept" in page.text
    assert f'action="/gate/{number}"' in page.text
    assert {name: kept(page.text)[name].replace("\r\n", "\n") for name in weighed} == weighed

    fay.client.post("/sign-in", data={"login": FAY.login, "password": PASSWORD})
    assert "go back to the other one" in fay.get("/signed-in").text
    assert fay.post(f"/gate/{number}", **kept(page.text)).status_code == 303
    assert running.log_in(FAY).get(f"/manifests/{number}").json["lines"][0]["received_g"] == 499_000


def test_a_password_is_not_written_back(sign_in: SignIn) -> None:
    answer = late(
        sign_in(PAULA), "/account/password", {"password": "old", "new": "secret", "again": "secret"}
    )
    assert answer.status_code == 303
    assert "/sign-in" in answer.headers["Location"]


def test_a_form_of_another_website_is_not_kept(sign_in: SignIn) -> None:
    paula = sign_in(PAULA)
    paula.client.delete_cookie("zerowaste")
    theirs = {**HTML, "Sec-Fetch-Site": "cross-site"}
    answer = paula.client.post("/manifests/new", data={"note": "theirs"}, headers=theirs)
    assert answer.status_code == 403
    assert "theirs" not in answer.text


def test_who_is_signed_out_already_may_sign_out(sign_in: SignIn) -> None:
    answer = late(sign_in(PAULA), "/sign-out", {})
    assert (answer.status_code, answer.headers["Location"]) == (303, "/")
