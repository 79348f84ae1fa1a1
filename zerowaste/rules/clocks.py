"""Deadlines: until when somebody must act, and which clock runs for a holding of waste.

Hours are exact. Days and working days are the city's, and end with the last of them at midnight:
危险废物转移管理办法 18 (HW-ACC5), 20 (HW-BACK); 许可证管理办法 20 (HW-COLL90); 固废法 81 / 法典 535
(HW-STORE1Y); 医疗废物管理条例 17 (MW-2D); GB 39707-2020 5.4.6 (MW-FAC); KW-DAILY."""

from datetime import date, datetime, timedelta
from functools import lru_cache

from zerowaste.clock import day_start, local_day
from zerowaste.rules.calendar import add_working_days
from zerowaste.rules.stream_parts import Clock
from zerowaste.rules.streams import Stream
from zerowaste.rules.waste_codes import WasteCode, covers
from zerowaste.vocabulary import SiteKind

_LAST_INSTANT = timedelta(microseconds=1)
_DAY = timedelta(days=1)


def due(clock: Clock, since: datetime) -> datetime:
    """The last moment at which the act is still in time; later is overdue.

    `since` must know its zone. The day of the event does not count: the next day is day 1."""
    if since.utcoffset() is None:
        raise ValueError("a moment without a zone has no deadline")
    if clock.hours is not None:
        return since + timedelta(hours=clock.hours)
    return _end_of_term(local_day(since), clock.days, clock.working_days)


@lru_cache(maxsize=8192)
def _end_of_term(day: date, days: int | None, working_days: int | None) -> datetime:
    last = add_working_days(day, working_days) if working_days else day + _DAY * (days or 0)
    return day_start(last + _DAY) - _LAST_INSTANT


def runs_for(clock: Clock, waste: WasteCode) -> bool:
    """Whether the clock concerns this waste."""
    return any(covers(pattern, waste.code, waste.category) for pattern in clock.codes)


def storage_clock(
    stream: Stream,
    waste: WasteCode,
    kind: SiteKind,
    *,
    storage: str = "warm",
    collecting: bool = False,
) -> Clock:
    """The clock of waste lying on a site of this kind. `storage`: how the site stores (warm, cold,
    remote); `collecting`: it holds a collecting permit (收集许可证), so it must pass waste on."""
    passing = stream.clocks.pass_on
    if collecting and passing and runs_for(passing, waste):
        return passing
    match kind:
        case SiteKind.PRODUCER:
            return stream.clocks.store_producer
        case SiteKind.TRANSFER:
            return stream.clocks.store_transfer.of(storage)
        case SiteKind.FACILITY:
            return stream.clocks.store_facility.of(storage)


def load_clock(stream: Stream, part: str, *, decided: bool) -> Clock:
    """The clock of a load: on the road (`load.N`, `back.N`), or at the gate (`gate`), where it
    awaits the decision and, once decided, its refused mass awaits its way home or onward."""
    if part != "gate":
        return stream.clocks.transit
    return stream.clocks.refused if decided else stream.clocks.accept
