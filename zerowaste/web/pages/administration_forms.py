"""Adding and changing master data one row at a time; inviting people."""

from collections.abc import Sequence
from typing import Annotated, Any, Literal
from uuid import UUID

import uuid_utils.compat as uuid7
from flask import Response

from zerowaste.clock import local_day
from zerowaste.errors import LANGUAGES, Problem, Refusal
from zerowaste.services.identity import factors, invitations
from zerowaste.services.identity.account_events import Doer, changes_of
from zerowaste.services.masterdata import administration
from zerowaste.services.masterdata.administration import Edit
from zerowaste.services.masterdata.administration_lists import organisation_called, quotas_of
from zerowaste.services.masterdata.administration_rows import row_values
from zerowaste.services.masterdata.masterdata import Loading
from zerowaste.vocabulary import Instrument, Period, Role, SiteKind
from zerowaste.web.forms import STEP, Typed
from zerowaste.web.pages.administration import ADMINISTRATORS, TABLES, of_organisation
from zerowaste.web.pages.administration_fields import FIELDS, blank_row, term_rows, typed_row, values_of
from zerowaste.web.pages.administration_names import choices, with_codes, with_names
from zerowaste.web.pages.drawing import page, term
from zerowaste.web.pages.session import go_on
from zerowaste.web.pages.shown_once import go_on_showing, once
from zerowaste.web.schemas.base import PRINTABLE, Query, sized
from zerowaste.web.views import TYPED, Call, NoQuery, Views

views = Views("administration_forms", prefix="", page=True)
MOST_QUOTAS, LAST_CHANGES = 30, 10
INVITE = "/administration/people/{}/invite"
UNITS = ("t", "kg", "g", "m3", "l")
ONE = "/administration/<any(organisations, sites, vehicles, people, permits):kind>"


class NewQuery(Query):
    """`organisation`: the credit code of the one it is added to."""

    organisation: Annotated[str, sized(32), PRINTABLE] | None = None


class ShownQuery(Query):
    """`saved`: it was, a moment ago."""

    saved: Literal["1"] | None = None


@views.get(f"{ONE}/new", allow=ADMINISTRATORS, query=NewQuery)
def begin_row(call: Call[None, NewQuery], kind: str) -> Response:
    """The empty form."""
    known = {"organisation": call.query.organisation or ""} if kind != "organisations" else {}
    return _form(call, kind, None, blank_row(TABLES[kind], local_day(call.now), **known))


@views.post(f"{ONE}/new", allow=ADMINISTRATORS, body=TYPED)
def add_row(call: Call[Typed, NoQuery], kind: str) -> Response:
    """A new one; a new person gets a link to set his password."""
    return _keep(call, kind, None)


@views.get(f"{ONE}/<int:row_id>", allow=ADMINISTRATORS, query=ShownQuery)
def show_row(call: Call[None, ShownQuery], kind: str, row_id: int) -> Response:
    """One of them, with all that belongs to it, and the form to change it."""
    values = row_values(call.session, TABLES[kind], row_id)
    return _form(call, kind, row_id, typed_row(TABLES[kind], values), saved=call.query.saved is not None)


@views.post(f"{ONE}/<int:row_id>", allow=ADMINISTRATORS, body=TYPED)
def change_row(call: Call[Typed, NoQuery], kind: str, row_id: int) -> Response:
    """The changed row."""
    row_values(call.session, TABLES[kind], row_id)
    return _keep(call, kind, row_id)


def _keep(call: Call[Typed, Any], kind: str, row_id: int | None) -> Response:
    table = TABLES[kind]
    typed = with_codes(call.session, table, call.body)
    if typed.one(STEP) == "more":
        return _form(call, kind, row_id, typed, more=True)
    edit = Edit(table, values_of(table, typed), _act_id(typed), row_id, typed.one("seen"))
    how = Loading(
        city=call.service.settings.city, passwords=call.service.passwords, now=call.now,
        actor=call.actor.login, role=call.actor.role,
    )  # fmt: skip
    try:
        found = administration.keep(call.session, call.service.law, edit, how)
    except Refusal as refusal:
        if refusal.code not in ("invalid", "row_changed"):
            raise
        return _form(call, kind, row_id, typed, problems=_placed(table, typed, refusal))
    if table == "person" and row_id is None:
        return _invite(call, found)
    return go_on(f"/administration/{kind}/{found}?saved=1")


def _act_id(typed: Typed) -> UUID:
    try:
        return UUID(typed.one("id"))
    except ValueError:
        return uuid7.uuid7()


