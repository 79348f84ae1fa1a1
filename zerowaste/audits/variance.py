"""HW-DIFF (转移管理办法 18): a difference over the tolerance stays a task until both sides have spoken.

loaded 2 300 kg ──▶ gate: 2 072 kg · consignor said nothing yet
"""

from collections.abc import Iterator

from zerowaste.audits.finding import Audit, Finding, Grain, Severity
from zerowaste.graph.city import City
from zerowaste.rules.closure import BOTH_OPINIONS, Tolerance

NAME = "variance"


def find(city: City) -> Iterator[Finding]:
    """One finding a line; `grams` is what is missing (negative: more came than was loaded)."""
    for difference in city.differences:
        stream = city.law.streams.get(difference.stream, difference.edition)
        tolerance = Tolerance(stream.tolerance_ppm, stream.tolerance_min_g)
        missing_g = difference.travelling_g - difference.received_g
        if abs(missing_g) <= tolerance.allowed_g(difference.travelling_g):
            continue
        if frozenset(difference.opinions) >= BOTH_OPINIONS:
            continue
        yield Finding(
            audit=NAME,
            rule="HW-DIFF",
            severity=Severity.TASK,
            subject=f"manifest:{difference.number or difference.manifest}/{difference.line}",
            anchor=f"manifest:{difference.manifest}",
            grams=missing_g,
            holder=difference.holder,
            lines=((difference.manifest, difference.line),),
        )


AUDIT = Audit(NAME, Grain.CHAIN, find)
