"""What a manifest of hazardous waste is: its number, its trip, its one consignor, its units."""

import uuid
from datetime import UTC, datetime

import pytest
from sqlalchemy import func, select, update

from tests.cast import DAN, DREW, FAY, OLAF, PAULA
from tests.city import CLINIC, OTHER, PLANT, SECOND_LORRY, VAN
from tests.law.hazardous import ACID, ENGINE_OIL, OIL, codes, file, filed, of, refused
from tests.story import Story
from zerowaste.documents import figures
from zerowaste.documents.paper import MassUnit
from zerowaste.errors import Refusal
from zerowaste.models.tables import HOLDING, LINE, MANIFEST, SERIES
from zerowaste.rules.state import LineReport
from zerowaste.services.requests import LineRequest
from zerowaste.vocabulary import Act, Basis


def test_numbers_have_fourteen_digits_and_count_up_within_city_and_year(story: Story) -> None:
    """HW-NUM: year, province and city, six digits of serial; a new year begins with 1."""
    assert [filed(story), filed(story)] == ["20263601000001", "20263601000002"]
    story.now = datetime(2026, 12, 31, 15, 59, tzinfo=UTC)  # 23:59 in the city
    assert filed(story) == "20263601000003"
    story.wait(minutes=1)
    assert filed(story) == "20273601000001"


def test_medical_waste_counts_in_the_same_series(story: Story) -> None:
    """HW-NUM: medical waste is hazardous waste, and no number is given twice."""
    oil = filed(story)
    medical = story.file(
        PAULA, stream="medical", consignor=CLINIC, consignee=PLANT, legs=[story.leg(VAN, DAN)],
        lines=[LineRequest("841-001-01", 20_000, packages=2, packaging="箱")],
    )  # fmt: skip
    assert (oil, medical.number) == ("20263601000001", "20263601000002")


def test_a_refused_filing_uses_up_no_number_and_a_full_series_gives_none(story: Story) -> None:
    """HW-NUM: the serials have no gaps, and never a seventh digit."""
    assert file(story, of("999-999-99")).number is None
    assert filed(story) == "20263601000001"
    story.session.execute(update(SERIES).where(SERIES.c.key == "manifest/20263601").values(next=1_000_000))
    with pytest.raises(Refusal, match="series_used_up"):
        file(story)


def test_one_kind_of_one_consignor_has_one_manifest_a_trip(story: Story) -> None:
    """HW-TRIP blocks a second manifest, and a second line, of the same kind on the same trip."""
    trip = uuid.uuid4()
    filed(story, trip=trip)
    assert refused(file(story, trip=trip)) == {"kind_already_on_trip"}
    assert refused(file(story, of(OIL), of(OIL, 200_000))) == {"code_twice"}
    assert file(story).number  # the next trip is another trip


def test_several_kinds_share_a_manifest_or_split(story: Story) -> None:
    """HW-TRIP lets several kinds on one trip have one manifest together, or one each."""
    trip = uuid.uuid4()
    filed(story, of(OIL), of(ENGINE_OIL), trip=trip)
    filed(story, of(ACID), trip=trip)
    trips = story.session.execute(select(MANIFEST.c.trip_id)).scalars().all()
    assert set(trips) == {trip}


def test_what_was_cancelled_is_not_on_the_trip(story: Story) -> None:
    """HW-TRIP counts only manifests that still hold."""
    trip = uuid.uuid4()
    assert story.act(PAULA, filed(story, trip=trip), Act.CANCEL).code == ""
    assert file(story, trip=trip).number


def test_a_manifest_is_for_one_trip_only(story: Story) -> None:
    """HW-TRIP: a second pickup under the same manifest is refused."""
    ref = filed(story)
    assert story.act(DAN, ref, Act.PICKUP).code == ""
    assert story.act(DAN, ref, Act.PICKUP).code == "not_legal_now"


def test_two_producers_on_one_lorry_have_a_manifest_each(story: Story) -> None:
    """HW-MULTI: Olaf's oil joins Paula's trip under a number of its own, on the same vehicle only."""
    trip = uuid.uuid4()
    paulas = filed(story, trip=trip)
    olafs = filed(story, person=OLAF, consignor=OTHER, trip=trip)
    rows = story.session.execute(select(MANIFEST.c.trip_id, func.count()).group_by(MANIFEST.c.trip_id)).all()
    assert (paulas != olafs, [tuple(row) for row in rows]) == (True, [(trip, 2)])
    elsewhere = file(story, person=OLAF, consignor=OTHER, trip=trip, legs=[story.leg(SECOND_LORRY, DREW)])
    assert "trip_of_other_vehicle" in refused(elsewhere)


