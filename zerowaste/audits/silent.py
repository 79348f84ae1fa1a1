"""S1, S6, 医疗废物管理条例 25: a producer that sent every month and then sends none has it still.

May 14 · June 12 · July 15 · August 0 loads
"""

from collections.abc import Iterator

from zerowaste.audits.finding import Audit, Finding, Grain, Loads, Severity
from zerowaste.audits.generation import months_before
from zerowaste.graph.city import City
from zerowaste.graph.traffic import Sender

NAME = "silent"
MONTHS = 3
FEWEST = 4  # loads in each of the months before


def find(city: City) -> Iterator[Finding]:
    """One finding a producer, stream and month; `grams` is what it sent in a usual month, and the evidence
    is what it sent last."""
    for month in city.judged_months():
        earlier = months_before(city, month.first, MONTHS)
        if not month.over or len(earlier) < MONTHS:
            continue
        now, before = month.sent, [each.sent for each in earlier]
        for who in sorted(set(before[0]).difference(now)):
            loads = [each.get(who, Sender()) for each in before]
            if min(sender.loads for sender in loads) < FEWEST:
                continue
            place = city.sites[who[0]]
            yield Finding(
                audit=NAME,
                rule="setting",
                severity=Severity.WARN,
                subject=f"site:{place.code}",
                anchor=f"month:{month.first:%Y-%m}",
                grams=sum(sender.grams for sender in loads) // MONTHS,
                holder=place.holder,
                place=place.code,
                detail=f"{who[1]} {month.first:%Y-%m}",
                loads=Loads(months=(earlier[0].first,) * 2, ways=((who[0], None),), stream=who[1]),
            )


AUDIT = Audit(NAME, Grain.MONTH, find)
