"""Acts on a manifest, and what the service made of them."""

from enum import StrEnum
from typing import Annotated, Any, Self

from pydantic import Discriminator, Field, Tag, model_validator
from pydantic_core import PydanticCustomError

from zerowaste.rules.parties import MOST_LEGS
from zerowaste.rules.state import LineReport
from zerowaste.services.requests import EventRequest
from zerowaste.vocabulary import Act, Basis, RefusalReason, Status, Verdict
from zerowaste.web.schemas.base import (
    PRINTABLE,
    Answer,
    Expected,
    Grams,
    Id,
    Moment,
    Note,
    Notice,
    NumberOrId,
    PositiveGrams,
    PositiveLitres,
    Request,
    Sha256,
    WasteCode,
    sized,
)
from zerowaste.web.schemas.filing import MOST_LINES, LegBody, Tags, Trip, trip_id
from zerowaste.web.schemas.manifests import ActionItem

MOST_EVIDENCE = 20
MICRO = 1_000_000


class EventKind(StrEnum):
    """The acts a device may send; the others the service says itself."""

    PICKUP = Act.PICKUP
    HANDOVER = Act.HANDOVER
    ARRIVE = Act.ARRIVE
    ACCEPT = Act.ACCEPT
    REFUSE = Act.REFUSE
    RETURN = Act.RETURN
    RECEIVE_BACK = Act.RECEIVE_BACK
    OPINION = Act.OPINION
    REASSIGN = Act.REASSIGN
    REVERSE = Act.REVERSE
    CANCEL = Act.CANCEL
    CONFIRM_OUTSIDE = Act.CONFIRM_OUTSIDE
    REPLAN = Act.REPLAN


class Position(Request):
    """Where the device was (WGS 84, decimal degrees); kept in micro-degrees, apart and erasable."""

    lat: Annotated[float, Field(ge=-90, le=90)]
    lon: Annotated[float, Field(ge=-180, le=180)]
    accuracy_m: Annotated[float, Field(ge=0, le=1_000_000)] | None = None

    def facts(self) -> dict[str, int]:
        """In micro-degrees and whole metres: what is hashed holds integers only."""
        told = {"lat_e6": round(self.lat * MICRO), "lon_e6": round(self.lon * MICRO)}
        if self.accuracy_m is not None:
            told["accuracy_m"] = round(self.accuracy_m)
        return told


class Ticket(Request):
    """The weighbridge's slip: `net_g`, or `gross_g` and `tare_g`, or all three that agree."""

    number: Annotated[str, sized(40, shortest=0), PRINTABLE] = ""
    gross_g: PositiveGrams | None = None
    tare_g: Grams | None = None
    net_g: PositiveGrams | None = None

    @model_validator(mode="after")
    def _adds_up(self) -> Self:
        if self.net is None or self.net <= 0 or self.net_g not in (None, self.net):
            raise PydanticCustomError("ticket_wrong", "gross less tare is not net")
        return self

    @property
    def net(self) -> int | None:
        """Gross less tare, else what the slip says; None where half of it is missing."""
        if self.gross_g is None and self.tare_g is None:
            return self.net_g
        if self.gross_g is None or self.tare_g is None:
            return None
        return self.gross_g - self.tare_g

    def facts(self) -> dict[str, Any]:
        """What the slip says, and nothing it leaves out."""
        said = {"number": self.number, "gross_g": self.gross_g, "tare_g": self.tare_g, "net_g": self.net}
        return {name: value for name, value in said.items() if value not in (None, "")}


# A code of `refusal_reasons`, or a word of one's own; what is longer than a word is told in the note.
LONGEST_WORD = 32
Reason = Annotated[str, sized(500), PRINTABLE]


def _word(reason: str | None) -> str:
    return RefusalReason.OTHER if reason and len(reason) > LONGEST_WORD else reason or ""


