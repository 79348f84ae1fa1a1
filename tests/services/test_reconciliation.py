"""A month of the city reconciled: what balances stays as it is, what does not is named, nothing is changed.

Paula's works send five loads of ten tonnes of oil to Fay's plant, weighed at both ends."""

import uuid
from typing import Any

import pytest
from sqlalchemy import select

from tests.cast import ADA, DAN, FAY, OLAF, PAULA, RITA, RUTH, TESS
from tests.city import LORRY, OTHER, PLANT, STATION, TONNE, WORKS
from tests.story import Story
from zerowaste.models.tables import EVENT, FLOW, HOLDING
from zerowaste.rules.precision import precision
from zerowaste.rules.spans import span
from zerowaste.rules.state import LineReport
from zerowaste.rules.treating import Output
from zerowaste.services.acts import treatments
from zerowaste.services.reporting.reconciled import seen, sites_of
from zerowaste.services.reporting.reconciliation import Mass, Month, reconcile_month
from zerowaste.services.requests import LineRequest, TreatmentRequest
from zerowaste.vocabulary import Act, Basis

OIL, ASH = "900-249-08", "772-003-18"
LOADS = 5


@pytest.fixture
def story(session: Any, city: Any) -> Story:
    return Story(session, city)


def send(
    story: Story, received_g: int | None = 10 * TONNE, *, loaded_g: int = 10 * TONNE, by: Basis = Basis.SCALE
) -> None:
    line = LineRequest(waste_code=OIL, mass_g=loaded_g, packages=1, packaging="罐车", basis=by)
    filed = story.file(
        PAULA,
        stream="hazardous",
        consignor=WORKS,
        consignee=PLANT,
        lines=[line],
        legs=[story.leg(LORRY, DAN)],
    )
    story.act(DAN, str(filed.number), Act.PICKUP)
    story.wait(hours=1)
    if received_g is not None:
        part = LineReport(1, received_g=received_g, accepted_g=received_g, refused_g=0)
        story.act(FAY, str(filed.number), Act.ACCEPT, [part])
    story.wait(hours=1)


def burn(story: Story, grams: int, *outputs: Output, operation: str = "D10") -> None:
    batch = TreatmentRequest(
        id=uuid.uuid4(), site=PLANT, operation=operation, at=story.now, inputs=((None, OIL, grams),),
        outputs=outputs, done=True, body={},
    )  # fmt: skip
    assert treatments.treat(story.desk(FAY), batch).errors == ()


def march(story: Story) -> Month:
    over = span("2026-03")
    assert over
    return reconcile_month(story.session, story.law, over)


def mass(month: Month, kind: str) -> Mass:
    (found,) = (each for each in month.masses if each.kind == kind)
    return found


def test_where_all_agree_nothing_is_adjusted(story: Story) -> None:
    for _ in range(LOADS):
        send(story)
    burn(story, 30 * TONNE, Output("residue", 3 * TONNE, "hazardous", ASH))
    month = march(story)
    assert month.sound
    assert month.statistic == pytest.approx(0, abs=1e-9)
    for each in month.masses:
        assert {measured.reported_g for measured in each.measured} == {each.adjusted_g}, each
    stocks = {each.group: each.adjusted_g for each in month.masses if each.kind == "stock"}
    assert stocks == {"HW08": 20 * TONNE, "HW18": 3 * TONNE}


def test_a_load_a_fifth_short_at_the_gate_is_named(story: Story) -> None:
    for _ in range(LOADS):
        send(story, 8 * TONNE)
    burn(story, 40 * TONNE)
    month = march(story)
    assert not month.sound
    assert month.probability < 0.001
    worst = month.masses[0]
    assert worst.kind == "load"
    assert [each.what for each in worst.measured if each.suspect] == ["received"]
    assert worst.adjusted_g == pytest.approx(50 * TONNE, rel=0.01)


def test_an_estimate_gives_way_to_a_scale(story: Story) -> None:
    for _ in range(LOADS):
        send(story, 9 * TONNE, by=Basis.ESTIMATE)
    month = march(story)
    assert month.sound  # ten against nine tonnes is within what an estimate is worth
    assert mass(month, "load").adjusted_g == pytest.approx(45 * TONNE, rel=0.01)


def test_adjusted_masses_balance_at_every_plant(story: Story) -> None:
    for short in range(LOADS):
        send(story, 10 * TONNE - 60_000 * short)
    burn(story, 25 * TONNE, Output("residue", 3 * TONNE, "hazardous", ASH))
    month = march(story)
    said = {(each.kind, each.group): each.adjusted_g for each in month.masses}
    assert said["load", "HW08"] == pytest.approx(said["fed", "HW08"] + said["stock", "HW08"], abs=2)
    assert said["fed", "HW08"] == pytest.approx(
        said["fate", "HW08"] + said["residue", "HW18"] + said["in_batches", ""], abs=3
    )
    assert said["load", "HW08"] != 50 * TONNE  # between what was loaded and what came


def test_more_out_than_in_stands_out(story: Story) -> None:
    """Twenty tonnes go into a batch and thirty come out: the books call it a gain, no scale does."""
    for _ in range(LOADS):
        send(story)
    burn(story, 20 * TONNE, Output("product", 30 * TONNE, "", "", "再生油"), operation="R9")
    month = march(story)
    assert not month.sound
    suspects = {(each.kind, told.what) for each in month.masses for told in each.measured if told.suspect}
    assert suspects & {("product", "weighed"), ("fed", "weighed"), ("in_batches", "books")}


def test_what_the_gate_has_not_decided_is_left_out(story: Story) -> None:
    send(story)
    send(story, None)
    month = march(story)
    assert month.undecided == 1
    assert mass(month, "load").loads == 1


def test_the_evidence_stays_as_it_is(story: Story) -> None:
    send(story, 8 * TONNE)
    story.session.flush()

    def stands() -> list[tuple[Any, ...]]:
        return [
            tuple(row)
            for table in (EVENT, FLOW, HOLDING)
            for row in story.session.execute(select(table).order_by(table.c.id))
        ]

    before = stands()
    assert not march(story).sound
    assert stands() == before


def test_an_empty_month_is_sound(story: Story) -> None:
    month = march(story)
    assert (month.masses, month.sound) == ((), True)


def test_an_overseer_sees_what_touches_his_region(story: Story) -> None:
    send(story)
    month, sites = march(story), sites_of(story.session)
    everything = list(month.masses)
    for person, wanted in ((RITA, everything), (ADA, everything), (RUTH, everything), (TESS, []), (OLAF, [])):
        actor = story.city.actor(person)
        assert seen(month.masses, actor, sites, stream=None, region=None) == wanted, person.login
    rita = story.city.actor(RITA)
    assert seen(month.masses, rita, sites, stream="kitchen", region=None) == []
    assert [each.kind for each in seen(month.masses, rita, sites, stream=None, region="360102")] == ["load"]
    assert STATION in {each.code for each in sites.values()}
    assert OTHER in {each.code for each in sites.values()}


def test_the_settings_follow_the_basis() -> None:
    known = precision()
    assert 5_000 <= known.basis[Basis.SCALE].each <= 10_000  # 0.5 to 1 %
    assert 100_000 <= known.basis[Basis.ESTIMATE].each <= 200_000  # 10 to 20 %
    scale, count, volume = (known.basis[word].each for word in (Basis.SCALE, Basis.COUNT, Basis.VOLUME))
    assert scale < count < volume
