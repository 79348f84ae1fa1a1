"""Waste lies no longer than its place allows.

HW-STORE1Y (固废法 81 / 法典 535), HW-COLL90 (许可证管理办法 20), MW-2D (医疗废物管理条例 17), MW-FAC
(GB 39707-2020 5.4.6), KW-DAILY, and this city's own settings.

    [lot 12 kg of 841-004-01 · at the clinic for 51 h · 48 h allowed]
"""

from collections.abc import Iterator

from zerowaste.audits.deadlines import overdue
from zerowaste.audits.finding import Audit, Finding, Grain
from zerowaste.graph.city import City
from zerowaste.vocabulary import HoldingKind

NAME = "stuck_in_storage"


def find(city: City) -> Iterator[Finding]:
    """One finding a lot, under the rule of its place."""
    return overdue(city, NAME, lambda one: one.kind is HoldingKind.LOT)


AUDIT = Audit(NAME, Grain.HOLDING, find)
