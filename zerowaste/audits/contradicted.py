"""转移管理办法 11, 17: what a driver tells later agrees with what is known.

plant: accepted 10:00 ──▷ driver, offline: "picked up 14:00"     it is kept, and has no effect
"""

from collections.abc import Iterator

from zerowaste.audits.finding import Audit, Finding, Grain, Severity
from zerowaste.audits.remarked import remarked
from zerowaste.graph.city import City

NAME = "contradicted"
RULES = {
    "contradicts_what_is_known": "setting",
    "leg_planned_anew": "setting",
    "treated_before_arrival": "setting",
    "lot_overdrawn": "ledger",
    "loaded_beyond_stock": "HW-BAL",
    "more_out_than_in": "HW-BAL",
    "residue_as_put_in": "setting",
}


def find(city: City) -> Iterator[Finding]:
    """One finding an act that cannot be as it was told."""
    return remarked(city, NAME, RULES, Severity.TASK)


AUDIT = Audit(NAME, Grain.CHAIN, find)
