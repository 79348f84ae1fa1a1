"""A month's reconciled masses as an overseer may see them: those with an end in his region."""

from collections.abc import Mapping, Sequence
from typing import NamedTuple

from sqlalchemy import select
from sqlmodel import Session

from zerowaste.models.tables import SITE
from zerowaste.rules.access import Actor
from zerowaste.services.reporting.reconciliation import Mass


class Ends(NamedTuple):
    """Where a site lies, and what it is called."""

    code: str
    street: str
    name: str
    name_en: str


def sites_of(session: Session) -> Mapping[int, Ends]:
    """Every site of the city by its id."""
    rows = session.execute(select(SITE.c.id, SITE.c.code, SITE.c.street, SITE.c.name, SITE.c.name_en))
    return {row.id: Ends(row.code, row.street, row.name, row.name_en or row.name) for row in rows}


def seen(
    masses: Sequence[Mass], actor: Actor, sites: Mapping[int, Ends], *, stream: str | None, region: str | None
) -> list[Mass]:
    """In their order, those an overseer may see and asked for. `region`: a prefix of the grid's codes.

    What mixes streams (a batch's balance) is told with every one of them."""
    found = []
    for mass in masses:
        streets = {sites[mass.origin].street, sites[mass.target].street}
        if stream is not None and mass.stream not in ("", stream):
            continue
        if region is not None and not any(street.startswith(region) for street in streets):
            continue
        if any(map(actor.oversees, streets)):
            found.append(mass)
    return found
