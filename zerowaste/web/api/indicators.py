"""Indicators of a zero-waste city, with numerator, denominator, what is left out and what is unknown."""

from collections.abc import Iterator, Sequence

from zerowaste.rules.indicator_sums import Amount, Value, share
from zerowaste.services.reporting.indicator_behind import Behind
from zerowaste.services.reporting.indicators import Reported, report_indicators
from zerowaste.vocabulary import Role
from zerowaste.web.paging import BETWEEN, page, page_of_all
from zerowaste.web.reporting import contribution_place, contributions, period_of, reckoned, require_district
from zerowaste.web.schemas.indicators import (
    AmountItem,
    BehindItem,
    BehindQuery,
    IndicatorQuery,
    ValueItem,
)
from zerowaste.web.schemas.paging import Page
from zerowaste.web.views import Call, Reply, Views

OVERSEERS = (Role.REGULATOR, Role.ADMINISTRATOR)
views = Views("indicators")


@views.get("/indicators", allow=OVERSEERS, query=IndicatorQuery, replies={200: Page[ValueItem]})
def list_indicators(call: Call[None, IndicatorQuery]) -> Reply:
    """The indicators of a month or a year: first of your whole region, then of each of its districts.

    What flows cannot give is listed too, with the reason."""
    query = call.query
    require_district(call.actor, query.district)
    over = period_of(query.period, call.now)
    found = report_indicators(call.session, call.service.law, call.actor, over, district=query.district)
    items = [item for each in found for item in _items(each, over.text)]
    shown, following = page_of_all(items, query, _key)
    return Reply(200, Page[ValueItem](items=list(shown), next=following))


@views.get("/indicators/<key>/behind", allow=OVERSEERS, query=BehindQuery, replies={200: Page[BehindItem]})
def list_what_is_behind(call: Call[None, BehindQuery], key: str) -> Reply:
    """The batches, lots, sites, permits or manifests that a figure adds up, one by one."""
    query = call.query
    found = contributions(call, reckoned(key).by)
    items, following = page(found, query, contribution_place)
    return Reply(200, Page[BehindItem](items=[_behind(each) for each in items], next=following))


def _key(item: ValueItem) -> str:
    return f"{item.key}{BETWEEN}{item.district}"


def _items(reported: Reported, period: str) -> Iterator[ValueItem]:
    if not reported.values:
        yield _item(reported, period, None)
    for value in reported.values:
        yield _item(reported, period, value)


def _item(reported: Reported, period: str, value: Value | None) -> ValueItem:
    found, by = reported.indicator, reported.indicator.by
    missing = reported.why_missing()
    return ValueItem(
        key=found.key,
        name_zh=found.name.zh,
        name_en=found.name.en,
        label_zh=by.label.zh if by.label else "",
        label_en=by.label.en if by.label else "",
        official_formula=found.official,
        formula_zh=by.formula.zh if by.formula else "",
        formula_en=by.formula.en if by.formula else "",
        period=period,
        district=value.district if value else "",
        percent=value.percent if value else None,
        numerator=value.numerator if value else None,
        denominator=value.denominator if value else None,
        counted=value.counted if value else "",
        excluded=_amounts(value.excluded, value) if value else [],
        unknown=_amounts(value.unknown, value) if value else [],
        beside=_amounts(value.beside, value) if value else [],
        missing_zh=missing.zh if missing else "",
        missing_en=missing.en if missing else "",
    )


def _amounts(amounts: Sequence[Amount], value: Value) -> list[AmountItem]:
    return [
        AmountItem(why=each.why, amount=each.amount, share=share(each.amount, value.denominator))
        for each in amounts
    ]


def _behind(each: Behind) -> BehindItem:
    return BehindItem(
        kind=each.kind, ref=each.ref, site=each.site, manifest=each.manifest, waste_code=each.waste_code,
        operation=each.operation, amount=each.amount, at=each.at,
    )  # fmt: skip
