"""The part of the city that an overseer sees, as a condition on sites."""

from typing import Any

from sqlalchemy import ColumnElement, false, or_, true

from zerowaste.rules.access import Actor
from zerowaste.vocabulary import Role


def inside(actor: Actor, site: Any) -> ColumnElement[bool]:
    """Whether a site (a table or an alias of it) lies in the actor's region."""
    if actor.role is Role.ADMINISTRATOR:
        return true()
    return or_(false(), *(site.c.street.startswith(region, autoescape=True) for region in actor.regions))
