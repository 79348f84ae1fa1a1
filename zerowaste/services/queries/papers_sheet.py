"""What every paper of one manifest is made from: its rows, parties, law and language."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import select

from zerowaste.clock import local_day
from zerowaste.documents.paper import DEMONSTRATION, DRAFT, VOID, Language, Words
from zerowaste.models.tables import ORGANISATION, SITE
from zerowaste.rules.parties import Paper
from zerowaste.rules.state import ManifestState
from zerowaste.rules.stream_fields import FormField, Name
from zerowaste.rules.streams import Stream
from zerowaste.rules.waste_codes import WasteCode
from zerowaste.services.booking.manifest_state import read_state
from zerowaste.services.desk import Desk
from zerowaste.services.queries.manifests import Whole, read_manifest
from zerowaste.vocabulary import Act, Instrument, Status, Verdict


@dataclass(frozen=True, slots=True)
class Sheet:
    """What all papers of one manifest are made from. `parties`: site id → names, addresses, phones;
    `state`: None for a draft."""

    desk: Desk
    found: Whole
    stream: Stream
    language: Language
    qr_url: str
    parties: Mapping[int, Any]
    state: ManifestState | None

    @property
    def watermarks(self) -> tuple[Words, ...]:
        marks = [DRAFT] if self.found.status is Status.DRAFT else []
        marks += [VOID] if self.found.status in (Status.CANCELLED, Status.EXPIRED) else []
        marks += [DEMONSTRATION] if self.parties[self.found.row.consignor_id].demo else []
        return tuple(marks)

    def say(self, name: Name) -> str:
        return name.zh if self.language == "zh" else name.en

    def field(self, name: str) -> str:
        """A field's value as people read it; empty where it was not filled in."""
        form = next((field for field in self.stream.fields if field.name == name), None)
        return "" if form is None else shown(form, self.found.fields.get(name), self.language)

    def hazard(self, mark: str) -> str:
        """A hazardous property by its mark: T is toxic."""
        return self.say(self.desk.law.catalogue.hazards[mark])

    def waste(self, code: str) -> WasteCode | None:
        """The waste of a code on the day of filing."""
        on = local_day(self.found.row.filed_at)
        return self.desk.law.catalogue.waste(self.stream.code, code, on=on)

    def name_of(self, code: str) -> str:
        waste = self.waste(code)
        return code if waste is None else self.say(waste.name)


def sheet_of(desk: Desk, ref: str, language: Language, qr_url: str) -> Sheet:
    """Everything a manifest's papers need. Raises `not_found` where the actor may not see it."""
    found = read_manifest(desk, ref)
    row = found.row
    filed = row.number is not None
    return Sheet(
        desk=desk,
        found=found,
        stream=desk.law.streams.get(row.stream, row.edition),
        language=language,
        qr_url=qr_url,
        parties=_parties(desk, [site for site in (row.consignor_id, row.consignee_id) if site is not None]),
        state=read_state(desk.session, desk.law, desk.register, row, now=desk.now) if filed else None,
    )


def _parties(desk: Desk, sites: Sequence[int]) -> dict[int, Any]:
    rows = desk.session.execute(
        select(
            SITE.c.id, SITE.c.name, SITE.c.address, SITE.c.contact, SITE.c.phone,
            ORGANISATION.c.id.label("organisation_id"), ORGANISATION.c.name.label("organisation"),
            ORGANISATION.c.credit_code, ORGANISATION.c.demo,
            ORGANISATION.c.address.label("seat"), ORGANISATION.c.phone.label("seat_phone"),
        )
        .join(ORGANISATION, ORGANISATION.c.id == SITE.c.organisation_id)
        .where(SITE.c.id.in_(sites))
    )  # fmt: skip
    return {row.id: row for row in rows}


def shown(field: FormField, value: Any, language: Language) -> str:
    """A field's value as people read it."""
    if value is None or value == "":
        return ""
    for choice in field.choices:
        if choice.value == value:
            return choice.zh if language == "zh" else choice.en
    return str(value)


def number_of(sheet: Sheet, papers: Sequence[Paper], kind: Instrument) -> str:
    """The number of the paper that covered the stream when the manifest was filed; empty if none did."""
    on, stream = local_day(sheet.found.row.filed_at), sheet.stream.code
    for paper in papers:
        covers = any(term.stream in ("", stream) for term in paper.terms)
        if paper.kind is kind and covers and paper.valid_on(on):
            return paper.number
    return ""


def agent_of(sheet: Sheet, *acts: Act) -> str:
    """Who did the last of such acts, by name; empty where nobody did one."""
    done = [
        event.actor for event in sheet.found.events if event.kind in acts and event.verdict is Verdict.APPLIED
    ]
    person = sheet.desk.register.person(done[-1]) if done else None
    return person.name if person else ""
