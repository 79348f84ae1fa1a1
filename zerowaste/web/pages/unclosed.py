"""What is not closed: the list a regulator works down, and everybody's own part of it."""

from flask import Response

from zerowaste.clock import local, local_day
from zerowaste.services.queries.names import site_names
from zerowaste.services.queries.unclosed import Unclosed, UnclosedPage, unclosed
from zerowaste.web.pages.drawing import called, learn_names, page, say, term
from zerowaste.web.pages.sheets import SHEETS, sheet
from zerowaste.web.schemas.chains import UnclosedQuery
from zerowaste.web.streaming import Cell
from zerowaste.web.views import EVERY_ROLE, Call, Views

views = Views("unclosed_pages", prefix="", page=True)
AGES = (
    ("24", "1 天以上", "over 1 day"),
    ("48", "2 天以上", "over 2 days"),
    ("168", "7 天以上", "over 7 days"),
    ("720", "30 天以上", "over 30 days"),
)
HEADINGS = (
    ("废物代码", "waste code"),
    ("克", "grams"),
    ("形态", "kind"),
    ("地点", "place"),
    ("责任方", "holder"),
    ("自", "since"),
    ("期限", "due"),
    ("逾期", "overdue"),
    ("涉及链数", "chains"),
)


@views.get("/unclosed", allow=EVERY_ROLE, query=UnclosedQuery)
def list_unclosed(call: Call[None, UnclosedQuery]) -> Response:
    """The most urgent first: overdue, then soon due, then the oldest."""
    query = call.query
    found = _found(call)
    asked = query.model_dump(mode="json", exclude={"cursor"}, exclude_defaults=True)
    return page(
        "unclosed/list.html",
        items=found.items,
        names=site_names(call.session, (item.place for item in found.items)),
        wastes=call.service.law.catalogue.waste,
        next=found.next,
        query=asked,
        streams=call.service.law.streams.current(local_day(call.now)),
        ages=AGES,
    )


def _found(call: Call[None, UnclosedQuery]) -> UnclosedPage:
    query = call.query
    found = unclosed(
        call.session, call.actor, now=call.now, stream=query.stream, region=query.region,
        older_than=query.older_than, holder=query.holder, overdue=query.overdue,
        cursor=query.cursor, limit=query.limit,
    )  # fmt: skip
    learn_names(call.session, (item.holder for item in found.items))
    return found


@views.get("/unclosed.<any(csv, xlsx):kind>", allow=EVERY_ROLE, query=UnclosedQuery, replies=SHEETS)
def save_unclosed(call: Call[None, UnclosedQuery], kind: str) -> Response:
    """The list as it is shown, for a spreadsheet."""
    return sheet("unclosed", kind, HEADINGS, (_cells(item) for item in _found(call).items))


def _cells(item: Unclosed) -> list[Cell]:
    due = local(item.due_at).isoformat(timespec="minutes") if item.due_at else ""
    return [
        item.waste_code, item.mass_g, term("holding", item.kind), item.place or "", called(item.holder),
        local(item.since).isoformat(timespec="minutes"), due, say("是", "yes") if item.overdue else "",
        item.chains if item.chains_exact else f"{item.chains}+",
    ]  # fmt: skip
