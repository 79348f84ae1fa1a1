"""A setting of this service: an act is told soon after it happened, and never before.

happened 1 March (as told) ┄┄ 40 days ┄┄▷ recorded 10 April
"""

from collections.abc import Iterator

from zerowaste.audits.finding import Audit, Finding, Grain, Severity
from zerowaste.audits.remarked import remarked
from zerowaste.graph.city import City

NAME = "back_dated"
RULES = dict.fromkeys(("back_dated", "clock_ahead", "before_filing", "times_contradict"), "setting")


def find(city: City) -> Iterator[Finding]:
    """One finding an act whose moment is doubtful."""
    return remarked(city, NAME, RULES, Severity.WARN)


AUDIT = Audit(NAME, Grain.CHAIN, find)
