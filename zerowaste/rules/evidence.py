"""The text of an event and its hash: what makes an act evidence.

hash = SHA-256(previous hash ‖ text); the text is canonical JSON (keys sorted, no blanks, no floats)."""

import json
from datetime import UTC, date, datetime
from hashlib import sha256
from typing import Any
from uuid import UUID

VERSION = 1


def _in_words(value: object) -> str | None:
    """What JSON has no form for: moments, days, identities."""
    if isinstance(value, datetime):
        return stamp(value)
    if isinstance(value, UUID | date):
        return str(value)
    raise TypeError(f"no place in an event's text: {type(value)}")


_ENCODER = json.JSONEncoder(
    sort_keys=True, separators=(",", ":"), ensure_ascii=False, allow_nan=False, default=_in_words
)


def canonical(content: Any) -> str:
    """The one text of a JSON value made of dicts, lists, strings, integers, booleans and nulls; moments are
    stamps, days and ids their usual text."""
    return _ENCODER.encode(content)


def seal(previous: str, text: str) -> str:
    """The hash of an event, 64 hex digits, from the hash before it (empty for the first)."""
    return sha256(previous.encode() + text.encode()).hexdigest()


def stamp(moment: datetime | None) -> str | None:
    """A moment as the canonical text writes it: UTC to the microsecond."""
    # The same as strftime's %Y-%m-%dT%H:%M:%S.%fZ, in a fifth of the time.
    if moment is None:
        return None
    utc = moment if moment.tzinfo is UTC else moment.astimezone(UTC)
    return utc.isoformat(timespec="microseconds")[:26] + "Z"


def moment(text: str | None) -> datetime | None:
    """The moment a stamp names."""
    return None if text is None else datetime.fromisoformat(text)


def fingerprint(salt: str, text: str) -> str:
    """What an event keeps of its private part."""
    return sha256(f"{salt}{text}".encode()).hexdigest()


def act_digest(actor: str, subject: str, key: str, act: Any) -> str:
    """Tells one act from another under the same id: same actor, subject and body give the same digest."""
    return sha256(canonical([actor, subject, key, act]).encode()).hexdigest()


def identity(value: UUID | None) -> str | None:
    return None if value is None else str(value)
