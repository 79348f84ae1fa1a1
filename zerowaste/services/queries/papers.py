"""A manifest on paper: from what is stored to the plain values the drawing code lays out."""

from datetime import datetime
from typing import Any

from sqlalchemy import select

from zerowaste.clock import local_day
from zerowaste.documents.paper import (
    CarrierLeg,
    ConsigneeBlock,
    ConsignorBlock,
    Entry,
    Layout,
    ManifestPaper,
    MassUnit,
    Words,
)
from zerowaste.errors import terms
from zerowaste.models.tables import LEG, ORGANISATION, USER, VEHICLE
from zerowaste.rules.statutes import cite
from zerowaste.rules.stream_fields import Name
from zerowaste.services.queries.manifests import IN_FORCE
from zerowaste.services.queries.papers_lines import accepted_items, items, opinions
from zerowaste.services.queries.papers_sheet import Sheet, agent_of, number_of, shown
from zerowaste.vocabulary import Act, Instrument, Verdict

# Fields that have a box of their own on the form; every other field gets a box under its own name.
_BOXED = frozenset(
    {
        "emergency_phone",
        "emergency_measures",
        "physical_form",
        "harmful_components",
        "via",
        "escort",
        "remark",
    }
)


def manifest_paper(sheet: Sheet) -> ManifestPaper:
    """The manifest as the three-part form (转移管理办法, chapter 3) or in the plain layout of its family."""
    found, form = sheet.found, sheet.stream.paper
    row = found.row
    status = terms()["status"][str(found.status)]
    return ManifestPaper(
        title=_title(sheet),
        stream=Words(sheet.stream.name.zh, sheet.stream.name.en),
        qr_url=sheet.qr_url,
        consignor=_consignor(sheet),
        legs=_legs(sheet),
        consignee=_consignee(sheet),
        items=items(sheet),
        acceptance=accepted_items(sheet),
        serial=row.number or "",
        national_number=row.national_number or "",
        nationally_numbered=form.layout == "official",
        layout=Layout(form.layout),
        mass_unit=MassUnit(form.mass_unit),
        status=Words(status["zh"], status["en"]),
        planned_at=row.planned_at,
        opinions=opinions(sheet),
        notes=sheet.field("remark"),
        legal_note=_legal_note(sheet),
        watermarks=sheet.watermarks,
        edition=f"{sheet.stream.code}-{row.edition}",
    )


def _title(sheet: Sheet) -> Words:
    title, stream = sheet.stream.paper.title, sheet.stream.name
    if title is not None:
        return Words(title.zh, title.en)
    return Words(f"{stream.zh}转移联单", f"{stream.en} transfer manifest")


def _legal_note(sheet: Sheet) -> Words | None:
    """What the stream's file says of its law, and the articles as they stood on the day the waste left."""
    left = sheet.state.legs[0].began_at if sheet.state else None
    row, stream = sheet.found.row, sheet.stream
    cited = cite(stream.law, local_day(left or row.planned_at or row.filed_at))
    said = [stream.paper.note] if stream.paper.note else []
    said += [Name(zh=f"适用{cited.zh}。", en=f"Under: {cited.en}.")] if cited else []
    return Words("".join(name.zh for name in said), " ".join(name.en for name in said)) if said else None


def _consignor(sheet: Sheet) -> ConsignorBlock:
    party = sheet.parties[sheet.found.row.consignor_id]
    first = sheet.state.legs[0].began_at if sheet.state else None
    entries = tuple(
        Entry(Words(field.label.zh, field.label.en), shown(field, value, sheet.language))
        for field in sheet.stream.fields
        if field.name not in _BOXED and (value := sheet.found.fields.get(field.name)) not in (None, "")
    )
    return ConsignorBlock(
        name=party.organisation,
        address=_address(party),
        emergency_phone=sheet.field("emergency_phone") or party.phone or party.seat_phone,
        agent=agent_of(sheet, Act.FILE) or party.contact,
        phone=party.phone or party.seat_phone,
        handed_at=first,
        emergency_measures=sheet.field("emergency_measures"),
        entries=entries,
    )


