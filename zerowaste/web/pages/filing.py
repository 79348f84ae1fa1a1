"""Filing a manifest: one page that grows as it is filled in, and keeps itself as a draft."""

from collections.abc import Mapping, Sequence
from datetime import timedelta
from typing import Annotated, Any
from uuid import UUID

import uuid_utils.compat as uuid7
from flask import Response
from pydantic import Field

from zerowaste.clock import local
from zerowaste.errors import Problem, Refusal
from zerowaste.services.acts.drafts import save_draft
from zerowaste.services.acts.filing import file_manifest
from zerowaste.services.acts.lots import list_lots
from zerowaste.services.desk import Desk
from zerowaste.services.identity.accounts import describe
from zerowaste.services.naming import numbers_of_lots
from zerowaste.services.queries.manifest_lists import Listed, Search, find_manifests
from zerowaste.services.queries.manifests import Whole, read_manifest, visible
from zerowaste.services.queries.names import site_names
from zerowaste.vocabulary import Basis, Role
from zerowaste.web.forms import STEP, Typed, is_row, typed_of
from zerowaste.web.pages.drawing import kilograms, learn_names, page
from zerowaste.web.pages.filing_choices import Choices, choices, stream_of
from zerowaste.web.pages.session import go_on
from zerowaste.web.schemas.base import Query, SiteCode, Stream, Word
from zerowaste.web.schemas.filing import DraftBody, FilingBody, LegBody
from zerowaste.web.views import TYPED, Call, Views

FILERS = (Role.PRODUCER, Role.FACILITY)
views = Views("filing_pages", prefix="", page=True)
SOON = timedelta(hours=1)
LATEST, OFFERED = 20, 3
# In another window: filed already, thrown away, or changed.
OVERTAKEN = ("id_reused", "not_legal_now", "changed_meanwhile")
WHOLE_LEG = len(LegBody.model_fields)


class Start(Query):
    """What the form begins with: a stream and a site, lots of that site (numbers with commas between), an
    earlier manifest, or a draft."""

    stream: Stream | None = None
    site: SiteCode | None = None
    lots: Annotated[str, Field(pattern=r"^[0-9]{1,15}(,[0-9]{1,15}){0,199}$")] | None = None
    again: Word | None = None
    draft: Word | None = None


@views.get("/manifests/new", allow=FILERS, query=Start)
def begin(call: Call[None, Start]) -> Response:
    """The form, with everything filled in that can be known."""
    query = call.query
    source = query.draft or query.again
    if source is not None:
        found = read_manifest(call.desk(), source)
        content = _of_draft(call.desk(), found) if query.draft else _of_manifest(found)
    else:
        content = {"stream": query.stream, "consignor": query.site, "lines": [{}], "legs": [{}]}
    typed = _ready(call, typed_of(content))
    if query.lots is None:
        return _form(call, typed, earlier=() if typed.one("stream") else _earlier(call))
    typed, left_out = _with_lots(call, typed, query.lots)
    return _form(call, typed, warnings=left_out)


def _earlier(call: Call[Any, Any]) -> list[Listed]:
    """The latest the reader has filed: most loads are like the one before."""
    latest = find_manifests(call.session, call.actor, Search(), now=call.now, after=None, limit=LATEST)
    own = {site.code for site in describe(call.session, call.actor).sites}
    return [each for each in latest if each.number and each.consignor in own][:OFFERED]


def _of_draft(desk: Desk, found: Whole) -> Mapping[str, Any]:
    """What a draft holds. A program may call lots by the id they were registered under; the form goes by
    their numbers, which is how a row is named."""
    named = [draw["lot"] for line in found.draft.get("lines", ()) for draw in line.get("draws", ())]
    known = numbers_of_lots(desk, [lot if isinstance(lot, int) else UUID(lot) for lot in named])
    numbers = {str(name): number for name, number in known.items()}
    lines = [
        {**line, "draws": {str(numbers[lot]): {**draw, "lot": numbers[lot]}
                           for draw in line.get("draws", ()) if (lot := str(draw["lot"])) in numbers}}
        for line in found.draft.get("lines", ())
    ]  # fmt: skip
    return {"id": str(found.row.id), "expects": found.row.events,
            **found.draft, "lines": lines, "fields": dict(found.fields)}  # fmt: skip


