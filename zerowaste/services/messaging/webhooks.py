"""Webhooks: where programs are told, kept by whom they concern; a change is an event of who made it."""

import json
import secrets
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, false, func, insert, or_, select, true, update
from sqlmodel import Session

from zerowaste.errors import Problem, Refusal
from zerowaste.models.tables import DELIVERY, ORGANISATION, WEBHOOK
from zerowaste.rules.access import Actor
from zerowaste.services.identity.account_events import AccountAct, record
from zerowaste.services.messaging.deliveries import Batch
from zerowaste.services.messaging.secret_box import SecretBox
from zerowaste.services.messaging.webhook_calls import read_url
from zerowaste.vocabulary import DeliveryState, NudgeKind, Role

MOST = 10
MARK = "zws_"  # lets scanners of leaked secrets recognise one
SECRET_BYTES = 32
LATELY = timedelta(days=30)
KEEPERS = frozenset(Role) - {Role.DRIVER}


@dataclass(frozen=True, slots=True)
class WebhookListed:
    """A webhook as its keepers see it. `owner`: an organisation's name, or a region."""

    id: int
    owner: str
    url: str
    kinds: tuple[NudgeKind, ...]
    made_at: datetime
    counts: dict[str, int]
    last_error: str


@dataclass(frozen=True, slots=True)
class Call:
    """What is sent: where to, the body, and the secret that signs it."""

    url: str
    body: bytes
    secret: str


def webhooks_of(session: Session, actor: Actor, *, now: datetime) -> Sequence[WebhookListed]:
    """The actor's organisations' or regions' webhooks, the oldest first, and how their calls fared lately."""
    rows = session.execute(
        select(WEBHOOK, ORGANISATION.c.name)
        .outerjoin(ORGANISATION, ORGANISATION.c.id == WEBHOOK.c.organisation_id)
        .where(WEBHOOK.c.removed_at.is_(None), _kept_by(actor))
        .order_by(WEBHOOK.c.id)
        .limit(MOST * 20)
    ).all()
    ids = [row.id for row in rows]
    counts: dict[int, dict[str, int]] = {each: {} for each in ids}
    for hook, state, count in session.execute(
        select(DELIVERY.c.webhook_id, DELIVERY.c.state, func.count())
        .where(DELIVERY.c.webhook_id.in_(ids), DELIVERY.c.made_at > now - LATELY)
        .group_by(DELIVERY.c.webhook_id, DELIVERY.c.state)
    ):
        counts[hook][state] = count
    failing = (DeliveryState.WAITING, DeliveryState.GIVEN_UP)
    failed = session.execute(
        select(DELIVERY.c.webhook_id, func.max(DELIVERY.c.error).label("error"))
        .where(
            DELIVERY.c.webhook_id.in_(ids),
            DELIVERY.c.made_at > now - LATELY,
            DELIVERY.c.state.in_(failing),
            DELIVERY.c.error != "",
        )
        .group_by(DELIVERY.c.webhook_id)
    )
    errors = {row.webhook_id: row.error for row in failed}
    return [
        WebhookListed(
            row.id, row.name or row.region, row.url, tuple(NudgeKind(kind) for kind in row.kinds.split()),
            row.made_at, counts[row.id], errors.get(row.id, ""),
        )
        for row in rows
    ]  # fmt: skip


def _kept_by(actor: Actor) -> ColumnElement[bool]:
    if actor.role is Role.ADMINISTRATOR:
        return true()
    if actor.role is Role.REGULATOR:
        return WEBHOOK.c.region.in_(actor.regions)
    if actor.role is Role.DRIVER:
        return false()
    return or_(false(), WEBHOOK.c.organisation_id.in_(sorted(actor.organisations)))


def add_webhook(
    session: Session,
    actor: Actor,
    box: SecretBox,
    *,
    url: str,
    kinds: Collection[NudgeKind],
    city: str,
    loopback: bool,
    now: datetime,
) -> str:
    """Add one for the actor's organisation, or his region (an administrator: the city); gives the secret that
    signs its calls, shown this once. Raises `forbidden`, `invalid`, `webhooks_enough`."""
    if actor.role not in KEEPERS:
        raise Refusal("forbidden")
    problems = [] if read_url(url, loopback=loopback) else [Problem("webhook_url_wrong", "url")]
    problems += [] if kinds else [Problem("kinds_missing", "kinds")]
    if problems:
        raise Refusal("invalid", *problems)
    organisation, region = _owner(actor, city)
    owned = (
        WEBHOOK.c.organisation_id == organisation if organisation is not None else WEBHOOK.c.region == region
    )
    there = select(func.count()).where(owned, WEBHOOK.c.removed_at.is_(None))
    if session.execute(there).scalar_one() >= MOST:
        raise Refusal("webhooks_enough", most=MOST)
    secret = MARK + secrets.token_urlsafe(SECRET_BYTES)
    session.execute(insert(WEBHOOK).values(
        organisation_id=organisation, region=region, url=url, secret=box.shut(secret),
        kinds=" ".join(kind for kind in NudgeKind if kind in kinds), made_by=actor.user_id, made_at=now,
    ))  # fmt: skip
    record(session, actor.user_id, AccountAct.WEBHOOK_ADDED, now=now, told={"name": _host(url)})
    return secret


def _owner(actor: Actor, city: str) -> tuple[int | None, str | None]:
    if actor.role is Role.ADMINISTRATOR:
        return None, city
    if actor.role is Role.REGULATOR and actor.regions:
        return None, actor.regions[0]
    if actor.organisations:
        return min(actor.organisations), None
    raise Refusal("forbidden")


def remove_webhook(session: Session, actor: Actor, webhook_id: int, *, now: datetime) -> None:
    """No call any more; what waits is not sent. Raises `not_found`."""
    gone = session.execute(
        update(WEBHOOK)
        .where(WEBHOOK.c.id == webhook_id, WEBHOOK.c.removed_at.is_(None), _kept_by(actor))
        .values(removed_at=now, secret="")
        .returning(WEBHOOK.c.url)
    ).one_or_none()
    if gone is None:
        raise Refusal("not_found")
    session.execute(
        update(DELIVERY)
        .where(DELIVERY.c.webhook_id == webhook_id, DELIVERY.c.state == DeliveryState.WAITING)
        .values(state=DeliveryState.WITHDRAWN)
    )
    record(session, actor.user_id, AccountAct.WEBHOOK_REMOVED, now=now, told={"name": _host(gone.url)})


def _host(url: str) -> str:
    target = read_url(url, loopback=True)
    return target.host if target else ""


def call_for(session: Session, batch: Batch, box: SecretBox) -> Call | None:
    """What a batch calls; None where the webhook was removed. Raises Unreadable."""
    hook = session.execute(
        select(WEBHOOK.c.url, WEBHOOK.c.secret)
        .where(WEBHOOK.c.id == batch.webhook_id, WEBHOOK.c.removed_at.is_(None))
    ).one_or_none()  # fmt: skip
    if hook is None:
        return None
    content: dict[str, Any] = {"id": str(batch.id), **batch.content}
    body = json.dumps(content, ensure_ascii=False, separators=(",", ":")).encode()
    return Call(hook.url, body, box.open(hook.secret))
