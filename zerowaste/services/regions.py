"""The part of the city that somebody sees, as a condition on sites."""

from typing import Any

from sqlalchemy import ColumnElement, false, or_, true

from zerowaste.rules.access import Actor
from zerowaste.vocabulary import Role


def inside(actor: Actor, site: Any) -> ColumnElement[bool]:
    """Whether a site (a table or an alias of it) lies in the actor's region."""
    if actor.role is Role.ADMINISTRATOR:
        return true()
    return or_(false(), *(site.c.street.startswith(region, autoescape=True) for region in actor.regions))


def seen_by(actor: Actor, site: Any) -> ColumnElement[bool]:
    """Whether a site (a table or an alias of it) lies in the actor's region, or is one he works at."""
    if actor.role in (Role.REGULATOR, Role.ADMINISTRATOR):
        return inside(actor, site)
    return site.c.id.in_(sorted(actor.sites))  # type: ignore[no-any-return]
