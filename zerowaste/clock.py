"""Time: the only place that asks the computer for it, and the only one that knows the city's zone."""

from datetime import UTC, date, datetime, time
from zoneinfo import ZoneInfo

CITY_ZONE = ZoneInfo("Asia/Shanghai")


def now() -> datetime:
    """The present moment, UTC, to the microsecond."""
    return datetime.now(UTC)


def local(moment: datetime) -> datetime:
    """The same moment as the city's clocks show it (Asia/Shanghai)."""
    return moment.astimezone(CITY_ZONE)


def local_day(moment: datetime) -> date:
    """The calendar day in the city at that moment."""
    return moment.astimezone(CITY_ZONE).date()


def day_start(day: date) -> datetime:
    """Midnight at which a city day begins, as UTC."""
    return datetime.combine(day, time.min, CITY_ZONE).astimezone(UTC)
