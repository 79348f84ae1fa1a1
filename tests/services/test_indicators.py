"""Indicators that can be reckoned by hand, and what is behind each of their figures.

Paula's works (old town) send 500 kg of oil in December; 200 kg are refined that month. In January 180 kg
more of it are refined and she sends 300 kg, of which 100 kg are refined, 60 kg burnt and 140 kg wait. Olaf
(by the lake) has 90 kg on the road. The ash of what was burnt is landfilled."""

import uuid
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import insert, select, update

from tests.cast import ADA, DAN, DREW, FAY, OLAF, PAULA, RITA, RUTH, Person
from tests.city import BUILDING, CANTEEN, CLINIC, LORRY, OTHER, PLANT, SECOND_LORRY, TONNE, VAN, WORKS
from tests.story import Story
from zerowaste.models.tables import PERMIT, TERM
from zerowaste.rules.indicator_sums import Value
from zerowaste.rules.indicators import indicator, indicators
from zerowaste.rules.spans import span
from zerowaste.rules.state import LineReport
from zerowaste.rules.treating import Output
from zerowaste.services.acts import treatments
from zerowaste.services.reporting.indicator_behind import Behind, Part, Question, behind
from zerowaste.services.reporting.indicators import Reported, report_indicators
from zerowaste.services.reporting.yearly import compile_year
from zerowaste.services.requests import LineRequest, TreatmentRequest
from zerowaste.vocabulary import Act, Basis

OIL, ASH, SLUDGE = "900-249-08", "772-003-18", "841-001-01"
OLD_TOWN, LAKE = "360102", "360111"
DECEMBER = datetime(2025, 12, 10, 1, 0, tzinfo=UTC)
JANUARY = datetime(2026, 1, 12, 1, 0, tzinfo=UTC)


def send(story: Story, mass_g: int, *, accept: bool = True, stream: str = "hazardous") -> str:
    site, code, plate = {"hazardous": (WORKS, OIL, LORRY), "medical": (CLINIC, SLUDGE, VAN)}[stream]
    line = LineRequest(waste_code=code, mass_g=mass_g, packages=1, packaging="桶", tags=("T-1",))
    if stream == "hazardous":
        line = LineRequest(waste_code=code, mass_g=mass_g, packages=1, packaging="桶", basis=Basis.SCALE)
    filed = story.file(
        PAULA, stream=stream, consignor=site, consignee=PLANT, lines=[line], legs=[story.leg(plate, DAN)]
    )
    assert filed.number, filed
    story.act(DAN, filed.number, Act.PICKUP)
    if accept:
        part = LineReport(1, received_g=mass_g, accepted_g=mass_g, refused_g=0)
        story.act(FAY, filed.number, Act.ACCEPT, [part])
    return str(filed.number)


def treat(story: Story, operation: str, grams: int, *outputs: Output, code: str = OIL) -> None:
    story.wait(minutes=30)
    batch = TreatmentRequest(
        id=uuid.uuid4(), site=PLANT, operation=operation, at=story.now, inputs=((None, code, grams),),
        outputs=outputs, done=True, body={},
    )  # fmt: skip
    treated = treatments.treat(story.desk(FAY), batch)
    assert treated.errors == (), treated.errors


@pytest.fixture
def story(session: Any, city: Any) -> Story:
    story = Story(session, city, now=DECEMBER)
    send(story, 500_000)
    treat(story, "R9", 200_000)
    story.now = JANUARY
    treat(story, "R9", 180_000)
    send(story, 300_000)
    treat(story, "R9", 220_000)  # the last 120 of December, and 100 of January
    treat(story, "D10", 60_000, Output("residue", 9_000, "hazardous", ASH))
    other = LineRequest(waste_code=OIL, mass_g=90_000, packages=1, packaging="桶", basis=Basis.ESTIMATE)
    onway = story.file(
        OLAF, stream="hazardous", consignor=OTHER, consignee=PLANT, lines=[other],
        legs=[story.leg(SECOND_LORRY, DREW)],
    )  # fmt: skip
    story.act(DREW, str(onway.number), Act.PICKUP)
    return story


def reported(story: Story, key: str, period: str, person: Person = RITA) -> Reported:
    over = span(period)
    assert over
    found = report_indicators(story.session, story.law, story.city.actor(person), over)
    return next(each for each in found if each.indicator.key == key)


