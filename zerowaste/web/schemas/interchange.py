"""What other programs take: registers, the feed of changes, a manifest in national field names."""

from datetime import date, datetime, timedelta
from typing import Annotated

from pydantic import Field

from zerowaste.clock import day_start, local_day
from zerowaste.services.reporting.feed import Happened
from zerowaste.services.reporting.registers import Entry, Wanted
from zerowaste.web.schemas.base import Answer, Id, Query, Region, SiteCode, Stream
from zerowaste.web.schemas.paging import PageQuery

USUAL_SPAN = timedelta(days=31)
Day = Annotated[date, Field(ge=date(2000, 1, 1), le=date(2100, 1, 1))]


class Span(Query):
    """Days of the city, both inclusive; the last month if not given."""

    since: Annotated[Day | None, Field(alias="from")] = None
    until: Annotated[Day | None, Field(alias="to")] = None
    site: SiteCode | None = None
    stream: Stream | None = None

    def wanted(self, now: datetime) -> Wanted:
        """As services take it."""
        last = self.until or local_day(now)
        first = self.since or last - USUAL_SPAN
        return Wanted(day_start(first), day_start(last + timedelta(days=1)), self.site, self.stream)


class RegisterQuery(Span, PageQuery):
    """A register, page by page."""


class RegisterItem(Answer):
    """One row of a register; masses are net grams."""

    at: datetime
    manifest: str
    line: int
    stream: str
    waste_code: str
    consignor: str
    consignor_name: str
    carrier: str
    plate: str
    consignee: str
    consignee_name: str
    operation: str
    packages: int
    packaging: str
    declared_g: int | None
    loaded_g: int | None
    received_g: int | None
    accepted_g: int | None
    refused_g: int | None
    status: str

    @classmethod
    def of(cls, entry: Entry) -> "RegisterItem":
        """A row as the API tells it."""
        return cls(**{name: getattr(entry, name) for name in cls.model_fields})


class FeedQuery(PageQuery):
    """`cursor`: the `next` of the last answer; without one from the beginning."""

    stream: Stream | None = None
    region: Region | None = None


class FeedItem(Answer):
    """One event; nothing personal in it."""

    position: int
    event: Id
    subject: str
    key: str
    manifest: str
    stream: str
    kind: str
    verdict: str
    status: str
    at: datetime
    recorded_at: datetime
    lines: list[dict[str, int]]
    hash: str

    @classmethod
    def of(cls, event: Happened) -> "FeedItem":
        """An event as the feed tells it."""
        return cls(**{name: getattr(event, name) for name in cls.model_fields})


class FeedReply(Answer):
    """`next` is always there: ask again with it. `more`: at once, there is more to look at, even where
    nothing of what was looked at was yours; else later."""

    items: list[FeedItem]
    more: bool
    next: str


class NationalReply(Answer):
    """A manifest in the field names of the national interface (manifests/national_fields.csv)."""

    fields: dict[str, str | list[dict[str, str]]]
