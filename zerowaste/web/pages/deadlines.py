"""Deadlines as a calendar to work down: overdue, today, this week, later."""

from collections.abc import Mapping, Sequence
from datetime import timedelta

from flask import Response

from zerowaste.clock import day_start, local, local_day
from zerowaste.rules.statutes import rules
from zerowaste.services.deadlines.deadlines import Deadline, Found, deadlines, read_place
from zerowaste.services.queries.names import site_names
from zerowaste.vocabulary import DeadlineKind, Role
from zerowaste.web.pages.drawing import learn_names, page, say, term
from zerowaste.web.pages.sheets import SHEETS, sheet
from zerowaste.web.paging import page as cut
from zerowaste.web.paging import place_of
from zerowaste.web.schemas.deadlines import DeadlineQuery
from zerowaste.web.streaming import Cell
from zerowaste.web.views import EVERY_ROLE, Call, Views

views = Views("deadline_pages", prefix="", page=True)
READERS = EVERY_ROLE - {Role.DRIVER}
_DAY, _WEEK = timedelta(days=1), 7
HEADINGS = (
    ("期限", "due"), ("逾期", "overdue"), ("事项", "what"), ("规则", "rule"), ("地点", "place"),
    ("名称", "name"), ("对象", "subject"), ("废物代码", "waste code"), ("克", "grams"),
    ("责任方", "who must act"),
)  # fmt: skip


@views.get("/deadlines", allow=READERS, query=DeadlineQuery)
def list_deadlines(call: Call[None, DeadlineQuery]) -> Response:
    """What must be done by when."""
    items, following = _found(call)
    learn_names(call.session, (each.deadline.holder for each in items))
    return page(
        "deadlines/list.html",
        groups=_grouped(call, [each.deadline for each in items]),
        names=_names(call, items),
        rules=rules(),
        next=following,
        query=call.query.model_dump(mode="json", exclude={"cursor"}, exclude_defaults=True),
        kinds=list(DeadlineKind),
    )


@views.get("/deadlines.<any(csv, xlsx):kind>", allow=READERS, query=DeadlineQuery, replies=SHEETS)
def save_deadlines(call: Call[None, DeadlineQuery], kind: str) -> Response:
    """The list as it is shown, for a spreadsheet."""
    items, _ = _found(call)
    names = _names(call, items)
    return sheet("deadlines", kind, HEADINGS, (_cells(each.deadline, names) for each in items))


def _found(call: Call[None, DeadlineQuery]) -> tuple[Sequence[Found], str | None]:
    query = call.query
    found = deadlines(
        call.session, call.service.law, call.actor, query.wanted(), now=call.now,
        after=read_place(place_of(query.cursor)), limit=query.limit + 1,
    )  # fmt: skip
    return cut(found, query, lambda each: str(each.place))


def _names(call: Call[None, DeadlineQuery], items: Sequence[Found]) -> Mapping[str, tuple[str, str]]:
    return site_names(call.session, (each.deadline.place for each in items))


def _grouped(call: Call[None, DeadlineQuery], items: Sequence[Deadline]) -> list[tuple[str, list[Deadline]]]:
    """(name, deadlines), in order of time; only those there are. A week ends on Sunday."""
    today = local_day(call.now)
    tomorrow, monday = day_start(today + _DAY), day_start(today + _DAY * (_WEEK - today.weekday()))
    groups: dict[str, list[Deadline]] = {name: [] for name in ("overdue", "today", "week", "later")}
    for each in items:
        if each.overdue:
            groups["overdue"].append(each)
        elif each.due_at < tomorrow:
            groups["today"].append(each)
        else:
            groups["week" if each.due_at < monday else "later"].append(each)
    return [(name, several) for name, several in groups.items() if several]


def _cells(each: Deadline, names: Mapping[str, tuple[str, str]]) -> list[Cell]:
    rule = rules().get(each.rule)
    return [
        local(each.due_at).isoformat(timespec="minutes"), say("是", "yes") if each.overdue else "",
        term("deadline", each.kind), say(rule.title.zh, rule.title.en) if rule else term("rule", each.rule),
        each.place or "", say(*names.get(each.place or "", ("", ""))), each.subject, each.waste_code,
        each.mass_g or "", each.holder,
    ]  # fmt: skip
