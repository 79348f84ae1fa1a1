"""The lines of a manifest on paper: what leaves, what was found at the gate, what was said of it."""

import json
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import select

from zerowaste.documents.paper import AcceptanceRow, ItemRow, Opinion, PartyOpinion
from zerowaste.errors import terms
from zerowaste.models.tables import EVENT, PRIVATE
from zerowaste.rules import acceptance
from zerowaste.rules.balance import LineFacts
from zerowaste.rules.state import ManifestState
from zerowaste.rules.stream_fields import Name
from zerowaste.rules.waste_codes import WasteCode
from zerowaste.services.queries.papers_sheet import Sheet
from zerowaste.vocabulary import Act, Basis, Verdict


def items(sheet: Sheet) -> tuple[ItemRow, ...]:
    """What leaves: as loaded, else as declared."""
    if sheet.state is None:
        lines = [line for line in sheet.found.draft.get("lines", ()) if line.get("waste_code")]
        return tuple(_draft_item(sheet, line) for line in lines)
    return tuple(
        ItemRow(
            name=sheet.name_of(line.waste_code),
            code=line.waste_code,
            mass_g=line.loaded_g if line.loaded_g is not None else line.declared_g,
            hazard=", ".join(waste.hazards) if (waste := sheet.waste(line.waste_code)) else "",
            form=form_of(sheet, waste),
            harmful=sheet.field("harmful_components"),
            packaging=line.packaging,
            packages=line.packages or None,
            volume_l=line.volume_l,
            basis=line.basis,
        )
        for line in sheet.state.lines
    )


def _draft_item(sheet: Sheet, line: Mapping[str, Any]) -> ItemRow:
    return ItemRow(
        name=sheet.name_of(line["waste_code"]),
        code=line["waste_code"],
        mass_g=line.get("mass_g"),
        packaging=line.get("packaging", ""),
        packages=line.get("packages"),
        basis=Basis(line["basis"]) if line.get("basis") else None,
    )


_FORMS = {"solid": Name(zh="固态", en="Solid"), "semi_solid": Name(zh="半固态", en="Semi-solid"),
          "liquid": Name(zh="液态", en="Liquid")}  # fmt: skip


def form_of(sheet: Sheet, waste: WasteCode | None) -> str:
    """形态: what the producer says, else what the catalogue knows of the code."""
    known = _FORMS.get(waste.form or "") if waste else None
    return sheet.field("physical_form") or (sheet.say(known) if known else "")


def accepted_items(sheet: Sheet) -> tuple[AcceptanceRow, ...]:
    """What the receiver found, line by line; nothing while it is a draft."""
    return tuple(_accepted(sheet, sheet.state, line) for line in sheet.state.lines) if sheet.state else ()


def _accepted(sheet: Sheet, state: ManifestState, line: LineFacts) -> AcceptanceRow:
    code = line.found_code or line.waste_code
    if not line.decided:
        return AcceptanceRow(name=sheet.name_of(code), code=code)
    over = acceptance.over_tolerance(state, line)
    notes = [f"{line.waste_code} → {line.found_code}"] if line.found_code else []
    notes += [f"{-line.variance_g / 1000:+,.3f} kg"] if line.variance_g else []
    notes += [terms()["reason"].get(line.reason, {}).get(sheet.language, line.reason)]
    accepted, refused = bool(line.accepted_g), bool(line.refused_g)
    opinion = Opinion.PART if accepted and refused else Opinion.REFUSE if refused else Opinion.ACCEPT
    return AcceptanceRow(
        name=sheet.name_of(code),
        code=code,
        major_difference=over or bool(line.found_code),
        difference_note=" ".join(note for note in notes if note),
        opinion=opinion,
        operation=line.operation,
        accepted_g=line.accepted_g,
        refused_g=line.refused_g,
    )


def opinions(sheet: Sheet) -> tuple[PartyOpinion, ...]:
    """What each side said of a difference (HW-DIFF)."""
    rows = sheet.desk.session.execute(
        select(EVENT.c.actor, EVENT.c.at, PRIVATE.c.text)
        .outerjoin(PRIVATE, PRIVATE.c.event_id == EVENT.c.id)
        .where(
            EVENT.c.subject == "manifest", EVENT.c.key == str(sheet.found.row.id),
            EVENT.c.kind == Act.OPINION, EVENT.c.verdict == Verdict.APPLIED,
        )
        .order_by(EVENT.c.number)
    )  # fmt: skip
    return tuple(_opinion(sheet, row.actor, row.at, row.text) for row in rows)


def _opinion(sheet: Sheet, login: str, at: datetime, private: str | None) -> PartyOpinion:
    person = sheet.desk.register.person(login)
    note = json.loads(private).get("note", "") if private else ""
    return PartyOpinion(party=person.name if person else login, text=note, at=at)
