"""MW-BED (0.5 to 1.0 kg a bed and day) and, as settings, a producer's own history and its peers.

A month far from the median of the six before it, or a producer far from the median of its peers, measured
by the median absolute deviation of logarithms. Peers send of the same stream and are compared by their size
where it is known, each stream by its own measure: a bed, a seat, or a tonne of product a year.

    May 40 t · June 38 t · July 41 t · August 4 t
"""

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from datetime import date, timedelta
from math import log
from statistics import median

from zerowaste.audits.finding import Audit, Finding, Grain, Loads, Severity
from zerowaste.graph.city import City
from zerowaste.graph.traffic import Month, Sender, Who

NAME = "generation"
MONTHS = 6  # of its own history
FEWEST_LOADS = 4
FEWEST_PEERS = 8
FAR = 4.0  # deviations
LEAST_SPREAD = log(1.3)  # histories steadier than that are not held to it
LEAST_SPREAD_OF_PEERS = log(2)
DEVIATION = 1.4826  # of a normal distribution, in median absolute deviations


def find(city: City) -> Iterator[Finding]:
    """One finding a producer, stream and month that is over; `grams` is what it sent."""
    for month in city.judged_months():
        if not month.over:
            continue
        sent = month.sent
        history = [each.sent for each in months_before(city, month.first, MONTHS)]
        for who, sender in sorted(sent.items()):
            if sender.loads >= FEWEST_LOADS and _far_from_history(sender, [h.get(who) for h in history]):
                yield _finding(city, month, who, sender.grams, "history")
        for who in _far_from_peers(city, sent):
            yield _finding(city, month, who, sent[who].grams, "peers")
        for who, sender in sorted(sent.items()):
            yield from _implausible(city, month, who, sender.grams)


def months_before(city: City, first: date, count: int) -> list[Month]:
    """The months before it, the latest first, as far as they are known without a gap."""
    found: list[Month] = []
    while len(found) < count:
        first = (first - timedelta(days=1)).replace(day=1)
        if first not in city.months:
            break
        found.append(city.months[first])
    return found


def _far_from_history(sender: Sender, before: Sequence[Sender | None]) -> bool:
    known = [log(each.grams) for each in before if each and each.loads >= FEWEST_LOADS]
    return len(known) == MONTHS and _far(log(sender.grams), known, LEAST_SPREAD)


def _far_from_peers(city: City, sent: Mapping[Who, Sender]) -> list[Who]:
    peers: dict[tuple[str, bool], dict[Who, float]] = defaultdict(dict)
    for who, sender in sent.items():
        size = _size(city, who)
        if sender.loads >= FEWEST_LOADS:
            peers[who[1], size is not None][who] = log(sender.grams / (size or 1))
    found = []
    for group in peers.values():
        if len(group) >= FEWEST_PEERS:
            values = list(group.values())
            found += [who for who, value in group.items() if _far(value, values, LEAST_SPREAD_OF_PEERS)]
    return sorted(found)


def _size(city: City, who: Who) -> int | None:
    """How large a producer is, by what its stream is measured by; None: nobody knows."""
    measure = city.stream(who[1], city.now).sized_by
    return city.sites[who[0]].sizes.get(measure) if measure else None


def _far(value: float, others: Sequence[float], least: float) -> bool:
    middle = median(others)
    spread = max(least, DEVIATION * median(abs(other - middle) for other in others))
    return abs(value - middle) > FAR * spread


def _implausible(city: City, month: Month, who: Who, grams: int) -> Iterator[Finding]:
    """What a producer makes for each unit of its size, against the stream's own bounds."""
    stream, size = city.stream(who[1], city.now), _size(city, who)
    usual, measure = stream.plausible, stream.sized_by
    if usual is None or measure is None or size is None:
        return
    share = size * month.days
    if not usual.least_g * share <= grams <= usual.most_g * share:
        yield _finding(city, month, who, grams, measure, usual.rule)


def _finding(city: City, month: Month, who: Who, grams: int, against: str, rule: str = "setting") -> Finding:
    place = city.sites[who[0]]
    return Finding(
        audit=NAME,
        rule=rule,
        severity=Severity.WARN,
        subject=f"site:{place.code}",
        anchor=f"month:{month.first:%Y-%m}",
        grams=grams,
        holder=place.holder,
        place=place.code,
        detail=f"{who[1]} {month.first:%Y-%m} {against}",
        loads=Loads(months=(month.first, month.first), ways=((who[0], None),), stream=who[1]),
    )


AUDIT = Audit(NAME, Grain.MONTH, find)
