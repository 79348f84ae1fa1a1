"""The capacity board: who is filling up, how fast, and what if."""

from collections.abc import Sequence
from typing import Any, Literal

from flask import Response

from zerowaste.clock import local_day
from zerowaste.errors import Problem, Refusal
from zerowaste.rules.catalogue import Catalogue
from zerowaste.rules.regions import districts
from zerowaste.rules.stream_fields import Name
from zerowaste.services.queries.names import site_names
from zerowaste.services.room.board import WATCHED_DAYS, BoardRow, board, holidays_watched, receivers_of
from zerowaste.services.room.gap import gap, in_region, standby
from zerowaste.vocabulary import Role
from zerowaste.web.forms import Typed
from zerowaste.web.pages.drawing import page, say, term
from zerowaste.web.pages.sheets import SHEETS, sheet
from zerowaste.web.schemas.base import Query
from zerowaste.web.schemas.board import BoardQuery, GapReply, WhatIfBody
from zerowaste.web.streaming import Cell
from zerowaste.web.views import TYPED, Call, NoQuery, Views

views = Views("board_pages", prefix="", page=True)
OVERSEERS = (Role.REGULATOR, Role.ADMINISTRATOR)
READERS = (*OVERSEERS, Role.FACILITY)
MEDICAL = {"percent.medical": ["300"], "emergency": ["true"]}
HEADINGS = (
    ("场所", "site"), ("名称", "name"), ("类别", "stream"), ("代码", "code"), ("方式", "operation"),
    ("周期", "period"), ("单位", "unit"), ("限量", "limit"), ("已用", "used"), ("预留", "reserved"),
    ("在途(克)", "coming, g"), ("库存(克)", "in store, g"), ("日进量(按单位)", "intake a day, in its unit"),
    ("日处理量(克)", "treated a day, g"), ("满载天数", "days to full"), ("最早", "at the earliest"),
    ("最晚", "at the latest"),
)  # fmt: skip


class Scenario(Query):
    """A what-if that is prepared: `medical`, three times the medical waste and the list opened (S2)."""

    scenario: Literal["medical"] | None = None


@views.get("/board", allow=READERS, query=BoardQuery)
def show_board(call: Call[None, BoardQuery]) -> Response:
    """The fullest first."""
    rows = _rows(call)
    return page(
        "board/show.html",
        rows=rows,
        query=call.query.model_dump(mode="json", exclude_none=True),
        streams=call.service.law.streams.current(local_day(call.now)),
        operations=call.service.law.catalogue.operations,
        overseeing=call.actor.role in OVERSEERS,
        watched=WATCHED_DAYS,
        holidays=holidays_watched(call.now),
    )


@views.get("/board.<any(csv, xlsx):kind>", allow=READERS, query=BoardQuery, replies=SHEETS)
def save_board(call: Call[None, BoardQuery], kind: str) -> Response:
    """The board for a spreadsheet."""
    return sheet("board", kind, HEADINGS, map(_cells, _rows(call)))


@views.get("/board/what-if", allow=OVERSEERS, query=Scenario)
def begin_what_if(call: Call[None, Scenario]) -> Response:
    """What would find no place as things are, or in a prepared emergency, and room to ask what if."""
    prepared = MEDICAL if call.query.scenario == "medical" else {}
    typed = Typed({"days": ["14"], **prepared})
    return _answer(call, typed, typed.read(WhatIfBody))


@views.post("/board/what-if", allow=OVERSEERS, body=TYPED, writes=False)
def ask_what_if(call: Call[Typed, NoQuery]) -> Response:
    """The same with what was asked."""
    try:
        return _answer(call, call.body, call.body.read(WhatIfBody))
    except Refusal as refusal:
        return _answer(call, call.body, WhatIfBody(days=14), refusal.headline, refusal.problems)


def _answer(
    call: Call[Any, Any], typed: Typed, body: WhatIfBody, problem: Problem | None = None,
    problems: Sequence[Problem] = (),
) -> Response:  # fmt: skip
    law, asked = call.service.law, body.request()
    found, usual = gap(call.session, law, asked, now=call.now)
    reply = GapReply.of(asked.days, in_region(found, call.actor), in_region(usual, call.actor))
    listed = standby(call.session, now=call.now)
    receivers = [each.code for each in receivers_of(call.session, call.actor, now=call.now)]
    return page(
        "board/what_if.html",
        status=200 if problem is None else 422,
        gap=reply,
        names=site_names(
            call.session, [*receivers, *(each.site for each in reply.taken), *(each.code for each in listed)]
        ),
        receivers=receivers,
        standby=listed,
        districts=districts(),
        group_name=lambda stream, group: _group_name(law.catalogue, stream, group),
        streams=law.streams.current(local_day(call.now)),
        typed=typed,
        problem=problem,
        problems=problems,
    )


def _group_name(catalogue: Catalogue, stream: str, group: str) -> Name | None:
    waste = catalogue.waste(stream, group)
    return waste.name if waste else catalogue.categories.get(group)


def _rows(call: Call[None, BoardQuery]) -> Sequence[BoardRow]:
    return board(call.session, call.actor, now=call.now, stream=call.query.stream, region=call.query.district)


def _cells(row: BoardRow) -> list[Cell]:
    left = row.days_left
    return [
        row.site, say(row.name, row.name_en), row.stream, row.pattern, row.operation,
        term("period", row.period), str(row.unit), row.limit, row.used, row.reserved, row.coming_g,
        row.stock_g, row.intake.mean_g if row.intake else "", row.treated.mean_g if row.treated else "",
        left.days if left else "", left.earliest if left else "",
        left.latest if left and left.latest is not None else "",
    ]  # fmt: skip
