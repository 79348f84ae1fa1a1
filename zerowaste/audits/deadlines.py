"""What the audits of deadlines share: an open holding past its due moment, and the clock that ran out."""

from collections.abc import Callable, Iterator
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


def overdue(city: City, audit: str, concerns: Callable[[Standing], bool]) -> Iterator[Finding]:
    """One finding for each holding that this audit concerns and that is past its due moment."""
    for holding in city.standing:
        if holding.due_at is None or holding.due_at >= city.now or not concerns(holding):
            continue
        clock = clock_of(city, holding)
        yield Finding(
            audit=audit,
            rule=clock.rule,
            severity=Severity(clock.severity),
            subject=f"holding:{holding.id}",
            anchor=f"holding:{holding.id}",
            grams=holding.grams,
            holder=holding.holder,
            due_at=holding.due_at,
            since=holding.since,
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
