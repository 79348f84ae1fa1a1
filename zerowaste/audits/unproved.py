"""S21: the stored tables are what the events say, and the events are whole (`flask replay`, `flask verify`).

status: settled ┄┄ its events say: accepted
event 7 ──hash──✕ event 8                                        changed, missing or put in
"""

from collections.abc import Iterator

from zerowaste.audits.finding import Audit, Finding, Grain, Severity
from zerowaste.graph.city import City

NAME = "unproved"


def find(city: City) -> Iterator[Finding]:
    """One finding a fault in a chain of events or between it and the tables."""
    for fault in city.unproved:
        yield Finding(
            audit=NAME,
            rule="ledger",
            severity=Severity.ALERT,
            subject=f"{fault.subject}:{fault.name or fault.key}",
            anchor=f"{fault.subject}:{fault.key}",
            grams=0,
            events=fault.events,
            lines=fault.lines,
            place=fault.key if fault.subject == "site" else "",
            detail=fault.code,
        )


AUDIT = Audit(NAME, Grain.CHAIN, find)
