"""A finding (问题线索): what an audit saw, who answers for it, and where the evidence is."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from typing import NamedTuple
from uuid import UUID

from zerowaste.graph.city import City


class Severity(StrEnum):
    """What a finding leads to, from the most urgent to the least."""

    ALERT = "alert"  # 账目不平，须立即查明
    OVERDUE = "overdue"  # 逾期
    TASK = "task"  # 须有人处理
    WARN = "warn"  # 提醒


class Grain(StrEnum):
    """What an audit's findings hang on: when it is touched they are judged again, and only then."""

    HOLDING = "holding"
    SITE = "site"
    CHAIN = "chain"  # of events: a manifest, a treatment, a site …
    DAY = "day"  # of one vehicle or driver
    TRIP = "trip"
    MONTH = "month"  # that is over, of all producers
    HAUL = "haul"  # what one carrier brought in a month
    LANE = "lane"  # the ways of one waste in a month
    REGISTER = "register"  # few rows, judged every time


class Loads(NamedTuple):
    """Which loads a finding adds up, where it rests on many of them; what is empty does not matter.

    `months`: filed in these, from the first to the last (their first days); `ways`: from site to site (ids;
    None: to any); `carrier` brought them, between `arrived` (both ends included), both ends on a scale;
    `trip`: all of one tour; `quota`: those that were charged to it."""

    months: tuple[date, date] | None = None
    ways: tuple[tuple[int, int | None], ...] = ()
    stream: str = ""
    waste_code: str = ""
    carrier: str = ""
    arrived: tuple[datetime, datetime] | None = None
    trip: UUID | None = None
    quota: int | None = None


@dataclass(frozen=True, slots=True)
class Finding:
    """One breach of one rule by one subject.

    `rule`: an id of manifests/rules.csv, or `setting` where the limit is this service's own, or
    `ledger` where the books themselves are wrong. `subject`: `site:CODE`, `holding:ID`,
    `manifest:NUMBER/LINE`, `carrier:NAME` … `anchor`: the key of its audit's grain. `grams` concerned
    (net), `holder` who must act, `due_at` until when he had to, `place` (a site's code) if the evidence
    does not say it. `holdings` and `lines` (manifest, number) are the evidence, and so are the
    `events` that opened or weighed them; those an audit does not know are looked up for it, and so are
    those of the `loads` that it adds up.
    `detail` (a stream, a day, a tag) tells two findings of one subject apart."""

    audit: str
    rule: str
    severity: Severity
    subject: str
    anchor: str
    grams: int
    holder: str = ""
    due_at: datetime | None = None
    since: datetime | None = None
    place: str = ""
    holdings: tuple[int, ...] = ()
    lines: tuple[tuple[UUID, int], ...] = ()
    events: tuple[UUID, ...] = ()
    detail: str = ""
    loads: Loads | None = None

    @property
    def key(self) -> str:
        """The same from day to day for as long as the breach lasts."""
        parts = (self.audit, self.rule, self.subject, self.detail)
        return " ".join(part for part in parts if part)


@dataclass(frozen=True, slots=True)
class Audit:
    """One audit: its name, what its findings hang on, and how it finds them."""

    name: str
    grain: Grain
    find: Callable[[City], Iterable[Finding]]
