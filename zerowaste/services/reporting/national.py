"""A manifest in the field names of the national interface (manifests/national_fields.csv), for who must type
it in there or compare. The service is not connected to the national system and never says it is.

What we do not have stays empty: 转移计划编号, 承运单位联系人, 途经地市, 轨迹, 有害成分."""

from collections.abc import Collection, Iterator, Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, and_, or_, select, true
from sqlmodel import Session

from zerowaste.clock import local_day
from zerowaste.models.tables import LEG, LINE, MANIFEST, ORGANISATION, PERMIT, SITE, VEHICLE
from zerowaste.rules.access import Actor
from zerowaste.rules.balance import LineFacts
from zerowaste.rules.closure import Tolerance
from zerowaste.rules.law import Law
from zerowaste.services.queries.manifests import concerns, visible
from zerowaste.services.reporting.registers import Wanted
from zerowaste.vocabulary import Instrument

GRAMS_PER_TONNE = 1_000_000
BATCH = 500
CITY_DIGITS = 4
_CONSIGNOR, _CONSIGNEE = SITE.alias("consignor"), SITE.alias("consignee")


Row = Any


def national_form(session: Session, law: Law, actor: Actor, ref: str) -> dict[str, Any]:
    """The fields by their national names; masses in tonnes, as text. Raises `not_found`."""
    found = visible(session, actor, ref)
    (form,) = _forms(session, law, _manifests(session, MANIFEST.c.id == found.id, 1))
    return form


def national_forms(session: Session, law: Law, actor: Actor, wanted: Wanted) -> Iterator[dict[str, Any]]:
    """The same of every manifest that concerns somebody and was filed in those days, the first first."""
    ends = (_CONSIGNOR.c.code, _CONSIGNEE.c.code)
    filed = and_(
        concerns(actor), MANIFEST.c.number.is_not(None), MANIFEST.c.filed_at < wanted.until,
        true() if wanted.stream is None else MANIFEST.c.stream == wanted.stream,
        true() if wanted.site is None else or_(*(end == wanted.site for end in ends)),
    )  # fmt: skip
    after = MANIFEST.c.filed_at >= wanted.since
    while rows := _manifests(session, and_(filed, after), BATCH):
        yield from _forms(session, law, rows)
        at, last = rows[-1].filed_at, rows[-1].id
        after = and_(MANIFEST.c.filed_at >= at, or_(MANIFEST.c.filed_at > at, MANIFEST.c.id > last))


def _manifests(session: Session, condition: ColumnElement[bool], most: int) -> Sequence[Row]:
    return session.execute(
        select(
            MANIFEST, _CONSIGNOR.c.code.label("from_code"), _CONSIGNOR.c.name.label("from_name"),
            _CONSIGNOR.c.address.label("from_address"), _CONSIGNOR.c.contact, _CONSIGNOR.c.phone,
            _CONSIGNOR.c.street.label("from_street"), _CONSIGNEE.c.id.label("to_id"),
            _CONSIGNEE.c.name.label("to_name"), _CONSIGNEE.c.address.label("to_address"),
            _CONSIGNEE.c.street.label("to_street"), _CONSIGNEE.c.outside,
        )
        .join(_CONSIGNOR, _CONSIGNOR.c.id == MANIFEST.c.consignor_id)
        .outerjoin(_CONSIGNEE, _CONSIGNEE.c.id == MANIFEST.c.consignee_id)
        .where(condition)
        .order_by(MANIFEST.c.filed_at, MANIFEST.c.id)
        .limit(most)
    ).all()  # fmt: skip


def _forms(session: Session, law: Law, rows: Sequence[Row]) -> Iterator[dict[str, Any]]:
    """A bounded number of manifests, whatever belongs to them read at once."""
    ids = [row.id for row in rows]
    legs, lines = _legs(session, ids), _lines(session, ids)
    permits = _permits(session, {row.to_id for row in rows})
    for row in rows:
        facts = [_facts(line) for line in lines[row.id]]
        yield {
            "ldbh": row.national_number or "", "zyjhbh": "",
            **_ends(row), **_carrier(legs.get((row.id, 1))),
            **_receiver(row, legs.get((row.id, row.carried)), permits.get(row.to_id, ())),
            "wfjsdwclyj": _decision(facts),
            "fwsz": [_item(law, line, row) for line in lines[row.id]],
        }  # fmt: skip


def _ends(row: Row) -> dict[str, str]:
    return {
        "ycsxzqhdm": row.from_street[:CITY_DIGITS], "yrsxzqhdm": (row.to_street or "")[:CITY_DIGITS],
        "wfycdwbm": row.from_code, "wfycdwmc": row.from_name, "wfycdwdz": row.from_address,
        "wfycdwlxr": row.contact, "wfycdwlxrsj": row.phone,
    }  # fmt: skip


