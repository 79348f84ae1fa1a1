"""MW-COLL2 (医疗废物管理条例 25), KW-DAILY: whoever makes such waste is visited as often as its stream asks.

A visit is due that long after the last one, or after the oldest waste that waits came to be.

    last visit ──48 h──▷ ! ┄┄ [clinic · 12 kg wait]                  nobody came
"""

from collections.abc import Iterator

from zerowaste.audits.finding import Audit, Finding, Grain, Severity
from zerowaste.graph.city import City
from zerowaste.rules.clocks import due

NAME = "collection"


def find(city: City) -> Iterator[Finding]:
    """One finding a site and stream; `grams` is what waits there, `due_at` when a visit was due."""
    for (site, code), lots in city.waiting().items():
        oldest = min(lot.since for lot in lots)
        clock = city.stream(code, oldest).clocks.collect_every
        if clock is None:
            continue
        due_at = due(clock, max(oldest, city.pickups.get((site, code), oldest)))
        if due_at >= city.now:
            continue
        place = city.sites[site]
        yield Finding(
            audit=NAME,
            rule=clock.rule,
            severity=Severity(clock.severity),
            subject=f"site:{place.code}",
            anchor=f"site:{place.code}",
            detail=code,
            grams=sum(lot.grams for lot in lots),
            holder=place.holder,
            due_at=due_at,
            holdings=tuple(lot.id for lot in lots),
            events=tuple(dict.fromkeys(lot.event for lot in lots)),
        )


AUDIT = Audit(NAME, Grain.SITE, find)
