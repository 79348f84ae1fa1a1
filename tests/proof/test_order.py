"""The order of arrival cannot matter: the same acts, told in any order, end in the same books.

A driver's scans come when his phone finds a network; the gate's acts come when they happen."""

from collections.abc import Sequence
from datetime import timedelta
from typing import Any, NamedTuple

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import text
from sqlmodel import Session

from tests.cast import DAN, DREW, FAY, PAULA, TESS, Person
from tests.city import LORRY, PLANT, SECOND_LORRY, STATION, WORKS, City
from tests.proof.crowd import OIL
from tests.proof.invariants import broken
from tests.story import Story
from zerowaste.rules.state import LineReport
from zerowaste.services.requests import LineRequest
from zerowaste.vocabulary import Act, Verdict

SOLVENT = "900-201-08"
quick = settings(
    max_examples=15, deadline=None, derandomize=True, database=None, suppress_health_check=list(HealthCheck)
)
BALANCES = """SELECT manifest.number, line, part, kind, waste_code, grams, held_g FROM holding
              LEFT JOIN manifest ON manifest.id = manifest_id WHERE grams > 0
              ORDER BY manifest.number, line, part, holding.id"""
COUNTERS = (
    "SELECT term_id, starts, reserved_g, used_g FROM quota WHERE reserved_g <> 0 OR used_g <> 0 ORDER BY 1, 2"
)
LINES = """SELECT manifest_id, number, waste_code, found_code, loaded_g, received_g, accepted_g, refused_g,
                  sent_back_g, returned_g FROM line ORDER BY manifest_id, number"""
LEGS = "SELECT manifest_id, number, back, began_at, ended_at FROM leg ORDER BY manifest_id, number"
MANIFESTS = (
    "SELECT number, status, carried, at_gate, back_legs, settled, turn_id FROM manifest ORDER BY number"
)


class Said(NamedTuple):
    """One act as it happened: when, after the filing, and whether it is told from offline."""

    person: Person
    kind: Act
    minutes: int
    lines: tuple[LineReport, ...] = ()
    other: tuple[tuple[str, Any], ...] = ()

    @property
    def scan(self) -> bool:
        return self.kind in (Act.PICKUP, Act.HANDOVER, Act.ARRIVE)


def books(story: Story) -> dict[str, list[tuple[Any, ...]]]:
    """Everything that the acts came to; not when it was told."""
    connection = story.session.connection()
    assert broken(connection) == []
    queries = {
        "balances": BALANCES,
        "counters": COUNTERS,
        "lines": LINES,
        "legs": LEGS,
        "manifests": MANIFESTS,
    }
    return {name: [tuple(row) for row in connection.execute(text(query))] for name, query in queries.items()}


def tell(story: Story, ref: str, acts: Sequence[Said]) -> None:
    """All acts in this order of arrival, a day after the first of them happened."""
    for said in acts:
        at = story.now - timedelta(hours=24) + timedelta(minutes=said.minutes)
        told = story.act(
            said.person, ref, said.kind, said.lines, at=at, offline=said.scan, **dict(said.other)
        )
        assert told.verdict is Verdict.APPLIED, (said.kind, told.errors, told.findings)


def ends(story: Story, ref: str, acts: Sequence[Said]) -> dict[str, list[tuple[Any, ...]]]:
    """How the books stand after the acts, which are forgotten afterwards."""
    forgotten = story.session.begin_nested()
    tell(story, ref, acts)
    result = books(story)
    forgotten.rollback()
    return result


def two_lines(story: Story, receiver: str, lot_g: int) -> str:
    """600 kg of oil, some of it from a registered lot, and 300 kg of solvent, with two carriers."""
    if lot_g:
        story.lot(PAULA, WORKS, OIL, lot_g)
    filed = story.file(
        PAULA, stream="hazardous", consignor=WORKS, consignee=receiver,
        legs=[story.leg(LORRY, DAN), story.leg(SECOND_LORRY, DREW)],
        lines=[LineRequest(OIL, 600_000, packages=3, packaging="桶"),
               LineRequest(SOLVENT, 300_000, packages=2, packaging="桶")],
    )  # fmt: skip
    assert filed.number is not None, filed.errors
    story.wait(hours=25)
    return filed.number


GRAMS = st.integers(0, 700_000)


