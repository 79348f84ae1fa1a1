"""The yearly public information: the public pages and files, and the authority's workbench behind them."""

from typing import Any
from uuid import UUID

import uuid_utils.compat as uuid7
from flask import Response

from zerowaste.clock import local_day
from zerowaste.documents.paper import Language
from zerowaste.documents.yearly import yearly_pdf
from zerowaste.errors import Problem, Refusal
from zerowaste.rules.yearly import may_publish
from zerowaste.services.booking.manifest_state import as_uuid
from zerowaste.services.reporting.publications import (
    Published,
    draft,
    publication,
    publications,
    publish,
    published,
)
from zerowaste.services.reporting.yearly_paper import FIELDS, open_rows, paper_of
from zerowaste.vocabulary import Role
from zerowaste.web.forms import Typed
from zerowaste.web.language import language
from zerowaste.web.pages.drawing import page
from zerowaste.web.pages.session import go_on
from zerowaste.web.pages.sheets import CSV, SHEETS, sheet
from zerowaste.web.schemas.publications import DraftBody, PublishBody, VersionQuery
from zerowaste.web.views import JSON, PUBLIC, TYPED, Call, Media, NoQuery, Views

views = Views("yearly_pages", prefix="", page=True)
OVERSEERS = (Role.REGULATOR, Role.ADMINISTRATOR)
PDF = "application/pdf"
MOST = 50
WORKBENCH = "/indicators/yearly"


@views.get("/public", allow=PUBLIC)
def list_years(call: Call[None, NoQuery]) -> Response:
    """What the authority has published, every version."""
    return page("yearly/years.html", found=publications(call.session, drafts=False, limit=MOST))


@views.get("/public/<int:year>", allow=PUBLIC, query=VersionQuery)
def show_year(call: Call[None, VersionQuery], year: int) -> Response:
    """A published year, for everybody."""
    found = published(call.session, year, call.query.version)
    return page("yearly/show.html", found=found, paper=paper_of(call.service.law, found))


@views.get("/public/<int:year>.pdf", allow=PUBLIC, query=VersionQuery, replies={200: Media(PDF)})
def print_year(call: Call[None, VersionQuery], year: int) -> Response:
    """The same on paper."""
    found = published(call.session, year, call.query.version)
    spoken: Language = call.query.lang or ("zh" if language() == "zh" else "en")
    content = yearly_pdf(paper_of(call.service.law, found), spoken)
    return _file(content, PDF, f"waste-{year}-{spoken}.pdf")


@views.get("/public/<int:year>.csv", allow=PUBLIC, query=VersionQuery, replies=SHEETS)
def save_year(call: Call[None, VersionQuery], year: int) -> Response:
    """The same as open figures, one a line; what each field means is in the dictionary."""
    found = published(call.session, year, call.query.version)
    headings = [(name, name) for name, *_ in FIELDS]
    return sheet(f"waste-{year}", "csv", headings, open_rows(call.service.law, found))


@views.get("/public/<int:year>.json", allow=PUBLIC, query=VersionQuery, replies={200: Media(JSON)})
def save_content(call: Call[None, VersionQuery], year: int) -> Response:
    """The frozen content, byte for byte as its SHA-256 was taken."""
    found = published(call.session, year, call.query.version)
    return _file(found.text.encode(), JSON, f"waste-{year}.json")


@views.get("/public/dictionary.csv", allow=PUBLIC, replies={200: Media(CSV)}, transaction=False)
def save_dictionary(call: Call[None, NoQuery]) -> Response:
    """What each field of the open figures means."""
    headings = (("字段", "field"), ("含义", "meaning in Chinese"), ("英文含义", "meaning in English"),
                ("单位", "unit"))  # fmt: skip
    return sheet("waste-dictionary", "csv", headings, (list(each) for each in FIELDS))


@views.get(WORKBENCH, allow=OVERSEERS)
def show_workbench(call: Call[None, NoQuery]) -> Response:
    """Drafts and what was published; room to compile a year for who may."""
    return _workbench(call)


@views.post(WORKBENCH, allow=[Role.REGULATOR], body=TYPED)
def compile_year(call: Call[Typed, NoQuery]) -> Response:
    """A draft, to be read before it is published."""
    if not may_publish(call.actor, call.service.settings.city):
        raise Refusal("forbidden")
    try:
        year = call.body.one("year")
        rest = Typed({name: values for name, values in call.body.values.items() if name != "year"})
        body = rest.read(DraftBody, year=int(year) if _digits(year) else 0)
        found, _ = draft(call.desk(), body.request(call.service.settings.city))
    except Refusal as refusal:
        return _workbench(call, refusal.problems or [refusal.headline])
    return go_on(f"{WORKBENCH}/{found.id}")


@views.get(f"{WORKBENCH}/<ref>", allow=OVERSEERS)
def show_draft(call: Call[None, NoQuery], ref: str) -> Response:
    """A draft as it would be published; only for who may publish it."""
    return _draft(call, _readable(call, ref))


@views.post(f"{WORKBENCH}/<ref>/publish", allow=[Role.REGULATOR], body=TYPED)
def publish_year(call: Call[Typed, NoQuery], ref: str) -> Response:
    """The authority's act: from now on it is open to everybody, and frozen."""
    found = _readable(call, ref)
    try:
        body = call.body.read(PublishBody)
        told, _ = publish(call.desk(), body.request(found.id, call.service.settings.city))
    except Refusal as refusal:
        return _draft(call, found, refusal.problems or [refusal.headline])
    return go_on(f"/public/{told.year}")


def _readable(call: Call[Any, Any], ref: str) -> Published:
    wanted: UUID | None = as_uuid(ref)
    if wanted is None or not may_publish(call.actor, call.service.settings.city):
        raise Refusal("not_found")
    return publication(call.session, wanted)


def _draft(call: Call[Any, Any], found: Published, problems: Any = ()) -> Response:
    return page(
        "yearly/draft.html",
        status=422 if problems else 200,
        found=found,
        paper=paper_of(call.service.law, found),
        problems=problems,
        act=str(uuid7.uuid7()),
    )


def _workbench(call: Call[Any, Any], problems: Any = ()) -> Response:
    may = may_publish(call.actor, call.service.settings.city)
    return page(
        "yearly/workbench.html",
        status=422 if problems else 200,
        found=publications(call.session, drafts=may, limit=MOST),
        may=may,
        problems=[each for each in problems if isinstance(each, Problem)],
        year=local_day(call.now).year,
        fresh=str(uuid7.uuid7()),
    )


def _digits(text: str) -> bool:
    return text.isascii() and text.isdecimal() and len(text) == 4


def _file(content: bytes, media: str, name: str) -> Response:
    answer = Response(content, content_type=media)
    answer.headers["Content-Disposition"] = f'inline; filename="{name}"'
    answer.headers["Vary"] = "Accept-Language, Cookie"
    answer.add_etag()
    return answer
