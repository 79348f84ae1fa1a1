"""The emergency button: tell of an incident at a site, and that it is over."""

from collections.abc import Sequence
from typing import Any

import uuid_utils.compat as uuid7
from flask import Response

from zerowaste.clock import local
from zerowaste.errors import Problem, Refusal
from zerowaste.services.acts.incidents import WORKERS, end, incidents_of, report
from zerowaste.services.booking.manifest_state import as_uuid
from zerowaste.services.identity.accounts import describe
from zerowaste.services.queries.names import site_names
from zerowaste.vocabulary import IncidentKind
from zerowaste.web.forms import Typed
from zerowaste.web.pages.drawing import learn_names, page, term
from zerowaste.web.pages.session import go_on
from zerowaste.web.schemas.incidents import IncidentBody, IncidentEndBody
from zerowaste.web.views import EVERY_ROLE, TYPED, Call, NoQuery, Views

views = Views("incident_pages", prefix="", page=True)


@views.get("/incidents", allow=EVERY_ROLE)
def list_incidents(call: Call[None, NoQuery]) -> Response:
    """What happened, the latest first; and for who works at a site, room to tell."""
    return _show(call, _fresh(call))


@views.post("/incidents", allow=WORKERS, body=TYPED)
def tell(call: Call[Typed, NoQuery]) -> Response:
    """The authority is told at once."""
    typed = call.body
    fields = {name: values for name, values in typed.values.items() if name not in ("site", "stops")}
    missing = [] if typed.one("site") else [Problem("missing", "site")]
    try:
        body = Typed(fields).read(IncidentBody, stops=bool(typed.one("stops")))
        if missing:
            raise Refusal("invalid")
        report(call.desk(), body.request(typed.one("site")))
    except Refusal as refusal:
        return _show(call, typed, refusal.headline, [*missing, *refusal.problems])
    return go_on("/incidents")


@views.post("/sites/<code>/incidents/<ref>/end", allow=WORKERS, body=TYPED)
def tell_end(call: Call[Typed, NoQuery], code: str, ref: str) -> Response:
    """It is over."""
    incident = as_uuid(ref)
    if incident is None:
        raise Refusal("not_found")
    body = call.body.read(IncidentEndBody, at=call.now.isoformat())
    end(call.desk(), body.request(code, incident))
    return go_on("/incidents")


def _fresh(call: Call[Any, Any]) -> Typed:
    return Typed({"id": [str(uuid7.uuid7())], "at": [f"{local(call.now):%Y-%m-%dT%H:%M}"]})


def _show(
    call: Call[Any, Any], typed: Typed, problem: Problem | None = None, problems: Sequence[Problem] = ()
) -> Response:
    found = incidents_of(call.session, call.actor)
    sites = describe(call.session, call.actor).sites if call.actor.role in WORKERS else ()
    learn_names(call.session, (site.name for site in sites))
    return page(
        "incidents.html",
        status=200 if problem is None else 422,
        found=found,
        names=site_names(call.session, (each.site for each in found)),
        sites=sites,
        kinds=[(kind, term("incident", kind)) for kind in IncidentKind],
        typed=typed,
        problem=problem,
        problems=problems,
        endings={each.id: uuid7.uuid7() for each in found},
    )