def _of_manifest(found: Whole) -> Mapping[str, Any]:
    """The same again: what, whereto and by whom, but neither its lots nor its tags."""
    lines = [
        {"waste_code": line.waste_code, "mass_g": line.declared_g, "basis": line.basis,
         "volume_l": line.volume_l, "packages": line.packages, "packaging": line.packaging}
        for line in found.lines
    ]  # fmt: skip
    legs = [
        {"carrier": leg.carrier, "vehicle": leg.vehicle, "driver": leg.driver}
        for leg in found.legs
        if not leg.back
    ]
    consignee = found.consignee.code if found.consignee else None
    return {"stream": found.row.stream, "consignor": found.consignor.code, "consignee": consignee,
            "lines": lines, "legs": legs, "fields": dict(found.fields)}  # fmt: skip


def _with_lots(call: Call[Any, Any], typed: Typed, wanted: str) -> tuple[Typed, list[Problem]]:
    """The form with a line for each waste among these lots, and all that is free of them drawn; and what
    was left out, because a manifest is of one stream. A draw's row has the number of its lot."""
    numbers = {int(number) for number in wanted.split(",")}
    found = list_lots(
        call.desk(), typed.one("consignor"), None, named=numbers, after=None, limit=len(numbers)
    )
    picked = [lot for lot in found if lot.grams > lot.held_g]
    stream = picked[0].stream if picked else typed.one("stream")
    total: dict[str, int] = {}
    values = {"stream": stream}
    for lot in (lot for lot in picked if lot.stream == stream):
        free = lot.grams - lot.held_g
        total[lot.waste_code] = total.get(lot.waste_code, 0) + free
        row = f"lines.{list(total).index(lot.waste_code)}.draws.{lot.id}"
        values |= {f"{row}.lot": str(lot.id), f"{row}.mass_kg": kilograms(free)}
    for line, (code, grams) in enumerate(total.items()):
        values |= {f"lines.{line}.waste_code": code, f"lines.{line}.mass_kg": kilograms(grams)}
    names = call.service.law.streams
    left_out = [
        Problem("lot_of_other_stream", "", {"lot": lot.id, "stream": names.get(lot.stream).names})
        for lot in picked
        if lot.stream != stream
    ]
    return typed.with_values({name: [value] for name, value in values.items()}), left_out


def _ready(call: Call[Any, Any], typed: Typed) -> Typed:
    """What the form cannot do without: an id of its own, what it knows of the draft and the window that
    keeps it, a time, a site, a line and a leg."""
    planned = local(call.now + SOON).replace(minute=0)
    known = {"window": str(uuid7.uuid7()), "planned_at": f"{planned:%Y-%m-%dT%H:%M}"}
    if not typed.one("id"):
        known |= _of_its_own()
    values = {name: [value] for name, value in known.items() if not typed.one(name)}
    if not typed.one("consignor"):
        values["consignor"] = [site.code for site in describe(call.session, call.actor).sites[:1]]
    return typed.with_values(values)


def _of_its_own() -> dict[str, str]:
    """What makes a form one that nobody else has written in."""
    return {"id": str(uuid7.uuid7()), "expects": "0", "window": str(uuid7.uuid7())}


@views.post("/manifests/new", allow=FILERS, body=TYPED)
def go_on_filing(call: Call[Typed, Any]) -> Response:
    """Whatever was pressed: another line or leg, one fewer, a check, or the filing itself."""
    step = call.body.one(STEP)
    if step in ("check", "file"):
        return _judge(call, call.body, dry_run=step == "check")
    typed = _ready(call, _arranged(call.body, step))  # also "keep": what was typed is only kept
    try:
        return _form(call, typed, kept=_keep(call, typed))
    except Refusal as refusal:
        return _overtaken(call, typed, refusal)


