"""The first page: what this is; and for whoever is signed in, what waits for him."""

from flask import Response

from zerowaste.clock import local_day
from zerowaste.services.manifests import Search, find_manifests
from zerowaste.web.pages.drawing import page
from zerowaste.web.views import PUBLIC, Call, NoQuery, Views

views = Views("home", prefix="", page=True)
MOST_WAITING, LATEST = 10, 10


@views.get("/", allow=PUBLIC)
def show_home(call: Call[None, NoQuery]) -> Response:
    """What this service is; signed in: what is to be done next."""
    if call.credential is None:
        return _public(call)
    waiting, latest = (
        find_manifests(call.session, call.actor, search, now=call.now, after=None, limit=limit)
        for search, limit in ((Search(mine=True), MOST_WAITING), (Search(), LATEST))
    )
    return page("home/signed_in.html", waiting=waiting, latest=latest)


def _public(call: Call[None, NoQuery]) -> Response:
    return page(
        "home/public.html",
        streams=call.service.law.streams.current(local_day(call.now)),
        base_url=call.service.settings.base_url,
    )