def _carrier(leg: Row | None) -> dict[str, str]:
    day = local_day(leg.began_at).isoformat() if leg and leg.began_at else ""
    return {
        "wfycrq": day, "ysrq": day, "ysdwmc": leg.name if leg else "", "ysdwdz": leg.address if leg else "",
        "ysdwlxr": "", "ysdwlxrsj": "", "ysdwdlyszh": leg.licence_number if leg else "",
        "yscph": leg.plate if leg else "", "tjds": "", "gps": "",
    }  # fmt: skip


def _receiver(row: Row, last: Row | None, permits: Sequence[Row]) -> dict[str, str]:
    arrived = last.ended_at if last and row.at_gate else None
    day = local_day(arrived or row.filed_at)
    then = [each.number for each in permits if each.valid_from <= day <= each.valid_to]
    permit = then[-1] if then else ""
    return {
        "fwjsdwwxfwjyxkzh": permit if row.outside else "", "jsqyxkz": "" if row.outside else permit,
        "wfjsdwmc": row.to_name or "", "wfjsdz": row.to_address or "",
        "wfjsdwjsrq": local_day(arrived).isoformat() if arrived else "",
    }  # fmt: skip


def _decision(lines: Sequence[LineFacts]) -> str:
    """What the gate said of the load, however it was settled afterwards; nothing before it has spoken."""
    if not lines or not all(line.decided for line in lines):
        return ""
    refused = any(line.refused_g for line in lines)
    accepted = any(line.accepted_g or not line.refused_g for line in lines)
    return ("部分接受" if accepted else "拒收") if refused else "接受"


def _facts(line: Row) -> LineFacts:
    return LineFacts(
        line.number, line.waste_code, line.declared_g, found_code=line.found_code, loaded_g=line.loaded_g,
        received_g=line.received_g, accepted_g=line.accepted_g, refused_g=line.refused_g,
    )  # fmt: skip


def _differs(law: Law, line: LineFacts, row: Row) -> str:
    """HW-DIFF: another waste, or a mass beyond what the stream lets pass; as the paper says it."""
    if not line.decided:
        return ""
    stream = law.streams.get(row.stream, row.edition)
    within = Tolerance(stream.tolerance_ppm, stream.tolerance_min_g).allows(line)
    return "否" if within and not line.found_code else "是"


def _legs(session: Session, manifests: Sequence[UUID]) -> dict[tuple[UUID, int], Row]:
    """(manifest, number) → the leg, of those on the way there."""
    rows = session.execute(
        select(LEG.c.manifest_id, LEG.c.number, LEG.c.began_at, LEG.c.ended_at, VEHICLE.c.plate,
               VEHICLE.c.licence_number, ORGANISATION.c.name, ORGANISATION.c.address)
        .join(VEHICLE, VEHICLE.c.id == LEG.c.vehicle_id)
        .join(ORGANISATION, ORGANISATION.c.id == LEG.c.carrier_id)
        .where(LEG.c.manifest_id.in_(manifests), ~LEG.c.back)
    )  # fmt: skip
    return {(row.manifest_id, row.number): row for row in rows}


def _permits(session: Session, sites: Collection[int | None]) -> dict[int, list[Row]]:
    """Site → its permits, the one that runs longest last."""
    own = or_(PERMIT.c.site_id.is_(None), PERMIT.c.site_id == SITE.c.id)
    rows = session.execute(
        select(SITE.c.id, PERMIT.c.number, PERMIT.c.valid_from, PERMIT.c.valid_to)
        .join(PERMIT, and_(PERMIT.c.organisation_id == SITE.c.organisation_id, own))
        .where(SITE.c.id.in_(sites), PERMIT.c.kind == Instrument.PERMIT)
        .order_by(PERMIT.c.valid_to, PERMIT.c.id)
    )
    found: dict[int, list[Row]] = {}
    for row in rows:
        found.setdefault(row.id, []).append(row)
    return found


def _lines(session: Session, manifests: Sequence[UUID]) -> dict[UUID, list[Row]]:
    found: dict[UUID, list[Row]] = {manifest: [] for manifest in manifests}
    rows = select(LINE).where(LINE.c.manifest_id.in_(manifests)).order_by(LINE.c.manifest_id, LINE.c.number)
    for row in session.execute(rows):
        found[row.manifest_id].append(row)
    return found


def _item(law: Law, line: Row, row: Row) -> dict[str, str]:
    code = line.found_code or line.waste_code
    waste = law.catalogue.waste(row.stream, code)
    return {
        "fwmc": waste.name.zh if waste else code, "fwlb": waste.category if waste else "", "fwdm": code,
        "xt": str(row.fields.get("physical_form", "")), "xz": "、".join(waste.hazards) if waste else "",
        "bzlx": line.packaging, "bzsl": str(line.packages), "lyczfs": line.operation,
        "zysl": _tonnes(line.loaded_g if line.loaded_g is not None else line.declared_g), "jldw": "吨",
        "jssl": _tonnes(line.accepted_g) if line.accepted_g is not None else "",
        "sfczzdcy": _differs(law, _facts(line), row),
    }  # fmt: skip


def _tonnes(grams: int) -> str:
    return f"{grams // GRAMS_PER_TONNE}.{grams % GRAMS_PER_TONNE:06d}"
