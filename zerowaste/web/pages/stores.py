"""What lies on a site: its lots with their clocks, a new one, and the way on from here."""

from collections.abc import Sequence
from typing import Any
from urllib.parse import urlencode

import uuid_utils.compat as uuid7
from flask import Response

from zerowaste.clock import local, local_day
from zerowaste.errors import Problem, Refusal
from zerowaste.rules.parties import Place
from zerowaste.rules.waste_codes import WasteCode
from zerowaste.services.acts.corrections import correct_lot
from zerowaste.services.acts.lots import list_lots, register_lot
from zerowaste.services.identity.accounts import describe
from zerowaste.services.queries.firstpage import Stock, stock_of
from zerowaste.services.queries.names import site_names
from zerowaste.vocabulary import Basis, Role
from zerowaste.web.forms import STEP, Typed, is_row
from zerowaste.web.pages.drawing import page, say
from zerowaste.web.pages.session import go_on
from zerowaste.web.pages.sheets import SHEETS, sheet
from zerowaste.web.paging import lot_after, lot_place
from zerowaste.web.paging import page as part
from zerowaste.web.schemas.lots import CorrectionBody, LotBody, LotQuery
from zerowaste.web.streaming import Cell
from zerowaste.web.views import EVERY_ROLE, TYPED, Call, NoQuery, Views

views = Views("store_pages", prefix="", page=True)
MOST_CODES, MOST_WASTES = 600, 500
KEEPERS = (Role.PRODUCER, Role.FACILITY)
HEADINGS = (
    ("批次", "lot"), ("类别", "stream"), ("废物代码", "waste code"), ("名称", "name"), ("克", "grams"),
    ("已占用（克）", "held (g)"), ("入库", "since"), ("期限", "due"),
)  # fmt: skip


@views.get("/stores", allow=KEEPERS)
def find_stores(call: Call[None, NoQuery]) -> Response:
    """Straight to the store of who has only one; else all of them."""
    sites = describe(call.session, call.actor).sites
    if len(sites) == 1:
        return go_on(f"/sites/{sites[0].code}/stores")
    lying: dict[str, list[Stock]] = {}
    for each in stock_of(call.session, call.actor, limit=MOST_WASTES):
        lying.setdefault(each.site, []).append(each)
    names = site_names(call.session, (site.code for site in sites))
    return page("stores/sites.html", names=names, lying=lying)


@views.get("/sites/<code>/stores", allow=EVERY_ROLE, query=LotQuery)
def show_store(call: Call[None, LotQuery], code: str) -> Response:
    """What lies here, the oldest first."""
    lots, following = _lots(call, code)
    place = _place(call, code)
    own = place.id in call.actor.sites and call.actor.role in KEEPERS
    law = call.service.law
    return page(
        "stores/show.html",
        place=place,
        own=own,
        may_register=own and place.generates and call.actor.role is Role.PRODUCER,
        may_treat=own and not place.generates and call.actor.role is Role.FACILITY,
        lots=lots,
        any_free=any(lot.grams > lot.held_g for lot in lots),
        next=following,
        wastes={lot.id: law.catalogue.waste(lot.stream, lot.waste_code) for lot in lots},
        streams=law.streams.current(local_day(call.now)),
        query=call.query.model_dump(mode="json", exclude={"cursor"}, exclude_defaults=True),
    )


@views.get("/sites/<code>/stores.<any(csv, xlsx):kind>", allow=EVERY_ROLE, query=LotQuery, replies=SHEETS)
def save_store(call: Call[None, LotQuery], code: str, kind: str) -> Response:
    """The same as a sheet."""
    lots, _ = _lots(call, code)
    return sheet(f"stores-{code}", kind, HEADINGS, (_cells(call, lot) for lot in lots))


def _lots(call: Call[None, LotQuery], code: str) -> tuple[Sequence[Any], str | None]:
    query = call.query
    found = list_lots(
        call.desk(), code, query.waste_code, stream=query.stream, after=lot_after(query.cursor),
        limit=query.limit + 1,
    )  # fmt: skip
    return part(found, query, lot_place)


def _cells(call: Call[None, LotQuery], lot: Any) -> list[Cell]:
    waste = call.service.law.catalogue.waste(lot.stream, lot.waste_code)
    name = say(waste.name.zh, waste.name.en) if waste else ""
    since, due = (local(at).isoformat(timespec="minutes") if at else "" for at in (lot.since, lot.due_at))
    stream = call.service.law.streams.get(lot.stream).names
    return [
        lot.id, say(stream["zh"], stream["en"]), lot.waste_code, name, lot.grams, lot.held_g, since, due
    ]  # fmt: skip


