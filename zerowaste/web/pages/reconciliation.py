"""Reconciled masses of a month: what was reported, what balances, and what stands out."""

from collections.abc import Iterator, Mapping

from flask import Response

from zerowaste.clock import local_day
from zerowaste.rules.spans import MONTHS
from zerowaste.services.reporting.reconciled import Ends, seen
from zerowaste.services.reporting.reconciliation import Mass
from zerowaste.vocabulary import Role
from zerowaste.web.pages.drawing import page, say, term
from zerowaste.web.pages.sheets import SHEETS, sheet
from zerowaste.web.reconciled import reconciled
from zerowaste.web.schemas.reconciliation import ReconciliationQuery
from zerowaste.web.streaming import Cell
from zerowaste.web.views import Call, Views

views = Views("reconciliation_pages", prefix="", page=True)
OVERSEERS = (Role.REGULATOR, Role.ADMINISTRATOR)
HEADINGS = (
    ("月份", "month"), ("种类", "kind"), ("从", "from"), ("到", "to"), ("类别", "stream"),
    ("废物类", "group"), ("次数", "loads"), ("量法", "measured as"),
    ("报告（克）", "reported g"), ("标准差（克）", "sigma g"),
    ("核对后（克）", "adjusted g"), ("标准化残差", "score"), ("可疑", "suspect"),
)  # fmt: skip


@views.get("/reconciliation", allow=OVERSEERS, query=ReconciliationQuery)
def show_reconciliation(call: Call[None, ReconciliationQuery]) -> Response:
    """The most doubtful first, under the test of the whole network."""
    month, sites, items, following = reconciled(call)
    today = local_day(call.now)
    months = [today.year * MONTHS + today.month - 1 - back for back in range(MONTHS + 1)]
    return page(
        "reconciliation.html",
        month=month,
        items=items,
        sites=sites,
        next=following,
        suspects=sum(mass.suspect for mass in month.masses),
        months=[f"{each // MONTHS}-{each % MONTHS + 1:02d}" for each in months],
        streams=call.service.law.streams.current(today),
        query=call.query.model_dump(mode="json", exclude={"cursor"}, exclude_defaults=True),
    )


@views.get(
    "/reconciliation.<any(csv, xlsx):kind>", allow=OVERSEERS, query=ReconciliationQuery, replies=SHEETS
)
def save_reconciliation(call: Call[None, ReconciliationQuery], kind: str) -> Response:
    """Every mass of the month that the reader may see, one line for each measurement."""
    query = call.query
    month, sites, _, _ = reconciled(call)
    masses = seen(month.masses, call.actor, sites, stream=query.stream, region=query.region)
    rows = (row for mass in masses for row in _rows(mass, sites, month.span.text))
    return sheet("reconciliation", kind, HEADINGS, rows)


def _rows(mass: Mass, sites: Mapping[int, Ends], month: str) -> Iterator[list[Cell]]:
    for each in mass.measured:
        yield [
            month, term("mass", mass.kind), sites[mass.origin].code, sites[mass.target].code, mass.stream,
            mass.group, mass.loads, term("measured", each.what), each.reported_g, each.sigma_g,
            mass.adjusted_g, f"{each.score}", say("是", "yes") if each.suspect else "",
        ]  # fmt: skip
