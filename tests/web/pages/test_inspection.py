"""The driver shows his load at the roadside: to whoever holds the link, for half an hour."""

import html
import re
from collections.abc import Callable
from typing import Any

import pytest

from tests.cast import DAN, PAULA
from tests.web.acts import act, file
from tests.web.conftest import Running
from tests.web.pages.conftest import Reader
from zerowaste.web.pages import inspection

SignIn = Callable[..., Reader]


@pytest.fixture
def link(running: Running, sign_in: SignIn, oil: dict[str, Any]) -> str:
    number = file(running.log_in(PAULA), oil)["number"]
    act(running.log_in(DAN), number, "pickup")
    shown = sign_in(DAN).post(f"/manifests/{number}/inspection").text
    found = re.search(r'href="[^"]*(/inspection/[^"]+)"', shown)
    assert found is not None
    return html.unescape(found.group(1))


def test_an_inspector_sees_the_load_and_nothing_personal(running: Running, link: str) -> None:
    page = running.client().get(link).text
    assert "900-249-08" in page
    assert "500 kg" in page
    assert DAN.name not in page


def test_a_link_is_over_after_half_an_hour(
    running: Running, link: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(inspection, "VALID_MINUTES", -1)
    answer = running.client().get(link)
    assert (answer.status_code, answer.json["code"]) == (404, "inspection_over")


def test_a_forged_link_shows_nothing(running: Running, link: str) -> None:
    at = link.rindex(".") + 1  # the signature; its last letter has bits that say nothing
    forged = link[:at] + ("A" if link[at] != "A" else "B") + link[at + 1 :]
    assert running.client().get(forged).status_code == 404
