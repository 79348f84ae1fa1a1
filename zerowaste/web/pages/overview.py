"""The regulator's first look: flows, what is open and how old, who is filling up, district by district."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Annotated

from flask import Response
from pydantic import Field

from zerowaste.clock import local_day
from zerowaste.rules.access import Actor
from zerowaste.rules.regions import District, districts
from zerowaste.services.findings.findings import Wanted, count_findings
from zerowaste.services.queries.overview import AGES, Moved, Open, Overview, overview
from zerowaste.vocabulary import Disposition, Role
from zerowaste.web.pages.drawing import page, say, term
from zerowaste.web.pages.sheets import SHEETS, sheet
from zerowaste.web.schemas.base import Query, Stream
from zerowaste.web.views import Call, Views

views = Views("overview_pages", prefix="", page=True)
OVERSEERS = (Role.REGULATOR, Role.ADMINISTRATOR)
HEADINGS = (("从", "from"), ("到", "to"), ("克", "grams"))
AGE_NAMES = (
    ("一天内", "under a day"), ("一天到一周", "1 to 7 days"), ("一周到一月", "7 to 30 days"),
    ("一月到一年", "30 days to a year"), ("一年以上", "over a year"),
)  # fmt: skip
UNANSWERED = Wanted(disposition=Disposition.OPEN)
TILE, GAP = 96, 6
SHADES = 5


class Asked(Query):
    """`days`: how far back; `stream`: only this one."""

    days: Annotated[int, Field(ge=1, le=3660, strict=False)] = 30
    stream: Stream | None = None


@dataclass(frozen=True, slots=True)
class Tile:
    """A district on the map; `shade` 0 (nothing open) to SHADES - 1. `watched`: the reader oversees it, or
    a part of it."""

    district: District
    x: int
    y: int
    open_g: int
    overdue_g: int
    shade: int
    watched: bool


@views.get("/overview", allow=OVERSEERS, query=Asked)
def show_overview(call: Call[None, Asked]) -> Response:
    """All of it on one page."""
    found = _found(call)
    return page(
        "overview/show.html",
        found=found,
        links=_links(call, found),
        findings=sum(count_findings(call.session, call.actor, UNANSWERED).values()),
        open_g=sum(each.mass_g for each in found.open),
        overdue_g=sum(each.overdue_g for each in found.open),
        by_age=_by_age(found.open),
        road_g=sum(each.mass_g for each in found.open if not each.district),
        tiles=_tiles(call.actor, found.open),
        tile=(TILE, GAP),
        query=call.query.model_dump(mode="json", exclude_defaults=True),
        days=call.query.days,
        streams=call.service.law.streams.current(local_day(call.now)),
        operations=call.service.law.catalogue.operations,
    )


@views.get("/overview.<any(csv, xlsx):kind>", allow=OVERSEERS, query=Asked, replies=SHEETS)
def save_overview(call: Call[None, Asked], kind: str) -> Response:
    """The flows as a sheet."""
    return sheet("flows", kind, HEADINGS, _links(call, _found(call)))


def _found(call: Call[None, Asked]) -> Overview:
    return overview(
        call.session, call.actor, since=call.now - timedelta(days=call.query.days),
        today=local_day(call.now), now=call.now, stream=call.query.stream,
    )  # fmt: skip


def _links(call: Call[None, Asked], found: Overview) -> list[tuple[str, str, int]]:
    """(from, to, grams): district → receiver → what became of it."""
    names = {each.receiver: say(each.name, each.name_en) for each in found.moved}
    links = Counter[tuple[str, str]]()
    for each in found.moved:
        links[_district(each), names[each.receiver]] += each.mass_g
    for end in found.ended:
        if end.receiver in names:
            links[names[end.receiver], _ending(call, end.operation, end.part)] += end.mass_g
    return [(*way, grams) for way, grams in links.items()]


def _district(each: Moved) -> str:
    known = districts().get(each.district)
    return say(known.zh, known.en) if known else say(f"市外 {each.district}", f"outside {each.district}")


def _ending(call: Call[None, Asked], operation: str, part: str) -> str:
    if part == "product":
        return say("产品", "products")
    known = call.service.law.catalogue.operation(operation)
    return say(known.name.zh, known.name.en) if known else term("output", part)


def _by_age(found: Iterable[Open]) -> list[tuple[str, int, int]]:
    """(how old, grams, holdings), the youngest first."""
    grams, holdings = Counter[int](), Counter[int]()
    for each in found:
        grams[each.age] += each.mass_g
        holdings[each.age] += each.holdings
    return [(say(*AGE_NAMES[age]), grams[age], holdings[age]) for age in range(len(AGES) + 1)]


def _tiles(actor: Actor, found: Sequence[Open]) -> list[Tile]:
    """The districts with what is open in each, shaded by their share of the largest."""
    grams, late = Counter[str](), Counter[str]()
    for each in found:
        grams[each.district] += each.mass_g
        late[each.district] += each.overdue_g
    known: Mapping[str, District] = districts()
    most = max((grams[code] for code in known), default=0)
    step = TILE + GAP
    return [
        Tile(
            each, each.column * step, each.row * step, grams[code], late[code], _shade(grams[code], most),
            actor.oversees(code) or any(region.startswith(code) for region in actor.regions),
        )
        for code, each in known.items()
    ]  # fmt: skip


def _shade(grams: int, most: int) -> int:
    """Whole numbers only: a tenth of the most is shade 1, all of it the darkest."""
    return 0 if not grams else max(1, (SHADES - 1) * grams // most)
