"""What seals prove: that an event is in the history, and that a later history begins with an earlier one;
and, for `flask verify`, that seals, leaves and events still agree."""

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from hashlib import sha256
from typing import Any
from uuid import UUID

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from sqlalchemy import select
from sqlmodel import Session

from zerowaste.errors import Problem, Refusal
from zerowaste.models.tables import EVENT, SEAL, SEAL_LEAF, SITE, TREATMENT
from zerowaste.rules.access import Actor
from zerowaste.rules.merkle import EMPTY, consistency, inclusion, leaf_hash, node_hash
from zerowaste.services.booking.manifest_state import as_uuid
from zerowaste.services.history.replay_events import streamed
from zerowaste.services.history.sealing import PURPOSE, Sealed, latest, places_of, seal_numbered, span_of
from zerowaste.services.history.verify_chain import Fault
from zerowaste.services.queries.manifests import visible
from zerowaste.vocabulary import Role


@dataclass(frozen=True, slots=True)
class Inclusion:
    """That an event's hash stands at `position` in the tree that seal number `seal` seals."""

    event: UUID
    hash: str
    position: int
    seal: Sealed
    path: Sequence[str]


def prove_events(session: Session, events: Mapping[UUID, str]) -> list[Inclusion]:
    """For each of these events (id → hash) that is sealed, under the last seal. In the order given."""
    last = latest(session)
    if last is None:
        return []
    places, span = places_of(session, list(events)), span_of(session)
    return [
        Inclusion(
            event, events[event], places[event], last,
            [each.hex() for each in inclusion(places[event], last.size, span)],
        )
        for event in events
        if event in places and places[event] < last.size
    ]  # fmt: skip


def prove_consistency(session: Session, earlier: int, later: int) -> tuple[Sealed, Sealed, Sequence[str]]:
    """That the history of the later seal begins with that of the earlier. Raises `not_found`, `invalid`."""
    first, second = seal_numbered(session, earlier), seal_numbered(session, later)
    if first is None or second is None:
        raise Refusal("not_found")
    if first.size > second.size:
        raise Refusal("invalid", Problem("seals_out_of_order", "from", {"earlier": earlier, "later": later}))
    return first, second, [each.hex() for each in consistency(first.size, second.size, span_of(session))]


def seal_faults(session: Session, keys: Mapping[int, Ed25519PublicKey]) -> Iterator[Fault]:
    """The first fault of the seals, and every sealed event that is not any more what was sealed."""
    yield from _seals_altered(session, keys)
    yield from _leaves_altered(session)
    yield from _roots_differ(session)


def _seals_altered(session: Session, keys: Mapping[int, Ed25519PublicKey]) -> Iterator[Fault]:
    previous = ""
    for expected, row in enumerate(session.execute(select(SEAL).order_by(SEAL.c.number)), start=1):
        sealed = Sealed(row.number, row.size, row.at, row.text, row.hash, row.signature)
        if row.number != expected:
            yield Fault("seal_missing", "seal", str(expected), number=expected)
            return
        if not _signed(sealed, keys) or not _as_signed(sealed, previous):
            yield Fault("seal_altered", "seal", str(row.number), number=row.number)
            return
        previous = row.hash


def _signed(sealed: Sealed, keys: Mapping[int, Ed25519PublicKey]) -> bool:
    try:
        keys[sealed.content["key"]].verify(bytes.fromhex(sealed.signature), PURPOSE + sealed.text.encode())
    except (InvalidSignature, KeyError, ValueError):
        return False
    return True


def _as_signed(sealed: Sealed, previous: str) -> bool:
    said = sealed.content
    return sha256(sealed.text.encode()).hexdigest() == sealed.hash and (
        said["number"],
        said["size"],
        said["previous"],
    ) == (sealed.number, sealed.size, previous)


def _leaves_altered(session: Session) -> Iterator[Fault]:
    """Events that are gone, or whose hash is another one than was sealed."""
    joined = select(
        SEAL_LEAF.c.position, SEAL_LEAF.c.event_id, SEAL_LEAF.c.hash, EVENT.c.subject, EVENT.c.key,
        EVENT.c.number, EVENT.c.hash.label("now"),
    ).outerjoin(EVENT, EVENT.c.id == SEAL_LEAF.c.event_id)  # fmt: skip
    for row in streamed(session, joined.order_by(SEAL_LEAF.c.position)):
        if row.now is None:
            yield Fault("sealed_event_gone", "seal", str(row.position), event=str(row.event_id))
        elif row.now != row.hash.hex():
            yield Fault(
                "sealed_event_altered", row.subject, row.key, number=row.number, event=str(row.event_id)
            )


def _roots_differ(session: Session) -> Iterator[Fault]:
    """The first place where a leaf is missing, and the first seal whose root is not that of its leaves."""
    seals = session.execute(select(SEAL).order_by(SEAL.c.size)).all()
    roots, count = _roots(session, {row.size for row in seals})
    if seals and count < seals[-1].size:
        yield Fault("seal_leaf_missing", "seal", str(count), number=count)
    for row in seals:
        said = Sealed(row.number, row.size, row.at, row.text, row.hash, row.signature)
        if row.size <= count and roots[row.size] != said.root:
            yield Fault("seal_root_differs", "seal", str(row.number), number=row.number)
            return


def _roots(session: Session, sizes: Collection[int]) -> tuple[dict[int, bytes], int]:
    """(the roots at these sizes, how many leaves there are without a gap): the tree built anew."""
    peaks: list[tuple[int, bytes]] = []  # full blocks from the left: (leaves in it, hash)
    roots, count = {}, 0
    leaves = select(SEAL_LEAF.c.position, SEAL_LEAF.c.hash).order_by(SEAL_LEAF.c.position)
    for row in streamed(session, leaves):
        if row.position != count:
            continue
        peaks.append((1, leaf_hash(row.hash)))
        while len(peaks) > 1 and peaks[-1][0] == peaks[-2][0]:
            (_, right), (size, left) = peaks.pop(), peaks.pop()
            peaks.append((2 * size, node_hash(left, right)))
        count += 1
        if count in sizes:
            roots[count] = _root(peaks)
    return roots, count


def _root(peaks: Sequence[tuple[int, bytes]]) -> bytes:
    found: bytes | None = None
    for _, content in reversed(peaks):
        found = content if found is None else node_hash(content, found)
    return EMPTY if found is None else found


def visible_event(session: Session, actor: Actor, event: UUID) -> str | None:
    """The hash of an event the actor may see: of a manifest that concerns him, of a site of his, or behind
    a finding he oversees; for an administrator of any."""
    row = session.execute(
        select(EVENT.c.subject, EVENT.c.key, EVENT.c.hash).where(EVENT.c.id == event)
    ).one_or_none()
    if row is None:
        return None
    return str(row.hash) if actor.role is Role.ADMINISTRATOR or _sees(session, actor, row) else None


def _sees(session: Session, actor: Actor, row: Any) -> bool:
    if row.subject == "manifest":
        try:
            visible(session, actor, row.key)
        except Refusal:
            return False
        return True
    place = select(SITE.c.id, SITE.c.street)
    if row.subject == "treatment":
        place = place.join(TREATMENT, TREATMENT.c.site_id == SITE.c.id).where(
            TREATMENT.c.id == as_uuid(row.key)
        )
    elif row.subject == "site":
        place = place.where(SITE.c.code == row.key)
    else:
        return False
    site = session.execute(place).one_or_none()
    return site is not None and (site.id in actor.sites or actor.oversees(site.street))
