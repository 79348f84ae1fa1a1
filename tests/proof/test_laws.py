"""Laws of the pure rules, for every input: differences, edges, shares, quotas, and the text of an event."""

import json
from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, datetime, timedelta, timezone
from fractions import Fraction
from typing import Any
from uuid import UUID

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from zerowaste.rules import evidence, quotas, shares
from zerowaste.rules.balance import Edge, LineFacts, Path, Portion, difference, edges, holds, opening_order
from zerowaste.rules.closure import largest_remainder
from zerowaste.rules.decision import Move, balances
from zerowaste.rules.lifecycle import status_of
from zerowaste.rules.parties import Term
from zerowaste.rules.quotas import Amount
from zerowaste.vocabulary import Period, Status, Unit

settings.register_profile("laws", max_examples=100, deadline=None, derandomize=True, database=None)
lawful = settings(settings.get_profile("laws"))
GRAMS = st.integers(0, 5_000_000)
LEDGER = st.dictionaries(st.integers(0, 9), st.integers(1, 10**9))


@lawful
@given(LEDGER, LEDGER)
def test_what_was_booked_and_the_difference_are_what_is_due(
    before: dict[int, int], after: dict[int, int]
) -> None:
    change = difference(after, before)
    booked = {key: before.get(key, 0) + change.get(key, 0) for key in {*before, *change}}
    assert {key: grams for key, grams in booked.items() if grams} == after
    assert sum(change.values()) == sum(after.values()) - sum(before.values())
    assert 0 not in change.values()


@lawful
@given(LEDGER, LEDGER, LEDGER)
def test_what_is_booked_twice_or_by_a_detour_is_booked_once(
    first: dict[int, int], detour: dict[int, int], last: dict[int, int]
) -> None:
    assert difference(last, last) == {}
    there, back = difference(detour, first), difference(last, detour)
    both = {key: there.get(key, 0) + back.get(key, 0) for key in {*there, *back}}
    assert {key: grams for key, grams in both.items() if grams} == difference(last, first)


@st.composite
def facts(draw: st.DrawFn) -> LineFacts:
    """A line at any stage, as acts can make it: what is not known yet is missing."""
    declared = draw(GRAMS) + 1
    first = draw(st.integers(0, declared))
    draws = tuple(
        Portion(100 + at, g) for at, g in enumerate((first, draw(st.integers(0, declared - first))))
    )
    loaded = draw(st.none() | GRAMS)
    line: dict[str, Any] = {
        "declared_g": declared,
        "draws": draws,
        "yard": draw(st.booleans()),
        "loaded_g": loaded,
    }
    if draw(st.booleans()):
        accepted, refused = draw(GRAMS), draw(GRAMS)
        line |= {"accepted_g": accepted, "refused_g": refused, "received_g": accepted + refused}
        line |= {"reassigned_g": draw(st.none() | st.integers(0, accepted)), "reassigned_code": "other"}
        if draw(st.booleans()):
            line |= {"sent_back_g": draw(st.integers(0, refused)), "returned_g": draw(st.none() | GRAMS)}
    return LineFacts(1, "900-249-08", volume_l=draw(st.none() | st.integers(1, 10**6)), **line)


@st.composite
def paths(draw: st.DrawFn) -> Path:
    """How far a manifest is, as acts can make it."""
    carried = draw(st.integers(0, 3))
    at_gate = bool(carried) and draw(st.booleans())
    return Path(
        carried=carried, at_gate=at_gate, back_legs=draw(st.integers(0, 2)) if at_gate else 0,
        void=draw(st.booleans()), outside=draw(st.booleans()),
    )  # fmt: skip


@st.composite
def stages(draw: st.DrawFn) -> tuple[LineFacts, Path]:
    """A line and how far it is; what lies outside the city is not put under another code here."""
    line, path = draw(facts()), draw(paths())
    return (replace(line, reassigned_g=None) if path.outside else line), path


def left_in_parts(wanted: Mapping[Edge, int]) -> dict[str | int, int]:
    """Part → what came in less what went out."""
    left: dict[str | int, int] = {}
    for edge, grams in wanted.items():
        left[edge.target] = left.get(edge.target, 0) + grams
        if edge.origin is not None:
            left[edge.origin] = left.get(edge.origin, 0) - grams
    return left


