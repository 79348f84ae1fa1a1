"""Lists: how much of one is asked for and where it goes on."""

from typing import Annotated, Generic, TypeVar

from pydantic import Field

from zerowaste.web.schemas.base import PRINTABLE, Answer, Query, sized

ItemT = TypeVar("ItemT")
DEFAULT_LIMIT = 50


class PageQuery(Query):
    """`cursor`: the `next` of the page before. `limit`: how many items at most."""

    cursor: Annotated[str, sized(400), PRINTABLE] | None = None
    limit: Annotated[int, Field(ge=1, le=200)] = DEFAULT_LIMIT


class Page(Answer, Generic[ItemT]):
    """One page of a list; `next` is empty on the last one."""

    items: list[ItemT]
    next: str | None = None
