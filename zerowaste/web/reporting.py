"""What questions about a period have in common: which period, which district, and how a list goes on."""

from collections.abc import Sequence
from datetime import datetime

from zerowaste.clock import local_day
from zerowaste.errors import Problem, Refusal
from zerowaste.rules.access import Actor
from zerowaste.rules.indicators import Indicator, Reckoning, indicator
from zerowaste.rules.regions import districts
from zerowaste.rules.spans import Span, span
from zerowaste.services.reporting.indicator_behind import Behind, Part, Question, behind
from zerowaste.web.paging import BETWEEN, place_of, unknown_cursor
from zerowaste.web.schemas.indicators import BehindQuery
from zerowaste.web.views import Call


def period_of(text: str | None, now: datetime) -> Span:
    """The period asked for, as far as it has come; the present month where none is. Raises `invalid`."""
    today = local_day(now)
    found = span(text or f"{today:%Y-%m}")
    if found is None:
        raise Refusal("invalid", Problem("period_unreadable", "period", {"period": text}))
    return found.so_far(today)


def require_district(actor: Actor, district: str | None) -> None:
    """A district of the city of which the reader oversees a part. Raises `invalid`, `forbidden`."""
    if district is None:
        return
    if district not in districts():
        raise Refusal("invalid", Problem("district_unknown", "district", {"district": district}))
    if not actor.oversees(district) and not any(region.startswith(district) for region in actor.regions):
        raise Refusal("forbidden")


def reckoned(key: str) -> Indicator:
    """The indicator with this key, if it can be reckoned. Raises `not_found`."""
    found = indicator(key)
    if found is None or found.by.measure is None:
        raise Refusal("not_found")
    return found


def contributions(call: Call[None, BehindQuery], by: Reckoning) -> Sequence[Behind]:
    """What is behind a figure: one contribution more than asked for. Raises `invalid`, `forbidden`."""
    query = call.query
    require_district(call.actor, query.district)
    over = period_of(query.period, call.now)
    asked = Question(call.service.law, call.actor, over, by, query.district or "")
    try:
        return behind(call.session, asked, Part(query.part), after=_seen(query.cursor), limit=query.limit + 1)
    except ValueError as error:  # the key of another list
        raise unknown_cursor() from error


def contribution_place(found: Behind) -> str:
    """A contribution's place in the list: number of its source, and its key there."""
    return f"{found.place[0]}{BETWEEN}{found.place[1]}"


def _seen(cursor: str | None) -> tuple[int, str] | None:
    """The place of the last contribution seen. Raises `invalid`."""
    place = place_of(cursor)
    if not place:
        return None
    number, between, key = place.partition(BETWEEN)
    if not between or not number.isascii() or not number.isdecimal() or len(number) > 1 or not key:
        raise unknown_cursor()
    if not (_whole(key) or _identity(key)):
        raise unknown_cursor()
    return int(number), key


def _whole(key: str) -> bool:
    return key.isascii() and key.isdecimal() and len(key) <= 18


def _identity(key: str) -> bool:
    return len(key) == 36 and key.isascii() and key.count("-") == 4
