"""S1, 法典 535: waste goes towards its end; what comes back to where it was goes round to hide something.

A ──900-249-08──▶ B ──900-249-08──▶ C ──900-249-08──▶ A          in one month
"""

from collections import defaultdict
from collections.abc import Iterator, Sequence

from zerowaste.audits.finding import Audit, Finding, Grain, Severity
from zerowaste.graph.city import City
from zerowaste.graph.cycles import Way, cycles
from zerowaste.graph.traffic import Month

NAME = "round_trips"


def find(city: City) -> Iterator[Finding]:
    """One finding a round and waste code in a month; `grams` can have gone all the way round."""
    for month in city.judged_months():
        ways: dict[tuple[str, str], list[Way]] = defaultdict(list)
        for sent in month.sent:
            if sent.accepted_g > 0:
                ways[sent.stream, sent.waste_code].append((sent.consignor, sent.consignee, sent.accepted_g))
        for (stream, code), known in sorted(ways.items()):
            for sites, grams in cycles(known):
                yield _finding(city, month, (stream, code), sites, grams)


def _finding(city: City, month: Month, waste: tuple[str, str], sites: Sequence[int], grams: int) -> Finding:
    places = [city.sites[site] for site in sites]
    return Finding(
        audit=NAME,
        rule="setting",
        severity=Severity.TASK,
        subject=f"round:{'>'.join(place.code for place in places)}"[:160],
        anchor=f"month:{month.first:%Y-%m}",
        grams=grams,
        holder=places[0].holder,
        place=places[0].code,
        detail=f"{month.first:%Y-%m} {waste[1]}",
    )


AUDIT = Audit(NAME, Grain.MONTH, find)
