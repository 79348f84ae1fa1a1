"""The same thing many times at once, on PostgreSQL: one of it is there, and everybody gets one answer.
What may be there only once (a kind on a trip, a package on a manifest) is there only once."""

import uuid
from collections import Counter

import pytest

from tests.cast import DAN, FAY, PAULA
from tests.city import WORKS
from tests.proof.crowd import ASH, OIL, SOLVENT, Crowd, accepted_oil, batch, codes, filed_oil, oil
from tests.proof.together import all_at_once, answers
from zerowaste.rules.state import LineReport
from zerowaste.rules.treating import Output
from zerowaste.services.acts import drafts
from zerowaste.services.requests import LineRequest
from zerowaste.vocabulary import Act, Status, Verdict

pytestmark = pytest.mark.parametrize("database_kind", ["postgresql"], indirect=True)


def test_the_same_scan_twenty_times_is_one_event(crowd: Crowd) -> None:
    ref, scan = crowd.tell(filed_oil), uuid.uuid4()
    works = [
        crowd.told(lambda story: story.act(DAN, ref, Act.PICKUP, [LineReport(1, 499_000)], id=scan))
    ] * 20
    same = answers(all_at_once(crowd.database, works))
    assert Counter(one.created for one in same) == {True: 1, False: 19}
    assert {(one.id, one.number, one.verdict, one.status, one.code) for one in same} == {
        (scan, 2, Verdict.APPLIED, Status.IN_TRANSIT, "")
    }
    assert crowd.ask("SELECT COUNT(*) FROM event WHERE id = :id", id=scan) == [(1,)]


def test_the_same_filing_twenty_times_is_one_manifest(crowd: Crowd) -> None:
    manifest = uuid.uuid4()
    works = [crowd.told(lambda story: oil(story, id=manifest))] * 20
    same = answers(all_at_once(crowd.database, works))
    assert Counter(one.created for one in same) == {True: 1, False: 19}
    assert {(one.id, one.number, one.status) for one in same} == {(manifest, "20263601000001", Status.FILED)}
    assert crowd.ask("SELECT COUNT(*), SUM(reserved_g) FROM manifest, quota WHERE quota.period = 'year'") == [
        (1, 500_000)
    ]


def test_a_draft_is_filed_once(crowd: Crowd) -> None:
    manifest = uuid.uuid4()
    draft = drafts.DraftRequest(stream="hazardous", consignor=WORKS, id=manifest)
    saving = [crowd.told(lambda story: drafts.save_draft(story.desk(PAULA), draft))] * 8
    assert Counter(one.created for one in answers(all_at_once(crowd.database, saving))) == {True: 1, False: 7}
    works = [crowd.told(lambda story: oil(story, id=manifest))] * 8
    same = answers(all_at_once(crowd.database, works))
    assert Counter(one.created for one in same) == {True: 1, False: 7}
    assert {(one.id, one.number, one.status) for one in same} == {(manifest, "20263601000001", Status.FILED)}


@pytest.mark.parametrize("known", [False, True], ids=["new trip", "known trip"])
def test_a_kind_goes_once_on_a_trip(crowd: Crowd, known: bool) -> None:
    """HW-TRIP: one manifest a consignor, kind and trip, also where eight are filed at once."""
    trip = uuid.uuid4()
    if known:
        solvent = [LineRequest(SOLVENT, 10_000, packages=1, packaging="桶")]
        crowd.tell(lambda story: filed_oil(story, lines=solvent, trip=trip))
    works = [crowd.told(lambda story: oil(story, 10_000, trip=trip))] * 8
    filed = answers(all_at_once(crowd.database, works))
    assert Counter(tuple(codes(one)) for one in filed) == {(): 1, ("kind_already_on_trip",): 7}


def test_a_package_is_on_one_manifest(crowd: Crowd) -> None:
    """Four filings name each of two packages that nobody has seen before."""
    works = [
        crowd.told(lambda story, tag: oil(story, 10_000, line={"tags": (tag, f"{tag}-lid")}), tag)
        for tag in ("T1", "T2") * 4
    ]
    filed = answers(all_at_once(crowd.database, works))
    assert Counter(tuple(sorted(set(codes(one)))) for one in filed) == {(): 2, ("tag_on_open_manifest",): 6}


def test_the_same_lot_and_batch_twenty_times_are_one_each(crowd: Crowd) -> None:
    lot = uuid.uuid4()
    works = [crowd.told(lambda story: story.lot(PAULA, WORKS, OIL, 70_000, id=lot))] * 20
    registered = answers(all_at_once(crowd.database, works))
    assert Counter(one.created for one in registered) == {True: 1, False: 19}
    assert len({one.lot for one in registered}) == 1
    crowd.tell(lambda story: accepted_oil(story, FAY))
    (stock,), treatment = crowd.lots(), uuid.uuid4()
    ash = (Output("residue", 9_000, "hazardous", ASH),)
    inputs = ((stock, None, 100_000),)
    treating = [crowd.told(lambda story: batch(story, inputs, FAY, id=treatment, outputs=ash))] * 20
    treated = answers(all_at_once(crowd.database, treating))
    assert Counter(one.created for one in treated) == {True: 1, False: 19}
    assert len({(one.event, one.number, one.done, tuple(one.residues)) for one in treated}) == 1
