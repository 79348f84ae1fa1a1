"""What a person chose to be told, how fast, and where he reads mail; a change is an event of his account."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

import uuid_utils.compat as uuid7
from sqlalchemy import delete, insert, select, update
from sqlmodel import Session

from zerowaste.errors import Problem, Refusal
from zerowaste.models.tables import CHOICE, DELIVERY, MAILBOX
from zerowaste.rules.nudges import pace_for
from zerowaste.services.identity import errands
from zerowaste.services.identity.account_events import AccountAct, record
from zerowaste.services.identity.errands import Purpose
from zerowaste.services.messaging.mailing import CONFIRM
from zerowaste.services.messaging.recipients import QUIET
from zerowaste.vocabulary import Channel, DeliveryState, NudgeKind, Pace, Role

# Printable ASCII without spaces or what ends a header's address; one @; a name with a dot.
_ADDRESS = re.compile(
    r"[A-Za-z0-9.!#$%&'*+/=?^_`{|}~-]{1,64}@(?:[A-Za-z0-9-]{1,63}\.){1,8}[A-Za-z0-9-]{2,63}"
)
LONGEST_ADDRESS = 254
CONFIRMING = timedelta(days=2)
# How often somebody may have mails sent to addresses nobody confirmed.
MOST_MAILS, WITHIN = 5, timedelta(days=1)
CHANNELS = (Channel.IN_APP, Channel.EMAIL)
PACES: Mapping[Channel, tuple[Pace, ...]] = {
    Channel.IN_APP: (Pace.AT_ONCE, Pace.NEVER),
    Channel.EMAIL: (Pace.AT_ONCE, Pace.DAILY, Pace.WEEKLY, Pace.NEVER),
}


@dataclass(frozen=True, slots=True)
class Choices:
    """How somebody is told now: his mailbox ("": none), whether he confirmed it, quiet hours, and the pace of
    every kind on every channel, as it is (what he must know included)."""

    address: str
    confirmed: bool
    quiet: tuple[int, int]
    paces: Mapping[tuple[Channel, NudgeKind], Pace]


def choices_of(session: Session, user_id: int, role: Role) -> Choices:
    """What a person chose, or what is usual where he chose nothing."""
    mailbox = session.execute(select(MAILBOX).where(MAILBOX.c.user_id == user_id)).one_or_none()
    rows = session.execute(select(CHOICE).where(CHOICE.c.user_id == user_id))
    chosen = {(Channel(row.channel), NudgeKind(row.kind)): Pace(row.pace) for row in rows}
    return Choices(
        address=mailbox.address if mailbox else "",
        confirmed=bool(mailbox and mailbox.confirmed_at),
        quiet=(mailbox.quiet_from, mailbox.quiet_to) if mailbox else QUIET,
        paces={
            (channel, kind): pace_for(role, channel, kind, chosen.get((channel, kind)))
            for channel in CHANNELS
            for kind in NudgeKind
        },
    )


def choose(
    session: Session,
    user_id: int,
    role: Role,
    paces: Mapping[tuple[Channel, NudgeKind], Pace],
    quiet: tuple[int, int],
    *,
    now: datetime,
) -> None:
    """Keep what a person chose. Raises `invalid` where he must know of something and chose not to, where a
    channel has no such pace, or where the hours are none."""
    problems = [
        Problem("must_be_told" if pace in PACES.get(channel, ()) else "pace_unknown", f"{channel}.{kind}")
        for (channel, kind), pace in paces.items()
        if pace not in PACES.get(channel, ()) or pace_for(role, channel, kind, pace) is not pace
    ]
    hours = {"quiet_from": quiet[0], "quiet_to": quiet[1]}
    problems += [Problem("hour_wrong", name) for name, hour in hours.items() if not 0 <= hour <= 23]
    if problems:
        raise Refusal("invalid", *problems)
    before = choices_of(session, user_id, role)
    told = {f"{channel}.{kind}": str(pace) for (channel, kind), pace in sorted(paces.items())
            if before.paces[channel, kind] is not pace}  # fmt: skip
    if before.quiet != quiet:
        told["quiet"] = f"{quiet[0]}-{quiet[1]}"
    if not told:
        return
    session.execute(delete(CHOICE).where(CHOICE.c.user_id == user_id))
    rows = [{"user_id": user_id, "channel": channel, "kind": kind, "pace": pace}
            for (channel, kind), pace in {**before.paces, **paces}.items()]  # fmt: skip
    session.execute(insert(CHOICE), rows)
    _keep_mailbox(session, user_id, quiet_from=quiet[0], quiet_to=quiet[1])
    record(session, user_id, AccountAct.NOTICES_CHOSEN, now=now, told=told)


def give_address(session: Session, user_id: int, address: str, *, now: datetime) -> None:
    """Where a person wants to read mail: a link goes there, and until somebody opened it nothing else does.
    Raises `invalid`, `mails_enough`."""
    if len(address) > LONGEST_ADDRESS or not _ADDRESS.fullmatch(address):
        raise Refusal("invalid", Problem("address_wrong", "address"))
    asked = session.execute(
        select(DELIVERY.c.id)
        .where(
            DELIVERY.c.user_id == user_id, DELIVERY.c.message_id.is_(None), DELIVERY.c.made_at > now - WITHIN
        )
        .limit(MOST_MAILS)
    ).all()
    if len(asked) == MOST_MAILS:
        raise Refusal("mails_enough", most=MOST_MAILS)
    errands.forget_errands(session, Purpose.MAILBOX, user_id)
    key = errands.begin_errand(session, Purpose.MAILBOX, user_id, lasts=CONFIRMING, now=now, content=address)
    _keep_mailbox(session, user_id, address=address, confirmed_at=None)
    identity = uuid7.uuid7()
    session.execute(insert(DELIVERY).values(
        id=identity, channel=Channel.EMAIL, user_id=user_id, origin=f"mailbox:{identity.hex[:24]}",
        state=DeliveryState.WAITING, attempts=0, made_at=now, next_at=now, error="",
        content={CONFIRM: f"/account/mailbox/{key}", "address": address},
    ))  # fmt: skip
    record(session, user_id, AccountAct.ADDRESS_GIVEN, now=now)


def confirm_address(session: Session, key: str, *, now: datetime) -> str:
    """Whoever holds the key reads mail there; gives the address. Raises `mailbox_over`."""
    errand = errands.finish_errand(session, key, Purpose.MAILBOX, now=now)
    if errand is None or errand.user_id is None:
        raise Refusal("mailbox_over")
    same = MAILBOX.c.user_id == errand.user_id, MAILBOX.c.address == errand.content
    done = session.execute(update(MAILBOX).where(*same).values(confirmed_at=now).returning(MAILBOX.c.user_id))
    if done.one_or_none() is None:
        raise Refusal("mailbox_over")
    record(session, errand.user_id, AccountAct.ADDRESS_CONFIRMED, now=now)
    return errand.content


def remove_address(session: Session, user_id: int, *, now: datetime) -> None:
    """No mail any more; what waits is not sent."""
    errands.forget_errands(session, Purpose.MAILBOX, user_id)
    gone = session.execute(
        update(MAILBOX)
        .where(MAILBOX.c.user_id == user_id, MAILBOX.c.address != "")
        .values(address="", confirmed_at=None)
        .returning(MAILBOX.c.user_id)
    ).one_or_none()
    if gone is None:
        return
    session.execute(
        update(DELIVERY)
        .where(DELIVERY.c.user_id == user_id, DELIVERY.c.state == DeliveryState.WAITING)
        .values(state=DeliveryState.WITHDRAWN)
    )
    record(session, user_id, AccountAct.ADDRESS_REMOVED, now=now)


def _keep_mailbox(session: Session, user_id: int, **values: object) -> None:
    known = session.execute(update(MAILBOX).where(MAILBOX.c.user_id == user_id).values(**values)
                            .returning(MAILBOX.c.user_id)).one_or_none()  # fmt: skip
    if known is None:
        usual = {"address": "", "quiet_from": QUIET[0], "quiet_to": QUIET[1]}
        session.execute(insert(MAILBOX).values({"user_id": user_id, **usual, **values}))
