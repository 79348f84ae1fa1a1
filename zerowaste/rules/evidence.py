"""The text of an event and its hash: what makes an act evidence.

hash = SHA-256(previous hash ‖ text); the text is canonical JSON (keys sorted, no blanks, no floats)."""

from datetime import UTC, date, datetime
from functools import lru_cache
from hashlib import sha256
from typing import Any
from uuid import UUID

import orjson

VERSION = 1
_FORM = orjson.OPT_SORT_KEYS | orjson.OPT_PASSTHROUGH_DATETIME


def _in_words(value: object) -> Any:
    """What the encoder has no form for: moments, days, and tuples with names."""
    if isinstance(value, datetime):
        return stamp(value)
    if isinstance(value, date):
        return str(value)
    if isinstance(value, tuple):
        return tuple(value)
    raise TypeError(f"no place in an event's text: {type(value)}")


def canonical(content: Any) -> str:
    """The one text of a JSON value made of dicts, lists, strings, integers of 64 bits, booleans and nulls;
    moments are stamps, days and ids their usual text. The same as `json.dumps` gives with sorted keys,
    without blanks and without escapes for what is not ASCII. Raises ValueError for what has no such text:
    half a character, which only a forger writes, a larger integer, another kind of value."""
    try:
        return orjson.dumps(content, _in_words, _FORM).decode()
    except orjson.JSONEncodeError as error:
        raise ValueError(f"no text of an event: {error}") from error


def seal(previous: str, text: str) -> str:
    """The hash of an event, 64 hex digits, from the hash before it (empty for the first)."""
    return sha256(previous.encode() + text.encode()).hexdigest()


def stamp(moment: datetime | None) -> str | None:
    """A moment as the canonical text writes it: UTC to the microsecond."""
    return None if moment is None else _stamped(moment)


@lru_cache(maxsize=256)  # an act names the same few moments again and again
def _stamped(moment: datetime) -> str:
    # The same as strftime's %Y-%m-%dT%H:%M:%S.%fZ, in a fifth of the time.
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
