"""Registers to be saved: chosen on a page, written row by row, so that no length is too long."""

import tempfile
from collections.abc import Iterator, Sequence

import xlsxwriter
from flask import Response
from sqlmodel import Session

from zerowaste.clock import local, local_day
from zerowaste.errors import Refusal
from zerowaste.services.reporting.registers import Entry, RegisterKind, Wanted, entries, page_of
from zerowaste.vocabulary import Role
from zerowaste.web.pages.drawing import learn_names, page, say
from zerowaste.web.pages.sheets import CSV, SHEETS, XLSX
from zerowaste.web.schemas.interchange import USUAL_SPAN, Span
from zerowaste.web.streaming import Cell, csv_line, sent
from zerowaste.web.views import Call, Views

views = Views("register_pages", prefix="", page=True)
SHOWN, MOST_ROWS = 20, 1_048_575
HEADINGS = (
    ("时间", "when"), ("联单", "manifest"), ("行", "line"), ("废物类别", "stream"),
    ("废物代码", "waste code"),
    ("移出场所", "from"), ("移出场所名称", "from, name"), ("承运单位", "carrier"), ("车牌", "plate"),
    ("接受场所", "to"), ("接受场所名称", "to, name"), ("利用处置方式", "operation"), ("包装数", "packages"),
    ("包装", "packaging"), ("申报(克)", "declared, g"), ("装载(克)", "loaded, g"),
    ("收到(克)", "received, g"),
    ("接受(克)", "accepted, g"), ("拒收(克)", "refused, g"), ("状态", "status"),
)  # fmt: skip
KINDS = {
    RegisterKind.OUTGOING: ("移出台账", "What left"),
    RegisterKind.INCOMING: ("移入台账", "What arrived"),
    RegisterKind.TRANSPORTED: ("运输台账", "What was carried"),
    RegisterKind.TREATED: ("利用处置台账", "What was treated"),
}
# Which registers a role has.
OF_ROLE = {
    Role.PRODUCER: (RegisterKind.OUTGOING,),
    Role.DISPATCHER: (RegisterKind.TRANSPORTED,),
    Role.FACILITY: (RegisterKind.INCOMING, RegisterKind.TREATED, RegisterKind.OUTGOING),
    Role.REGULATOR: tuple(RegisterKind),
    Role.ADMINISTRATOR: tuple(RegisterKind),
}


class Chosen(Span):
    """Which of his registers somebody looks at; not given: the first."""

    kind: RegisterKind | None = None


@views.get("/registers", allow=tuple(OF_ROLE), query=Chosen)
def choose_register(call: Call[None, Chosen]) -> Response:
    """One register of those a role has: how it begins, and the whole of it to be saved."""
    query, kinds = call.query, OF_ROLE[call.actor.role]
    kind = query.kind if query.kind in kinds else kinds[0]
    last = query.until or local_day(call.now)
    begin = page_of(call.session, call.actor, kind, query.wanted(call.now), limit=SHOWN)
    learn_names(call.session, (name for each in begin for name in (each.consignor_name, each.consignee_name)))
    return page(
        "registers/show.html",
        kind=kind,
        kinds={each: KINDS[each] for each in kinds},
        entries=begin,
        wastes=call.service.law.catalogue.waste,
        operations=call.service.law.catalogue.operations,
        since=query.since or last - USUAL_SPAN,
        until=last,
        query=query.model_dump(mode="json", by_alias=True, exclude={"kind"}, exclude_none=True),
        streams=call.service.law.streams.current(local_day(call.now)),
    )


@views.get("/registers/<kind>.<any(csv, xlsx):form>", allow=tuple(OF_ROLE), query=Span, replies=SHEETS)
def save_register(call: Call[None, Span], kind: str, form: str) -> Response:
    """The whole register. A CSV is sent while it is read; a workbook is first written to a file."""
    try:
        register = RegisterKind(kind)
    except ValueError:
        raise Refusal("not_found") from None
    wanted, words = call.query.wanted(call.now), [say(*heading) for heading in HEADINGS]
    if form == "csv":
        return sent(
            call.service.database,
            lambda session: _lines(session, call, register, wanted, words),
            CSV,
            f"{kind}.csv",
        )
    answer = Response(_workbook(call.session, call, register, wanted, words), content_type=XLSX)
    answer.headers["Content-Disposition"] = f'attachment; filename="{kind}.xlsx"'
    return answer


def _lines(
    session: Session, call: Call[None, Span], kind: RegisterKind, wanted: Wanted, words: Sequence[str]
) -> Iterator[str]:
    yield "\ufeff" + csv_line(words, "\r\n")  # the mark tells spreadsheets that it is UTF-8
    for entry in entries(session, call.actor, kind, wanted):
        yield csv_line(_cells(entry), "\r\n")


def _workbook(
    session: Session, call: Call[None, Span], kind: RegisterKind, wanted: Wanted, words: Sequence[str]
) -> bytes:
    """The register as a workbook, a sheet for each million rows; only one row is in memory at a time."""
    options = {"constant_memory": True, "strings_to_formulas": False, "strings_to_urls": False}
    with tempfile.TemporaryFile() as file:
        with xlsxwriter.Workbook(file, options) as book:
            sheet, row = book.add_worksheet(), 0
            sheet.write_row(0, 0, words)
            for entry in entries(session, call.actor, kind, wanted):
                row += 1
                if row > MOST_ROWS:
                    sheet, row = book.add_worksheet(), 1
                    sheet.write_row(0, 0, words)
                sheet.write_row(row, 0, _cells(entry))
        file.seek(0)
        return file.read()


def _cells(entry: Entry) -> list[Cell]:
    at = local(entry.at).isoformat(timespec="minutes")
    others = (getattr(entry, name) for name in list(Entry.__dataclass_fields__)[1:-1])
    return [at, *("" if value is None else value for value in others)]
