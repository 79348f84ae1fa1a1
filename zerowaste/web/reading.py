"""Reading a request: its token, its query and its body, each checked by the view's declaration."""

from typing import Any

from flask import request
from pydantic import BaseModel, ValidationError

from zerowaste.errors import Problem, Refusal
from zerowaste.web.validation import refusal_of
from zerowaste.web.views import JSON, Upload, View

_BEARER = "bearer "


def bearer_token() -> str | None:
    """The token of `Authorization: Bearer …`; None where there is none."""
    header = request.headers.get("Authorization", "")
    if header[: len(_BEARER)].lower() != _BEARER:
        return None
    return header[len(_BEARER) :].strip() or None


def refuse_strange_path(arguments: dict[str, Any]) -> None:
    """No name of ours holds control characters, and the database could not even look for some."""
    if any(isinstance(value, str) and not value.isprintable() for value in arguments.values()):
        raise Refusal("not_found")


def read_query(view: View) -> BaseModel:
    """The query parameters. Raises `invalid` with every fault: unknown, given twice, wrong."""
    given: dict[str, str] = {}
    twice = []
    for name, values in request.args.lists():
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


def read_body(view: View) -> tuple[BaseModel | None, bytes]:
    """(model, raw upload). Raises `too_large`, `unsupported_media_type`, `malformed`, `invalid`."""
    if view.body is None:
        return None, b""
    request.max_content_length = view.largest
    if isinstance(view.body, Upload):
        return None, request.get_data(cache=True)
    if request.mimetype != JSON:
        raise Refusal("unsupported_media_type")
    content = request.get_data(cache=False)
    try:
        return view.body.model_validate_json(content), b""
    except ValidationError as error:
        raise refusal_of(error) from error