@views.post("/sites/<code>/stores", allow=KEEPERS, body=TYPED)
def send_onward(call: Call[Typed, NoQuery], code: str) -> Response:
    """The lots that were ticked: on a manifest, or into a batch."""
    _own(call, code)
    lots = ",".join(number for number in call.body.all("lot") if is_row(number))
    if not lots:
        return go_on(f"/sites/{code}/stores")
    form = "treatments" if call.body.one(STEP) == "treat" else "manifests"
    return go_on(f"/{form}/new?{urlencode({'site': code, 'lots': lots}, safe=',')}")


@views.get("/sites/<code>/stores/new", allow=[Role.PRODUCER])
def begin_lot(call: Call[None, NoQuery], code: str) -> Response:
    """What was made and put into store."""
    fresh = {"id": [str(uuid7.uuid7())], "at": [f"{local(call.now):%Y-%m-%dT%H:%M}"]}
    return _form(call, code, Typed(fresh))


@views.post("/sites/<code>/stores/new", allow=[Role.PRODUCER], body=TYPED)
def register(call: Call[Typed, NoQuery], code: str) -> Response:
    """Put it on the books."""
    try:
        registered = register_lot(call.desk(), call.body.read(LotBody).request(code))
    except Refusal as refusal:
        return _form(call, code, call.body, refusal.headline, refusal.problems)
    if registered.warnings:
        return page("stores/registered.html", place=_own(call, code), registered=registered)
    return go_on(f"/sites/{code}/stores")


@views.get("/sites/<code>/stores/<int:lot>/correct", allow=[Role.PRODUCER])
def begin_correction(call: Call[None, NoQuery], code: str, lot: int) -> Response:
    """A lot was registered with a wrong mass."""
    if not list_lots(call.desk(), code, None, named=[lot], after=None, limit=1):
        raise Refusal("not_found")
    fresh = {"id": [str(uuid7.uuid7())], "at": [f"{local(call.now):%Y-%m-%dT%H:%M}"], "lot": [str(lot)]}
    return _correction(call, code, lot, Typed(fresh))


@views.post("/sites/<code>/stores/<int:lot>/correct", allow=[Role.PRODUCER], body=TYPED)
def correct(call: Call[Typed, NoQuery], code: str, lot: int) -> Response:
    """Put it right."""
    try:
        correct_lot(call.desk(), call.body.read(CorrectionBody).request(code))
    except Refusal as refusal:
        return _correction(call, code, lot, call.body, refusal.headline, refusal.problems)
    return go_on(f"/sites/{code}/stores")


def _correction(
    call: Call[Any, Any], code: str, lot: int, typed: Typed, problem: Problem | None = None,
    problems: Sequence[Problem] = (),
) -> Response:  # fmt: skip
    place = _own(call, code)
    lying = list_lots(call.desk(), code, None, named=[lot], after=None, limit=1)
    return page(
        "stores/correct.html",
        status=200 if problem is None else 422,
        place=place,
        lot=lot,
        lying=lying[0] if lying else None,
        typed=typed,
        problem=problem,
        problems=problems,
    )


def _form(
    call: Call[Any, Any], code: str, typed: Typed, problem: Problem | None = None,
    problems: Sequence[Problem] = (),
) -> Response:  # fmt: skip
    return page(
        "stores/new.html",
        status=200 if problem is None else 422,
        place=_own(call, code),
        typed=typed,
        problem=problem,
        problems=problems,
        wastes=_all_wastes(call),
        bases=[basis for basis in Basis if basis is not Basis.SHARE],
    )


def _all_wastes(call: Call[Any, Any]) -> list[WasteCode]:
    day, law = local_day(call.now), call.service.law
    streams = law.streams.current(day)
    return [waste for each in streams for waste in law.catalogue.search(each.code, "", MOST_CODES, on=day)]


def _own(call: Call[Any, Any], code: str) -> Place:
    """A site that the actor works at. Raises `not_found`."""
    place = _place(call, code)
    if place.id not in call.actor.sites:
        raise Refusal("not_found")
    return place


def _place(call: Call[Any, Any], code: str) -> Place:
    place = call.desk().register.place_called(code)
    if place is None:
        raise Refusal("not_found")
    return place
