"""Manifests on paper: the form, the labels, the code."""

from typing import Annotated, Any, Literal
from uuid import UUID

from flask import Response, request
from pydantic import Field

from zerowaste.documents.manifest import manifest_pdf
from zerowaste.documents.paper import LabelSize, Language
from zerowaste.documents.qr import qr_svg
from zerowaste.rules.token import TokenKind, address, sign
from zerowaste.services.queries.manifests import visible
from zerowaste.services.queries.papers import manifest_paper
from zerowaste.services.queries.papers_labels import labels
from zerowaste.services.queries.papers_sheet import Sheet, sheet_of
from zerowaste.web.language import language
from zerowaste.web.schemas.base import Query
from zerowaste.web.views import EVERY_ROLE, Call, Media, NoQuery, Views

PDF, SVG = "application/pdf", "image/svg+xml"
views = Views("papers")


class PaperQuery(Query):
    """`lang`: zh or en; else the language of the request."""

    lang: Literal["zh", "en"] | None = None


class LabelQuery(PaperQuery):
    """`size`: the label's side in millimetres (HJ 1276); else by the containers' volume. `part`: of more
    labels than one print takes, counted from 1."""

    size: Annotated[Literal["100", "150", "200"] | None, Field()] = None
    part: Annotated[int | None, Field(ge=1)] = None


def _sheet(call: Call[None, Any], ref: str, lang: Language | None) -> Sheet:
    row = visible(call.session, call.actor, ref)
    words: Language = lang or ("zh" if language() == "zh" else "en")
    return sheet_of(call.desk(), str(row.id), words, call.service.manifest_url(row.id))


def _file(content: bytes, media: str, name: str) -> Response:
    """A file to look at, with a name to keep it under; private, and asked for anew each time, though not
    sent again where the reader has it (the same content gives the same bytes)."""
    response = Response(content, content_type=media)
    response.headers["Content-Disposition"] = f'inline; filename="{name}"'
    response.headers["Cache-Control"] = "private, no-cache"
    response.headers["Vary"] = "Accept-Language, Authorization, Cookie"
    response.add_etag()
    response.make_conditional(request)
    return response


@views.get("/manifests/<ref>/document.pdf", allow=EVERY_ROLE, query=PaperQuery, replies={200: Media(PDF)})
def print_manifest(call: Call[None, PaperQuery], ref: str) -> Response:
    """The manifest on paper: for hazardous waste the official three-part form, with our serial beside
    the legal number; for the others the same family."""
    sheet = _sheet(call, ref, call.query.lang)
    content = manifest_pdf(manifest_paper(sheet), sheet.language)
    return _file(content, PDF, f"manifest-{sheet.found.row.number or 'draft'}.pdf")


@views.get("/manifests/<ref>/labels.pdf", allow=EVERY_ROLE, query=LabelQuery, replies={200: Media(PDF)})
def print_labels(call: Call[None, LabelQuery], ref: str) -> Response:
    """Labels for its packages, one a page: HJ 1276 labels for hazardous waste, yellow tags for medical."""
    sheet = _sheet(call, ref, call.query.lang)
    signing = call.service.settings.signing

    def code(package: UUID) -> str:
        token = sign(TokenKind.PACKAGE, package, signing.private, signing.key_id)
        return address(call.service.settings.base_url, token)

    size = LabelSize(call.query.size) if call.query.size else None
    part = call.query.part
    name = f"labels-{sheet.found.row.number}" + (f"-{part}" if part else "")
    return _file(labels(sheet, code, size, part), PDF, f"{name}.pdf")


@views.get("/manifests/<ref>/qr.svg", allow=EVERY_ROLE, replies={200: Media(SVG)})
def draw_code(call: Call[None, NoQuery], ref: str) -> Response:
    """The manifest's signed QR code as vectors."""
    row = visible(call.session, call.actor, ref)
    return _file(
        qr_svg(call.service.manifest_url(row.id), row.number), SVG, f"qr-{row.number or 'draft'}.svg"
    )