def value(story: Story, key: str, period: str, district: str = "", person: Person = RITA) -> Value:
    return next(each for each in reported(story, key, period, person).values if each.district == district)


def all_behind(
    story: Story, key: str, period: str, part: Part, *, district: str = "", person: Person = RITA
) -> list[Behind]:
    """Every contribution, two at a time."""
    found, over = indicator(key), span(period)
    assert found
    assert over
    asked = Question(story.law, story.city.actor(person), over, found.by, district)
    listed: list[Behind] = []
    while True:
        after = listed[-1].place if listed else None
        more = behind(story.session, asked, part, after=after, limit=2)
        listed += more
        if not more:
            return listed


def test_recovered_is_divided_by_what_was_made_and_what_came_from_earlier_stock(story: Story) -> None:
    december = value(story, "JS5", "2025-12")
    assert (december.numerator, december.denominator, december.percent) == (200_000, 500_000, 40.0)
    january = value(story, "JS5", "2026-01")
    assert january.numerator == 180_000 + 220_000
    assert january.denominator == (300_000 + 90_000) + (180_000 + 120_000)


def test_a_year_takes_only_what_earlier_years_had_stored(story: Story) -> None:
    year = value(story, "JS5", "2026")
    assert (year.numerator, year.denominator) == (400_000, 690_000)
    assert value(story, "JS5", "2025").percent == 40.0


def test_what_is_not_known_is_told(story: Story) -> None:
    january = value(story, "JS5", "2026-01")
    assert dict(january.unknown) == {"not_treated_yet": 140_000 + 90_000, "estimated": 90_000}


def test_each_district_has_its_own_producers(story: Story) -> None:
    assert value(story, "JS5", "2026-01", OLD_TOWN).numerator == 400_000
    lake = value(story, "JS5", "2026-01", LAKE)
    assert (lake.numerator, lake.denominator, lake.percent) == (0, 90_000, 0.0)
    ruths = reported(story, "JS5", "2026-01", RUTH).values
    assert [each.district for each in ruths] == ["", LAKE]
    assert [each.denominator for each in ruths] == [90_000, 90_000]


def test_without_a_base_nothing_declined(story: Story) -> None:
    assert value(story, "JS6", "2026").percent is None


