"""Races: many act at once on PostgreSQL, in real threads. Exactly what may win wins, the rest is told
why, no deadlock reaches anybody, and the books are right afterwards."""

from collections import Counter
from datetime import timedelta

import pytest

from tests.cast import DAN, DORA, DREW, FAY, PAULA, TESS
from tests.city import LORRY, NOW, PLANT, SECOND_LORRY, SMALL, STATION, TONNE, WORKS
from tests.proof.crowd import MOST, OIL, SOLVENT, Crowd, accepted_oil, batch, codes, filed_oil, oil, whole
from tests.proof.together import all_at_once, answers, split
from tests.story import Story, the_law
from zerowaste.rules.state import LineReport
from zerowaste.services.acts import expiry
from zerowaste.services.requests import LineRequest
from zerowaste.vocabulary import Act, Status, Verdict

pytestmark = pytest.mark.parametrize("database_kind", ["postgresql"], indirect=True)


def test_the_last_tonne_is_sold_once(crowd: Crowd) -> None:
    """11 of 12 t are taken; 64 times 30 kg are wanted of the last: 33 fit."""
    crowd.tell(lambda story: filed_oil(story, 11 * TONNE, consignee=SMALL))
    works = [crowd.told(lambda story: oil(story, 30_000, consignee=SMALL))] * MOST
    filed = answers(all_at_once(crowd.database, works))
    won = [one for one in filed if one.status is Status.FILED]
    assert len(won) == 33
    assert len({one.number for one in won}) == 33
    lost = [problem for one in filed if one not in won for problem in one.errors]
    assert {problem.code for problem in lost} == {"capacity_exceeded"}
    assert {(p.params["what"], p.params["operation"], p.params["left"]) for p in lost} == {
        ("HW08", "R9", 10_000)
    }
    assert all(PLANT in {place["code"] for place in problem.params["alternatives"]} for problem in lost)


def test_room_given_back_at_the_same_moment_is_not_lost(crowd: Crowd) -> None:
    """As many cancel as file, on a full scale: nobody sees less room than there is at the end."""
    full = crowd.tell(lambda story: [filed_oil(story, TONNE, consignee=SMALL) for _ in range(12)])
    cancelling = [crowd.told(lambda story, ref: story.act(PAULA, ref, Act.CANCEL), ref) for ref in full[:6]]
    filing = [crowd.told(lambda story: oil(story, TONNE, consignee=SMALL)) for _ in range(10)]
    outcome = answers(all_at_once(crowd.database, [*cancelling, *filing]))
    won = [one for one in outcome[6:] if one.status is Status.FILED]
    assert len(won) <= 6
    again = [crowd.tell(lambda story: oil(story, TONNE, consignee=SMALL)) for _ in range(7 - len(won))]
    assert [codes(one) for one in again] == [[]] * (6 - len(won)) + [["capacity_exceeded"]]


def test_driver_and_dispatcher_scan_one_pickup(crowd: Crowd) -> None:
    ref = crowd.tell(filed_oil)
    works = [
        crowd.told(lambda story, person: story.act(person, ref, Act.PICKUP), person)
        for person in (DAN, DORA) * 4
    ]
    scans = answers(all_at_once(crowd.database, works))
    assert Counter(scan.verdict for scan in scans) == {Verdict.APPLIED: 1, Verdict.REFUSED: 7}
    assert {scan.code for scan in scans if scan.verdict is Verdict.REFUSED} == {"not_legal_now"}
    assert sorted(scan.number for scan in scans) == list(range(2, 10))


def test_who_saw_an_older_state_is_told_so(crowd: Crowd) -> None:
    ref = crowd.tell(filed_oil)
    works = [
        crowd.told(lambda story, person: story.act(person, ref, Act.PICKUP, expects=1), person)
        for person in (DAN, DORA) * 4
    ]
    won, refused = split(all_at_once(crowd.database, works))
    assert [scan.verdict for scan in won] == [Verdict.APPLIED]
    assert {refusal.code for refusal in refused} == {"changed_meanwhile"}


def test_two_carriers_take_over_at_once(crowd: Crowd) -> None:
    """Three legs: both next drivers scan at the same moment; each scan counts, in whatever order."""

    def file(story: Story) -> str:
        legs = [story.leg(LORRY, DAN), story.leg(SECOND_LORRY, DREW), story.leg(LORRY, DAN)]
        return filed_oil(story, legs=legs)

    ref = crowd.tell(file)
    works = [
        crowd.told(lambda story: story.act(DAN, ref, Act.PICKUP)),
        crowd.told(lambda story: story.act(DREW, ref, Act.HANDOVER, leg=2)),
        crowd.told(lambda story: story.act(DAN, ref, Act.HANDOVER, leg=3)),
        crowd.told(lambda story: story.act(DAN, ref, Act.ARRIVE)),
    ]
    scans = answers(all_at_once(crowd.database, works))
    assert {scan.verdict for scan in scans} == {Verdict.APPLIED}
    assert crowd.ask("SELECT part, grams FROM holding WHERE grams > 0") == [("gate", 500_000)]


