"""MW: a tagged package that was loaded is received; an orphan or doubled tag has no right to be there.

loaded A B C ──▶ gate: A B                                       C dangles
gate: A B D                                                      D is an orphan
A on the van to the plant, A on another van                      A is doubled
"""

from collections.abc import Iterator

from zerowaste.audits.finding import Audit, Finding, Grain, Severity
from zerowaste.audits.remarked import remarked
from zerowaste.graph.city import City

NAME = "package_astray"
RULES = {"tag_on_open_manifest": "setting", "tag_not_on_manifest": "setting"}


def find(city: City) -> Iterator[Finding]:
    """One finding a package."""
    yield from remarked(city, NAME, RULES, Severity.ALERT)
    for package in city.astray:
        yield Finding(
            audit=NAME,
            rule="setting",
            severity=Severity.ALERT,
            subject=f"manifest:{package.number or package.manifest}/{package.line}",
            anchor=f"manifest:{package.manifest}",
            grams=0,
            holder=package.holder,
            lines=((package.manifest, package.line),),
            detail=f"tag_missing {package.tag}",
        )


AUDIT = Audit(NAME, Grain.CHAIN, find)
