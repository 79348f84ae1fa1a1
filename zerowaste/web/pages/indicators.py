"""Indicators of a month or a year: each with its figures, its formula in words, and what is behind it."""

from collections.abc import Iterator, Sequence

from flask import Response

from zerowaste.clock import local_day
from zerowaste.rules.indicator_sums import Value, share
from zerowaste.rules.regions import districts
from zerowaste.rules.spans import MONTHS, Span
from zerowaste.services.queries.names import site_names
from zerowaste.services.reporting.indicators import Reported, report_indicators
from zerowaste.vocabulary import Role
from zerowaste.web.pages.drawing import mass, page, say, term
from zerowaste.web.pages.sheets import SHEETS, sheet
from zerowaste.web.paging import page as cut
from zerowaste.web.reporting import contribution_place, contributions, period_of, reckoned, require_district
from zerowaste.web.schemas.indicators import BehindQuery, PeriodQuery
from zerowaste.web.streaming import Cell
from zerowaste.web.views import Call, Views

views = Views("indicator_pages", prefix="", page=True)
OVERSEERS = (Role.REGULATOR, Role.ADMINISTRATOR)
YEARS_SHOWN = 3
HEADINGS = (
    ("指标", "indicator"), ("名称", "name"), ("口径", "reading"), ("统计期", "period"), ("区县", "district"),
    ("百分比", "percent"), ("分子", "numerator"), ("分母", "denominator"), ("单位", "counted"),
    ("不计入", "excluded"), ("未知", "unknown"), ("另见", "beside"), ("公式", "formula"),
    ("不能计算", "missing"),
)  # fmt: skip


@views.get("/indicators", allow=OVERSEERS, query=PeriodQuery)
def show_indicators(call: Call[None, PeriodQuery]) -> Response:
    """All of them, those that cannot be reckoned at the end."""
    over, found = _found(call)
    return page(
        "indicators/list.html",
        reckoned=[each for each in found if each.values],
        missing=[each for each in found if not each.values],
        over=over,
        query=call.query.model_dump(mode="json", exclude_defaults=True) | {"period": over.text},
        periods=_periods(call, over),
        districts=districts(),
        named=_district,
        counted=_counted,
        share=share,
    )


@views.get("/indicators.<any(csv, xlsx):kind>", allow=OVERSEERS, query=PeriodQuery, replies=SHEETS)
def save_indicators(call: Call[None, PeriodQuery], kind: str) -> Response:
    """The same as a sheet, one line for each indicator and district."""
    over, found = _found(call)
    return sheet("indicators", kind, HEADINGS, (row for each in found for row in _rows(each, over)))


@views.get("/indicators/<key>/behind", allow=OVERSEERS, query=BehindQuery)
def show_behind(call: Call[None, BehindQuery], key: str) -> Response:
    """What a figure adds up, one by one, each with the way to its chain."""
    found = contributions(call, reckoned(key).by)
    items, following = cut(found, call.query, contribution_place)
    return page(
        "indicators/behind.html",
        indicator=reckoned(key),
        items=items,
        next=following,
        names=site_names(call.session, {each.site for each in items if each.site}),
        over=period_of(call.query.period, call.now),
        district=_district(call.query.district or ""),
        query=call.query.model_dump(mode="json", exclude={"cursor"}, exclude_defaults=True),
        operations=call.service.law.catalogue.operations,
        part=call.query.part,
    )


def _found(call: Call[None, PeriodQuery]) -> tuple[Span, Sequence[Reported]]:
    query = call.query
    require_district(call.actor, query.district)
    over = period_of(query.period, call.now)
    law = call.service.law
    return over, report_indicators(call.session, law, call.actor, over, district=query.district)


def _periods(call: Call[None, PeriodQuery], over: Span) -> list[str]:
    """What may be chosen: the last twelve months and three years, and the one that is shown."""
    today = local_day(call.now)
    months = [today.year * MONTHS + today.month - 1 - back for back in range(MONTHS)]
    shown = [f"{each // MONTHS}-{each % MONTHS + 1:02d}" for each in months]
    shown += [str(today.year - back) for back in range(YEARS_SHOWN)]
    return shown if over.text in shown else [over.text, *shown]


def _district(code: str) -> str:
    known = districts().get(code)
    return say(known.zh, known.en) if known else say("辖区合计", "your region")


def _counted(amount: int, value: Value) -> str:
    """A figure with what it counts."""
    if value.counted == "g":
        return mass(amount)
    return say(f"{amount:,} {'家' if value.counted == 'site' else '单'}",
               f"{amount:,} {'sites' if value.counted == 'site' else 'manifests'}")  # fmt: skip


def _rows(each: Reported, over: Span) -> Iterator[list[Cell]]:
    found, by, why = each.indicator, each.indicator.by, each.why_missing()
    told: list[Cell] = [
        found.key, say(found.name.zh, found.name.en), say(by.label.zh, by.label.en) if by.label else "",
        over.text,
    ]  # fmt: skip
    formula = say(by.formula.zh, by.formula.en) if by.formula else ""
    if why:
        yield [*told, "", "", "", "", "", "", "", "", formula, say(why.zh, why.en)]
    for value in each.values:
        parts = [
            "; ".join(f"{term('reckoned', part.why)} {part.amount}" for part in amounts)
            for amounts in (value.excluded, value.unknown, value.beside)
        ]
        percent = "" if value.percent is None else f"{value.percent}"
        yield [*told, _district(value.district), percent, value.numerator, value.denominator, value.counted,
               *parts, formula, ""]  # fmt: skip
