"""Errors as answers: RFC 9457 problem+json for programs, a small page for browsers."""

import json
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from typing import Any, cast
from urllib.parse import urlencode

import structlog
from flask import Flask, Response, g, redirect, render_template, request
from werkzeug.exceptions import HTTPException, InternalServerError

from zerowaste.errors import Problem, Refusal, status_of
from zerowaste.web.forms import Typed, read_form
from zerowaste.web.language import language, language_tag

MEDIA_TYPE = "application/problem+json"
TYPE_PREFIX = "/api/v1/problems#"
MOST_IN_DETAIL = 5
_CODES_BY_STATUS = {
    400: "malformed",
    401: "unauthenticated",
    403: "forbidden",
    404: "not_found",
    405: "method_not_allowed",
    406: "not_found",
    413: "too_large",
    414: "too_large",
    415: "unsupported_media_type",
    416: "malformed",
    429: "too_many_requests",
    431: "too_large",
    503: "unavailable",
}
log = structlog.get_logger("zerowaste.web")


@dataclass(frozen=True, slots=True)
class Refused:
    """A refusal that a view returns rather than raises: what led to it is kept (committed)."""

    code: str
    errors: Sequence[Problem] = ()
    warnings: Sequence[Problem] = ()
    status: int | None = None


def notices(problems: Sequence[Problem], words: str | None = None) -> list[dict[str, Any]]:
    """Problems as the API shows them: path, code, message, and the values the sentence names."""
    words = words or language()
    return [
        {
            "path": problem.path,
            "code": problem.code,
            "message": problem.sentence(words),
            **({"params": dict(problem.params)} if problem.params else {}),
        }
        for problem in problems
    ]


def problem_content(
    headline: Problem,
    status: int,
    errors: Sequence[Problem] = (),
    warnings: Sequence[Problem] = (),
) -> dict[str, Any]:
    """The members of a problem document, in the language of the request."""
    words = language()
    told = notices(errors, words)
    # A headline that does not know what it speaks of leaves the word to the reason.
    silent = told and not headline.params and headline.code != "invalid"
    title = told[0]["message"] if silent else headline.sentence(words)
    return {
        "type": f"{TYPE_PREFIX}{headline.code}",
        "title": title,
        "status": status,
        "detail": _detail(errors, words) or title,
        "code": headline.code,
        "errors": told,
        "warnings": notices(warnings, words),
        "request_id": g.get("request_id", ""),
    }


def _detail(errors: Sequence[Problem], words: str) -> str:
    """The first few reasons, each said once; one that does not name its field has it in brackets."""
    places: dict[str, list[str]] = {}
    for error in errors:
        named = error.path if error.path and not error.params else ""
        places.setdefault(error.sentence(words), []).append(named)
    said = []
    for sentence, paths in list(places.items())[:MOST_IN_DETAIL]:
        where = ", ".join(dict.fromkeys(filter(None, paths)))
        bracketed = f"（{where}）" if words == "zh" else f" ({where})"
        said.append(f"{sentence}{bracketed}" if where else sentence)
    return " ".join(said)


def respond(content: dict[str, Any]) -> Response:
    """A problem document as an answer: JSON, or a page where a browser asks outside the API."""
    if _wants_page():
        page = render_template("problem.html", problem=content, language=language())
        return Response(page, status=content["status"], content_type="text/html; charset=utf-8")
    answer = Response(
        json.dumps(content, ensure_ascii=False, default=str),
        status=content["status"],
        content_type=MEDIA_TYPE,
    )
    answer.headers["Content-Language"] = language_tag()
    answer.headers["Vary"] = "Accept-Language"
    if content["status"] == 401:
        given = "Authorization" in request.headers and content["code"] == "unauthenticated"
        error = ', error="invalid_token"' if given else ""
        answer.headers["WWW-Authenticate"] = f'Bearer realm="zerowaste"{error}'
    return answer


def _wants_page() -> bool:
    accepts = request.accept_mimetypes
    return (
        not request.path.startswith("/api/")
        and accepts.accept_html
        and accepts.best_match(["application/json", MEDIA_TYPE, "text/html"]) == "text/html"
    )


def _to_the_door() -> Response:
    """Sign in first, and then on to what was asked for. A form that was sent meanwhile is not lost: it
    stands on the page that says so, and can be sent again from there."""
    if typed := _typed_in_vain():
        page = render_template("session/signed_out.html", typed=typed)
        return Response(page, status=401, content_type="text/html; charset=utf-8")
    following = request.full_path.rstrip("?") if request.method == "GET" else "/"
    return cast(Response, redirect(f"/sign-in?{urlencode({'next': following})}", 303))


def _typed_in_vain() -> Typed | None:
    """What somebody typed whose session had ended; no password is written back."""
    with suppress(Refusal):
        typed = read_form()
        if not any("password" in name for name in typed.values):
            return typed if any(map(any, typed.values.values())) else None
    return None


def _refused(refusal: Refusal) -> Response:
    status = status_of(refusal.code)
    if refusal.code == "unauthenticated" and _wants_page():
        return _to_the_door()
    answer = respond(problem_content(refusal.headline, status, refusal.problems))
    wait = refusal.params.get("wait_s")
    if status in (429, 503):
        answer.headers["Retry-After"] = str(wait or 1)
    return answer


def _http_error(error: HTTPException) -> Response:
    """What Flask refuses by itself: unknown address, wrong method, too large, too often."""
    status = error.code or 500
    if status < 400 and error.response is not None:
        return Response(status=status)
    code = _CODES_BY_STATUS.get(status, "malformed" if status < 500 else "internal")
    answer = respond(problem_content(Problem(code), status_of(code)))
    for name, value in error.get_headers(request.environ):
        if name.lower() in ("allow", "retry-after"):
            answer.headers[name] = value
    return answer


def _bug(error: InternalServerError) -> Response:
    """Nobody should see this. The log has the trace; the caller gets the number to quote."""
    headline = Problem("internal", params={"request_id": g.get("request_id", "")})
    return respond(problem_content(headline, 500))


def install_problems(app: Flask) -> None:
    """Answer every error with a problem document."""
    app.register_error_handler(Refusal, _refused)
    app.register_error_handler(HTTPException, _http_error)
    app.register_error_handler(InternalServerError, _bug)
