"""Manifests: the list, one of them whole, and the acts the law allows on it."""

from collections.abc import Mapping, Sequence
from typing import Any, Literal

import uuid_utils.compat as uuid7
from flask import Response

from zerowaste.clock import CITY_ZONE, local, local_day
from zerowaste.errors import Problem, Refusal
from zerowaste.rules.actions import Action
from zerowaste.rules.lifecycle import WITH_REFUSED
from zerowaste.services.acts.custody import record_act
from zerowaste.services.desk import Desk
from zerowaste.services.queries.batches import ways_of_treating
from zerowaste.services.queries.manifest_lists import Listed, Search, find_manifests
from zerowaste.services.queries.manifests import Whole, actions_for, read_manifest
from zerowaste.services.queries.names import site_names
from zerowaste.services.queries.papers_labels import label_parts
from zerowaste.services.queries.whereabouts import Standing, standing
from zerowaste.vocabulary import Act, HoldingKind, RefusalReason, Role, Status, Verdict
from zerowaste.web.forms import Typed
from zerowaste.web.pages.drawing import called, learn_names, page, say, term
from zerowaste.web.pages.session import go_on
from zerowaste.web.pages.sheets import SHEETS, sheet
from zerowaste.web.paging import filed_after, filed_place
from zerowaste.web.paging import page as cut
from zerowaste.web.schemas.base import Stream
from zerowaste.web.schemas.events import EventBody, EventKind
from zerowaste.web.schemas.paging import PageQuery
from zerowaste.web.streaming import Cell
from zerowaste.web.views import EVERY_ROLE, TYPED, Call, NoQuery, Views

views = Views("manifest_pages", prefix="", page=True)
Names = Mapping[str, tuple[str, str]]  # a site's code → its name in Chinese and in English
HEADINGS = (
    ("市级流水号", "city serial"), ("联单编号", "national number"), ("状态", "status"), ("类别", "stream"),
    ("移出场所", "from"), ("名称", "name"), ("接受场所", "to"), ("名称", "name"), ("克", "grams"),
    ("计划", "planned"), ("轮到", "whose turn"),
)  # fmt: skip


class ListQuery(PageQuery):
    """What the list is narrowed to."""

    status: Status | None = None
    stream: Stream | None = None
    turn: Literal["mine"] | None = None


@views.get("/manifests", allow=EVERY_ROLE, query=ListQuery)
def list_manifests(call: Call[None, ListQuery]) -> Response:
    """The manifests that concern whoever is signed in, the latest first."""
    items, names, following = _found(call)
    return page(
        "manifests/list.html",
        items=items,
        names=names,
        next=following,
        query=call.query.model_dump(mode="json", exclude={"cursor"}, exclude_defaults=True),
        streams=call.service.law.streams.current(local_day(call.now)),
        statuses=list(Status),
    )


@views.get("/manifests.<any(csv, xlsx):kind>", allow=EVERY_ROLE, query=ListQuery, replies=SHEETS)
def save_manifests(call: Call[None, ListQuery], kind: str) -> Response:
    """The list as it is shown, for a spreadsheet."""
    items, names, _ = _found(call)
    return sheet("manifests", kind, HEADINGS, (_cells(each, names) for each in items))


def _found(call: Call[None, ListQuery]) -> tuple[Sequence[Listed], Names, str | None]:
    """(the manifests asked for, what their sites are called, where the list goes on)."""
    query = call.query
    wanted = Search(query.status, query.stream, query.turn == "mine")
    found = find_manifests(
        call.session, call.actor, wanted, now=call.now, after=filed_after(query.cursor), limit=query.limit + 1
    )
    items, following = cut(found, query, filed_place)
    ends = (code for each in items for code in (each.consignor, each.consignee))
    learn_names(call.session, (each.turn for each in items))
    return items, site_names(call.session, ends), following


def _cells(each: Listed, names: Names) -> list[Cell]:
    ends: list[Cell] = []
    for code in (each.consignor, each.consignee or ""):
        ends += [code, say(*names.get(code, ("", "")))]
    planned = local(each.planned_at).isoformat(timespec="minutes") if each.planned_at else ""
    return [
        each.number or "", each.national_number or "", term("status", each.status), each.stream, *ends,
        each.mass_g, planned, called(each.turn) if each.turn else "",
    ]  # fmt: skip


@views.get("/manifests/<ref>", allow=EVERY_ROLE)
def show_manifest(call: Call[None, NoQuery], ref: str) -> Response:
    """One manifest: where it stands, what is on it, what was done, what may be done next."""
    return _show(call, ref)


