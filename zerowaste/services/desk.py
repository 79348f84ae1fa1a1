"""The desk: what every use case works with: one session, the law, who acts, and what time it is."""

from dataclasses import dataclass
from datetime import datetime

from sqlmodel import Session

from zerowaste.rules.access import Actor
from zerowaste.rules.law import Law
from zerowaste.services.booking.books import Books
from zerowaste.services.register import Register


@dataclass(frozen=True, slots=True)
class Desk:
    session: Session
    law: Law
    actor: Actor
    now: datetime
    register: Register
    books: Books


def open_desk(session: Session, law: Law, actor: Actor, *, now: datetime) -> Desk:
    return Desk(session, law, actor, now, Register(session), Books(session))
