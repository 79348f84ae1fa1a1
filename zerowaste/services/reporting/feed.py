"""What has happened, for other agencies: every event of their region once, in the order of the seals.

An event has its place only once it is committed and sealed, so who asks again after the last place he saw
misses nothing, however slowly somebody else wrote."""

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, NamedTuple
from uuid import UUID

from sqlalchemy import select
from sqlmodel import Session

from zerowaste.graph.touched import in_parts
from zerowaste.models.tables import EVENT, HOLDING, MANIFEST, SEAL_LEAF, SITE, TREATMENT
from zerowaste.rules.access import Actor
from zerowaste.services.booking.manifest_state import as_uuid
from zerowaste.vocabulary import Role

MOST_LOOKED_AT = 2_000
_MASSES = ("declared_g", "loaded_g", "received_g", "accepted_g", "refused_g")
_CONSIGNOR, _CONSIGNEE = SITE.alias("consignor"), SITE.alias("consignee")


@dataclass(frozen=True, slots=True)
class Happened:
    """One event. `number`: of its manifest; `lines`: the masses it said, by line; nothing personal."""

    position: int
    event: UUID
    subject: str
    key: str
    manifest: str
    stream: str
    kind: str
    verdict: str
    status: str
    at: datetime
    recorded_at: datetime
    lines: Sequence[Mapping[str, int]]
    hash: str


class Fed(NamedTuple):
    """Some events, the place after which to ask again, and whether more is there to be looked at."""

    items: Sequence[Happened]
    position: int
    more: bool


class _About(NamedTuple):
    number: str
    stream: str
    streets: tuple[str, ...]


def feed(
    session: Session, actor: Actor, *, after: int, limit: int, stream: str | None = None,
    region: str | None = None,
) -> Fed:  # fmt: skip
    """The events after a place (0: from the beginning), at most `limit`; fewer, or none, where the region
    is rare: `more` says whether to ask again at once."""
    rows = session.execute(
        select(SEAL_LEAF.c.position, EVENT)
        .join(EVENT, EVENT.c.id == SEAL_LEAF.c.event_id)
        .where(SEAL_LEAF.c.position >= after)
        .order_by(SEAL_LEAF.c.position)
        .limit(MOST_LOOKED_AT)
    ).all()
    about = _abouts(session, rows)
    found: list[Happened] = []
    position = after
    for row in rows:
        if len(found) == limit:
            break
        position = row.position + 1
        known = about.get((row.subject, row.key))
        if known and row.subject == "site":
            known = known._replace(stream=_opened(row.text))
        if known and _wanted(known, actor, stream, region):
            found.append(_happened(row, known))
    unseen = bool(rows) and position <= rows[-1].position
    return Fed(found, position, unseen or len(rows) == MOST_LOOKED_AT)


def _opened(text: str) -> str:
    """The stream of the lot that an event of a site registered; empty: it is of none."""
    for _, _, _, stream, *_ in json.loads(text).get("open", ()):
        return str(stream)
    return ""


def _wanted(known: _About, actor: Actor, stream: str | None, region: str | None) -> bool:
    seen = actor.role is Role.ADMINISTRATOR or any(map(actor.oversees, known.streets))
    there = region is None or any(street.startswith(region) for street in known.streets)
    return seen and there and stream in (None, known.stream)


def _happened(row: Any, known: _About) -> Happened:
    content = json.loads(row.text)
    said: dict[int, dict[str, int]] = {}
    for change in ("put", "set"):
        for line in content.get(change, {}).get("line", ()):
            masses = {name: line[name] for name in _MASSES if line.get(name) is not None}
            said.setdefault(line["number"], {"line": line["number"]}).update(masses)
    return Happened(
        row.position, row.id, row.subject, row.key, known.number, known.stream, row.kind, row.verdict,
        content.get("status", ""), row.at, row.recorded_at, [said[number] for number in sorted(said)],
        row.hash,
    )  # fmt: skip


def _abouts(session: Session, rows: Iterable[Any]) -> dict[tuple[str, str], _About]:
    keys: dict[str, set[str]] = {}
    for row in rows:
        keys.setdefault(row.subject, set()).add(row.key)
    found: dict[tuple[str, str], _About] = {}
    for some in in_parts(filter(None, map(as_uuid, keys.get("manifest", ())))):
        for row in session.execute(
            select(
                MANIFEST.c.id, MANIFEST.c.number, MANIFEST.c.stream, _CONSIGNOR.c.street,
                _CONSIGNEE.c.street.label("to_street"),
            )
            .join(_CONSIGNOR, _CONSIGNOR.c.id == MANIFEST.c.consignor_id)
            .outerjoin(_CONSIGNEE, _CONSIGNEE.c.id == MANIFEST.c.consignee_id)
            .where(MANIFEST.c.id.in_(some))
        ):  # fmt: skip
            streets = tuple(filter(None, (row.street, row.to_street)))
            found["manifest", str(row.id)] = _About(row.number or "", row.stream, streets)
    for some in in_parts(filter(None, map(as_uuid, keys.get("treatment", ())))):
        batches = (
            select(TREATMENT.c.id, HOLDING.c.stream, SITE.c.street)
            .join(SITE, SITE.c.id == TREATMENT.c.site_id)
            .join(HOLDING, HOLDING.c.id == TREATMENT.c.batch_id)
        )
        for row in session.execute(batches.where(TREATMENT.c.id.in_(some))):
            found["treatment", str(row.id)] = _About("", row.stream, (row.street,))
    for codes in in_parts(keys.get("site", ())):
        for row in session.execute(select(SITE.c.code, SITE.c.street).where(SITE.c.code.in_(codes))):
            found["site", row.code] = _About("", "", (row.street,))
    return found