def _placed(table: str, typed: Typed, refusal: Refusal) -> list[Problem]:
    """The problems, those in terms at the row of the form in which they were entered."""
    rows = term_rows(typed) if table == "permit" else []
    placed = []
    for problem in refusal.problems or [refusal.headline]:
        head, _, rest = problem.path.removeprefix("term.").partition(".")
        if problem.path.startswith("term.") and head.isdigit() and int(head) < len(rows):
            path = ".".join(filter(None, ("term", str(rows[int(head)]), rest)))
            problem = Problem(problem.code, path, problem.params)
        placed.append(problem)
    return placed


def _form(
    call: Call[Any, Any],
    kind: str,
    row_id: int | None,
    typed: Typed,
    *,
    problems: Sequence[Problem] = (),
    saved: bool = False,
    more: bool = False,
) -> Response:
    table = TABLES[kind]
    seen = administration.mark(row_values(call.session, table, row_id)) if row_id is not None else ""
    streams = call.service.law.streams.current(local_day(call.now))
    owner = organisation_called(call.session, typed.one("organisation")) if table != "organisation" else None
    return page(
        "administration/form.html",
        status=422 if problems else 200,
        kind=kind,
        table=table,
        row_id=row_id,
        fields=FIELDS[table],
        typed=with_names(call.session, table, typed),
        problems=problems,
        saved=saved,
        act_id=typed.one("id") or uuid7.uuid7(),
        seen=seen,
        options=_options(call),
        terms=_shown_terms(typed, more=more) if table == "permit" else [],
        units=UNITS,
        owner=owner,
        named=choices(call.session, table, typed, call.service.settings.city),
        **{"streams": {each.code: each for each in streams}, **_beside(call, table, row_id, typed)},
    )


def _beside(call: Call[Any, Any], table: str, row_id: int | None, typed: Typed) -> dict[str, Any]:
    """What belongs to the row."""
    if row_id is None:
        return {}
    match table:
        case "organisation":
            return of_organisation(call, row_id)
        case "permit":
            return {"quotas": quotas_of(call.session, row_id, limit=MOST_QUOTAS)}
        case "person":
            return {
                "two_steps": factors.factor_of(call.session, row_id) is not None,
                "changes": changes_of(call.session, typed.one("login"), limit=LAST_CHANGES),
            }
    return {}


def _shown_terms(typed: Typed, *, more: bool) -> list[int]:
    """The rows of terms the form shows: those there are, an empty one where there is none or one more
    is wanted."""
    rows = term_rows(typed)
    return rows if rows and not more else [*rows, max(rows, default=-1) + 1]


def _options(call: Call[Any, Any]) -> dict[str, list[tuple[str, str]]]:
    """What each choice offers: (value, words). `kind` is a site's or a paper's."""
    operations = sorted({code for each in call.service.law.streams.current(local_day(call.now))
                         for code in each.operations})  # fmt: skip
    return {
        "site.kind": [(each, term("site_kind", each)) for each in SiteKind],
        "site.storage": [(each, term("storage", each)) for each in ("warm", "cold", "remote")],
        "permit.kind": [(each, term("instrument", each)) for each in Instrument],
        "person.role": [(each, term("role", each)) for each in Role],
        "person.language": [(each, {"zh": "中文", "en": "English"}[each]) for each in LANGUAGES],
        "term.period": [(each, term("period", each)) for each in Period],
        "term.operation": [(each, each) for each in operations],
    }


@views.post(INVITE.format("<int:row_id>"), allow=ADMINISTRATORS, body=TYPED)
def invite_person(call: Call[Typed, NoQuery], row_id: int) -> Response:
    """A new link for who forgot his password, or never got the first one."""
    return _invite(call, row_id)


def _invite(call: Call[Any, Any], user_id: int) -> Response:
    key = invitations.invite(call.session, user_id, by=_doer(call), now=call.now)
    return go_on_showing(call, INVITE.format(user_id), key)


@views.get(INVITE.format("<int:row_id>"), allow=ADMINISTRATORS)
def show_invitation(call: Call[None, NoQuery], row_id: int) -> Response:
    """The link that was made a moment ago, to be handed over."""

    def draw(key: str) -> Response:
        if not key:
            return go_on(f"/administration/people/{row_id}")
        return page(
            "administration/invited.html",
            invited=invitations.read_invitation(call.session, key, now=call.now),
            address=f"{call.service.settings.base_url}/invitation/{key}",
        )

    return once(call, INVITE.format(row_id), draw)


@views.post("/administration/people/<int:row_id>/factor-off", allow=ADMINISTRATORS, body=TYPED)
def turn_factor_off(call: Call[Typed, NoQuery], row_id: int) -> Response:
    """For who lost his phone and his recovery codes: his password is enough again."""
    row_values(call.session, "person", row_id)
    factors.turn_off(call.session, row_id, now=call.now, by=_doer(call))
    return go_on(f"/administration/people/{row_id}?saved=1")


def _doer(call: Call[Any, Any]) -> Doer:
    return Doer(call.actor.login, call.actor.role, call.actor.credential)
