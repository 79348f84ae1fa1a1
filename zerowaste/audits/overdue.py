"""Whatever is open past its due moment, under the rule whose clock ran out.

HW-ACC5 (转移管理办法 18), HW-STORE1Y (固废法 81 / 法典 535), HW-COLL90 (许可证管理办法 20), MW-2D (医疗废物
管理条例 17), MW-FAC (GB 39707-2020 5.4.6), KW-DAILY; and the deadlines that are this city's settings."""

from collections.abc import Iterator
from datetime import date

from zerowaste.audits.finding import Finding, Severity
from zerowaste.graph.city import City
from zerowaste.graph.city_rows import SitePlace, Standing
from zerowaste.rules.clocks import load_clock, storage_clock
from zerowaste.rules.stream_fields import Name
from zerowaste.rules.stream_parts import Clock
from zerowaste.rules.streams import Stream
from zerowaste.rules.waste_codes import WasteCode
from zerowaste.vocabulary import HoldingKind


def audit(city: City) -> Iterator[Finding]:
    """One finding an overdue holding."""
    for holding in city.standing:
        if holding.due_at is None or holding.due_at >= city.now:
            continue
        clock = clock_of(city, holding)
        yield Finding(
            audit="overdue",
            rule=clock.rule,
            severity=Severity(clock.severity),
            subject=f"holding:{holding.id}",
            grams=holding.grams,
            holder=holding.holder,
            due_at=holding.due_at,
            holdings=(holding.id,),
            events=(holding.event,),
        )


def clock_of(city: City, holding: Standing) -> Clock:
    """The clock that runs for an open holding, by the law of the day on which it came there."""
    stream = city.stream(holding.stream, holding.since)
    if holding.kind is HoldingKind.BATCH:
        return stream.clocks.treat
    if holding.kind is HoldingKind.LOAD:
        return load_clock(stream, holding.part, decided=holding.decided)
    return _store(city, stream, holding, city.sites[holding.site or 0])


def _store(city: City, stream: Stream, holding: Standing, place: SitePlace) -> Clock:
    waste = city.law.catalogue.waste(holding.stream, holding.waste_code)
    return storage_clock(
        stream,
        waste or _unlisted(holding),
        place.kind,
        storage=place.storage,
        collecting=place.collecting,
    )


def _unlisted(holding: Standing) -> WasteCode:
    """A code that no list has any more: the place's general clock still runs for it."""
    code = holding.waste_code
    name = Name(zh=code, en=code)
    return WasteCode(code, holding.stream, "", name, name, edition="", valid_from=date.min)
