"""Drafts: manifests that are being written. No number, no holds, no quotas; seen by their author's side.

A draft is what its last `draft` event says. Filing under the same id continues its chain of events."""

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import UUID

import uuid_utils.compat as uuid7
from sqlalchemy import select
from sqlmodel import Session

from zerowaste.clock import local_day
from zerowaste.errors import Problem, Refusal
from zerowaste.models.tables import EVENT, PRIVATE
from zerowaste.rules.decision import Decision
from zerowaste.rules.parties import Place
from zerowaste.rules.streams import Stream
from zerowaste.services import naming
from zerowaste.services.booking import ledger
from zerowaste.services.booking.ledger import Act, Chain
from zerowaste.services.booking.manifest_state import chain_of, locking, refuse_if_changed
from zerowaste.services.desk import Desk
from zerowaste.services.together import ask
from zerowaste.vocabulary import Act as Kind
from zerowaste.vocabulary import Status, Verdict


@dataclass(frozen=True, slots=True)
class DraftRequest:
    """An incomplete manifest. `body`: the rest of it as it was sent in, without its fields. `expects`,
    `window`: what the sender had seen, and where (`refuse_if_overwriting`)."""

    stream: str
    consignor: str
    consignee: str | None = None
    planned_at: datetime | None = None
    id: UUID | None = None
    fields: Mapping[str, Any] = field(default_factory=dict)
    body: Mapping[str, Any] = field(default_factory=dict)
    expects: str | int | None = None
    window: str = ""


@dataclass(frozen=True, slots=True)
class Drafted:
    """`created` False: the draft was there before."""

    id: UUID
    created: bool


@dataclass(frozen=True, slots=True)
class Earlier:
    """What is known under an id: the event that bears it, and the manifest that does."""

    event: Any | None
    manifest: Any | None


NOTHING_KNOWN = Earlier(None, None)


def earlier(session: Session, identity: UUID) -> Earlier:
    """What an id stands for already. The manifest is locked before the event is looked for: it may be filed
    while we wait for it."""
    manifests, events = ask(session, locking(identity), ledger.found(identity))
    return Earlier(events[0] if events else None, manifests[0] if manifests else None)


def split_fields(stream: Stream | None, fields: Mapping[str, Any]) -> tuple[dict[str, Any], dict[str, Any]]:
    """(public, personal): the personal ones are kept apart from the event's text, to be erasable."""
    personal = {name for name in fields if stream is not None and stream.is_personal(name)}
    return (
        {name: value for name, value in fields.items() if name not in personal},
        {name: value for name, value in fields.items() if name in personal},
    )


def own_draft(desk: Desk, manifest: Any) -> Chain:
    """The chain of a draft that the actor may go on with. Raises `id_reused` where it is another's,
    `not_legal_now` where it was thrown away."""
    if not naming.may_act_for(desk, desk.register.place(manifest.consignor_id)):
        raise Refusal("id_reused", id=str(manifest.id))
    if manifest.status != Status.DRAFT:
        raise Refusal("not_legal_now", kind=str(Kind.FILE), status=manifest.status)
    return chain_of(manifest)


def refuse_if_overwriting(session: Session, manifest: Any, expects: str | int | None, window: str) -> None:
    """Raises `changed_meanwhile` where a draft is no more what the sender saw. What his own window kept last
    is no change to him, even where its answer never reached him."""
    if expects is None or (window and window == _kept_in(session, manifest)):
        return
    refuse_if_changed(expects, manifest)


def _kept_in(session: Session, manifest: Any) -> str:
    """The window a draft was last kept in; empty where none was named."""
    last = select(EVENT.c.id).where(
        EVENT.c.subject == "manifest", EVENT.c.key == str(manifest.id), EVENT.c.number == manifest.events
    )
    private = session.scalar(select(PRIVATE.c.text).where(PRIVATE.c.event_id.in_(last)))
    return str(json.loads(private).get("window", "")) if private else ""


def save_draft(desk: Desk, request: DraftRequest) -> Drafted:
    """Keep a manifest that is not complete yet; the same id again replaces what was kept.

    Raises `invalid` where something named does not exist, `forbidden` where the consignor is not the
    actor's, `id_reused` where the id is something else already, `changed_meanwhile` where it would replace
    what the sender has not seen."""
    identity = request.id or uuid7.uuid7()
    known = earlier(desk.session, identity) if request.id else NOTHING_KNOWN
    if known.event is not None:
        raise Refusal("id_reused", id=str(identity))
    stream, consignor, consignee = _resolve(desk, request)
    public, personal = split_fields(stream, request.fields)
    body = {**request.body, "fields": public}
    chain = own_draft(desk, known.manifest) if known.manifest else Chain("manifest", str(identity), 0, "")
    if known.manifest and _unchanged(desk.session, chain, body, personal):
        return Drafted(identity, created=False)
    if known.manifest:
        refuse_if_overwriting(desk.session, known.manifest, request.expects, request.window)
    decision = Decision(status=Status.DRAFT, edition=stream.edition)
    row = _row(desk, request, stream, consignor, consignee, public)
    (decision.set if known.manifest else decision.put)["manifest"] = [row]
    # Which window it was is no evidence: it stands apart, with what can be erased.
    apart = {"fields": personal, "window": request.window}
    act = Act(
        id=uuid7.uuid7(), kind=Kind.DRAFT, at=desk.now, actor=desk.actor.login, role=desk.actor.role,
        body=body, credential=desk.actor.credential,
        private={name: value for name, value in apart.items() if value} or None,
    )  # fmt: skip
    ledger.append(desk.session, chain, act, decision, now=desk.now)
    return Drafted(identity, created=known.manifest is None)


