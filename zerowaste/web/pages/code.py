"""The page behind a printed QR code: what is this, and is it genuine?"""

from datetime import date

from flask import Response, render_template, request
from pydantic import BaseModel

from zerowaste.rules.token import TokenKind
from zerowaste.services.queries.codes import Scanned, read_code
from zerowaste.vocabulary import Status
from zerowaste.web.language import language
from zerowaste.web.views import JSON, PUBLIC, Call, NoQuery, Reply, Views

HTML = "text/html; charset=utf-8"
views = Views("codes", prefix="")


class CodeReply(BaseModel):
    """`genuine`: signed by this service. `known`: it is on its books. `number`: what is printed."""

    genuine: bool
    known: bool
    kind: TokenKind | None
    number: str | None
    stream: str | None
    status: Status | None
    planned_on: date | None


@views.get("/Q/<token>", allow=PUBLIC, replies={200: CodeReply, 404: CodeReply})
def show_code(call: Call[None, NoQuery], token: str) -> Reply | Response:
    """What a printed code stands for, for anybody who scans it: a page, or JSON if asked for.

    404: it was not signed by this service."""
    scanned = read_code(call.session, token, call.service.settings.signing.public)
    status = 200 if scanned.genuine else 404
    if request.accept_mimetypes.best_match([JSON, "text/html"], JSON) == JSON:
        return Reply(status, _reply(scanned), {"Vary": "Accept, Accept-Language"})
    page = render_template("code.html", language=language(), scanned=scanned)
    return Response(page, status=status, content_type=HTML, headers={"Vary": "Accept"})


@views.get("/q/<token>", allow=PUBLIC, replies={200: CodeReply, 404: CodeReply})
def show_code_in_lower_case(call: Call[None, NoQuery], token: str) -> Reply | Response:
    """The same for readers that write addresses in lower case."""
    return show_code(call, token)


def _reply(scanned: Scanned) -> CodeReply:
    return CodeReply(
        genuine=scanned.genuine,
        known=scanned.known,
        kind=scanned.kind,
        number=scanned.number,
        stream=scanned.stream,
        status=Status(scanned.status) if scanned.status else None,
        planned_on=scanned.planned_on,
    )
