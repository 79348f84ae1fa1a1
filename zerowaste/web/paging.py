"""Pages of a list: the cursor that says where the next one begins."""

import base64
import binascii
from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from typing import Any, Protocol, TypeVar
from uuid import UUID

from zerowaste.errors import Problem, Refusal
from zerowaste.services.reporting.registers import Entry, Place

T = TypeVar("T")
BETWEEN = "|"


class Paged(Protocol):
    """A query with a place in a list."""

    @property
    def cursor(self) -> str | None: ...

    @property
    def limit(self) -> int: ...


def place_of(cursor: str | None) -> str:
    """The key of the last item already seen; empty on the first page. Raises `invalid`."""
    if cursor is None:
        return ""
    try:
        raw = base64.b64decode(cursor + "=" * (-len(cursor) % 4), altchars=b"-_", validate=True)
        place = raw.decode("utf-8")
    except (binascii.Error, ValueError) as error:
        raise unknown_cursor() from error
    if not place.isprintable():
        raise unknown_cursor()
    return place


def unknown_cursor() -> Refusal:
    """What a cursor is answered with that is none of this list's."""
    return Refusal("invalid", Problem("cursor_unknown", "cursor"))


def cursor_at(place: str) -> str:
    """An opaque cursor that `place_of` reads."""
    return base64.urlsafe_b64encode(place.encode()).rstrip(b"=").decode("ascii")


def page(found: Sequence[T], query: Paged, key: Callable[[T], str]) -> tuple[Sequence[T], str | None]:
    """(items, next) of a search that asked for one item more than the limit."""
    if len(found) <= query.limit:
        return found, None
    items = found[: query.limit]
    return items, cursor_at(key(items[-1]))


def page_of_all(items: Sequence[T], query: Paged, key: Callable[[T], str]) -> tuple[Sequence[T], str | None]:
    """(items, next) of a list that is worked out whole each time. Raises `invalid`."""
    after, begin = place_of(query.cursor), 0
    if after:
        keys = [key(item) for item in items]
        if after not in keys:
            raise unknown_cursor()
        begin = keys.index(after) + 1
    return page(items[begin : begin + query.limit + 1], query, key)


def filed_place(listed: Any) -> str:
    """A manifest's place in the lists, which go by filing moment and id."""
    return f"{listed.filed_at.isoformat()} {listed.id}"


def filed_after(cursor: str | None) -> tuple[datetime, UUID] | None:
    """The filing moment and id of the last manifest seen. Raises `invalid`."""
    return _after(cursor, UUID)


def treated_place(listed: Any) -> str:
    """A treatment's place in a list, which goes by moment and id."""
    return f"{listed.at.isoformat()} {listed.id}"


def treated_after(cursor: str | None) -> tuple[datetime, UUID] | None:
    """The moment and id of the last treatment seen. Raises `invalid`."""
    return _after(cursor, UUID)


def lot_place(lot: Any) -> str:
    """A lot's place in a list, which goes by age and number."""
    return f"{lot.since.isoformat()} {lot.id}"


def lot_after(cursor: str | None) -> tuple[datetime, int] | None:
    """Since when the last lot seen lies there, and its number. Raises `invalid`."""
    return _after(cursor, _number)


def finding_place(item: Any) -> str:
    """A finding's place in a list, which goes by urgency, rule and key."""
    return BETWEEN.join(map(str, item.order))


def finding_after(cursor: str | None) -> tuple[int, str, str] | None:
    """The urgency, rule and key of the last finding seen. Raises `invalid`."""
    place = place_of(cursor)
    if not place:
        return None
    rank, *words = place.split(BETWEEN, 2)
    if len(words) < 2 or not (rank.isascii() and rank.isdecimal() and len(rank) < 4):
        raise unknown_cursor()
    return int(rank), words[0], words[1]


def number_after(cursor: str | None) -> int | None:
    """The number of the last item seen, in a list that goes by numbers. Raises `invalid`."""
    place = place_of(cursor)
    if not place:
        return None
    if not (place.isascii() and place.isdecimal() and len(place) < 10):
        raise unknown_cursor()
    return int(place)


def register_place(entry: Entry) -> str:
    """A row's place in a register, which goes by moment, id, and line or waste."""
    place = entry.place
    return f"{place.at.isoformat()} {place.id}{BETWEEN}{place.line}{BETWEEN}{place.waste_code}"


def register_after(cursor: str | None) -> Place | None:
    """The place of the last row seen. Raises `invalid`."""
    found = _after(cursor, _register_key)
    return Place(found[0], *found[1]) if found else None


def _register_key(text: str) -> tuple[UUID, int, str]:
    identity, line, code = text.split(BETWEEN)
    return UUID(identity), _number(line, least=0), code


def _number(text: str, least: int = 1) -> int:
    number = int(text)
    if not least <= number < 2**53:
        raise ValueError("not a number of ours")
    return number


def _after(cursor: str | None, read: Callable[[str], T]) -> tuple[datetime, T] | None:
    place = place_of(cursor)
    if not place:
        return None
    moment, _, key = place.partition(" ")
    try:
        at = datetime.fromisoformat(moment)
        if at.tzinfo is None:
            raise ValueError("no offset")
        return at.astimezone(UTC), read(key)
    except (ValueError, OverflowError) as error:
        raise unknown_cursor() from error
