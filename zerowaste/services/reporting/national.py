"""A manifest in the field names of the national interface (manifests/national_fields.csv), for who must type
it in there or compare. The service is not connected to the national system and never says it is.

What we do not have stays empty: 转移计划编号, 承运单位联系人, 途经地市, 轨迹, 有害成分."""

from typing import Any
from uuid import UUID

from sqlalchemy import select
from sqlmodel import Session

from zerowaste.clock import local_day
from zerowaste.models.tables import LEG, LINE, MANIFEST, ORGANISATION, PERMIT, SITE, VEHICLE
from zerowaste.rules.access import Actor
from zerowaste.rules.law import Law
from zerowaste.services.queries.manifests import visible
from zerowaste.vocabulary import Instrument

GRAMS_PER_TONNE = 1_000_000
CITY_DIGITS = 4
_DECISIONS = {"accepted": "接受", "partly_accepted": "部分接受", "refused": "拒收", "settled": "接受"}
_CONSIGNOR, _CONSIGNEE = SITE.alias("consignor"), SITE.alias("consignee")


def national_form(session: Session, law: Law, actor: Actor, ref: str) -> dict[str, Any]:
    """The fields by their national names; masses in tonnes, as text. Raises `not_found`."""
    found = visible(session, actor, ref)
    row = session.execute(
        select(
            MANIFEST, _CONSIGNOR.c.code.label("from_code"), _CONSIGNOR.c.name.label("from_name"),
            _CONSIGNOR.c.address.label("from_address"), _CONSIGNOR.c.contact, _CONSIGNOR.c.phone,
            _CONSIGNOR.c.street.label("from_street"), _CONSIGNEE.c.id.label("to_id"),
            _CONSIGNEE.c.name.label("to_name"), _CONSIGNEE.c.address.label("to_address"),
            _CONSIGNEE.c.street.label("to_street"), _CONSIGNEE.c.outside,
        )
        .join(_CONSIGNOR, _CONSIGNOR.c.id == MANIFEST.c.consignor_id)
        .outerjoin(_CONSIGNEE, _CONSIGNEE.c.id == MANIFEST.c.consignee_id)
        .where(MANIFEST.c.id == found.id)
    ).one()  # fmt: skip
    return {
        "ldbh": row.national_number or "", "zyjhbh": "",
        **_ends(row), **_carrier(session, found.id), **_receiver(session, row),
        "fwsz": [_item(law, line, row) for line in _lines(session, found.id)],
    }  # fmt: skip


def _ends(row: Any) -> dict[str, str]:
    return {
        "ycsxzqhdm": row.from_street[:CITY_DIGITS], "yrsxzqhdm": (row.to_street or "")[:CITY_DIGITS],
        "wfycdwbm": row.from_code, "wfycdwmc": row.from_name, "wfycdwdz": row.from_address,
        "wfycdwlxr": row.contact, "wfycdwlxrsj": row.phone,
    }  # fmt: skip


def _carrier(session: Session, manifest: UUID) -> dict[str, str]:
    leg = session.execute(
        select(LEG.c.began_at, VEHICLE.c.plate, VEHICLE.c.licence_number, ORGANISATION.c.name,
               ORGANISATION.c.address)
        .join(VEHICLE, VEHICLE.c.id == LEG.c.vehicle_id)
        .join(ORGANISATION, ORGANISATION.c.id == LEG.c.carrier_id)
        .where(LEG.c.manifest_id == manifest, LEG.c.number == 1)
    ).one_or_none()  # fmt: skip
    day = local_day(leg.began_at).isoformat() if leg and leg.began_at else ""
    return {
        "wfycrq": day, "ysrq": day, "ysdwmc": leg.name if leg else "", "ysdwdz": leg.address if leg else "",
        "ysdwlxr": "", "ysdwlxrsj": "", "ysdwdlyszh": leg.licence_number if leg else "",
        "yscph": leg.plate if leg else "", "tjds": "", "gps": "",
    }  # fmt: skip


def _receiver(session: Session, row: Any) -> dict[str, str]:
    last = session.execute(
        select(LEG.c.ended_at).where(LEG.c.manifest_id == row.id, LEG.c.number == row.carried, ~LEG.c.back)
    ).scalar_one_or_none()
    permit = session.execute(
        select(PERMIT.c.number)
        .where(PERMIT.c.site_id == row.to_id, PERMIT.c.kind == Instrument.PERMIT)
        .order_by(PERMIT.c.valid_to.desc())
        .limit(1)
    ).scalar_one_or_none()
    number = permit or ""
    return {
        "fwjsdwwxfwjyxkzh": number if row.outside else "", "jsqyxkz": "" if row.outside else number,
        "wfjsdwmc": row.to_name or "", "wfjsdz": row.to_address or "",
        "wfjsdwjsrq": local_day(last).isoformat() if last and row.at_gate else "",
        "wfjsdwclyj": _DECISIONS.get(row.status, ""),
    }  # fmt: skip


def _lines(session: Session, manifest: UUID) -> list[Any]:
    return list(session.execute(select(LINE).where(LINE.c.manifest_id == manifest).order_by(LINE.c.number)))


def _item(law: Law, line: Any, row: Any) -> dict[str, str]:
    code = line.found_code or line.waste_code
    waste = law.catalogue.waste(row.stream, code)
    return {
        "fwmc": waste.name.zh if waste else code, "fwlb": waste.category if waste else "", "fwdm": code,
        "xt": str(row.fields.get("physical_form", "")), "xz": "、".join(waste.hazards) if waste else "",
        "bzlx": line.packaging, "bzsl": str(line.packages), "lyczfs": line.operation,
        "zysl": _tonnes(line.loaded_g if line.loaded_g is not None else line.declared_g), "jldw": "吨",
        "jssl": _tonnes(line.accepted_g) if line.accepted_g is not None else "",
        "sfczzdcy": "是" if line.opinions else "否",
    }  # fmt: skip


def _tonnes(grams: int) -> str:
    return f"{grams // GRAMS_PER_TONNE}.{grams % GRAMS_PER_TONNE:06d}"
