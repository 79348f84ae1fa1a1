"""What is not closed: the list a regulator works down, and everybody's own part of it."""

import csv
import io

from flask import Response

from zerowaste.clock import local, local_day
from zerowaste.services.unclosed import Unclosed, UnclosedPage, unclosed
from zerowaste.web.pages.drawing import page, say, term
from zerowaste.web.schemas.chains import UnclosedQuery
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
DANGEROUS = ("=", "+", "-", "@", "\t", "\r")


@views.get("/unclosed", allow=EVERY_ROLE, query=UnclosedQuery)
def list_unclosed(call: Call[None, UnclosedQuery]) -> Response:
    """The most urgent first: overdue, then soon due, then the oldest."""
    query = call.query
    found = _found(call)
    asked = query.model_dump(mode="json", exclude={"cursor"}, exclude_defaults=True)
    return page(
        "unclosed/list.html",
        items=found.items,
        next=found.next,
        query=asked,
        streams=call.service.law.streams.current(local_day(call.now)),
        ages=AGES,
        regions=call.actor.regions,
    )


def _found(call: Call[None, UnclosedQuery]) -> UnclosedPage:
    query = call.query
    call.require_known(stream=query.stream)
    return unclosed(
        call.session, call.actor, now=call.now, stream=query.stream, region=query.region,
        older_than=query.older_than, cursor=query.cursor, limit=query.limit,
    )  # fmt: skip


@views.get("/unclosed.csv", allow=EVERY_ROLE, query=UnclosedQuery)
def save_unclosed(call: Call[None, UnclosedQuery]) -> Response:
    """The list as it is shown, for a spreadsheet."""
    found = _found(call)
    written = io.StringIO()
    sheet = csv.writer(written)
    sheet.writerow([say(*heading) for heading in HEADINGS])
    for item in found.items:
        sheet.writerow([_harmless(value) for value in _cells(item)])
    # The mark at the beginning tells spreadsheets that it is UTF-8.
    answer = Response("\ufeff" + written.getvalue(), content_type="text/csv; charset=utf-8")
    answer.headers["Content-Disposition"] = 'attachment; filename="unclosed.csv"'
    return answer


def _cells(item: Unclosed) -> list[str]:
    due = local(item.due_at).isoformat(timespec="minutes") if item.due_at else ""
    return [
        item.waste_code, str(item.mass_g), term("holding", item.kind), item.place or "", item.holder,
        local(item.since).isoformat(timespec="minutes"), due, say("是", "yes") if item.overdue else "",
        str(item.chains) if item.chains_exact else f"{item.chains}+",
    ]  # fmt: skip


def _harmless(text: str) -> str:
    """A cell that no spreadsheet takes for a formula."""
    return f"'{text}" if text.startswith(DANGEROUS) else text
