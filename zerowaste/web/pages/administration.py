"""Administration: who takes part in the city: organisations, sites, vehicles, people, papers, quotas."""

from collections.abc import Sequence
from typing import Annotated, Any

from flask import Response
from pydantic import Field

from zerowaste.clock import local_day
from zerowaste.errors import Problem, Refusal
from zerowaste.services.masterdata.administration_lists import counts, find_rows, workplaces
from zerowaste.services.masterdata.administration_rows import row_values
from zerowaste.vocabulary import Role
from zerowaste.web.pages.administration_sheets import HEADINGS, cells
from zerowaste.web.pages.drawing import page
from zerowaste.web.pages.sheets import SHEETS, sheet
from zerowaste.web.paging import page as cut
from zerowaste.web.paging import place_of
from zerowaste.web.schemas.base import PRINTABLE, sized
from zerowaste.web.schemas.paging import PageQuery
from zerowaste.web.views import Call, NoQuery, Views

views = Views("administration", prefix="", page=True)
ADMINISTRATORS = frozenset({Role.ADMINISTRATOR})
# What an address calls a table.
TABLES = {
    "organisations": "organisation", "sites": "site", "vehicles": "vehicle", "people": "person",
    "permits": "permit", "quotas": "quota",
}  # fmt: skip
BY_ID = frozenset({"permit", "quota"})  # go by their id, the others by their name
LISTS = "/administration/<any(organisations, sites, vehicles, people, permits, quotas):kind>"
MOST_OF_ONE = 30  # of each kind on the page of an organisation


class ListQuery(PageQuery):
    """`q`: searched in names and codes. `organisation`: only what belongs to the one with this id."""

    q: Annotated[str, sized(60, shortest=0), PRINTABLE] = ""
    organisation: Annotated[int, Field(ge=1, lt=2**31)] | None = None


@views.get("/administration", allow=ADMINISTRATORS)
def show_administration(call: Call[None, NoQuery]) -> Response:
    """What there is to administer."""
    return page("administration/start.html", counts=counts(call.session), tables=TABLES)


def _found(call: Call[None, ListQuery], kind: str) -> tuple[str, Sequence[Any], str | None]:
    """(the table, its rows that were asked for, where the list goes on)."""
    query, table = call.query, TABLES[kind]
    found = find_rows(
        call.session, table, q=query.q, organisation_id=query.organisation,
        after=_after(table, query.cursor), day=local_day(call.now), limit=query.limit + 1,
    )  # fmt: skip
    items, following = cut(found, query, lambda row: str(_place(table, row)))
    return table, items, following


@views.get(f"{LISTS}.<any(csv, xlsx):form>", allow=ADMINISTRATORS, query=ListQuery, replies=SHEETS)
def save_rows(call: Call[None, ListQuery], kind: str, form: str) -> Response:
    """The list as it is shown, for a spreadsheet."""
    table, items, _ = _found(call, kind)
    places = beside(call, table, items)["workplaces"]
    return sheet(kind, form, HEADINGS[table], (cells(table, row, places.get(row.id, ())) for row in items))


@views.get(LISTS, allow=ADMINISTRATORS, query=ListQuery)
def list_rows(call: Call[None, ListQuery], kind: str) -> Response:
    """One kind of master data, searched and paged."""
    query = call.query
    table, items, following = _found(call, kind)
    owner = row_values(call.session, "organisation", query.organisation) if query.organisation else None
    return page(
        "administration/list.html",
        kind=kind,
        table=table,
        tables=TABLES,
        items=items,
        next=following,
        query=query.model_dump(mode="json", exclude={"cursor"}, exclude_defaults=True),
        owner=owner,
        **beside(call, table, items),
    )


def beside(call: Call[Any, Any], table: str, items: Any) -> dict[str, Any]:
    """What the rows of a list are shown with."""
    people = [row.id for row in items] if table == "person" else []
    return {
        "workplaces": workplaces(call.session, people) if people else {},
        "streams": {each.code: each for each in call.service.law.streams.current(local_day(call.now))},
        "today": local_day(call.now),
    }


def of_organisation(call: Call[Any, Any], organisation_id: int) -> dict[str, Any]:
    """All that belongs to an organisation, a first page of each."""
    day = local_day(call.now)
    found = {
        kind: find_rows(call.session, table, organisation_id=organisation_id, day=day, limit=MOST_OF_ONE + 1)
        for kind, table in TABLES.items()
        if kind != "organisations"
    }
    return {
        "sections": {kind: rows[:MOST_OF_ONE] for kind, rows in found.items()},
        "longer": {kind for kind, rows in found.items() if len(rows) > MOST_OF_ONE},
        **beside(call, "person", found["people"]),
    }


def _place(table: str, row: Any) -> Any:
    if table in BY_ID:
        return row.id
    named = {"organisation": "credit_code", "site": "code", "vehicle": "plate", "person": "login"}
    return getattr(row, named[table])


def _after(table: str, cursor: str | None) -> str | int | None:
    place = place_of(cursor)
    if not place:
        return None
    if table not in BY_ID:
        return place
    if not (place.isascii() and place.isdigit() and len(place) < 10):
        raise Refusal("invalid", Problem("cursor_unknown", "cursor"))
    return int(place)
