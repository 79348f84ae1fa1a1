"""HW-DEST (转移管理办法 11): a load is delivered to the receiver its manifest names, and nowhere else.

lorry · "arrived" 14 km from the plant's gate
"""

from collections.abc import Iterator

from zerowaste.audits.finding import Audit, Finding, Grain, Severity
from zerowaste.audits.remarked import remarked
from zerowaste.graph.city import City

NAME = "elsewhere"


def find(city: City) -> Iterator[Finding]:
    """One finding an arrival that was told far from where it should have been."""
    return remarked(city, NAME, {"far_from_site": "HW-DEST"}, Severity.ALERT)


AUDIT = Audit(NAME, Grain.CHAIN, find)
