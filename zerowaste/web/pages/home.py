"""The first page: what this is; and for whoever is signed in, what waits for him."""

from collections.abc import Callable, Iterable, Mapping
from datetime import timedelta
from typing import Any

from flask import Response

from zerowaste.clock import local_day
from zerowaste.services.acts.incidents import incidents_of
from zerowaste.services.demo import is_demo
from zerowaste.services.queries.chains import chain
from zerowaste.services.queries.firstpage import latest_taken_in, sent_since, stock_of
from zerowaste.services.queries.manifest_lists import Search, find_manifests
from zerowaste.services.queries.names import site_names
from zerowaste.services.queries.unclosed import unclosed
from zerowaste.services.room.arrivals import expected
from zerowaste.vocabulary import Role, Status
from zerowaste.web.pages.chain_drawing import HEIGHT, WIDTH, draw
from zerowaste.web.pages.drawing import learn_names, page
from zerowaste.web.views import PUBLIC, Call, NoQuery, Views

views = Views("home", prefix="", page=True)
MOST = 8
LATELY = timedelta(days=30)
Look = Call[None, NoQuery]


@views.get("/", allow=PUBLIC)
def show_home(call: Look) -> Response:
    """What this service is; signed in: what is to be done next."""
    if call.credential is None:
        return _public(call)
    waiting = _manifests(call, Search(mine=True))
    shown = {"waiting": waiting, "moving": [], **_OF_ROLE[call.actor.role](call)}
    shown["incidents"] = incidents_of(call.session, call.actor, lasting=True, limit=MOST)
    listed = [*waiting, *shown["moving"]]
    codes = [code for each in listed for code in (each.consignor, each.consignee)]
    codes += [each.site for name in ("stock", "incidents", "went") for each in shown.get(name, ())]
    codes += [each.place for each in shown.get("open", ())]
    learn_names(call.session, _named(shown))
    return page(
        "home/signed_in.html",
        names=site_names(call.session, codes),
        wastes=call.service.law.catalogue.waste,
        operations=call.service.law.catalogue.operations,
        streams=call.service.law.streams.current(local_day(call.now)),
        box=(WIDTH, HEIGHT),
        **shown,
    )


def _named(shown: Mapping[str, Any]) -> Iterable[str | None]:
    """Everybody and every place the page shows by its registered name."""
    yield from (each.holder for each in shown.get("open", ()))
    yield from (each.consignor for each in shown.get("coming", ()))
    if ended := shown.get("ended"):
        yield from (name for node in ended.nodes for name in (node.holder, node.name))


def _manifests(call: Look, search: Search) -> Any:
    return find_manifests(call.session, call.actor, search, now=call.now, after=None, limit=MOST)


def _producer(call: Look) -> Mapping[str, Any]:
    """What lies here, what travels, and how the latest load ended."""
    latest = latest_taken_in(call.session, call.actor)
    sent, went = sent_since(call.session, call.actor, call.now - LATELY)
    found = (
        chain(call.session, call.service.law, call.actor, str(latest.id), now=call.now) if latest else None
    )
    return {
        "stock": stock_of(call.session, call.actor, limit=MOST),
        "moving": _manifests(call, Search(status=Status.IN_TRANSIT)),
        "sent": sent,
        "went": went[:MOST],
        "latest": latest,
        "ended": found,
        "drawing": draw(found) if found else None,
    }


def _facility(call: Look) -> Mapping[str, Any]:
    """What is coming, and what lies here."""
    return {
        "coming": expected(call.session, call.actor, now=call.now, limit=MOST),
        "stock": stock_of(call.session, call.actor, limit=MOST),
    }


def _carrier(call: Look) -> Mapping[str, Any]:
    """What is on the road."""
    return {"moving": _manifests(call, Search(status=Status.IN_TRANSIT))}


def _authority(call: Look) -> Mapping[str, Any]:
    """What is most urgent of all that is not closed."""
    return {"open": unclosed(call.session, call.actor, now=call.now, limit=MOST).items}


_OF_ROLE: Mapping[Role, Callable[[Look], Mapping[str, Any]]] = {
    Role.PRODUCER: _producer,
    Role.FACILITY: _facility,
    Role.DRIVER: _carrier,
    Role.DISPATCHER: _carrier,
    Role.REGULATOR: _authority,
    Role.ADMINISTRATOR: _authority,
}


def _public(call: Look) -> Response:
    return page(
        "home/public.html",
        streams=call.service.law.streams.current(local_day(call.now)),
        base_url=call.service.settings.base_url,
        demo=is_demo(call.session),
    )
