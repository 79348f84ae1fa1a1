"""Until when the holder of each part of a line must act (the clocks of the stream's file)."""

from collections.abc import Callable, Sequence
from datetime import datetime, timedelta

from zerowaste.clock import local_day
from zerowaste.rules import clocks
from zerowaste.rules.balance import LineFacts
from zerowaste.rules.catalogue import Catalogue
from zerowaste.rules.parties import Paper, Place
from zerowaste.rules.state import ManifestState
from zerowaste.rules.streams import Stream
from zerowaste.vocabulary import Instrument, SiteKind

# How far a device's clock may run ahead of ours before we stop believing it.
CLOCK_SKEW = timedelta(minutes=5)

DueAt = Callable[[str, LineFacts, str, datetime], datetime | None]


def by_our_clock(at: datetime, sent_at: datetime | None, now: datetime) -> datetime:
    """When a scan was made whose device says it is yet to come: as long ago as the same clock says that it
    waited to be sent. A driver who has a wrong clock has loaded all the same."""
    if at <= now + CLOCK_SKEW:
        return at
    return now - max(timedelta(0), (sent_at or at) - at)


def expires_at(stream: Stream, planned_at: datetime) -> datetime:
    """When a manifest that nobody has picked up is void."""
    return clocks.due(stream.clocks.expire, planned_at)


def producer_store(stream: Stream, since: datetime) -> datetime:
    """Until when a producer must have his waste collected (MW-2D, KW-DAILY)."""
    return clocks.due(stream.clocks.store_producer, since)


def batch_due(stream: Stream, since: datetime) -> datetime:
    """Until when a batch must be reported as done."""
    return clocks.due(stream.clocks.treat, since)


def stored(
    stream: Stream,
    catalogue: Catalogue,
    place: Place,
    papers: Sequence[Paper],
    code: str,
    since: datetime,
) -> datetime:
    """Until when waste may lie on a site (HW-STORE1Y, HW-COLL90, MW-2D, MW-FAC, KW-DAILY)."""
    waste = catalogue.waste(stream.code, code)
    if waste is None:
        raise LookupError(code)
    day = local_day(since)
    collecting = any(
        paper.collecting and paper.kind is Instrument.PERMIT and paper.valid_on(day) for paper in papers
    )
    clock = clocks.storage_clock(stream, waste, place.kind, storage=place.storage, collecting=collecting)
    return clocks.due(clock, since)


def due_for(catalogue: Catalogue, state: ManifestState, papers: Callable[[Place], Sequence[Paper]]) -> DueAt:
    """The due moments of one manifest's parts, as booking asks for them. `papers`: those of a place."""

    def lies(place: Place, code: str, since: datetime) -> datetime:
        return stored(state.stream, catalogue, place, papers(place), code, since)

    def due_at(part: str, line: LineFacts, code: str, since: datetime) -> datetime:
        if part in ("yard", "returned"):
            generated = state.consignor.kind is SiteKind.PRODUCER
            return producer_store(state.stream, since) if generated else lies(state.consignor, code, since)
        if part in ("accepted", "reassigned"):
            return lies(state.consignee, code, since)
        clock = clocks.load_clock(state.stream, part, decided=line.decided and bool(line.refused_g))
        return clocks.due(clock, since)

    return due_at