def _address(party: Any) -> str:
    """Where the site is, and what it is called."""
    where = party.address or party.seat
    return f"{where}（{party.name}）" if where else party.name


def _legs(sheet: Sheet) -> tuple[CarrierLeg, ...]:
    rows = sheet.desk.session.execute(
        select(
            LEG, ORGANISATION.c.name.label("carrier"), ORGANISATION.c.address, ORGANISATION.c.phone,
            VEHICLE.c.plate, VEHICLE.c.licence_number.label("vehicle_licence"),
            USER.c.name.label("driver"), USER.c.phone.label("driver_phone"),
        )
        .join(ORGANISATION, ORGANISATION.c.id == LEG.c.carrier_id)
        .join(VEHICLE, VEHICLE.c.id == LEG.c.vehicle_id)
        .join(USER, USER.c.id == LEG.c.driver_id)
        .where(LEG.c.manifest_id == sheet.found.row.id, IN_FORCE)
        .order_by(LEG.c.back, LEG.c.number)
    ).all()  # fmt: skip
    return tuple(_leg(sheet, row, len([each for each in rows if not each.back])) for row in rows)


def _leg(sheet: Sheet, row: Any, forth: int) -> CarrierLeg:
    start, end = (sheet.parties[site].address or sheet.parties[site].name for site in _ends(sheet, row.back))
    licences = sheet.desk.register.papers_of(row.carrier_id)
    handover = row.number > 1 and not row.back
    return CarrierLeg(
        number=row.number,
        name=row.carrier,
        licence_number=number_of(sheet, licences, Instrument.LICENCE) or row.vehicle_licence,
        address=row.address,
        phone=row.phone,
        driver=row.driver,
        driver_phone=row.driver_phone,
        escort=sheet.field("escort"),
        plate=row.plate,
        start=start if row.number == 1 or row.back else "",
        departed_at=row.began_at,
        via=sheet.field("via"),
        end=end if row.number == forth or row.back else "",
        arrived_at=row.ended_at,
        handover_at=row.began_at if handover else None,
        handover_place=_place_of(sheet, row.began_at) if handover else "",
        back=row.back,
    )


def _place_of(sheet: Sheet, taken_over_at: datetime | None) -> str:
    """Where the carrier took over (HW-RELAY), as the device said: degrees north and east."""
    for event in sheet.found.events:
        if event.kind == Act.HANDOVER and event.at == taken_over_at and event.position:
            return "{:.5f}° N, {:.5f}° E".format(*(event.position[key] / 1e6 for key in ("lat_e6", "lon_e6")))
    return ""


def _ends(sheet: Sheet, back: bool) -> tuple[int, int]:
    row = sheet.found.row
    ends = (row.consignor_id, row.consignee_id)
    return ends[::-1] if back else ends


def _consignee(sheet: Sheet) -> ConsigneeBlock:
    row, place = sheet.found.row, sheet.found.consignee
    if place is None:
        return ConsigneeBlock(name="")
    party = sheet.parties[row.consignee_id]
    decided = [event for event in sheet.found.events if event.kind in (Act.ACCEPT, Act.REFUSE)]
    applied = [event for event in decided if event.verdict is Verdict.APPLIED]
    whole = bool(sheet.state and all(line.decided for line in sheet.state.lines))
    return ConsigneeBlock(
        name=party.organisation,
        permit_number=number_of(sheet, sheet.desk.register.papers(place), Instrument.PERMIT),
        address=_address(party),
        agent=agent_of(sheet, Act.ACCEPT, Act.REFUSE) or party.contact,
        phone=party.phone or party.seat_phone,
        accepted_at=applied[-1].at if applied and whole else None,
    )
