"""HW-CAP120 (许可证管理办法 12), HW-PLAN (转移管理办法 14), CW-LIC: no more is taken or sent than granted.

permit 100 t/a: used 96 t + reserved 9 t = 105 t                 a warning; from 120 t an alert
"""

from collections.abc import Iterator

from zerowaste.audits.finding import Audit, Finding, Grain, Loads, Severity
from zerowaste.graph.city import City
from zerowaste.graph.overdrawn import Overdrawn
from zerowaste.vocabulary import Instrument, Unit

NAME = "over_quota"
RULES = {
    Instrument.PERMIT: "HW-CAP120",
    Instrument.APPROVAL: "CW-LIC",
    Instrument.PLAN: "HW-PLAN",
    Instrument.CONSENT: "HW-XPROV",
    Instrument.LICENCE: "setting",
    Instrument.STANDBY: "setting",
}


def find(city: City) -> Iterator[Finding]:
    """One finding a limit and window; `grams` is what is over (0 where the limit counts litres)."""
    return (_finding(one) for one in city.overdrawn)


def _finding(one: Overdrawn) -> Finding:
    beyond = one.taken > one.hard_limit
    return Finding(
        audit=NAME,
        rule=RULES[one.instrument],
        severity=Severity.ALERT if beyond else Severity.WARN,
        subject=f"paper:{one.number}",
        anchor="register",
        grams=one.taken - one.limit if one.unit is Unit.GRAM else 0,
        holder=one.holder,
        place=one.site,
        loads=Loads(quota=one.quota),
        detail=" ".join(
            part for part in (one.stream, one.pattern, one.period, one.starts.isoformat()) if part
        ),
    )


AUDIT = Audit(NAME, Grain.REGISTER, find)