def test_the_last_grams_of_a_lot_go_to_one(crowd: Crowd) -> None:
    crowd.tell(lambda story: accepted_oil(story, TESS, consignee=STATION))
    (lot,) = crowd.lots()
    onward = {"consignor": STATION, "consignee": PLANT, "line": {"draws": ((lot, 300_000),)}}
    works = [crowd.told(lambda story: oil(story, 300_000, TESS, **onward)) for _ in range(8)]
    filed = answers(all_at_once(crowd.database, works))
    assert sum(one.status is Status.FILED for one in filed) == 1
    assert {code for one in filed for code in codes(one)} == {"lot_short"}
    assert {problem.params["left_g"] for one in filed for problem in one.errors} == {200_000}


def test_a_yard_of_small_lots_serves_a_crowd(crowd: Crowd) -> None:
    """Everybody wants the oldest lots first, and every lot is emptied by one and a half filings."""
    crowd.tell(lambda story: [story.lot(PAULA, WORKS, OIL, 15_000) for _ in range(24)])
    works = [crowd.told(lambda story: oil(story, 10_000)) for _ in range(MOST // 2)]
    filed = answers(all_at_once(crowd.database, works))
    assert {one.status for one in filed} == {Status.FILED}
    assert crowd.ask("SELECT SUM(held_g), SUM(grams) FROM holding WHERE part = 'lot'") == [(320_000, 360_000)]


def test_two_quotas_asked_for_in_opposite_order(crowd: Crowd) -> None:
    """Both counters are new, and so is the store's; nobody sees a deadlock."""
    kinds = ((OIL, "R9"), (SOLVENT, "D10"))
    oil_first = [LineRequest(code, TONNE, packages=1, packaging="桶", operation=op) for code, op in kinds]
    burnt_first = list(reversed(oil_first))
    works = [
        crowd.told(
            lambda story, lines: story.file(
                PAULA, stream="hazardous", consignor=WORKS, consignee=PLANT, lines=lines,
                legs=[story.leg(LORRY, DAN)],
            ),
            lines,
        )
        for lines in (oil_first, burnt_first) * 12
    ]  # fmt: skip
    filed = answers(all_at_once(crowd.database, works))
    assert [codes(one) for one in filed] == [[]] * 24
    assert crowd.ask("SELECT reserved_g FROM quota WHERE period = 'year'") == [(24_000_000,), (24_000_000,)]


def test_two_lots_asked_for_in_opposite_order(crowd: Crowd) -> None:
    crowd.tell(lambda story: [accepted_oil(story, TESS, consignee=STATION) for _ in range(2)])
    first, second = crowd.lots()
    orders = (((first, 20_000), (second, 20_000)), ((second, 20_000), (first, 20_000)))
    works = [
        crowd.told(
            lambda story, draws: oil(
                story, 40_000, TESS, consignor=STATION, consignee=PLANT, line={"draws": draws}
            ),
            draws,
        )
        for draws in orders * 8
    ]
    filed = answers(all_at_once(crowd.database, works))
    assert [codes(one) for one in filed] == [[]] * 16
    refs = [one.number or "" for one in filed]
    loading = [crowd.told(lambda story, ref: story.act(DAN, ref, Act.PICKUP), ref) for ref in refs]
    assert {one.status for one in answers(all_at_once(crowd.database, loading))} == {Status.IN_TRANSIT}


def test_burning_and_passing_on_the_same_lot(crowd: Crowd) -> None:
    """A lot of 500 kg: batches and onward manifests of 60 kg each; eight of them fit."""
    crowd.tell(lambda story: accepted_oil(story, FAY))
    (lot,) = crowd.lots()
    onward = {
        "consignor": PLANT,
        "consignee": STATION,
        "line": {"draws": ((lot, 60_000),), "operation": "S1"},
    }
    burning = [crowd.told(lambda story: batch(story, ((lot, None, 60_000),), FAY)) for _ in range(8)]
    passing = [crowd.told(lambda story: oil(story, 60_000, FAY, **onward)) for _ in range(8)]
    done = answers(all_at_once(crowd.database, [*burning, *passing]))
    lost = [codes(one) for one in done if one.errors]
    assert lost == [["lot_short"]] * 8
    assert crowd.ask("SELECT grams - held_g FROM holding WHERE id = :id", id=lot) == [(20_000,)]


def test_an_acceptance_is_taken_back_while_it_is_being_burnt(crowd: Crowd) -> None:
    """Either the batch is there and the acceptance stands, or the other way round; never half of both."""
    ref = crowd.tell(lambda story: accepted_oil(story, FAY))
    (lot,) = crowd.lots()
    works = [
        crowd.told(lambda story: story.act(FAY, ref, Act.REVERSE, note="wrong lorry")),
        crowd.told(lambda story: batch(story, ((lot, None, 500_000),), FAY)),
    ]
    taken_back, burnt = answers(all_at_once(crowd.database, works))
    assert (codes(taken_back), codes(burnt)) in (
        (["hangs_on_it"], []),
        ([], ["lot_unknown"]),
        ([], ["lot_short"]),
    )


def test_what_was_refused_goes_home_and_onward_at_once(crowd: Crowd) -> None:
    def refuse(story: Story) -> str:
        ref = filed_oil(story, consignee=STATION)
        story.act(DAN, ref, Act.PICKUP)
        story.act(TESS, ref, Act.REFUSE, reason="packaging")
        return ref

    ref = crowd.tell(refuse)
    (gate,) = crowd.lots("gate")
    onward = {"consignor": STATION, "consignee": PLANT, "line": {"draws": ((gate, 300_000),)}}
    works = [crowd.told(lambda story: story.act(TESS, ref, Act.RETURN))]
    works += [crowd.told(lambda story: oil(story, 300_000, TESS, **onward)) for _ in range(3)]
    outcome = answers(all_at_once(crowd.database, works))
    won = [index for index, one in enumerate(outcome) if not one.errors]
    assert len(won) == 1
    assert {code for one in outcome for code in codes(one)} <= {"lot_short", "lot_unknown", "more_than_waits"}


def test_two_take_the_last_of_what_was_refused_onward(crowd: Crowd) -> None:
    """Each leaves the other's half at the gate; the first manifest is settled by whoever is last."""

    def refuse(story: Story) -> tuple[str, list[str]]:
        ref = filed_oil(story, consignee=STATION)
        story.act(DAN, ref, Act.PICKUP)
        story.act(TESS, ref, Act.REFUSE, reason="packaging")
        gate = (
            story.session.connection().exec_driver_sql("SELECT id FROM holding WHERE part = 'gate'").scalar()
        )
        onward = {"consignor": STATION, "consignee": PLANT, "line": {"draws": ((gate, 250_000),)}}
        return ref, [filed_oil(story, 250_000, TESS, **onward) for _ in range(2)]

    ref, onward = crowd.tell(refuse)
    works = [crowd.told(lambda story, one: story.act(DAN, one, Act.PICKUP), one) for one in onward]
    assert {one.status for one in answers(all_at_once(crowd.database, works))} == {Status.IN_TRANSIT}
    assert crowd.ask("SELECT status, settled FROM manifest WHERE number = :ref", ref=ref) == [
        ("settled", True)
    ]


def test_the_clock_runs_out_while_the_driver_scans(crowd: Crowd) -> None:
    """Loaded in time, told late, while the clerk's clock writes the expiry down: the load is not lost."""
    crowd.tell(lambda story: story.lot(PAULA, WORKS, OIL, 200_000))
    refs = crowd.tell(lambda story: [filed_oil(story) for _ in range(4)])
    loaded, crowd.now = NOW + timedelta(hours=40), NOW + timedelta(hours=100)
    scans = [
        crowd.told(lambda story, ref: story.act(DAN, ref, Act.PICKUP, at=loaded, offline=True), ref)
        for ref in refs
    ]
    tick = [lambda session: expiry.expire_due(session, the_law(), crowd.now)] * 2
    outcome = answers(all_at_once(crowd.database, [*scans, *tick]))
    assert {scan.verdict for scan in outcome[:4]} == {Verdict.APPLIED}
    assert crowd.ask("SELECT status, COUNT(*) FROM manifest GROUP BY status") == [("in_transit", 4)]


def test_everybody_at_the_gate_at_once(crowd: Crowd) -> None:
    """Arrival by driver and by plant, acceptance, refusal and cancellation of one manifest."""
    ref = crowd.tell(filed_oil)
    works = [
        crowd.told(lambda story: story.act(DAN, ref, Act.PICKUP, [LineReport(1, mass_g=480_000)])),
        crowd.told(lambda story: story.act(DAN, ref, Act.ARRIVE)),
        crowd.told(lambda story: story.act(FAY, ref, Act.ARRIVE, ticket={"net_g": 470_000})),
        crowd.told(lambda story: story.act(FAY, ref, Act.ACCEPT, [whole(475_000)])),
        crowd.told(lambda story: story.act(FAY, ref, Act.REFUSE, reason="packaging")),
        crowd.told(lambda story: story.act(PAULA, ref, Act.CANCEL)),
    ]
    outcome = answers(all_at_once(crowd.database, works))
    assert {code for one in outcome for code in codes(one)} <= {"not_legal_now"}
    assert sorted(one.number for one in outcome) == list(range(2, 8))
