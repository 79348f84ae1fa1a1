"""The capacity board, and what if."""

from datetime import date, datetime
from typing import Annotated

from pydantic import Field

from zerowaste.services.room.board import BoardRow
from zerowaste.services.room.gap import Extra, Gap, WhatIf, bottlenecks
from zerowaste.vocabulary import Period, Unit
from zerowaste.web.schemas.base import Answer, Query, Region, Request, SiteCode, Stream


class BoardQuery(Query):
    """What the board is narrowed to."""

    stream: Stream | None = None
    district: Region | None = None


class RateItem(Answer):
    """Grams a day (litres, where the limit is in litres), and between what bounds nine times in ten."""

    mean_g: int
    least_g: int
    most_g: int


class DaysItem(Answer):
    """Days until full at the present rate; `latest` null: perhaps never."""

    days: int
    earliest: int
    latest: int | None


class BoardItem(Answer):
    """One limit of one facility; null rates and days: too little is known."""

    site: str
    name: str
    stream: str
    pattern: str
    operation: str
    period: Period
    unit: Unit
    starts: date
    ends: date
    limit: int
    hard_limit: int
    used: int
    reserved: int
    left: int
    coming_g: int
    stock_g: int
    intake: RateItem | None
    treated: RateItem | None
    days_left: DaysItem | None
    outlasts: bool
    stopped_at: datetime | None
    notice_due: bool

    @classmethod
    def of(cls, row: BoardRow) -> "BoardItem":
        """A row as the API tells it."""
        values = {name: getattr(row, name) for name in cls.model_fields}
        for name, model in (("intake", RateItem), ("treated", RateItem), ("days_left", DaysItem)):
            known = values[name]
            values[name] = known and model(**{each: getattr(known, each) for each in model.model_fields})
        return cls(**values)


class ExtraBody(Request):
    """Co-disposal that is opened in an emergency."""

    site: SiteCode
    stream: Stream
    kg_a_day: Annotated[int, Field(ge=1, le=10**8)]


Percent = Annotated[int, Field(ge=0, le=10_000)]


class WhatIfBody(Request):
    """Over how many days; which facilities stand still; streams → percent of the usual amount; `emergency`:
    the co-disposal list is opened."""

    days: Annotated[int, Field(ge=1, le=3_650)] = 365
    down: Annotated[tuple[SiteCode, ...], Field(max_length=50, strict=False)] = ()
    percent: Annotated[dict[Stream, Percent], Field(max_length=20)] = Field(default_factory=dict)
    emergency: bool = False
    extra: Annotated[tuple[ExtraBody, ...], Field(max_length=50, strict=False)] = ()

    def request(self) -> WhatIf:
        """As services take it."""
        extra = tuple(Extra(each.site, each.stream, each.kg_a_day) for each in self.extra)
        return WhatIf(self.days, self.down, self.percent, self.emergency, extra)


class SentItem(Answer):
    """What of a district's waste a facility would take."""

    district: str
    stream: str
    group: str
    site: str
    operation: str
    kg: int


class UnservedItem(Answer):
    """What of a district's waste would find no place."""

    district: str
    stream: str
    group: str
    kg: int


class GapReply(Answer):
    """`generated_kg = taken + unserved_kg`; `bottlenecks`: sites whose lack of room leaves something over."""

    days: int
    generated_kg: int
    unserved_kg: int
    usual_unserved_kg: int
    taken: list[SentItem]
    unserved: list[UnservedItem]
    bottlenecks: list[str]

    @classmethod
    def of(cls, days: int, found: Gap, usual: Gap) -> "GapReply":
        """A gap as the API tells it."""
        taken = []
        for ((district, waste), key), amount in sorted(found.allocation.taken.items()):
            stream, _, group = waste.partition(" ")
            site, operation, *_ = key.split("|")
            taken.append(SentItem(district=district, stream=stream, group=group, site=site,
                                  operation=operation, kg=amount))  # fmt: skip
        unserved = []
        for (district, waste), amount in sorted(found.allocation.unserved.items()):
            stream, _, group = waste.partition(" ")
            unserved.append(UnservedItem(district=district, stream=stream, group=group, kg=amount))
        return cls(
            days=days, generated_kg=sum(found.supplies.values()), unserved_kg=found.unserved_kg,
            usual_unserved_kg=usual.unserved_kg, taken=taken, unserved=unserved,
            bottlenecks=list(bottlenecks(found)),
        )  # fmt: skip
