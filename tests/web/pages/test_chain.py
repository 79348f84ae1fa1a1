"""A chain on a page: the answer first, then why, then the account, the picture, and every step."""

from collections.abc import Callable
from typing import Any

import pytest

from tests.cast import DAN, FAY, PAULA, RITA
from tests.web.acts import act, file
from tests.web.conftest import Running
from tests.web.pages.conftest import Reader

SignIn = Callable[..., Reader]


@pytest.fixture
def number(running: Running, oil: dict[str, Any]) -> str:
    """A load of which a kilogram dripped away, accepted and not yet treated."""
    number = str(file(running.log_in(PAULA), oil)["number"])
    act(running.log_in(DAN), number, "pickup")
    act(running.log_in(FAY), number, "accept", lines=[{"line": 1, "received_g": 499_000}])
    return number


def test_an_open_chain_says_what_is_open_where_and_until_when(sign_in: SignIn, number: str) -> None:
    page = sign_in(PAULA, "en").get(f"/manifests/{number}/chain").text
    for said in ("This chain is not closed.", "<strong>499 kg</strong>", "held by 费氏环保", "days left",
                 "✓ Settled", "○ Treated", "500 kg", "1 kg"):  # fmt: skip
        assert said in page, said


def test_the_picture_and_the_table_show_the_same_steps(sign_in: SignIn, number: str) -> None:
    page = sign_in(RITA).get(f"/manifests/{number}/chain").text
    boxes = page.count(' data-node="')
    rows = page.partition("<tbody>")[2].count("<tr id=")
    assert boxes == rows > 3


def test_a_chain_before_its_pickup_stands_in_the_yard(
    sign_in: SignIn, running: Running, oil: dict[str, Any]
) -> None:  # fmt: skip
    number = file(running.log_in(PAULA), oil)["number"]
    page = sign_in(PAULA, "en").get(f"/manifests/{number}/chain").text
    assert "in store" in page
    assert "<strong>500 kg</strong>" in page
