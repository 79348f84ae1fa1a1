"""Each stream's `transit` clock (settings; 转移管理办法 11, 17): a load that was picked up arrives somewhere.

producer ──▶ [lorry 1.6 t · due yesterday] ┄┄▷ gate             nobody has seen it since
"""

from collections.abc import Iterator

from zerowaste.audits.deadlines import overdue
from zerowaste.audits.finding import Audit, Finding, Grain
from zerowaste.graph.city import City
from zerowaste.vocabulary import HoldingKind

NAME = "never_arrived"


def find(city: City) -> Iterator[Finding]:
    """One finding a load on the road; `holder` is the carrier."""
    return overdue(city, NAME, lambda one: one.kind is HoldingKind.LOAD and one.part.startswith("load"))


AUDIT = Audit(NAME, Grain.HOLDING, find)
