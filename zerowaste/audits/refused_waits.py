"""HW-DIFF (转移管理办法 18) and each stream's `refused` clock: refused mass goes back, or onward.

producer ──▶ lorry ──▶ gate ─┬─▶ store 200 kg
                             └─▶ [refused 100 kg · due noon]     no way out for it yet
"""

from collections.abc import Iterator

from zerowaste.audits.deadlines import overdue
from zerowaste.audits.finding import Audit, Finding, Grain
from zerowaste.graph.city import City
from zerowaste.graph.city_rows import Standing
from zerowaste.vocabulary import HoldingKind

NAME = "refused_waits"


def _refused(one: Standing) -> bool:
    at_gate = one.part == "gate" and one.decided
    return one.kind is HoldingKind.LOAD and (at_gate or one.part.startswith("back"))


def find(city: City) -> Iterator[Finding]:
    """One finding for each refused mass that waits at a gate or is not home again."""
    return overdue(city, NAME, _refused)


AUDIT = Audit(NAME, Grain.HOLDING, find)
