"""From stored events to the manifest the law judges: find it, lock it, fold it."""

import uuid
from collections.abc import Iterable
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import bindparam, or_, select
from sqlmodel import Session

from zerowaste.errors import Refusal
from zerowaste.models.tables import EVENT, MANIFEST
from zerowaste.rules import evidence
from zerowaste.rules.balance import LineFacts, Path, Portion
from zerowaste.rules.history import History, fold
from zerowaste.rules.law import Law
from zerowaste.rules.state import ManifestState, Stretch
from zerowaste.services.booking import ledger
from zerowaste.services.booking.ledger import Chain
from zerowaste.services.register import Register
from zerowaste.services.together import Question, ask
from zerowaste.vocabulary import Basis, Status, Verdict

# Made once: they run at every act, and making a statement takes longer than running it.
_BY_ID = select(MANIFEST).where(MANIFEST.c.id == bindparam("id"))
_BY_ID_LOCKED = _BY_ID.with_for_update(key_share=True)
_BY_NUMBER = (
    select(MANIFEST)
    .where(or_(MANIFEST.c.number == bindparam("number"), MANIFEST.c.national_number == bindparam("number")))
    .limit(1)
)
_BY_NUMBER_LOCKED = _BY_NUMBER.with_for_update(key_share=True)
_APPLIED = (
    select(EVENT.c.text)
    .where(EVENT.c.subject == "manifest", EVENT.c.key == bindparam("key"), EVENT.c.verdict == Verdict.APPLIED)
    .order_by(EVENT.c.number)
)


def as_uuid(text: str) -> UUID | None:
    """The UUID a text names, if it does."""
    try:
        return UUID(text)
    except ValueError:
        return None


def find_row(session: Session, ref: str, *, lock: bool = False) -> Any:
    """The manifest's row by id, city serial or national number. Raises `not_found` (404)."""
    identity = as_uuid(ref)
    if identity is not None:
        (rows,) = ask(session, (_BY_ID_LOCKED if lock else _BY_ID, {"id": identity}))
    else:
        (rows,) = ask(session, (_BY_NUMBER_LOCKED if lock else _BY_NUMBER, {"number": ref}))
    if not rows:
        raise Refusal("not_found")
    return rows[0]


def locking(identity: UUID) -> Question:
    """Asks for the row of the manifest with this id, and locks it."""
    return _BY_ID_LOCKED, {"id": identity}


def chain_of(row: Any) -> Chain:
    return Chain("manifest", str(row.id), row.events, row.head)


def refuse_if_changed(expects: str | int | None, row: Any) -> None:
    """`expects`: the number or hash of the last event the sender saw, or the status he saw. Raises
    `changed_meanwhile` where it is another by now."""
    if expects is not None and str(expects) not in (str(row.events), row.head, row.status):
        raise Refusal("changed_meanwhile", expected=str(expects), events=row.events, status=row.status)


def texts_of(session: Session, row: Any) -> list[str]:
    """The texts of a manifest's applied events, in order."""
    (events,) = ask(session, (_APPLIED, {"key": str(row.id)}))
    return [event.text for event in events]


def locked(session: Session, ref: str, event_id: uuid.UUID) -> tuple[Any, list[str], Any]:
    """(a manifest's row, locked; the texts of its applied events, in order; the stored event with this id,
    whoever's it is). Raises `not_found` (404)."""
    identity = as_uuid(ref) or find_row(session, ref).id
    rows, events, stored = ask(
        session, locking(identity), (_APPLIED, {"key": str(identity)}), ledger.found(event_id)
    )
    if not rows:
        raise Refusal("not_found")
    return rows[0], [event.text for event in events], stored[0] if stored else None


def state_of(law: Law, register: Register, history: History, *, now: datetime) -> ManifestState:
    """The manifest that its events add up to. One that nobody picked up in time is expired already,
    whether or not the clerk's clock (`flask tick`) has said so."""
    row = history.row("manifest")
    stream = law.streams.get(row["stream"], row["edition"])
    consignor = register.place(row["consignor_id"])
    consignee = register.place(row["consignee_id"])
    ended = Status(history.status) if history.status in (Status.CANCELLED, Status.EXPIRED) else None
    expires_at = _moment(row["expires_at"])
    stretches = [_stretch(register, leg) for leg in history.all("leg")]
    return ManifestState(
        key=history.key,
        number=row["number"],
        stream=stream,
        consignor=consignor,
        consignee=consignee,
        planned_at=_moment(row["planned_at"]),
        expires_at=expires_at,
        filed_at=_moment(row["filed_at"]),
        legs=tuple(leg for leg in stretches if not leg.carriage.back),
        back=tuple(leg for leg in stretches if leg.carriage.back),
        lines=tuple(_lines(history)),
        path=Path(
            carried=row["carried"],
            at_gate=row["at_gate"],
            back_legs=row["back_legs"],
            void=ended is not None,
            outside=consignee.outside,
        ),
        ended=ended,
        lapsed=not row["carried"] and now > expires_at,
        settled=row["settled"],
        trip=row.get("trip_id"),
        parts=dict(history.parts),
        charges={key: (total[0], total[1]) for key, total in history.charges.items()},
        last=history.standing[-1] if history.standing else None,
        former=tuple(
            tuple(_stretch(register, leg) for leg in plan if not leg["back"]) for plan in history.plans
        ),
    )


def read_state(session: Session, law: Law, register: Register, row: Any, *, now: datetime) -> ManifestState:
    """The state of a filed manifest, folded from its events."""
    return state_of(law, register, fold(texts_of(session, row)), now=now)


def _moment(text: str) -> datetime:
    return datetime.fromisoformat(text)


def _stretch(register: Register, leg: dict[str, Any]) -> Stretch:
    return Stretch(register.carriage(leg), evidence.moment(leg["began_at"]), evidence.moment(leg["ended_at"]))


def _lines(history: History) -> Iterable[LineFacts]:
    draws: dict[int, list[Portion]] = {}
    for draw in history.rows.get("draw", {}).values():
        draws.setdefault(draw["line"], []).append(Portion(draw["holding_id"], draw["grams"]))
    for row in history.all("line"):
        number = row["number"]
        yard = history.parts.get((number, "yard"))
        lots = tuple(draw for draw in draws.get(number, ()) if draw.holding != yard)
        values = {name: value for name, value in row.items() if name != "manifest_id"}
        values["basis"] = Basis(values["basis"])
        if values.get("received_basis"):
            values["received_basis"] = Basis(values["received_basis"])
        yield LineFacts(**values, draws=lots, yard=yard is not None)
