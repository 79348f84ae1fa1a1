"""What was found at the time of an act and kept with it: remarks on events, but on those taken back."""

import json
from collections import defaultdict
from collections.abc import Collection, Iterator, Mapping
from datetime import datetime
from typing import Any, NamedTuple
from uuid import UUID

from sqlalchemy import Select, select
from sqlmodel import Session

from zerowaste.graph.touched import in_parts
from zerowaste.models.conditions import REMARKABLE_EVENT
from zerowaste.models.tables import EVENT, MEMBERSHIP, ORGANISATION, USER
from zerowaste.rules.history import ECHOES
from zerowaste.vocabulary import Act, Verdict


class Remark(NamedTuple):
    """One thing found at an event. `chain`: `manifest:ID`, `treatment:ID` …; `code`: as in errors.toml;
    `at` device time, `recorded_at` the server's;
    `holder`: for whom the actor acts."""

    event: UUID
    chain: str
    number: int
    kind: str
    verdict: Verdict
    at: datetime
    recorded_at: datetime
    actor: str
    code: str
    path: str
    params: Mapping[str, Any]
    holder: str = ""


def remarks(session: Session, chains: Collection[tuple[str, str]] | None = None) -> list[Remark]:
    """Of every chain (or only of these), in order of arrival."""
    columns = select(
        EVENT.c.id, EVENT.c.subject, EVENT.c.key, EVENT.c.number, EVENT.c.kind, EVENT.c.verdict,
        EVENT.c.at, EVENT.c.recorded_at, EVENT.c.actor, EVENT.c.text,
    ).where(REMARKABLE_EVENT, EVENT.c.verdict != Verdict.REFUSED)  # fmt: skip
    employers = _employers(session)
    found: dict[str, list[Remark]] = defaultdict(list)
    corrected: set[tuple[str, str]] = set()
    for row in _rows(session, columns, chains):
        chain, content = f"{row.subject}:{row.key}", json.loads(row.text)
        if row.kind == Act.REVERSE and row.verdict == Verdict.APPLIED:
            corrected.add((row.subject, row.key))
        for code, path, params in content.get("findings", ()):
            found[chain].append(
                Remark(
                    row.id, chain, row.number, row.kind, Verdict(row.verdict), row.at, row.recorded_at,
                    row.actor, code, path, params, employers.get(row.actor, ""),
                )
            )  # fmt: skip
    taken_back = _taken_back(session, corrected)
    return [
        each for chain in sorted(found) for each in found[chain] if (chain, each.number) not in taken_back
    ]


def _employers(session: Session) -> dict[str, str]:
    """Login → the name of the organisation its owner acts for."""
    statement = (
        select(USER.c.login, ORGANISATION.c.name)
        .join(MEMBERSHIP, MEMBERSHIP.c.user_id == USER.c.id)
        .join(ORGANISATION, ORGANISATION.c.id == MEMBERSHIP.c.organisation_id)
        .order_by(MEMBERSHIP.c.id.desc())
    )
    return {row.login: row.name for row in session.execute(statement)}


def _taken_back(session: Session, chains: Collection[tuple[str, str]]) -> set[tuple[str, int]]:
    """(chain, number) of the acts that were taken back: each time the last one that still stood."""
    found: set[tuple[str, int]] = set()
    standing: dict[str, list[int]] = defaultdict(list)
    columns = select(EVENT.c.subject, EVENT.c.key, EVENT.c.number, EVENT.c.kind)
    for row in _rows(session, columns.where(EVENT.c.verdict == Verdict.APPLIED), chains):
        chain = f"{row.subject}:{row.key}"
        if row.kind != Act.REVERSE:
            standing[chain] += () if row.kind in ECHOES else (row.number,)
        elif standing[chain]:
            found.add((chain, standing[chain].pop()))
    return found


def _rows(
    session: Session, columns: Select[Any], chains: Collection[tuple[str, str]] | None
) -> Iterator[Any]:
    if chains is None:
        ordered = columns.order_by(EVENT.c.subject, EVENT.c.key, EVENT.c.number)
        yield from session.execute(ordered.execution_options(yield_per=5_000))
        return
    for subject in sorted({subject for subject, _ in chains}):
        for keys in in_parts(key for known, key in chains if known == subject):
            some = columns.where(EVENT.c.subject == subject, EVENT.c.key.in_(keys))
            yield from session.execute(some.order_by(EVENT.c.subject, EVENT.c.key, EVENT.c.number))