@lawful
@given(stages())
def test_no_line_ever_wants_less_than_nothing_anywhere(stage: tuple[LineFacts, Path]) -> None:
    line, path = stage
    wanted = edges(line, path)
    assert min(wanted.values(), default=1) > 0
    left = left_in_parts(wanted)
    assert min((grams for part, grams in left.items() if isinstance(part, str)), default=0) >= 0
    generated = sum(grams for edge, grams in wanted.items() if edge.origin is None)
    assert sum(left.values()) == generated
    for draw in line.draws:
        assert 0 <= -left.get(draw.holding, 0) <= draw.grams


@lawful
@given(stages())
def test_what_travels_is_all_in_the_open_or_accounted_for(stage: tuple[LineFacts, Path]) -> None:
    """Whatever was loaded is on the road, at the gate, decided on, on its way home or a variance."""
    line, path = stage
    left = left_in_parts(edges(line, path))
    there = sum(grams for part, grams in left.items() if isinstance(part, str) and part != "yard")
    gained = sum(grams for edge, grams in edges(line, path).items() if edge.source == "gain")
    assert there == (line.travelling_g if path.carried else 0) + gained


@lawful
@given(facts(), paths())
def test_every_part_is_opened_after_those_it_takes_from(line: LineFacts, path: Path) -> None:
    for edge in edges(line, path):
        if isinstance(edge.origin, str):
            assert opening_order(edge.origin) < opening_order(edge.target)


@lawful
@given(facts(), paths(), facts(), paths())
def test_from_any_stage_to_any_other_what_is_booked_adds_up(
    old: LineFacts, earlier: Path, new: LineFacts, later: Path
) -> None:
    """Late scans, corrections and reversal are nothing but this."""
    before, after = edges(old, earlier), edges(new, later)
    change = left_in_parts(difference(after, before))
    both = {part: left_in_parts(before).get(part, 0) + grams for part, grams in change.items()}
    assert {p: g for p, g in both.items() if g} == {
        p: g for p, g in left_in_parts(after).items() if g and p in both
    }


@lawful
@given(facts(), paths())
def test_filing_holds_its_whole_plan_until_pickup(line: LineFacts, path: Path) -> None:
    held = holds(line, path)
    if path.carried or path.void:
        assert held == {}
        return
    drawn = sum(draw.grams for draw in line.draws)
    assert sum(held.values()) == (line.declared_g if line.yard else drawn)
    assert edges(line, path).get(Edge(None, "yard", "generation"), 0) == held.get("yard", 0)


@lawful
@given(facts(), paths(), st.booleans())
def test_a_line_reserves_or_uses_never_both(line: LineFacts, path: Path, ended: bool) -> None:
    amount = quotas.amounts(line, path, ended=ended)
    assert min(amount) == 0 <= max(amount)
    litres = Term(1, "hazardous", "*", "", Period.YEAR, Unit.LITRE, 1, 1)
    parts = [
        quotas.in_unit(line, Amount(part, 0), litres).reserved for part in (amount.reserved, amount.used)
    ]
    whole = quotas.in_unit(line, Amount(sum(amount), 0), litres).reserved
    assert whole <= sum(parts), "rounding up must never sell a litre twice"


@lawful
@given(GRAMS, st.dictionaries(st.text(max_size=3), GRAMS, max_size=8))
def test_shares_add_up_and_are_the_same_wherever_they_are_worked_out(
    total: int, weights: dict[str, int]
) -> None:
    parts = shares.split(total, weights)
    assert parts == shares.split(total, dict(reversed(weights.items())))
    if not sum(weights.values()):
        assert parts == {}
        return
    assert sum(parts.values()) == total
    for key, grams in parts.items():
        assert abs(grams - Fraction(total * weights[key], sum(weights.values()))) < 1
        assert weights[key] or not grams


@lawful
@given(st.lists(st.fractions(-100, 10**6, max_denominator=997) | st.integers(-100, 10**6), max_size=9))
def test_leaves_are_rounded_by_less_than_a_gram_and_add_up(exact: list[Fraction | int]) -> None:
    rest = -sum(map(Fraction, exact), Fraction(0)) % 1
    exact.append(rest)
    total = int(sum(map(Fraction, exact), Fraction(0)))
    rounded = largest_remainder(exact, total)
    assert sum(rounded) == total
    assert all(abs(Fraction(value) - grams) < 1 for grams, value in zip(rounded, exact, strict=True))


