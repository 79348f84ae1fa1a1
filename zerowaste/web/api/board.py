"""The capacity board, and what if a plant stood still or more were generated."""

from zerowaste.services.room.board import board
from zerowaste.services.room.gap import gap, in_region
from zerowaste.vocabulary import Role
from zerowaste.web.schemas.board import BoardItem, BoardQuery, GapReply, WhatIfBody
from zerowaste.web.schemas.paging import Page
from zerowaste.web.views import Call, NoQuery, Reply, Views

OVERSEERS = (Role.REGULATOR, Role.ADMINISTRATOR)
views = Views("board")


@views.get(
    "/capacity/board", allow=(*OVERSEERS, Role.FACILITY), query=BoardQuery, replies={200: Page[BoardItem]}
)
def show_board(call: Call[None, BoardQuery]) -> Reply:
    """Every limit of the receivers of your region (a facility's own): granted, taken, promised, coming,
    in store, how fast it fills and until when there is room. The fullest first; `next` is always null."""
    query = call.query
    rows = board(call.session, call.actor, now=call.now, stream=query.stream, region=query.district)
    return Reply(200, Page[BoardItem](items=[BoardItem.of(row) for row in rows], next=None))


@views.post("/capacity/what-if", allow=OVERSEERS, body=WhatIfBody, replies={200: GapReply}, writes=False)
def ask_what_if(call: Call[WhatIfBody, NoQuery]) -> Reply:
    """Who could take what, if: facilities stand still, more or less is generated, co-disposal is opened.

    A minimum-cost flow over the permits of the whole city; told of your region, nothing is changed.
    `usual_unserved_kg`: without any if."""
    asked, law = call.body.request(), call.service.law
    found, usual = gap(call.session, law, asked, now=call.now)
    reply = GapReply.of(asked.days, in_region(found, call.actor), in_region(usual, call.actor))
    return Reply(200, reply)
