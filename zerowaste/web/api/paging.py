"""Pages of a list: the cursor that says where the next one begins."""

import base64
import binascii
from collections.abc import Callable, Sequence
from typing import Protocol, TypeVar

from zerowaste.errors import Problem, Refusal

T = TypeVar("T")


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
        raise Refusal("invalid", Problem("cursor_unknown", "cursor")) from error
    if not place.isprintable():
        raise Refusal("invalid", Problem("cursor_unknown", "cursor"))
    return place


def cursor_at(place: str) -> str:
    """An opaque cursor that `place_of` reads."""
    return base64.urlsafe_b64encode(place.encode()).rstrip(b"=").decode("ascii")


def page(found: Sequence[T], query: Paged, key: Callable[[T], str]) -> tuple[Sequence[T], str | None]:
    """(items, next) of a search that asked for one item more than the limit."""
    if len(found) <= query.limit:
        return found, None
    items = found[: query.limit]
    return items, cursor_at(key(items[-1]))
