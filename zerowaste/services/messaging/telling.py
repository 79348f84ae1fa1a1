"""Telling people: one message a person, one delivery a mailbox or webhook, each written once."""

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import uuid_utils.compat as uuid7
from sqlmodel import Session

from zerowaste.models.tables import DELIVERY, MESSAGE
from zerowaste.rules.nudges import pace_for, send_at
from zerowaste.services.messaging.once import insert_new
from zerowaste.services.messaging.recipients import Concerned, Directory, Person
from zerowaste.vocabulary import Audience, Channel, DeliveryState, NudgeKind, Pace


@dataclass(frozen=True, slots=True)
class News:
    """Something to be told: to whom, of what kind, in plain values. `origin` makes it once a reader."""

    origin: str
    kind: NudgeKind
    audiences: tuple[Audience, ...]
    concerned: Concerned
    content: Mapping[str, Any]
    link: str = ""
    nudge_id: int | None = None
    at: datetime | None = None


def tell(session: Session, news: Sequence[News], *, now: datetime) -> int:
    """Write the messages and deliveries that are not there yet; gives how many messages it were."""
    if not news:
        return 0
    directory = Directory(session, [each.concerned for each in news], now=now)
    messages: list[dict[str, Any]] = []
    calls: list[dict[str, Any]] = []
    mails: dict[Any, datetime] = {}
    for each in news:
        for person in directory.told(each.concerned, each.audiences):
            row = _message(each, person, now)
            wanted = _pace(person, Channel.EMAIL, each.kind)
            mailed = person.mail and wanted is not Pace.NEVER
            if not (row["shown"] or mailed):
                continue
            messages.append(row)
            if mailed:
                mails[row["id"]] = send_at(wanted, each.kind, now, person.quiet)
        calls += _calls(each, directory, now)
    written = insert_new(session, MESSAGE, messages, MESSAGE.c.id, MESSAGE.c.user_id, MESSAGE.c.nudge_id,
                         MESSAGE.c.origin)  # fmt: skip
    insert_new(session, DELIVERY, [*_mails(written, mails, now), *calls], DELIVERY.c.id)
    return len(written)


def _pace(person: Person, channel: Channel, kind: NudgeKind) -> Pace:
    return pace_for(person.role, channel, kind, person.choices.get((channel, kind)))


def _message(news: News, person: Person, now: datetime) -> dict[str, Any]:
    shown = _pace(person, Channel.IN_APP, news.kind)
    return {
        "id": uuid7.uuid7(),
        "user_id": person.id,
        "kind": news.kind,
        "origin": news.origin,
        "nudge_id": news.nudge_id,
        "at": news.at or now,
        "shown": shown is not Pace.NEVER,
        "link": news.link,
        "content": dict(news.content),
    }


def _mails(
    written: Collection[Any], mails: Mapping[Any, datetime], now: datetime
) -> Iterator[dict[str, Any]]:
    for row in written:
        if row.id in mails:
            yield {
                **_waiting(now, row.origin, row.nudge_id),
                "channel": Channel.EMAIL,
                "user_id": row.user_id,
                "webhook_id": None,
                "message_id": row.id,
                "next_at": mails[row.id],
                "content": {},
            }


def _calls(news: News, directory: Directory, now: datetime) -> Iterator[dict[str, Any]]:
    for hook in directory.called(news.concerned, news.audiences, news.kind):
        yield {
            **_waiting(now, news.origin, news.nudge_id),
            "channel": Channel.WEBHOOK,
            "user_id": None,
            "webhook_id": hook.id,
            "message_id": None,
            "next_at": now,
            "content": {
                "kind": news.kind,
                "at": (news.at or now).isoformat(),
                **news.content,
                "link": news.link,
            },
        }


def _waiting(now: datetime, origin: str, nudge_id: int | None) -> dict[str, Any]:
    return {
        "id": uuid7.uuid7(),
        "nudge_id": nudge_id,
        "origin": origin,
        "state": DeliveryState.WAITING,
        "attempts": 0,
        "made_at": now,
        "error": "",
    }
