"""What an overseer makes of a finding: confirmed, explained, waived, a false alarm, or open again.

Each word is an event on the finding's own chain; nothing is overwritten."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, NamedTuple
from uuid import UUID

from sqlalchemy import select
from sqlmodel import Session

from zerowaste.errors import Problem, Refusal
from zerowaste.models.tables import DISPOSITION
from zerowaste.rules.decision import Decision
from zerowaste.services.booking import ledger
from zerowaste.services.booking.ledger import Act, Chain
from zerowaste.services.desk import Desk
from zerowaste.services.findings.findings import finding_for
from zerowaste.vocabulary import Disposition

KIND = "dispose"
# A word that lets a breach rest must say why.
NEED_REASONS = (Disposition.EXPLAINED, Disposition.WAIVED, Disposition.FALSE_ALARM)


@dataclass(frozen=True, slots=True)
class DispositionRequest:
    """`expects`: how many words had been said when the sender looked; `body`: as it was sent."""

    id: UUID
    finding: str
    disposition: Disposition
    note: str
    expects: int | None
    body: Mapping[str, Any]


class Disposed(NamedTuple):
    """What stands now, and whether this very request said it (False: it was said before)."""

    disposition: Disposition
    number: int
    created: bool


def dispose(desk: Desk, request: DispositionRequest) -> Disposed:
    """Say what is made of a finding. Raises `not_found`, `invalid`, `id_reused`, `changed_meanwhile`."""
    finding = finding_for(desk.session, desk.actor, request.finding)
    act = Act(
        id=request.id, kind=KIND, at=desk.now, actor=desk.actor.login, role=desk.actor.role,
        body={**request.body, "finding": finding.key}, credential=desk.actor.credential,
        private={"note": request.note} if request.note else None,
    )  # fmt: skip
    key = str(finding.id)
    stored = ledger.find(desk.session, request.id)
    if ledger.repeated(stored, act, "disposition", key):
        return Disposed(request.disposition, stored.number if stored else 0, False)
    if request.disposition in NEED_REASONS and not request.note.strip():
        raise Refusal("invalid", Problem("why_missing", "note"))
    chain = _lock(desk.session, finding.id)
    if request.expects is not None and request.expects != chain.events:
        raise Refusal("changed_meanwhile", expected=str(request.expects), events=chain.events,
                      status=finding.disposition)  # fmt: skip
    said = {
        "disposition": str(request.disposition), "at": desk.now, "actor": desk.actor.login,
        "grams": finding.grams,
    }  # fmt: skip
    decision = Decision()
    (decision.set if chain.events else decision.put)["disposition"] = [said]
    after, _ = ledger.append(desk.session, chain, act, decision, now=desk.now)
    return Disposed(request.disposition, after.events, True)


def _lock(session: Session, finding: UUID) -> Chain:
    row = session.execute(
        select(DISPOSITION.c.events, DISPOSITION.c.head).where(DISPOSITION.c.id == finding).with_for_update()
    ).one_or_none()
    return Chain("disposition", str(finding), row.events if row else 0, row.head if row else "")
