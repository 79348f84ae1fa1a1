"""From sums of flows to an indicator's value: numerator, denominator, what is left out, what is unknown.

Construction waste is asked for twice, whole and without soil and slurry (CW-RATE: the target is set for
the latter). Pure. Masses in grams; nothing that is not known is hidden in a rate."""

from collections.abc import Callable, Collection, Iterable, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

from zerowaste.rules.indicators import Measure, Reckoning
from zerowaste.rules.spans import Span

PERCENT, PLACES = 100, 4
# The district of what lies beyond the region that is summed up.
ELSEWHERE = "-"


class Generated(NamedTuple):
    """Mass that producers of a district made; `estimated`: not from a scale."""

    stream: str
    code: str
    district: str
    estimated: bool
    grams: int


class Treated(NamedTuple):
    """Mass fed into batches. `district`: where the waste came from ("" unknown), `plant`: where it was
    treated; `earlier`: it was there before the period; `residue`: a treatment had left it;
    `via`: it came through a transfer station, whose district it counts in."""

    stream: str
    code: str
    district: str
    plant: str
    operation: str
    earlier: bool
    residue: bool
    via: bool
    grams: int


class Waiting(NamedTuple):
    """Mass of the period that is not treated yet."""

    stream: str
    code: str
    district: str
    grams: int


class Registered(NamedTuple):
    """A site in the register that makes waste of a stream."""

    stream: str
    site: int
    district: str
    collected: bool
    papered: bool


class Scale(NamedTuple):
    """Permitted grams at the plants of a district: `yearly_g` as it stands at the end of the period, and
    `span_g` of it that falls on the days of the period on which the papers are in force."""

    stream: str
    district: str
    operation: str
    yearly_g: int
    span_g: int


class Filed(NamedTuple):
    """Manifests of the period. `late`: entered after the load had begun to move."""

    stream: str
    district: str
    manifests: int
    late: int


@dataclass(frozen=True, slots=True)
class Facts:
    """The sums of a period. `before`: what was treated in the same period a year before.
    `recovery`, `storing`: the operations of that group."""

    span: Span
    generated: Sequence[Generated] = ()
    treated: Sequence[Treated] = ()
    before: Sequence[Treated] = ()
    waiting: Sequence[Waiting] = ()
    registered: Sequence[Registered] = ()
    scales: Sequence[Scale] = ()
    filed: Sequence[Filed] = ()
    recovery: Collection[str] = ()
    storing: Collection[str] = ()


class Amount(NamedTuple):
    """A part of the whole, and the word for why it is told (terms.toml, `reckoned`)."""

    why: str
    amount: int


@dataclass(frozen=True, slots=True)
class Value:
    """One indicator of one district ("": all of the reader's region). `counted`: g, site or manifest.

    `percent`: None where there is nothing to divide by. `unknown` parts are shares of the denominator
    that the rate cannot speak for; `excluded` parts are in neither side."""

    district: str
    numerator: int
    denominator: int
    counted: str
    excluded: Sequence[Amount] = ()
    unknown: Sequence[Amount] = ()
    beside: Sequence[Amount] = field(default=())

    @property
    def percent(self) -> float | None:
        return share(self.numerator, self.denominator)


def share(part: int, whole: int) -> float | None:
    """Percent to four places; None of nothing."""
    return round(PERCENT * part / whole, PLACES) if whole else None


def within(district: str, place: str) -> bool:
    """Whether a place counts for a district ("": for all of the region)."""
    return place == district if district else place != ELSEWHERE


def evaluate(by: Reckoning, facts: Facts, district: str) -> Value:
    """The value in one district, or ("") in all of the facts. The reckoning has a measure."""
    if by.measure is None:
        raise ValueError(f"{by.key} is not reckoned")
    return _MEASURES[by.measure](by, facts, district)


def counts(by: Reckoning, each: Treated, facts: Facts) -> bool:
    """Whether a batch's operation is one that the numerator counts."""
    return each.operation in (by.operations or facts.recovery)


def _recovered(by: Reckoning, facts: Facts, district: str) -> Value:
    def meant(each: Generated | Treated | Waiting) -> bool:
        return each.stream == by.stream and each.code not in by.left_out and within(district, each.district)

    def left_out(each: Generated | Treated) -> bool:
        return each.stream == by.stream and each.code in by.left_out and within(district, each.district)

    treated = [each for each in facts.treated if meant(each)]
    primary = [each for each in treated if counts(by, each, facts) and not each.residue]
    made = [each for each in facts.generated if meant(each)]
    return Value(
        district,
        grams(primary),
        grams(made) + grams(each for each in primary if each.earlier),
        "g",
        excluded=_told(
            ("residues", grams(each for each in treated if counts(by, each, facts) and each.residue)),
            ("left_out_codes", grams(each for each in facts.generated if left_out(each))),
        ),
        unknown=_told(
            ("not_treated_yet", grams(each for each in facts.waiting if meant(each))),
            ("estimated", grams(each for each in made if each.estimated)),
            ("through_station", grams(each for each in primary if each.via) if district else 0),
        ),
    )


def _decline(by: Reckoning, facts: Facts, district: str) -> Value:
    def mass(rows: Iterable[Treated]) -> int:
        return grams(
            each
            for each in rows
            if each.stream == by.stream and counts(by, each, facts) and within(district, each.plant)
        )

    base, now = mass(facts.before), mass(facts.treated)
    return Value(district, base - now, base, "g", beside=_told(("this_period", now), ("base_period", base)))


def _coverage(by: Reckoning, facts: Facts, district: str) -> Value:
    sites = [
        each for each in facts.registered if each.stream == by.stream and within(district, each.district)
    ]
    papered = sum(each.papered for each in sites)
    return Value(
        district, sum(each.collected for each in sites), len(sites), "site",
        beside=_told(("with_a_paper", papered)),
        unknown=_told(("never_heard_of", sum(not each.collected and not each.papered for each in sites))),
    )  # fmt: skip


def _load(by: Reckoning, facts: Facts, district: str) -> Value:
    def meant(each: Treated | Scale) -> bool:
        place = each.plant if isinstance(each, Treated) else each.district
        return each.stream == by.stream and within(district, place)

    fed = [each for each in facts.treated if meant(each)]
    used = [each for each in fed if each.operation not in facts.storing]
    scales = [each for each in facts.scales if meant(each) and each.operation not in facts.storing]
    return Value(
        district, grams(used), sum(each.span_g for each in scales), "g",
        excluded=_told(("stored_only", grams(fed) - grams(used))),
        beside=_told(("a_year", sum(each.yearly_g for each in scales))),
    )  # fmt: skip


def _electronic(by: Reckoning, facts: Facts, district: str) -> Value:
    rows = [
        each for each in facts.filed if by.stream in ("", each.stream) and within(district, each.district)
    ]
    count, late = sum(each.manifests for each in rows), sum(each.late for each in rows)
    return Value(district, count - late, count, "manifest", beside=_told(("entered_late", late)))


def grams(rows: Iterable[Generated | Treated | Waiting]) -> int:
    """The mass of them all."""
    return sum(each.grams for each in rows)


def _told(*parts: tuple[str, int]) -> Sequence[Amount]:
    """What is nothing is not told."""
    return tuple(Amount(why, amount) for why, amount in parts if amount)


_MEASURES: dict[Measure, Callable[[Reckoning, Facts, str], Value]] = {
    Measure.RECOVERED_SHARE: _recovered,
    Measure.DECLINE: _decline,
    Measure.COVERAGE: _coverage,
    Measure.LOAD: _load,
    Measure.ELECTRONIC: _electronic,
}
