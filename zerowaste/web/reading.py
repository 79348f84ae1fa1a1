"""Reading a request: its token, its query and its body, each checked by the view's declaration."""

import json
from collections import Counter
from contextlib import suppress
from typing import Any
from urllib.parse import unquote, urlsplit

from flask import Response, request
from pydantic import BaseModel, ValidationError

from zerowaste.errors import Problem, Refusal
from zerowaste.web.forms import Typed, read_form
from zerowaste.web.validation import refusal_of
from zerowaste.web.views import JSON, TYPED, Upload, View

MULTIPART = "multipart/form-data"
FORM_OVERHEAD_BYTES = 64_000
MOST_READ_IN_VAIN = 64 * 2**20
REFUSED = 400
_BEARER = "bearer "
END_OF_IDS = 2**31


def bearer_token() -> str | None:
    """The token of `Authorization: Bearer …`; None where there is none."""
    header = request.headers.get("Authorization", "")
    if header[: len(_BEARER)].lower() != _BEARER:
        return None
    return header[len(_BEARER) :].strip() or None


def token_of(cookie: str) -> str | None:
    """The token this request is made with: its header's, else the one the browser keeps in a cookie."""
    return bearer_token() or request.cookies.get(cookie)


def refuse_another(login: str) -> None:
    """Who sends for somebody by name (header `Zerowaste-Login`, percent-encoded) does not send for whoever
    else has signed in on a shared phone meanwhile. Raises `signed_in_as_another`."""
    meant = request.headers.get("Zerowaste-Login")
    if meant is not None and unquote(meant) != login:
        raise Refusal("signed_in_as_another")


def refuse_cross_site() -> None:
    """What changes something and comes from a browser must come from a page of ours, for browsers send
    our cookie whoever asks them to. They say where they were (Fetch Metadata, else Origin); a program
    says nothing, and has no cookie. Raises `cross_site`."""
    if request.method in ("GET", "HEAD", "OPTIONS") or bearer_token() is not None:
        return
    site = request.headers.get("Sec-Fetch-Site")
    if site is not None:
        ours = site in ("same-origin", "none")
    else:
        origin = request.headers.get("Origin")
        ours = origin is None or host_of(origin) == request.host
    if not ours:
        raise Refusal("cross_site")


def host_of(address: str) -> str | None:
    """The host (and port) an address names, empty where it names none; None where it is no address."""
    try:
        return urlsplit(address).netloc
    except ValueError:
        return None


def refuse_strange_path(arguments: dict[str, Any]) -> None:
    """No name of ours holds control characters, and no number of ours is longer than the database's: it
    could not even look for some."""
    for value in arguments.values():
        strange = value >= END_OF_IDS if isinstance(value, int) else not str(value).isprintable()
        if strange:
            raise Refusal("not_found")


def read_query(view: View) -> BaseModel:
    """The query parameters; one that is left empty asks for nothing, as a form's does.

    Raises `invalid` with every fault: unknown, given twice, wrong."""
    given: dict[str, str] = {}
    twice = []
    for name, values in request.args.lists():
        if values != [""] or name not in view.query.model_fields:
            given[name] = values[0]
        if len(values) > 1:
            twice.append(Problem("given_twice", name))
    try:
        query = view.query.model_validate_strings(given, strict=True)
    except ValidationError as error:
        refusal = refusal_of(error)
        raise Refusal("invalid", *twice, *refusal.problems) from error
    if twice:
        raise Refusal("invalid", *twice)
    return query


def read_body(view: View) -> tuple[BaseModel | Typed | None, bytes]:
    """(model or form, raw upload). Raises `too_large`, `unsupported_media_type`, `malformed`, `invalid`."""
    if view.body is None:
        return None, b""
    if isinstance(view.body, Upload):
        return None, _upload(view.body)
    if view.body is TYPED:
        return read_form(), b""
    if request.mimetype != JSON:
        raise Refusal("unsupported_media_type")
    content = request.get_data(cache=False)
    try:
        body = view.body.model_validate_json(content)
    except ValidationError as error:
        raise refusal_of(error) from error
    json.loads(content, object_pairs_hook=_refuse_twice, parse_float=str)
    return body, b""


def _refuse_twice(pairs: list[tuple[str, Any]]) -> None:
    """An object that gives a name twice says two things; whichever we took, the sender may mean the other.
    Raises `invalid`."""
    twice = [name for name, times in Counter(name for name, _ in pairs).items() if times > 1]
    if twice:
        raise Refusal("invalid", *(Problem("given_twice", name) for name in twice))


def read_to_the_end(response: Response) -> Response:
    """What is refused unread is read all the same, up to a bound: if we closed the connection on somebody
    who is still sending, he would see it broken and never our answer."""
    left = min(request.content_length or 0, MOST_READ_IN_VAIN) if response.status_code >= REFUSED else 0
    # A stream that somebody has begun to read knows where it ends; the server's own may wait for more.
    unread = request.stream if "stream" in vars(request) else request.environ["wsgi.input"]
    with suppress(OSError):  # he hung up
        while left > 0:
            part = unread.read(min(left, 2**16))
            left = left - len(part) if part else 0
    return response


def _upload(wanted: Upload) -> bytes:
    """The file a request consists of, or the one file in its form."""
    if request.mimetype != MULTIPART:
        # What does not say how long it is gets cut off at the limit: one byte more shows that it was.
        request.max_content_length = wanted.largest + 1
        return _not_above(wanted, request.get_data(cache=False))
    request.max_content_length = wanted.largest + FORM_OVERHEAD_BYTES
    files = [file for _, several in request.files.lists() for file in several]
    if len(files) != 1:
        raise Refusal("invalid", Problem("one_file", params={"count": len(files)}))
    return _not_above(wanted, files[0].read(wanted.largest + 1))


def _not_above(wanted: Upload, content: bytes) -> bytes:
    if len(content) > wanted.largest:
        raise Refusal("too_large")
    return content
