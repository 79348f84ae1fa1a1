"""Conservation: for every holding, what came in less what went out is its balance, to the gram.

The ledger keeps this by construction; a holding that breaks it was changed behind its back.

    ──100 g──▶ [lot says 44 g] ──55 g──▶                             1 g is missing
"""

from collections.abc import Iterator

import numpy as np

from zerowaste.audits.finding import Audit, Finding, Grain, Severity
from zerowaste.graph.city import City, conservation

NAME = "conservation"


def find(city: City) -> Iterator[Finding]:
    """One finding a holding; `grams` is what is missing there (negative: too much)."""
    missing = conservation(city)
    for position in np.nonzero(missing)[0]:
        holding = int(city.ids[position])
        place = city.sites.get(int(city.site[position]))
        yield Finding(
            audit=NAME,
            rule="ledger",
            severity=Severity.ALERT,
            subject=f"holding:{holding}",
            anchor=f"holding:{holding}",
            grams=int(missing[position]),
            holder=place.holder if place else "",
            holdings=(holding,),
        )


AUDIT = Audit(NAME, Grain.HOLDING, find)
