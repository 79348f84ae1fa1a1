"""Deadlines and messages, as they are asked for and answered."""

from datetime import datetime
from typing import Any, Literal

from zerowaste.services.deadlines.deadlines import Wanted
from zerowaste.vocabulary import DeadlineKind, NudgeKind
from zerowaste.web.schemas.base import Answer, Id, Moment, SiteCode
from zerowaste.web.schemas.paging import PageQuery


class DeadlineQuery(PageQuery):
    """`before`: due before then. `overdue`: only what is (or is not). `site`: a site's code."""

    before: Moment | None = None
    overdue: Literal["true", "false"] | None = None
    kind: DeadlineKind | None = None
    site: SiteCode | None = None

    def wanted(self) -> Wanted:
        """As services take it."""
        overdue = None if self.overdue is None else self.overdue == "true"
        return Wanted(self.before, overdue, self.kind, self.site)


class DeadlineItem(Answer):
    """Something that must be done by `due_at`. `rule`: its id in /api/v1 documents, or `setting`; `holder`:
    who must act; `place`: a site's code or a plate; `subject`: the number of a manifest, lot or paper."""

    kind: DeadlineKind
    rule: str
    holder: str
    place: str | None
    subject: str
    stream: str
    waste_code: str
    mass_g: int
    due_at: datetime
    overdue: bool


class MessageQuery(PageQuery):
    """`unread`: only what was not read and still stands."""

    unread: Literal["true", "false"] | None = None
    kind: NudgeKind | None = None


class MessageItem(Answer):
    """A message of yours, in your language. `withdrawn_at`: what it asked for was done. `link`: a page."""

    id: Id
    kind: NudgeKind
    headline: str
    lines: list[str]
    link: str
    at: datetime
    read_at: datetime | None
    withdrawn_at: datetime | None
    content: dict[str, Any]
