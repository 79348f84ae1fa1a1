"""HW-PERMIT (法典 534), CW-LIC, KW-QUAL (法典 514): waste goes only to, and with, who may have it.

workshop ──900-249-08──▶ plant · permitted: HW17 only
"""

from collections.abc import Iterator

from zerowaste.audits.finding import Audit, Finding, Grain, Severity
from zerowaste.audits.remarked import remarked
from zerowaste.graph.city import City

NAME = "not_permitted"
_PAPERS = {"permit": "HW-PERMIT", "approval": "CW-LIC", "plan": "HW-PLAN", "consent": "HW-XPROV"}
RULES = {
    **{
        f"{paper}_{lack}": rule
        for paper, rule in _PAPERS.items()
        for lack in ("missing", "receiver", "operation", "code")
    },
    "permit_suits_not": "HW-PERMIT",
    "carrier_not_licensed": "CW-LIC",
    "vehicle_not_for_stream": "MW-MODE",
    "vehicle_not_dedicated": "MW-MODE",
    "vehicle_not_of_carrier": "setting",
    "driver_not_of_carrier": "setting",
}


def find(city: City) -> Iterator[Finding]:
    """One finding an act and what was lacking."""
    return remarked(city, NAME, RULES, Severity.ALERT)


AUDIT = Audit(NAME, Grain.CHAIN, find)
