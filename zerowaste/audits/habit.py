"""HW-DIFF (转移管理办法 18), for habits: a carrier always a little short never trips a tolerance.

Page's cumulative sum (E. S. Page, Biometrika 41, 1954) of log-likelihood ratios: load by load, how much
better does "2 % are missing as a rule" explain what came than "nothing is"? Only what both ends weighed.

    −1.9 %  −2.2 %  −1.8 %  −2.1 %  −2.0 %  …                        each within 5 %; together a habit
"""

from collections.abc import Iterator, Sequence
from datetime import datetime
from math import log

from zerowaste.audits.finding import Audit, Finding, Grain, Loads, Severity
from zerowaste.clock import day_start
from zerowaste.graph.city import City
from zerowaste.graph.touched import Haul
from zerowaste.graph.traffic import Weighed

NAME = "habit"
SHORT = 0.02  # the habit that is looked for
SPREAD = 0.01  # of honest scales, one load to the next (0.5 to 1 % each)
MOST = 0.03
FALSE_ALARMS = 1e-4
ALARM = -log(FALSE_ALARMS)
FEWEST = 8  # loads; fewer are no habit


def find(city: City) -> Iterator[Finding]:
    """One finding a carrier and month; `grams` is what was missing over the loads that prove it, the last of
    them brought in that month and the first at most five months before."""
    for haul in sorted(city.weighed):
        proof = loads_of_habit(city.weighed[haul], day_start(haul.month))
        if proof:
            yield _finding(haul, proof)


def loads_of_habit(loads: Sequence[Weighed], since: datetime) -> list[Weighed]:
    """The first run of loads that proves the habit by one brought since then; empty: there is none."""
    score: float = 0
    run: list[Weighed] = []
    for load in loads:
        # What one load alone tells of is the variance's, not a habit's.
        change = max(-MOST, min(MOST, (load.received_g - load.travelling_g) / load.travelling_g))
        score += (-SHORT * change - SHORT * SHORT / 2) / SPREAD**2
        run.append(load)
        if score <= 0:
            score, run = 0, []
        elif score > ALARM and len(run) >= FEWEST:
            if load.at >= since:
                return run
            score, run = 0, []  # that was told in its own month
    return []


def _finding(haul: Haul, proof: Sequence[Weighed]) -> Finding:
    carrier = proof[0].carrier
    return Finding(
        audit=NAME,
        rule="HW-DIFF",
        severity=Severity.TASK,
        subject=f"carrier:{carrier}",
        anchor=haul.anchor,
        grams=sum(load.travelling_g - load.received_g for load in proof),
        holder=carrier,
        since=proof[0].at,
        detail=f"{haul.month:%Y-%m}",
        loads=Loads(carrier=carrier, arrived=(proof[0].at, proof[-1].at)),
    )


AUDIT = Audit(NAME, Grain.HAUL, find)