def test_load_counts_where_waste_is_treated(story: Story) -> None:
    year = value(story, "JS13", "2026")
    assert year.numerator == 180_000 + 220_000 + 60_000
    assert dict(year.beside) == {
        "a_year": 20_010 * TONNE
    }  # Fay's plant 10,000 t R9 and D10, the small one 10
    month = value(story, "JS13", "2026-01").denominator
    assert month == 2 * (10_000 * TONNE * 31 // 365) + 10 * TONNE * 31 // 365
    assert value(story, "JS13", "2026", OLD_TOWN).numerator == 0


def renewed(story: Story, until: date) -> None:
    """Every permit ends on a day, and another for the same goes on from the next."""
    permits = select(PERMIT).where(PERMIT.c.kind == "permit")
    for permit in story.session.execute(permits).all():
        copy = {**permit._mapping, "number": f"{permit.number}-2", "valid_from": until + timedelta(days=1)}
        del copy["id"]
        successor = story.session.execute(insert(PERMIT).values(**copy).returning(PERMIT.c.id)).scalar_one()
        story.session.execute(update(PERMIT).where(PERMIT.c.id == permit.id).values(valid_to=until))
        for term in story.session.execute(select(TERM).where(TERM.c.permit_id == permit.id)).all():
            values = {**term._mapping, "permit_id": successor}
            del values["id"]
            story.session.execute(insert(TERM).values({TERM.c[name]: each for name, each in values.items()}))


def test_a_permit_renewed_in_the_middle_of_a_month_is_no_second_plant(story: Story) -> None:
    before = value(story, "JS13", "2026-01")
    year = span("2026")
    assert year
    capacity = compile_year(story.session, story.law, year, city="3601", now=story.now)["capacity"]
    renewed(story, date(2026, 1, 14))
    after = value(story, "JS13", "2026-01")
    assert before.denominator - 3 <= after.denominator <= before.denominator  # each paper's part rounded down
    assert after.beside == before.beside
    story.wait(days=20)
    again = compile_year(story.session, story.law, year, city="3601", now=story.now)["capacity"]
    assert again == capacity


def test_coverage_is_asked_of_the_register(story: Story) -> None:
    medical = value(story, "JS7", "2026-01")
    # The clinic has beds; Paula's and Olaf's plans speak of medical waste at every yard of theirs.
    assert medical.numerator == 0
    sites = {each.ref for each in all_behind(story, "JS7", "2026-01", Part.DENOMINATOR)}
    assert CLINIC in sites
    assert len(sites) == medical.denominator
    send(story, 20_000, stream="medical")
    assert value(story, "JS7", "2026-01").numerator == 1
    assert [each.ref for each in all_behind(story, "JS7", "2026-01", Part.NUMERATOR)] == [CLINIC]


def test_who_ever_filed_is_in_the_register(story: Story) -> None:
    assert value(story, "JS12.coverage", "2026-01").denominator == 0
    story.file(
        PAULA, stream="kitchen", consignor=CANTEEN, consignee=PLANT,
        lines=[LineRequest(waste_code="KW-1", mass_g=50_000)], legs=[story.leg(LORRY, DAN)],
    )  # fmt: skip
    coverage = value(story, "JS12.coverage", "2026-01")
    assert (coverage.numerator, coverage.denominator) == (0, 1)  # filed, not collected


def test_construction_is_reckoned_in_both_ways(story: Story) -> None:
    """CW-RATE: of 60 t of soil and 40 t of rubble 30 t of rubble are recovered; soil is left out of one."""
    for code, grams in (("CW-1", 60 * TONNE), ("CW-3", 40 * TONNE)):
        line = LineRequest(waste_code=code, mass_g=grams, volume_l=grams // 1500, basis=Basis.VOLUME)
        filed = story.file(
            PAULA, stream="construction", consignor=BUILDING, consignee=PLANT, lines=[line],
            legs=[story.leg(LORRY, DAN)],
        )  # fmt: skip
        story.act(DAN, str(filed.number), Act.PICKUP)
        part = LineReport(1, received_g=grams, accepted_g=grams, refused_g=0)
        story.act(FAY, str(filed.number), Act.ACCEPT, [part])
    treat(story, "U1", 30 * TONNE, code="CW-3")
    whole, without = (value(story, f"JS9.{each}", "2026-01") for each in ("utilised", "resource"))
    assert (whole.percent, without.percent) == (30.0, 75.0)
    assert dict(without.excluded) == {"left_out_codes": 60 * TONNE}
    assert dict(whole.unknown) == {"not_treated_yet": 70 * TONNE, "estimated": 100 * TONNE}


def test_manifests_filed_before_pickup_are_electronic(story: Story) -> None:
    found = value(story, "JS15", "2026-01")
    assert (found.numerator, found.denominator, found.percent) == (2, 2, 100.0)


def test_what_cannot_be_reckoned_says_why(story: Story) -> None:
    for key in ("JS10", "JS14", "JS3"):
        found = reported(story, key, "2026-01")
        assert not found.values
        why = found.why_missing()
        assert why
        assert why.zh
        assert why.en


CASES = [
    (each.key, period, part)
    for each in indicators()
    if each.by.measure and each.by.stream != "industrial"
    for period in ("2025-12", "2026-01", "2026")
    for part in Part
]


WHO = [(RITA, ""), (RITA, OLD_TOWN), (RUTH, ""), (ADA, LAKE)]


@pytest.mark.parametrize(("person", "district"), WHO)
def test_what_is_behind_a_figure_adds_up_to_it(story: Story, person: Person, district: str) -> None:
    for key, period, part in CASES:
        found = value(story, key, period, district, person)
        listed = sum(
            each.amount for each in all_behind(story, key, period, part, district=district, person=person)
        )
        wanted = {Part.NUMERATOR: found.numerator, Part.DENOMINATOR: found.denominator}.get(part)
        if part is Part.UNKNOWN:
            wanted = dict(found.unknown).get("not_treated_yet", dict(found.unknown).get("never_heard_of", 0))
        assert listed == wanted, (key, period, part, district)
