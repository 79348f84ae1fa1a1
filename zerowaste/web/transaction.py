"""The transaction of a request: the only place of the web that commits.

A view returns → commit; it raises → roll back. What must be remembered (a refused act, a failed
log-in) is therefore returned. Where two acts collide the view runs again, so a deadlock never
reaches a user; where that is no use he is told to try again (503)."""

from collections.abc import Callable
from typing import TypeVar

from sqlmodel import Session

from zerowaste.db import Unavailable
from zerowaste.errors import Refusal
from zerowaste.web.service import running

T = TypeVar("T")


def in_transaction(work: Callable[[Session], T], *, write: bool) -> T:
    """Run `work` with a session of its own. Raises `unavailable` when the database stays busy."""
    try:
        return running().database.transact(work, write=write)
    except Unavailable as error:
        raise Refusal("unavailable") from error
