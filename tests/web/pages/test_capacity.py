"""How much more a site may take, as gauges."""

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import pytest
from sqlalchemy import update

from tests.cast import FAY, PAULA, RITA
from tests.city import PLANT, SMALL, WORKS
from tests.web.acts import file
from tests.web.conftest import Running
from tests.web.pages.conftest import Reader
from zerowaste import clock
from zerowaste.models.tables import TERM
from zerowaste.vocabulary import Period

SignIn = Callable[..., Reader]


def test_what_is_filed_is_reserved_on_the_gauge(
    sign_in: SignIn, running: Running, oil: dict[str, Any]
) -> None:  # fmt: skip
    file(running.log_in(PAULA), oil)
    page = sign_in(FAY, "en").get(f"/sites/{PLANT}/capacity").text
    assert 'class="promised"' in page
    assert "Reserved" in page


def test_a_producers_limits_are_his_own_business(sign_in: SignIn) -> None:
    assert sign_in(FAY).get(f"/sites/{WORKS}/capacity").status_code == 404


def test_each_quota_says_in_words_what_happens_beyond_it(sign_in: SignIn) -> None:
    page = sign_in(FAY, "en").get(f"/sites/{PLANT}/capacity").text
    assert "Hard limit" in page
    assert "12,000 t" in page
    assert "more than the hard limit cannot be filed" in page  # 10 000 t a year, 12 000 t at most
    assert "More than the limit cannot be filed" in page  # the store: both are 500 t


def test_who_has_two_plants_chooses_one(sign_in: SignIn) -> None:
    page = sign_in(FAY).get("/capacity").text
    assert f"/sites/{PLANT}/capacity" in page
    assert f"/sites/{SMALL}/capacity" in page


def test_the_board_says_over_which_days_it_tells_rates(
    sign_in: SignIn, monkeypatch: pytest.MonkeyPatch
) -> None:
    rita = sign_in(RITA, "en")
    monkeypatch.setattr(clock, "now", lambda: datetime(2026, 3, 2, 1, tzinfo=UTC))
    spring = rita.get("/board").text
    assert "means of the last 28 calendar days" in spring
    assert "6 were public holidays" in spring
    monkeypatch.setattr(clock, "now", lambda: datetime(2026, 8, 17, 1, tzinfo=UTC))
    assert "public holidays:" not in rita.get("/board").text


def test_a_days_limit_is_never_full_for_longer(sign_in: SignIn, running: Running) -> None:
    rita = sign_in(RITA, "en")
    assert "anew each day" not in rita.get("/board").text
    with running.service.database.session_for(write=True) as session:
        session.execute(update(TERM).where(TERM.c.operation == "D10").values(period=Period.DAY))
        session.commit()
    assert "anew each day" in rita.get("/board").text
