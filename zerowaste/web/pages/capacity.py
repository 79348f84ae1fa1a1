"""Capacity: how much more a site may take, what is promised to it already, and what lies there."""

from flask import Response

from zerowaste.errors import Refusal
from zerowaste.services.identity.accounts import describe
from zerowaste.services.queries.names import site_names
from zerowaste.services.room.offers import capacity_of
from zerowaste.vocabulary import Instrument, Role, SiteKind
from zerowaste.web.pages.drawing import page
from zerowaste.web.pages.session import go_on
from zerowaste.web.views import EVERY_ROLE, Call, NoQuery, Views

views = Views("capacity_pages", prefix="", page=True)
BLOCKING = frozenset(Instrument) - {Instrument.PLAN}  # a plan is exceeded with a warning only


@views.get("/capacity", allow=[Role.FACILITY])
def find_capacity(call: Call[None, NoQuery]) -> Response:
    """Straight to the site of who has only one; else all that take waste in."""
    sites = [site for site in describe(call.session, call.actor).sites if site.kind != SiteKind.PRODUCER]
    if len(sites) == 1:
        return go_on(f"/sites/{sites[0].code}/capacity")
    return page("capacity/sites.html", names=site_names(call.session, (site.code for site in sites)))


@views.get("/sites/<code>/capacity", allow=EVERY_ROLE)
def show_capacity(call: Call[None, NoQuery], code: str) -> Response:
    """Each quota of its papers as a gauge, and in words."""
    desk = call.desk()
    found = capacity_of(desk, code)
    place = desk.register.place_called(code)
    if place is None:
        raise Refusal("not_found")
    return page(
        "capacity/show.html",
        place=place,
        capacity=found,
        streams=call.service.law.streams,
        operations=call.service.law.catalogue.operations,
        blocking={each.id for each in found.quotas if each.term.hard_limit and each.paper.kind in BLOCKING},
        own=place.id in call.actor.sites,
    )
