"""All stored events, chain after chain, each in the order of its numbers; never more than a batch at once."""

from collections.abc import Callable, Iterable, Iterator
from itertools import groupby
from typing import Any, NamedTuple, TypeVar

from sqlalchemy import Select, func, select, text
from sqlmodel import Session

from zerowaste.models.tables import EVENT, PRIVATE

BATCH = 2_000
T = TypeVar("T")
# Is told what is being gone through (in Chinese and English) and about how much there is of it.
Watch = Callable[[Iterable[T], str, int], Iterable[T]]


class ChainOfEvents(NamedTuple):
    """The events of one subject, to be read once and before the next chain is asked for."""

    subject: str
    key: str
    events: Iterator[Any]


def unwatched(items: Iterable[T], _label: str, _count: int) -> Iterable[T]:
    """Goes through the items, and nobody looks on."""
    return items


def streamed(session: Session, statement: Select[Any]) -> Iterator[Any]:
    """The rows of a statement, fetched batch by batch."""
    return iter(session.execute(statement, execution_options={"yield_per": BATCH}))


def take_time(session: Session) -> None:
    """A proof goes through whole tables; PostgreSQL must not end it for thinking between two rows."""
    if session.get_bind().dialect.name == "postgresql":
        session.execute(text("SET LOCAL idle_in_transaction_session_timeout = 0"))
        session.execute(text("SET LOCAL statement_timeout = 0"))


def count_of_events(session: Session) -> int:
    return int(session.execute(select(func.count()).select_from(EVENT)).scalar_one())


def chains(
    session: Session, watch: Watch[Any], label: str, *, private: bool = False
) -> Iterator[ChainOfEvents]:
    """Every chain there is, by subject and key. `private`: with what is kept apart from the events
    (`private_text`, `salt`; None where there is nothing, or nothing any more)."""
    statement = select(EVENT)
    if private:
        apart = (PRIVATE.c.text.label("private_text"), PRIVATE.c.salt)
        statement = select(EVENT, *apart).outerjoin(PRIVATE, PRIVATE.c.event_id == EVENT.c.id)
    statement = statement.order_by(EVENT.c.subject, EVENT.c.key, EVENT.c.number)
    rows = watch(streamed(session, statement), label, count_of_events(session))
    for (subject, key), events in groupby(rows, key=lambda row: (row.subject, row.key)):
        yield ChainOfEvents(subject, key, events)