def test_nobody_files_for_another_producer(story: Story) -> None:
    """HW-MULTI: one manifest for each consignor, and it is his own."""
    with pytest.raises(Refusal, match="forbidden"):
        file(story, person=PAULA, consignor=OTHER)


def test_one_weighing_of_the_tour_is_shared_over_its_manifests(story: Story) -> None:
    """HW-MULTI: the lorry is weighed once; each producer's manifest gets its part, to the gram."""
    trip = uuid.uuid4()
    refs = [filed(story, trip=trip), filed(story, of(OIL, 250_000), person=OLAF, consignor=OTHER, trip=trip)]
    for ref in refs:
        story.act(DAN, ref, Act.PICKUP)
    for ref in refs:
        assert story.act(DAN, ref, Act.ARRIVE, ticket={"net_g": 748_500}).code == ""
        assert story.act(FAY, ref, Act.ACCEPT).code == ""
    received = story.session.execute(select(LINE.c.received_g).order_by(LINE.c.declared_g.desc())).scalars()
    assert list(received) == [499_000, 249_500]


def test_what_is_measured_by_volume_or_pieces_has_a_mass_and_says_them(story: Story) -> None:
    """HW-UNIT blocks a volume without litres, and pieces without their number; both beside the mass."""
    assert refused(file(story, of(OIL, basis=Basis.VOLUME))) == {"volume_missing"}
    assert refused(file(story, of(OIL, basis=Basis.COUNT, packages=0))) == {"packages_missing"}
    ref = filed(story, of(OIL, 430_000, basis=Basis.VOLUME, volume_l=500))
    row = story.session.execute(select(LINE.c.declared_g, LINE.c.volume_l, LINE.c.basis)).one()
    assert tuple(row) == (430_000, 500, Basis.VOLUME)
    assert story.act(DAN, ref, Act.PICKUP, [LineReport(1, mass_g=430_000, basis="volume")]).code == ""


def test_a_volume_without_litres_is_refused_at_the_yard_too(story: Story) -> None:
    """HW-UNIT: whoever measures by volume says the volume, at pickup as at filing."""
    ref = filed(story)
    unsaid = story.act(DAN, ref, Act.PICKUP, [LineReport(1, mass_g=490_000, basis="volume")])
    assert refused(unsaid) == {"volume_missing"}
    said = LineReport(1, mass_g=490_000, basis="volume", volume_l=570)
    assert story.act(DAN, ref, Act.PICKUP, [said]).code == ""


def test_the_books_hold_grams_and_the_form_says_tonnes(story: Story) -> None:
    """HW-UNIT: every mass is a whole number of grams and is printed in tonnes without loss."""
    filed(story, of(OIL, 1_234_567))
    grams = story.session.execute(select(HOLDING.c.grams)).scalar_one()
    assert (grams, figures.mass(grams, MassUnit.TONNE)) == (1_234_567, "1.234567")


def test_a_manifest_names_what_it_would_have_said(story: Story) -> None:
    """HW-UNIT, HW-TRIP: a dry run tells every fault at once, and takes no number."""
    both = file(story, of(OIL, basis=Basis.VOLUME), of(OIL), dry_run=True)
    assert codes(both.errors) == {"volume_missing", "code_twice"}
    assert filed(story) == "20263601000001"
    assert story.session.execute(select(func.count()).select_from(MANIFEST)).scalar_one() == 1


def test_who_joins_a_trip_learns_no_number_of_another_sender(story: Story) -> None:
    """HW-MULTI: the word for a trip may be guessed; what it then says of others names none of them."""
    trip = uuid.uuid4()
    paulas = filed(story, trip=trip)
    elsewhere = file(story, person=OLAF, consignor=OTHER, trip=trip, legs=[story.leg(SECOND_LORRY, DREW)])
    for language in ("zh", "en"):
        said = " ".join(problem.sentence(language) for problem in elsewhere.errors)
        assert paulas not in said
    assert "another sender" in " ".join(problem.sentence("en") for problem in elsewhere.errors)