class WeighedLine(Request):
    """What an act says of one line; left out: it says nothing of that."""

    line: Annotated[int, Field(ge=1, le=MOST_LINES)]
    mass_g: Grams | None = None
    received_g: Grams | None = None
    accepted_g: Grams | None = None
    refused_g: Grams | None = None
    reason: Reason | None = None
    waste_code: WasteCode | None = None
    basis: Basis | None = None
    volume_l: PositiveLitres | None = None
    tags: Tags | None = None

    def report(self) -> LineReport:
        """As services take it."""
        return LineReport(
            line=self.line,
            mass_g=self.mass_g,
            received_g=self.received_g,
            accepted_g=self.accepted_g,
            refused_g=self.refused_g,
            reason=_word(self.reason),
            waste_code=self.waste_code,
            basis=self.basis,
            volume_l=self.volume_l,
            tags=tuple(self.tags or ()),
        )


def _leg_form(content: Any) -> str:
    return "=carriage" if isinstance(content, dict | LegBody) else "=number"


Leg = Annotated[
    Annotated[Annotated[int, Field(ge=1, le=2 * MOST_LEGS)], Tag("=number")]
    | Annotated[LegBody, Tag("=carriage")],
    Discriminator(_leg_form),
]


class EventBody(Request):
    """One act. Which fields it needs: GET /manifests/{ref}/actions.

    `expects`: what the device knew, as the number of events, the last hash or the status; if that has
    changed by now the answer is 409.
    `leg`: its number, for a handover; for a return the carrier, vehicle and driver that take refused
    mass home. `legs`, for a replan: all legs that follow those already begun, as at filing; another first
    vehicle goes on a trip of its own, or on the `trip` named. `event`: the act that a reverse takes back,
    by id or number (else the last one)."""

    id: Id
    kind: EventKind
    at: Moment
    sent_at: Moment | None = None
    position: Position | None = None
    offline: bool = False
    expects: Expected | None = None
    ticket: Ticket | None = None
    evidence: Annotated[list[Sha256], Field(max_length=MOST_EVIDENCE)] = Field(default_factory=list)
    lines: Annotated[list[WeighedLine], Field(max_length=MOST_LINES)] = Field(default_factory=list)
    leg: Leg | None = None
    legs: Annotated[list[LegBody], Field(max_length=MOST_LEGS)] = Field(default_factory=list)
    trip: Trip | None = None
    event: NumberOrId | None = None
    reason: Reason | None = None
    note: Note = ""

    def request(self) -> EventRequest:
        """As services take it."""
        return EventRequest(
            id=self.id,
            kind=Act(self.kind),
            at=self.at,
            # `sent_at` is the device's clock at sending: it differs each time the same act is sent again.
            body=self.as_act("id", "sent_at", "note", "position"),
            sent_at=self.sent_at,
            offline=self.offline,
            expects=self.expects,
            ticket=self.ticket.facts() if self.ticket else None,
            evidence=tuple(self.evidence),
            lines=tuple(line.report() for line in self.lines),
            leg=self.leg if isinstance(self.leg, int) else None,
            leg_by=self.leg.request() if isinstance(self.leg, LegBody) else None,
            legs=tuple(leg.request() for leg in self.legs),
            trip=trip_id(self.trip, self.legs),
            reason=_word(self.reason),
            reverses=self.event,
            note="\n".join(filter(None, [self.note, *self._explained()])),
            position=self.position.facts() if self.position else None,
        )

    def _explained(self) -> list[str]:
        """Reasons that are no word but a text, each once."""
        said = [self.reason, *(line.reason for line in self.lines)]
        return list(dict.fromkeys(text for text in said if text and _word(text) != text))


class EventReply(Answer):
    """What became of the act. `verdict` noted: kept, but it had no effect; `findings` say why."""

    id: Id
    number: int
    verdict: Verdict
    status: Status
    warnings: list[Notice]
    findings: list[Notice]
    actions: list[ActionItem]
