"""HW-DIFF (转移管理办法 18): what the gate found otherwise than declared is reported and looked at.

declared 900-047-49 ──▶ gate: 900-041-49
ticket 20.0 t, lines 18.4 t
"""

from collections.abc import Iterator

from zerowaste.audits.finding import Audit, Finding, Grain, Severity
from zerowaste.audits.remarked import remarked
from zerowaste.graph.city import City

NAME = "differs_at_gate"
RULES = {"code_differs": "HW-DIFF", "ticket_differs": "HW-DIFF", "return_differs": "HW-DIFF"}


def find(city: City) -> Iterator[Finding]:
    """One finding an act and difference."""
    return remarked(city, NAME, RULES, Severity.TASK)


AUDIT = Audit(NAME, Grain.CHAIN, find)