def _resolve(desk: Desk, request: DraftRequest) -> tuple[Stream, Place, Place | None]:
    problems: list[Problem] = []
    stream = desk.law.streams.find(request.stream, on=local_day(desk.now))
    if stream is None:
        problems.append(Problem("stream_unknown", "stream", {"stream": request.stream}))
    consignor = _place(desk, request.consignor, "consignor", problems)
    consignee = _place(desk, request.consignee, "consignee", problems) if request.consignee else None
    if consignor is not None and not naming.may_act_for(desk, consignor):
        raise Refusal("forbidden")
    if problems or stream is None or consignor is None:
        raise Refusal("invalid", *problems)
    return stream, consignor, consignee


def _place(desk: Desk, code: str, path: str, problems: list[Problem]) -> Place | None:
    place = desk.register.place_called(code)
    if place is None:
        problems.append(Problem("site_unknown", path, {"site": code}))
    return place


def _row(
    desk: Desk,
    request: DraftRequest,
    stream: Stream,
    consignor: Place,
    consignee: Place | None,
    public: Mapping[str, Any],
) -> dict[str, Any]:
    return {
        "number": None,
        "national_number": None,
        "stream": stream.code,
        "edition": stream.edition,
        "consignor_id": consignor.id,
        "consignee_id": consignee.id if consignee else None,
        "planned_at": request.planned_at,
        "filed_at": desk.now,
        "expires_at": None,
        "trip_id": None,
        "fields": dict(public),
        "status": Status.DRAFT,
        "carried": 0,
        "at_gate": False,
        "back_legs": 0,
        "settled": False,
        "turn_id": consignor.organisation_id,
    }


def _unchanged(session: Session, chain: Chain, body: Mapping[str, Any], personal: Mapping[str, Any]) -> bool:
    contents = contents_of(session, [chain.key])
    return bool(contents) and contents[chain.key] == {
        **body,
        "fields": {**body["fields"], **personal},
    }


def contents_of(session: Session, keys: Iterable[str]) -> dict[str, dict[str, Any]]:
    """Manifest id → what its last draft says, personal fields and all."""
    rows = session.execute(
        select(EVENT.c.key, EVENT.c.text, PRIVATE.c.text.label("private"))
        .outerjoin(PRIVATE, PRIVATE.c.event_id == EVENT.c.id)
        .where(EVENT.c.subject == "manifest", EVENT.c.key.in_(sorted(keys)), EVENT.c.kind == Kind.DRAFT)
        .order_by(EVENT.c.key, EVENT.c.number)
    )
    found: dict[str, dict[str, Any]] = {}
    for row in rows:
        content = dict(ledger.content_of(row)["act"])
        content["fields"] = {**content["fields"], **personal_fields(row.private)}
        found[row.key] = content
    return found


def personal_fields(private: str | None) -> dict[str, Any]:
    """The personal fields in an event's private text; none where it was erased."""
    return dict(json.loads(private).get("fields", {})) if private else {}


def throw_away(desk: Desk, manifest: Any, act: Act) -> tuple[Decision, Chain]:
    """The only act a draft knows: its author's side cancels it. Returns what was decided and the
    chain after it. Raises `not_found` for everybody else."""
    if not naming.may_act_for(desk, desk.register.place(manifest.consignor_id)):
        raise Refusal("not_found")
    params = {"kind": str(act.kind), "status": str(manifest.status)}
    if act.kind == Kind.CANCEL and manifest.status == Status.DRAFT:
        decision = Decision(status=Status.CANCELLED, edition=manifest.edition)
        decision.set["manifest"] = [{"status": Status.CANCELLED, "turn_id": None}]
    else:
        errors = [Problem("not_legal_now", "kind", params)]
        decision = Decision(
            verdict=Verdict.REFUSED, code="not_legal_now", status=manifest.status, errors=errors
        )
    chain, _ = ledger.append(desk.session, chain_of(manifest), act, decision, now=desk.now)
    return decision, chain


def missing(content: Mapping[str, Any]) -> Sequence[str]:
    """What a draft still lacks before it can be filed."""
    return [name for name in ("consignee", "planned_at", "legs", "lines") if not content.get(name)]
