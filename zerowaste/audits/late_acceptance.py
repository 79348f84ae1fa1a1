"""HW-ACC5 (转移管理办法 18): whoever has received a load says within five working days what he accepts.

Other streams have shorter clocks of their own (their files' `accept`).

    producer ──▶ lorry ──▶ [gate 5 t · due Friday] ┄┄▷ store        Monday: still undecided
"""

from collections.abc import Iterator

from zerowaste.audits.deadlines import overdue
from zerowaste.audits.finding import Audit, Finding, Grain
from zerowaste.graph.city import City
from zerowaste.vocabulary import HoldingKind

NAME = "late_acceptance"


def find(city: City) -> Iterator[Finding]:
    """One finding a load at the gate; `grams` waits there, `holder` is the receiver."""
    return overdue(
        city, NAME, lambda one: one.kind is HoldingKind.LOAD and one.part == "gate" and not one.decided
    )


AUDIT = Audit(NAME, Grain.HOLDING, find)
