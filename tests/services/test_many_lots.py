"""More lots of one waste than are read at once: the oldest still go first, and all of them count."""

import uuid

import pytest
from sqlalchemy import delete, select, update
from sqlmodel import Session

from tests.cast import DAN, FAY, PAULA
from tests.city import PLANT, WORKS, City
from tests.law.hazardous import OIL, codes, file, filed, of
from tests.story import Story
from zerowaste.models.tables import HOLDING, TERM
from zerowaste.rules.state import LineReport
from zerowaste.services import register
from zerowaste.services.acts import lots, treatments
from zerowaste.services.booking.books import LOTS_AT_ONCE
from zerowaste.vocabulary import Act, HoldingKind, Period

MANY = 2 * LOTS_AT_ONCE + 10  # a lot is ten kilograms of oil
TEN_KG = 10_000


@pytest.fixture
def story(session: Session, city: City) -> Story:
    return Story(session, city)


@pytest.fixture
def oldest_first(story: Story) -> list[int]:
    """The lots Paula has registered, all within one afternoon."""
    story.wait(hours=-4)
    registered = []
    for _ in range(MANY):
        story.wait(seconds=10)
        registered.append(story.lot(PAULA, WORKS, OIL, TEN_KG).lot)
    return registered


def left(story: Story) -> dict[int, int]:
    """Lot → grams of it that are free."""
    rows = story.session.execute(select(HOLDING).where(HOLDING.c.kind == HoldingKind.LOT))
    return {row.id: row.grams - row.held_g for row in rows}


def burning(story: Story, mass_g: int) -> treatments.TreatmentRequest:
    return treatments.TreatmentRequest(
        id=uuid.uuid4(), site=PLANT, operation="D10", at=story.now,
        inputs=((None, OIL, mass_g),), body={"mass_g": mass_g},
    )  # fmt: skip


def test_a_filing_takes_the_oldest_of_any_number(story: Story, oldest_first: list[int]) -> None:
    answer = file(story, of(OIL, (MANY - 1) * TEN_KG))
    assert "generated_by_filing" not in codes(answer.warnings)
    assert list(filter(left(story).get, oldest_first)) == oldest_first[-1:]


def test_lots_that_are_promised_do_not_hide_those_that_are_free(
    story: Story, oldest_first: list[int]
) -> None:
    """One reads past all that others hold already, however many they are."""
    filed(story, of(OIL, (LOTS_AT_ONCE + 1) * TEN_KG))
    filed(story, of(OIL, TEN_KG))
    assert list(filter(left(story).get, oldest_first)) == oldest_first[LOTS_AT_ONCE + 2 :]


def test_more_that_was_loaded_comes_from_lots_too(story: Story, oldest_first: list[int]) -> None:
    ref = filed(story, of(OIL, LOTS_AT_ONCE * TEN_KG))
    loaded = LineReport(1, mass_g=(LOTS_AT_ONCE + 5) * TEN_KG)
    assert story.act(DAN, ref, Act.PICKUP, [loaded]).code == ""
    assert list(filter(left(story).get, oldest_first)) == oldest_first[LOTS_AT_ONCE + 5 :]


def test_a_batch_takes_the_oldest_of_any_number(story: Story, oldest_first: list[int]) -> None:
    story.session.execute(delete(TERM).where(TERM.c.period == Period.LEVEL))
    register.bump(story.session)  # no level that would have to follow what a hand puts there
    story.session.execute(
        update(HOLDING)
        .where(HOLDING.c.id.in_(oldest_first))
        .values(site_id=story.city.sites[PLANT], organisation_id=story.city.organisations["plant"])
    )
    answer = treatments.treat(story.desk(FAY), burning(story, (MANY - 1) * TEN_KG))
    assert codes(answer.errors) == set()
    assert list(filter(left(story).get, oldest_first)) == oldest_first[-1:]
    answer = treatments.treat(story.desk(FAY), burning(story, TEN_KG + 1))
    assert codes(answer.errors) == {"lot_short"}


def test_three_tonnes_at_a_point_are_three_tonnes_in_any_number(
    story: Story, oldest_first: list[int]
) -> None:
    (warning,) = story.lot(PAULA, WORKS, OIL, 1).warnings
    assert (warning.code, warning.params["stock_g"]) == ("point_over_limit", MANY * TEN_KG + 1)


def test_who_asks_for_more_lots_than_one_act_takes_is_told_how_much_they_hold(
    story: Story, oldest_first: list[int], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Nothing is left out, or put down as made on the spot, in silence."""
    monkeypatch.setattr(lots, "MOST_DRAWN", 3)
    (error,) = file(story, of(OIL, 4 * TEN_KG)).errors
    assert (error.code, error.params["mass_g"]) == ("lots_too_many", 3 * TEN_KG)
    assert codes(file(story, of(OIL, 3 * TEN_KG)).errors) == set()
