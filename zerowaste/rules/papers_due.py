"""When papers must be renewed: HW-RENEW (许可证管理办法 13), CW-FULL30, and the last day of all others."""

from datetime import date, datetime, timedelta

from zerowaste.clock import day_start, local_day
from zerowaste.rules.calendar import add_working_days, is_working_day

RENEW_WORKING_DAYS = 30
LANDFILL_NOTICE = timedelta(days=30)
LANDFILLING = ("D1", "L1", "L2")
_DAY = timedelta(days=1)
_LAST_INSTANT = timedelta(microseconds=1)


def end_of(day: date) -> datetime:
    """The last instant of a city day."""
    return day_start(day + _DAY) - _LAST_INSTANT


def renewal_due(valid_to: date) -> datetime:
    """Until when a new permit must be asked for: thirty working days lie between that day and the last one
    of the old permit."""
    day, left = valid_to, RENEW_WORKING_DAYS
    while left:
        left -= is_working_day(day)
        day -= _DAY
    return end_of(day)


def first_to_renew(since: datetime) -> date:
    """The earliest last day of a permit whose renewal is due at `since` or later."""
    day = add_working_days(local_day(since), RENEW_WORKING_DAYS)
    while renewal_due(day) < since:
        day += _DAY
    while renewal_due(day - _DAY) >= since:
        day -= _DAY
    return day


def notice_due(valid_to: date) -> datetime:
    """Until when a landfill says that it will close."""
    return end_of(valid_to - LANDFILL_NOTICE)


def first_to_notify(since: datetime) -> date:
    """The earliest last day of a landfill whose notice is due at `since` or later."""
    return first_to_end(since) + LANDFILL_NOTICE


def first_to_end(since: datetime) -> date:
    """The earliest last day that ends at `since` or later."""
    return local_day(since)