@st.composite
def happenings(draw: st.DrawFn) -> tuple[list[Said], list[int]]:
    """What happened, and the order in which it is told: the gate's acts keep theirs."""
    loaded = [LineReport(1, mass_g=draw(GRAMS) + 1), LineReport(2, mass_g=draw(GRAMS))]
    received = draw(GRAMS)
    refused = min(received, draw(st.sampled_from([0, 1, 250_000])))
    decided = [
        LineReport(
            1, received_g=received, accepted_g=received - refused, refused_g=refused, reason="packaging"
        ),
        LineReport(2, received_g=draw(GRAMS), waste_code=draw(st.sampled_from([None, OIL]))),
    ]
    acts = [
        Said(DAN, Act.PICKUP, 5, tuple(loaded)),
        Said(DREW, Act.HANDOVER, 60),
        Said(DREW, Act.ARRIVE, 90, other=(("ticket", {"net_g": draw(GRAMS)}),)),
        Said(FAY, Act.ACCEPT, 120, tuple(decided)),
    ]
    if refused and draw(st.booleans()):
        acts.append(Said(FAY, Act.RETURN, 180))
        acts.append(Said(PAULA, Act.RECEIVE_BACK, 300, (LineReport(1, received_g=draw(GRAMS)),)))
    order = draw(st.permutations(range(len(acts))))
    gate = iter(sorted(index for index in order if not acts[index].scan))
    return acts, [index if acts[index].scan else next(gate) for index in order]


def test_scans_may_come_in_any_order(session: Session, city: City) -> None:
    """Also after the gate has decided, and after refused mass is home again."""
    story = Story(session, city)
    ref = two_lines(story, PLANT, 350_000)

    @quick
    @given(happenings())
    def any_order_ends_the_same(happened: tuple[list[Said], list[int]]) -> None:
        acts, order = happened
        assert ends(story, ref, [acts[index] for index in order]) == ends(story, ref, acts)

    any_order_ends_the_same()


def test_two_manifests_from_one_lot_may_be_told_interleaved(session: Session, city: City) -> None:
    story = Story(session, city)
    first = two_lines(story, PLANT, 700_000)
    second = two_lines(story, STATION, 0)
    whole = {
        ref: [
            Said(DAN, Act.PICKUP, 5, (LineReport(1, mass_g=590_000), LineReport(2, mass_g=300_000))),
            Said(DREW, Act.HANDOVER, 60),
            Said(gate, Act.ACCEPT, 120, (LineReport(1, received_g=580_000), LineReport(2, received_g=1))),
        ]
        for ref, gate in ((first, FAY), (second, TESS))
    }

    def interleaved(order: Sequence[int]) -> dict[str, list[tuple[Any, ...]]]:
        forgotten = session.begin_nested()
        for index in order:
            ref = (first, second)[index % 2]
            tell(story, ref, [whole[ref][index // 2]])
        result = books(story)
        forgotten.rollback()
        return result

    @quick
    @given(st.permutations(range(6)))
    def any_order_ends_the_same(order: list[int]) -> None:
        assert interleaved(order) == interleaved(range(6))

    any_order_ends_the_same()


def test_what_is_taken_back_never_was(session: Session, city: City) -> None:
    """Every act is done, taken back and done again, wherever in the story it stands."""
    story = Story(session, city)
    ref = two_lines(story, PLANT, 350_000)

    @quick
    @given(happenings())
    def doing_and_undoing_leaves_nothing(happened: tuple[list[Said], list[int]]) -> None:
        acts, order = happened
        expected = ends(story, ref, acts)
        forgotten = session.begin_nested()
        for said in (acts[index] for index in order):
            before = books(story)
            tell(story, ref, [said])
            assert story.act(said.person, ref, Act.REVERSE, note="a slip").verdict is Verdict.APPLIED
            assert without_return_legs(books(story)) == without_return_legs(before)
            tell(story, ref, [said])
        assert books(story) == expected
        forgotten.rollback()

    doing_and_undoing_leaves_nothing()


def without_return_legs(stand: dict[str, list[tuple[Any, ...]]]) -> dict[str, list[tuple[Any, ...]]]:
    """A leg home that was taken back stays on record: it had a carrier and a number."""
    return stand | {"legs": [row for row in stand["legs"] if not row[2]]}
