"""Capacity is a quota: which rows a line charges, how much, and whether there is room.

Filing reserves, pickup releases what was not loaded, acceptance uses, refusal, cancellation and expiry
release. Storage is a level: its `used` follows stock, so only the reservation is charged by lines.
Law: 危险废物经营许可证管理办法 12(4) (HW-CAP120): over 120 % of the yearly scale a new permit is due."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import NamedTuple

from zerowaste.rules.balance import LineFacts, Path
from zerowaste.rules.evolving import replace
from zerowaste.rules.parties import Paper, Term
from zerowaste.vocabulary import Instrument, Period, Unit

FOREVER = date(9999, 12, 31)


class Window(NamedTuple):
    """One counter: a term in one span of days (both inclusive)."""

    term: int
    starts: date
    ends: date


class Amount(NamedTuple):
    reserved: int
    used: int


@dataclass(frozen=True, slots=True)
class Counter:
    """A quota row: what it allows and how much of it is taken, in `unit`."""

    id: int
    term: Term
    paper: Paper
    starts: date
    ends: date
    reserved: int
    used: int

    @property
    def left(self) -> int:
        """What is left before the limit (never below zero)."""
        return max(0, (self.term.limit or 0) - self.reserved - self.used)

    @property
    def room(self) -> int:
        """What is left before the hard limit."""
        return max(0, (self.term.hard_limit or 0) - self.reserved - self.used)


def window(term: Term, paper: Paper, day: date) -> Window:
    """The counter of this term that a day falls in."""
    return Window(term.id, *span(term.period, paper.valid_from, paper.valid_to, day))


def span(period: Period, valid_from: date, valid_to: date, day: date) -> tuple[date, date]:
    """The days (both inclusive) that are counted together with this one, under a paper of that validity."""
    match period:
        case Period.YEAR:
            return date(day.year, 1, 1), date(day.year, 12, 31)
        case Period.DAY:
            return day, day
        case Period.LEVEL:
            return date(1970, 1, 1), FOREVER
        case Period.TERM:
            return valid_from, valid_to


def amounts(line: LineFacts, path: Path, *, ended: bool) -> Amount:
    """What one line reserves and uses, in grams, given what is known of it."""
    if ended and not path.carried:
        return Amount(0, 0)
    if line.decided:
        return Amount(0, line.accepted_g or 0)
    return Amount(line.travelling_g if path.carried else line.declared_g, 0)


def by_code(line: LineFacts, amount: Amount) -> list[tuple[LineFacts, Amount]]:
    """The amount under each code it counts under: what was put right counts as what it is."""
    right = min(line.reassigned_g or 0, amount.used)
    if not right:
        return [(line, amount)]
    as_it_is = replace(line, found_code=line.reassigned_code)
    return [(line, Amount(amount.reserved, amount.used - right)), (as_it_is, Amount(0, right))]


def in_unit(line: LineFacts, amount: Amount, term: Term) -> Amount:
    """The amount as this term counts it; a level's use follows stock and is not charged by lines."""
    reserved, used = amount
    if term.unit is Unit.LITRE:
        reserved, used = line.litres(reserved), line.litres(used)
    return Amount(reserved, 0 if term.period is Period.LEVEL else used)


class Overrun(NamedTuple):
    """A counter that an act would push over: by how much it asks, and whether that blocks."""

    counter: Counter
    asked: int
    blocks: bool


def overruns(
    counters: Sequence[Counter], changes: Mapping[int, Amount], *, soft_periods: frozenset[Period]
) -> list[Overrun]:
    """The counters that the changes (by counter id) push over their limit. Over the hard limit blocks,
    unless the counter's period is soft at this step (the lorry is at the gate)."""
    found = []
    for counter in counters:
        change = changes.get(counter.id)
        if change is None:
            continue
        asked = change.reserved + change.used
        after = counter.reserved + counter.used + asked
        if asked <= 0 or counter.term.limit is None or after <= counter.term.limit:
            continue
        hard = counter.term.hard_limit
        advisory = counter.paper.kind is Instrument.PLAN
        blocks = (
            hard is not None and after > hard and counter.term.period not in soft_periods and not advisory
        )
        found.append(Overrun(counter, asked, blocks))
    return found
