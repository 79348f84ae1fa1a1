"""The heads of the chains: what is kept beside every subject, its number of events and the last hash."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from itertools import islice
from typing import Any, NamedTuple, TypeVar
from uuid import UUID

from sqlalchemy import Column, Table, Uuid, or_, select
from sqlmodel import Session

from zerowaste.models.tables import (
    DISPOSITION,
    EVENT,
    MANIFEST,
    ORGANISATION,
    PUBLICATION,
    SITE,
    TREATMENT,
    USER,
)
from zerowaste.services.history.replay_events import streamed
from zerowaste.services.history.verify_chain import Fault, Walked

BATCH = 500
T = TypeVar("T")


class Keeper(NamedTuple):
    """The table whose rows count a subject's events; by which column, and what people call a row."""

    table: Table
    key: Column[Any]
    name: Column[Any]


KEEPERS = {
    "manifest": Keeper(MANIFEST, MANIFEST.c.id, MANIFEST.c.number),
    "treatment": Keeper(TREATMENT, TREATMENT.c.id, TREATMENT.c.id),
    "site": Keeper(SITE, SITE.c.code, SITE.c.code),
    "organisation": Keeper(ORGANISATION, ORGANISATION.c.credit_code, ORGANISATION.c.name),
    "disposition": Keeper(DISPOSITION, DISPOSITION.c.id, DISPOSITION.c.id),
    "publication": Keeper(PUBLICATION, PUBLICATION.c.id, PUBLICATION.c.year),
    "account": Keeper(USER, USER.c.login, USER.c.login),
}


def against_heads(session: Session, walked: Iterable[Walked]) -> Iterator[Fault]:
    """The faults of chains that were walked, those at their ends too, with the names people know."""
    for batch in batches(walked):
        heads = _heads(session, batch)
        for chain in batch:
            head = heads.get((chain.subject, chain.key))
            fault = chain.fault or _at_the_end(session, chain, head)
            if fault:
                yield _called(fault, head)


def without_events(session: Session) -> Iterator[Fault]:
    """Subjects whose row counts events, and there is not one."""
    for subject, keeper in KEEPERS.items():
        counts = or_(keeper.table.c.events != 0, keeper.table.c.head != "")
        rows = streamed(
            session, select(keeper.key, keeper.name, keeper.table.c.events).where(counts).order_by(keeper.key)
        )
        for batch in batches(rows):
            keys = [str(row[0]) for row in batch]
            there = set(
                session.execute(
                    select(EVENT.c.key).distinct().where(EVENT.c.subject == subject, EVENT.c.key.in_(keys))
                ).scalars()
            )
            for key, row in zip(keys, batch, strict=True):
                if key not in there:
                    yield Fault(
                        "chain_gone", subject, key, str(row[1] or ""), 1, detail=(("count", row.events),)
                    )


def batches(items: Iterable[T]) -> Iterator[list[T]]:
    iterator = iter(items)
    while batch := list(islice(iterator, BATCH)):
        yield batch


def _heads(session: Session, batch: Sequence[Walked]) -> dict[tuple[str, str], Any]:
    wanted: dict[str, list[str]] = defaultdict(list)
    for chain in batch:
        wanted[chain.subject].append(chain.key)
    found = {}
    for subject, keys in wanted.items():
        keeper = KEEPERS.get(subject)
        if keeper is None:
            continue
        named = [key for key in map(_uuid, keys) if key] if isinstance(keeper.key.type, Uuid) else keys
        rows = session.execute(
            select(
                keeper.key.label("key"), keeper.name.label("name"), keeper.table.c.events, keeper.table.c.head
            ).where(keeper.key.in_(named))
        )
        found.update({(subject, str(row.key)): row for row in rows})
    return found


def _uuid(key: str) -> UUID | None:
    try:
        return UUID(key)
    except ValueError:
        return None


def _at_the_end(session: Session, chain: Walked, head: Any | None) -> Fault | None:
    """Whether a chain that is whole in itself ends where its subject's row says."""
    if head is None:
        return Fault("chain_subject_missing", chain.subject, chain.key, number=chain.events, event=chain.last)
    if chain.events < head.events:
        return Fault(
            "chain_cut", chain.subject, chain.key, number=chain.events + 1, detail=(("count", head.events),)
        )
    if chain.events > head.events:
        surplus = session.execute(
            select(EVENT.c.id).where(
                EVENT.c.subject == chain.subject, EVENT.c.key == chain.key, EVENT.c.number == head.events + 1
            )
        ).scalar_one_or_none()
        return Fault(
            "chain_event_surplus", chain.subject, chain.key, number=head.events + 1, event=str(surplus or ""),
            detail=(("count", head.events),),
        )  # fmt: skip
    if chain.head != head.head:
        return Fault("chain_head_differs", chain.subject, chain.key, number=chain.events, event=chain.last)
    return None


def _called(fault: Fault, head: Any | None) -> Fault:
    if head is None or head.name is None:
        return fault
    return Fault(
        fault.code, fault.subject, fault.key, str(head.name), fault.number, fault.event, fault.detail
    )
