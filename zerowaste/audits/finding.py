"""A finding (问题线索): what an audit saw, who answers for it, and where the evidence is."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from uuid import UUID


class Severity(StrEnum):
    """What a finding leads to, from the most urgent to the least."""

    ALERT = "alert"  # 账目不平，须立即查明
    OVERDUE = "overdue"  # 逾期
    TASK = "task"  # 须有人处理
    WARN = "warn"  # 提醒


@dataclass(frozen=True, slots=True)
class Finding:
    """One breach of one rule by one subject.

    `rule`: an id of manifests/rules.csv, or `setting` where the limit is this service's own, or
    `ledger` where the books themselves are wrong. `subject`: `site:CODE`, `holding:ID` or
    `manifest:ID/LINE`. `grams` concerned (net), `holder` who must act, `due_at` until when he had
    to. `holdings` and `lines` (manifest, number) are the evidence, and so are the `events` that
    opened or weighed them; those an audit does not know are looked up for it. `detail` (a stream)
    tells two findings of one subject apart."""

    audit: str
    rule: str
    severity: Severity
    subject: str
    grams: int
    holder: str = ""
    due_at: datetime | None = None
    holdings: tuple[int, ...] = ()
    lines: tuple[tuple[UUID, int], ...] = ()
    events: tuple[UUID, ...] = ()
    detail: str = ""

    @property
    def key(self) -> str:
        """The same from day to day for as long as the breach lasts."""
        parts = (self.audit, self.rule, self.subject, self.detail)
        return " ".join(part for part in parts if part)
