"""HW-MIX (法典 535; GB 18597): wastes that react share neither vehicle nor store; so KW-UCO, MW-MODE.

[acid 336-064-17] + [cyanide 336-104-33] on one trip
"""

from collections.abc import Iterator

from zerowaste.audits.finding import Audit, Finding, Grain, Severity
from zerowaste.audits.remarked import remarked
from zerowaste.graph.city import City

NAME = "incompatible"
RULES = {
    "incompatible": "HW-MIX",
    "store_apart": "HW-MIX",
    "trip_mixes_streams": "MW-MODE",
    "trip_mixes_streams_aboard": "MW-MODE",
    "waste_oil_on_trip": "KW-UCO",
    "one_manifest_a_trip_aboard": "CW-LIAN",
}


def find(city: City) -> Iterator[Finding]:
    """One finding an act and pair of wastes."""
    return remarked(city, NAME, RULES, Severity.ALERT)


AUDIT = Audit(NAME, Grain.CHAIN, find)
