"""Findings of the audits, and what is made of them."""

from datetime import datetime
from typing import Annotated, Literal

from pydantic import Field

from zerowaste.audits import Severity
from zerowaste.services.findings.dispositions import DispositionRequest
from zerowaste.services.findings.findings import Evidence, FoundItem, Said, Wanted
from zerowaste.vocabulary import Disposition, HoldingKind
from zerowaste.web.schemas.base import Answer, Id, Note, Query, Region, Request, Stream, sized
from zerowaste.web.schemas.paging import PageQuery

ANY: Literal["any"] = "any"
Asked = Literal["any", "open", "confirmed", "explained", "waived", "false_alarm"]  # or what was made of it


class FindingsQuery(PageQuery):
    """What the list is narrowed to; without `disposition` to what nobody has dealt with yet."""

    severity: Severity | None = None
    audit: Annotated[str, sized(32, pattern=r"^[a-z_]+$")] | None = None
    stream: Stream | None = None
    region: Region | None = None
    disposition: Asked = "open"

    def wanted(self) -> Wanted:
        """As services take it."""
        disposition = None if self.disposition == ANY else Disposition(self.disposition)
        return Wanted(self.severity, self.audit, self.stream, self.region, disposition)


class DispositionBody(Request):
    """What is made of a finding. `note`: why; needed for all but `confirmed` and `open`. `expects`: how
    many words had been said when you looked."""

    id: Id
    disposition: Disposition
    note: Note = ""
    expects: Annotated[int, Field(ge=0, le=1_000_000)] | None = None

    def request(self, finding: str) -> DispositionRequest:
        """As services take it."""
        return DispositionRequest(
            self.id, finding, self.disposition, self.note, self.expects, self.as_act("id", "note")
        )


class DispositionReply(Answer):
    """`number`: how many words have been said."""

    disposition: Disposition
    number: int


class FindingItem(Answer):
    """A finding. `id` and `key` stay the same for as long as the breach lasts; `stake_g`: what was at
    stake when it was disposed of."""

    id: Id
    key: str
    audit: str
    rule: str
    severity: Severity
    subject: str
    detail: str
    grams: int
    holder: str
    due_at: datetime | None
    since: datetime | None
    place: str
    stream: str
    waste_code: str
    manifest: str
    treatment: str
    found_at: datetime
    gone_at: datetime | None
    disposition: Disposition
    disposed_at: datetime | None
    stake_g: int | None

    @classmethod
    def of(cls, found: FoundItem) -> "FindingItem":
        """A finding as the API tells it."""
        return cls(**{name: getattr(found, name) for name in cls.model_fields})


class EvidenceItem(Answer):
    """An event behind a finding, and its hash. `called`: the number of the manifest it is about."""

    id: Id
    subject: str
    key: str
    number: int
    kind: str
    verdict: str
    at: datetime
    recorded_at: datetime
    actor: str
    hash: str
    called: str

    @classmethod
    def of(cls, event: Evidence) -> "EvidenceItem":
        """An event as the API tells it."""
        return cls(**{name: getattr(event, name) for name in cls.model_fields})


class SaidItem(Answer):
    """One word in a finding's history."""

    number: int
    at: datetime
    actor: str
    disposition: Disposition
    note: str
    hash: str

    @classmethod
    def of(cls, said: Said) -> "SaidItem":
        """A word as the API tells it."""
        return cls(**{name: getattr(said, name) for name in cls.model_fields})


class FindingReply(Answer):
    """One finding with the events behind it and all that was made of it."""

    finding: FindingItem
    events: list[EvidenceItem]
    holdings: list[int]
    history: list[SaidItem]


class OpenQuery(Query):
    """`by`: what sums are told apart by. `region`: a prefix of the grid's codes."""

    by: Annotated[str, sized(80, pattern=r"^[a-z]+(,[a-z]+)*$")] = "stream,district,kind,age"
    stream: Stream | None = None
    region: Region | None = None


class OpenSum(Answer):
    """What is open, added up; `age`: in days, at least. What `by` does not name is null."""

    stream: str | None = None
    district: str | None = None
    street: str | None = None
    kind: HoldingKind | None = None
    age: int | None = None
    holder: str | None = None
    mass_g: int
    overdue_g: int
    holdings: int
