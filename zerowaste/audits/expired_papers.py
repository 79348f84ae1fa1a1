"""HW-PERMIT (许可证管理办法 10, 13), CW-LIC (建设部令139), KW-QUAL: papers are valid on the day of the act.

pickup 3 May ──▷ lorry · its licence ended on 30 April           told offline: it has happened
"""

from collections.abc import Iterator

from zerowaste.audits.finding import Audit, Finding, Grain, Severity
from zerowaste.audits.remarked import remarked
from zerowaste.graph.city import City

NAME = "expired_papers"
_PAPERS = {"permit": "HW-PERMIT", "approval": "CW-LIC", "plan": "HW-PLAN", "consent": "HW-XPROV"}
RULES = {
    "vehicle_licence_expired": "setting",
    "driver_licence_expired": "setting",
    **{f"{paper}_{how}": rule for paper, rule in _PAPERS.items() for how in ("expired", "suspended")},
}


def find(city: City) -> Iterator[Finding]:
    """One finding an act and paper."""
    return remarked(city, NAME, RULES, Severity.ALERT)


AUDIT = Audit(NAME, Grain.CHAIN, find)