def _show(call: Call[Any, Any], ref: str) -> Response:
    desk = call.desk()
    found = read_manifest(desk, ref)
    stream = call.service.law.streams.get(found.row.stream, found.row.edition)
    here = standing(call.session, found.row.id)
    turn = desk.register.organisation(found.row.turn_id)[1] if found.row.turn_id else None
    firms = [leg.carrier_name for leg in found.legs]
    learn_names(call.session, [turn, *firms, *(each.holder for each in here)])
    return page(
        "manifests/show.html",
        found=found,
        standing=here,
        names=site_names(call.session, (each.place for each in here)),
        turn=turn,
        mine=found.row.turn_id in call.actor.organisations,
        refused=found.status in WITH_REFUSED,
        elsewhere=found.status in WITH_REFUSED and _receives(call, found) and any(map(_at_gate, here)),
        stored=_receives(call, found) and call.actor.role is Role.FACILITY and any(map(_in_store, here)),
        treats=call.actor.role is Role.FACILITY and any(map(_in_store, here)) and _treats(desk, found),
        again=_files(call, found),
        people={leg.driver: leg.driver_name for leg in found.legs},
        stream=stream,
        wastes=_wastes(call, found),
        actions=actions_for(desk, ref),
        label_parts=0 if stream.paper.labels == "none" else label_parts(found),
        qr=found.row.number is not None,
    )


def _at_gate(standing: Standing) -> bool:
    return standing.part == "gate"


def _in_store(standing: Standing) -> bool:
    return standing.kind is HoldingKind.LOT and standing.part != "gate"


def _files(call: Call[Any, Any], found: Whole) -> bool:
    """Whether the reader could file the same again."""
    filed = found.row.number is not None and found.consignor.id in call.actor.sites
    return filed and call.actor.role in (Role.PRODUCER, Role.FACILITY)


def _receives(call: Call[Any, Any], found: Whole) -> bool:
    """Whether the reader works at the site it was sent to."""
    return found.consignee is not None and found.consignee.id in call.actor.sites


def _treats(desk: Desk, found: Whole) -> bool:
    """Whether the reader's site it was sent to may end a waste's life; who only collects sends it on."""
    end = found.consignee
    return end is not None and end.id in desk.actor.sites and bool(ways_of_treating(desk, end.code))


def _wastes(call: Call[Any, Any], found: Whole) -> dict[str, Any]:
    known = call.service.law.catalogue.waste
    return {line.waste_code: known(found.row.stream, line.waste_code) for line in found.lines}


@views.get("/manifests/<ref>/acts/<kind>", allow=EVERY_ROLE)
def show_act(call: Call[None, NoQuery], ref: str, kind: str) -> Response:
    """The form of one act: it asks for what this step needs, and no more."""
    return _form(call, ref, kind, Typed({"id": [str(uuid7.uuid7())]}))


@views.post("/manifests/<ref>/acts/<kind>", allow=EVERY_ROLE, body=TYPED)
def act(call: Call[Typed, NoQuery], ref: str, kind: str) -> Response:
    """Say that it happened; what is wrong stands beside its field, with all that was typed."""
    try:
        body = call.body.read(EventBody, kind=_known(kind), at=_when(call))
    except Refusal as refusal:
        return _form(call, ref, kind, call.body, refusal.headline, refusal.problems)
    if was_said(call, ref, body):
        return go_on(f"/manifests/{ref}")
    recorded = record_act(call.desk(), ref, body.request())
    if recorded.verdict is Verdict.REFUSED:
        return _form(call, ref, kind, call.body, Problem(recorded.code), recorded.errors)
    return go_on(f"/manifests/{ref}")


def was_said(call: Call[Any, Any], ref: str, body: EventBody) -> bool:
    """Whether this very form was sent before: a double click, or a page that was sent again."""
    return any(
        event.id == body.id and event.kind == body.kind and event.verdict is not Verdict.REFUSED
        for event in read_manifest(call.desk(), ref).events
    )


def _when(call: Call[Typed, NoQuery]) -> str:
    """When it happened: as typed, else now."""
    typed = call.body.one("at")
    return f"{typed}{call.now.astimezone(CITY_ZONE):%z}" if typed else call.now.isoformat()


def _known(kind: str) -> EventKind:
    if kind not in list(EventKind):
        raise Refusal("not_found")
    return EventKind(kind)


def _form(
    call: Call[Any, Any], ref: str, kind: str, typed: Typed, problem: Problem | None = None,
    problems: Sequence[Problem] = (),
) -> Response:  # fmt: skip
    desk = call.desk()
    found = read_manifest(desk, ref)
    actions = actions_for(desk, ref)
    act = Act(_known(kind))
    learn_names(call.session, (leg.carrier_name for leg in found.legs))
    if problem is not None:  # what was refused stays refused under its id
        typed = typed.with_values({"id": [str(uuid7.uuid7())]})
    if problem is None and not _may(actions, act):
        problem = Problem("not_legal_now", params={"kind": str(act), "status": str(found.status)})
    return page(
        "manifests/act.html",
        status=200 if problem is None else 422,
        found=found,
        act=act,
        typed=typed,
        problem=problem,
        problems=problems,
        wastes=_wastes(call, found),
        reasons=_reasons(),
        legs_shown=[
            (leg.number, f"{leg.number} · {called(leg.carrier_name)} · {leg.vehicle}")
            for leg in found.legs
            if not leg.back and leg.number > 1 and leg.began_at is None
        ],
    )


def _may(actions: Sequence[Action], act: Act) -> bool:
    return any(each == act for each, _ in actions)


def _reasons() -> list[tuple[str, str]]:
    """Why a gate refuses: the words of the field, in the reader's language."""
    return [(reason, term("reason", reason)) for reason in RefusalReason]
