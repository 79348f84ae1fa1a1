"""Mails: what waits for one mailbox, as one mail in the reader's language; plain text and simple HTML."""

from collections.abc import Sequence
from datetime import datetime
from email.message import EmailMessage
from email.utils import format_datetime
from typing import NamedTuple
from urllib.parse import urlsplit

from markupsafe import Markup
from sqlalchemy import select
from sqlmodel import Session

from zerowaste.models.tables import MAILBOX, MESSAGE, USER
from zerowaste.services.messaging.deliveries import Batch
from zerowaste.services.messaging.message_texts import Text, text_of
from zerowaste.services.queries.names import site_names
from zerowaste.vocabulary import NudgeKind

MOST_LISTED = 50
CONFIRM = "confirm"


class Part(NamedTuple):
    """One message in a mail: its words and where it leads."""

    text: Text
    link: str


class Mail(NamedTuple):
    """A mail before it is one: for whom, in which language, saying what."""

    batch: Batch
    address: str
    language: str
    subject: str
    parts: tuple[Part, ...]
    more: int = 0


def mail_for(session: Session, batch: Batch) -> Mail | None:
    """What a batch says now; None where nothing is left to say, or there is no mailbox any more."""
    reader = session.execute(
        select(MAILBOX.c.address, MAILBOX.c.confirmed_at, USER.c.language, USER.c.active)
        .join(USER, USER.c.id == MAILBOX.c.user_id)
        .where(MAILBOX.c.user_id == batch.user_id)
    ).one_or_none()
    if reader is None or not reader.active or not reader.address:
        return None
    language = "en" if reader.language == "en" else "zh"
    if CONFIRM in batch.content:
        same = reader.confirmed_at is None and batch.content.get("address") == reader.address
        return _confirmation(batch, reader.address, language) if same else None
    if reader.confirmed_at is None:
        return None
    rows = session.execute(
        select(MESSAGE.c.kind, MESSAGE.c.content, MESSAGE.c.link)
        .where(MESSAGE.c.id.in_(batch.messages), MESSAGE.c.withdrawn_at.is_(None))
        .order_by(MESSAGE.c.at, MESSAGE.c.id)
    ).all()
    if not rows:
        return None
    names = site_names(session, (row.content.get("place") for row in rows))
    parts = tuple(
        Part(text_of(NudgeKind(row.kind), row.content, names, language), row.link)
        for row in rows[:MOST_LISTED]
    )
    subject = parts[0].text.headline if len(rows) == 1 else _several(len(rows), language)
    return Mail(batch, reader.address, language, subject, parts, len(rows) - len(parts))


def _several(count: int, language: str) -> str:
    return f"{count} 条消息" if language == "zh" else f"{count} messages"


def _confirmation(batch: Batch, address: str, language: str) -> Mail:
    zh = language == "zh"
    lines = ("如果不是您本人填写，请忽略本邮件；此后不会再收到邮件。" if zh
             else "If it was not you who entered it, ignore this mail; no other will follow.",)  # fmt: skip
    said = (
        "请打开链接，确认此邮箱接收通知" if zh else "Open the link to receive notifications at this address"
    )
    return Mail(batch, address, language, said, (Part(Text(said, lines), str(batch.content[CONFIRM])),))


def composed(mail: Mail, *, sender: str, base_url: str, now: datetime) -> EmailMessage:
    """The mail itself. A mail that is sent again has the same id."""
    found = EmailMessage()
    found["From"] = f"zerowaste <{sender}>"
    found["To"] = mail.address
    found["Subject"] = f"[zerowaste] {' '.join(mail.subject.split())}"
    found["Date"] = format_datetime(now)
    found["Message-ID"] = f"<{mail.batch.id}@{urlsplit(base_url).hostname}>"
    found["Auto-Submitted"] = "auto-generated"
    found["Content-Language"] = "zh-CN" if mail.language == "zh" else "en"
    last = _closing(mail, base_url)
    found.set_content(_plain(mail, base_url, last))
    found.add_alternative(_html(mail, base_url, last), subtype="html")
    return found


def _closing(mail: Mail, base_url: str) -> Sequence[tuple[str, str]]:
    """(words, address) of the last lines."""
    zh = mail.language == "zh"
    closing = [("修改通知方式" if zh else "Change what you are told", f"{base_url}/account/notifications")]
    if mail.more:
        said = f"另有 {mail.more} 条" if zh else f"and {mail.more} more"
        closing.insert(0, (said, f"{base_url}/messages"))
    return closing


def _plain(mail: Mail, base_url: str, closing: Sequence[tuple[str, str]]) -> str:
    blocks = ["\n".join((part.text.headline, *part.text.lines, base_url + part.link)) for part in mail.parts]
    blocks.append("\n".join(f"{said}: {address}" for said, address in closing))
    return "\n\n".join(blocks) + "\n"


_PAGE = Markup(
    '<!doctype html><html lang="{language}"><meta charset="utf-8"><title>{subject}</title>'
    "<body>{body}</body></html>"
)
_PART = Markup('<h2><a href="{link}">{headline}</a></h2><p>{lines}</p>')
_LINE, _BREAK = Markup('<p><a href="{address}">{said}</a></p>'), Markup("<br>")


def _html(mail: Mail, base_url: str, closing: Sequence[tuple[str, str]]) -> str:
    parts = [
        _PART.format(
            link=base_url + part.link, headline=part.text.headline, lines=_BREAK.join(part.text.lines)
        )
        for part in mail.parts
    ]
    last = [_LINE.format(address=address, said=said) for said, address in closing]
    language = "zh-CN" if mail.language == "zh" else "en"
    return str(_PAGE.format(language=language, subject=mail.subject, body=Markup("\n").join([*parts, *last])))
