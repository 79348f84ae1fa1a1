"""HW-RELAY (转移管理办法 17): each step on the way is scanned when it happens, or at least told later.

filed ┄┄(no pickup)┄┄▷ accepted at the gate                      the scan never came
"""

from collections.abc import Iterator

from zerowaste.audits.finding import Audit, Finding, Grain, Severity
from zerowaste.audits.remarked import finding_of
from zerowaste.graph.city import City

NAME = "scan_missing"


def find(city: City) -> Iterator[Finding]:
    """One finding a step that was skipped and not told since."""
    told = {(r.chain, r.params.get("kind")) for r in city.remarks if r.code == "scan_late"}
    for remark in city.remarks:
        if remark.code == NAME and (remark.chain, remark.params.get("kind")) not in told:
            yield finding_of(remark, NAME, "HW-RELAY", Severity.WARN)


AUDIT = Audit(NAME, Grain.CHAIN, find)