@lawful
@given(st.lists(st.tuples(st.none() | st.integers(1, 5), st.integers(6, 9), st.integers(-9, 9))))
def test_moves_between_holdings_make_and_lose_nothing(moves: list[tuple[int | None, int, int]]) -> None:
    changes = balances(Move(origin, target, grams, "scale") for origin, target, grams in moves)
    assert sum(changes.values()) == sum(grams for origin, _, grams in moves if origin is None)


JSON = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**63), 2**64 - 1) | st.text(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(), inner, max_size=4),
    max_leaves=12,
)


def shuffled(value: Any) -> Any:
    """The same value, its keys in another order."""
    if isinstance(value, dict):
        return {key: shuffled(value[key]) for key in reversed(value)}
    return [shuffled(each) for each in value] if isinstance(value, list) else value


@lawful
@given(JSON)
def test_a_value_has_one_text_and_the_text_is_that_value(value: Any) -> None:
    text = evidence.canonical(value)
    assert evidence.canonical(shuffled(value)) == text
    assert json.loads(text) == value
    assert "\n" not in text


@lawful
@given(JSON)
def test_anybody_can_write_the_text_anew(value: Any) -> None:
    """Whoever checks our evidence needs no library of ours: every language's JSON, sorted, without blanks."""
    plain = json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    assert evidence.canonical(value) == plain


@pytest.mark.parametrize(
    "content",
    ["\ud800", 2**64, {1: "x"}, object(), [set()]],
    ids=["half a character", "a large integer", "a number as key", "a thing", "a set"],
)
def test_what_has_no_text_is_refused(content: Any) -> None:
    with pytest.raises(ValueError, match="no text of an event"):
        evidence.canonical(content)


@lawful
@given(JSON, JSON, st.text(alphabet="0123456789abcdef", max_size=64))
def test_what_differs_is_sealed_differently(one: Any, other: Any, previous: str) -> None:
    texts = evidence.canonical(one), evidence.canonical(other)
    seals = [evidence.seal(previous, text) for text in texts]
    assert (seals[0] == seals[1]) == (texts[0] == texts[1])
    assert seals[0] != evidence.seal(previous + "0", texts[0])


@lawful
@given(
    st.datetimes(timezones=st.just(UTC)).filter(lambda moment: 1900 < moment.year < 9000),
    st.integers(-14 * 60, 14 * 60),
)
def test_a_moment_is_written_alike_in_every_zone(moment: datetime, minutes: int) -> None:
    written = evidence.stamp(moment.astimezone(timezone(timedelta(minutes=minutes))))
    assert written == evidence.stamp(moment) == moment.strftime("%Y-%m-%dT%H:%M:%S.%fZ")
    assert evidence.moment(written) == moment


@lawful
@given(st.lists(st.text(max_size=3), min_size=2, max_size=2, unique=True), JSON)
def test_an_act_is_known_by_who_did_it_to_what(people: list[str], act: Any) -> None:
    key = str(UUID(int=1))
    digest = evidence.act_digest(people[0], "manifest", key, act)
    assert digest == evidence.act_digest(people[0], "manifest", key, shuffled(act))
    assert digest != evidence.act_digest(people[1], "manifest", key, act)
    assert digest != evidence.act_digest(people[0], "site", key, act)


@lawful
@given(facts(), paths(), st.sampled_from([None, Status.CANCELLED, Status.EXPIRED]), st.booleans())
def test_the_status_follows_from_the_facts_alone(
    line: LineFacts, path: Path, ended: Status | None, settled: bool
) -> None:
    status = status_of([line], path, ended, settled)
    assert status == status_of([line, line], path, ended, settled)
    if ended and not path.carried:
        assert status is ended
    elif line.decided:
        assert status in (Status.ACCEPTED, Status.PARTLY_ACCEPTED, Status.REFUSED, Status.SETTLED)
    else:
        assert status in (Status.FILED, Status.IN_TRANSIT, Status.ARRIVED)
