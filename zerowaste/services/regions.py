"""The part of the city that somebody sees, as a condition on sites: the only SQL that knows regions."""

from collections.abc import Iterable
from typing import Any

from sqlalchemy import ColumnElement, false, or_, true

from zerowaste.rules.access import Actor
from zerowaste.vocabulary import Role


def lies_in(regions: Iterable[str], *streets: Any) -> ColumnElement[bool]:
    """Whether one of these columns with codes of streets lies in one of the regions: what is in a district
    begins with its code."""
    return or_(
        false(),
        *(street.startswith(region, autoescape=True) for region in regions for street in streets),
    )


def inside(actor: Actor, *sites: Any) -> ColumnElement[bool]:
    """Whether one of these sites (each the table or an alias of it) lies in the actor's region."""
    if actor.role is Role.ADMINISTRATOR:
        return true()
    return lies_in(actor.regions, *(site.c.street for site in sites))


def seen_by(actor: Actor, site: Any) -> ColumnElement[bool]:
    """Whether a site (a table or an alias of it) lies in the actor's region, or is one he works at."""
    if actor.role in (Role.REGULATOR, Role.ADMINISTRATOR):
        return inside(actor, site)
    return site.c.id.in_(sorted(actor.sites))  # type: ignore[no-any-return]