def _judge(call: Call[Typed, Any], typed: Typed, *, dry_run: bool) -> Response:
    """Ask the law; file it unless it is only asked."""
    taken = _taken(typed)
    try:
        body = taken.read(FilingBody, **_fields(call, typed))
    except Refusal as refusal:
        return _form(call, typed, problems=_beside(taken, refusal.problems))
    try:
        filed = file_manifest(call.desk(), body.request(), dry_run=dry_run)
    except Refusal as refusal:
        return _overtaken(call, typed, refusal)
    if filed.refused:
        return _form(call, typed, problems=_beside(taken, filed.errors), warnings=filed.warnings)
    if dry_run:
        return _form(call, typed, warnings=filed.warnings, checked=True)
    return go_on(f"/manifests/{filed.number}")


def _overtaken(call: Call[Any, Any], typed: Typed, refusal: Refusal) -> Response:
    """Another window was faster: that is told, and what was typed here stays, under an id of its own."""
    if refusal.code not in OVERTAKEN:
        raise refusal
    before = visible(call.session, call.actor, typed.one("id"))
    own = {name: [value] for name, value in _of_its_own().items()}
    return _form(call, typed.with_values(own), overtaken_by=before)


def _taken(typed: Typed) -> Typed:
    """The form without the lots that were offered and not ticked."""
    for line in typed.numbers("lines"):
        typed = typed.chosen(f"lines.{line}.draws", "lot")
    return typed


def _beside(taken: Typed, problems: Sequence[Problem]) -> Sequence[Problem]:
    """The problems, those of draws at the lots they were typed for."""
    for line in taken.numbers("lines"):
        problems = taken.placed(f"lines.{line}.draws", problems)
    return problems


def _fields(call: Call[Typed, Any], typed: Typed) -> dict[str, Any]:
    """The stream's own fields, numbers as numbers; nothing of another stream's."""
    stream = stream_of(call, typed)
    if stream is None:
        return {}
    told = {form.name: (form.kind, typed.one(f"fields.{form.name}")) for form in stream.fields}
    return {
        "fields": {
            name: int(text) if kind == "number" and is_row(text.removeprefix("-")) else text
            for name, (kind, text) in told.items()
            if text
        }
    }


def _keep(call: Call[Typed, Any], typed: Typed) -> bool:
    """Keep what is there as a draft, where it can be kept: who is still choosing is not bothered. Raises
    what another window did to it."""
    try:
        taken = _taken(typed)
        legs = [leg for leg in taken.content().get("legs", ()) if len(leg) == WHOLE_LEG]
        body = taken.read(DraftBody, draft=True, legs=legs, **_fields(call, typed))
        with call.session.begin_nested():
            save_draft(call.desk(), body.request())
    except Refusal as refusal:
        if refusal.code in OVERTAKEN:
            raise
        return False
    return True


def _arranged(typed: Typed, step: str) -> Typed:
    """The form with a line or leg more, with one fewer, or with a waste that was looked for."""
    act, _, what = step.partition("-")
    kind, _, at = what.partition("-")
    if act == "add" and kind in ("lines", "legs"):
        first = "waste_code" if kind == "lines" else "carrier"
        return typed.with_values({f"{kind}.{len(typed.numbers(kind))}.{first}": [""]})
    if act == "drop" and kind in ("lines", "legs") and is_row(at):
        return typed.without(kind, int(at))
    if act == "take" and is_row(kind):  # one of what the words may mean
        return typed.with_values({f"lines.{int(kind)}.waste_code": [at]})
    return typed


def _form(
    call: Call[Any, Any], typed: Typed, *, problems: Sequence[Problem] = (),
    warnings: Sequence[Problem] = (), checked: bool = False, kept: bool = False,
    earlier: Sequence[Listed] = (), overtaken_by: Any = None,
) -> Response:  # fmt: skip
    chosen: Choices = choices(call, typed)
    learn_names(call.session, [site.name for site in chosen.sites] + [firm.name for firm in chosen.carriers])
    return page(
        "filing/form.html",
        status=409 if overtaken_by else 422 if problems else 200,
        typed=typed,
        overtaken_by=overtaken_by,
        problems=problems,
        warnings=warnings,
        checked=checked,
        kept=kept,
        earlier=earlier,
        names=site_names(call.session, (each.consignee for each in earlier)),
        chosen=chosen,
        bases=list(Basis),
    )
