"""Each stream's `treat` clock (settings; 法典 535): a batch that was begun is brought to its end.

store ──▶ [batch 40 t · due last week] ┄┄▷ fate                 outputs never told, never done
"""

from collections.abc import Iterator

from zerowaste.audits.deadlines import overdue
from zerowaste.audits.finding import Audit, Finding, Grain
from zerowaste.graph.city import City
from zerowaste.vocabulary import HoldingKind

NAME = "late_treatment"


def find(city: City) -> Iterator[Finding]:
    """One finding a batch; `grams` is what is left in it."""
    return overdue(city, NAME, lambda one: one.kind is HoldingKind.BATCH)


AUDIT = Audit(NAME, Grain.HOLDING, find)
