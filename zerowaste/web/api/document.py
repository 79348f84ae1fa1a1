"""The OpenAPI 3.1 document, written from the views' own declarations."""

import re
from collections.abc import Iterable, Mapping
from http import HTTPStatus
from typing import Any

from pydantic import BaseModel
from pydantic.json_schema import models_json_schema

from zerowaste.web.schemas.base import Problem
from zerowaste.web.views import JSON, PUBLIC, TYPED, Media, Upload, View

_PARAMETER = re.compile(r"<(?:([a-z]+):)?([a-z_]+)>")
_REFERENCE = "#/components/schemas/{model}"
_PARAMETER_WORDS: Mapping[str, str] = {
    "ref": "number or id",
    "code": "code of the site",
    "token": "what the QR code says",
}
PROBLEM_TYPE = "application/problem+json"


def openapi_document(views: Iterable[View], *, base_url: str) -> dict[str, Any]:
    """Everything that may be asked of the service, as one OpenAPI document."""
    listed = [view for view in views if not view.page]
    references, definitions = models_json_schema(
        [(model, mode) for model, mode in _models(listed)], ref_template=_REFERENCE
    )
    paths: dict[str, dict[str, Any]] = {}
    for view in listed:
        path = _PARAMETER.sub(r"{\2}", view.rule)
        paths.setdefault(path, {})[view.method.lower()] = _operation(view, references)
    return {
        "openapi": "3.1.0",
        "info": {
            "title": "zerowaste",
            "version": "1",
            "description": "一城之废，克克有踪。 A city's waste, followed gram by gram: lots, "
            "manifests, acts, treatments, and the chain they make. Masses are net integer grams; "
            "times carry an offset; lists give `next` as the `cursor` of the page that follows.",
        },
        "servers": [{"url": base_url}],
        "tags": [{"name": tag} for tag in dict.fromkeys(view.tag for view in listed)],
        "security": [{"bearer": []}],
        "paths": paths,
        "components": {
            "schemas": definitions.get("$defs", {}),
            "securitySchemes": {"bearer": {"type": "http", "scheme": "bearer"}},
        },
    }


def _models(views: Iterable[View]) -> dict[tuple[type[BaseModel], Any], None]:
    found: dict[tuple[type[BaseModel], Any], None] = {(Problem, "serialization"): None}
    for view in views:
        found[view.query, "validation"] = None
        if isinstance(view.body, type):
            found[view.body, "validation"] = None
        for reply in view.replies.values():
            if isinstance(reply, type):
                found[reply, "serialization"] = None
    return found


def _operation(view: View, references: Any) -> dict[str, Any]:
    operation: dict[str, Any] = {
        "operationId": view.name.replace(".", "_"),
        "tags": [view.tag],
        "summary": view.summary,
        "parameters": [*_path_parameters(view), *_query_parameters(view)],
        "responses": _responses(view, references),
    }
    if view.description:
        operation["description"] = view.description
    if view.policy is PUBLIC:
        operation["security"] = []
    else:
        operation["x-roles"] = sorted(view.policy)
    if view.body is not None and view.body is not TYPED:
        operation["requestBody"] = {"required": True, "content": _body(view.body, references)}
    return operation


def _path_parameters(view: View) -> list[dict[str, Any]]:
    return [
        {
            "name": name,
            "in": "path",
            "required": True,
            "description": _PARAMETER_WORDS.get(name, name),
            "schema": {"type": "string", "minLength": 1, "maxLength": 200},
        }
        for _, name in _PARAMETER.findall(view.rule)
    ]


def _query_parameters(view: View) -> list[dict[str, Any]]:
    schema = view.query.model_json_schema(ref_template=_REFERENCE)
    required = schema.get("required", ())
    return [
        {
            "name": name,
            "in": "query",
            "required": name in required,
            "allowEmptyValue": name not in required,
            "schema": _given(property_, name in required),
        }
        for name, property_ in schema.get("properties", {}).items()
    ]


def _given(schema: dict[str, Any], required: bool) -> dict[str, Any]:
    """A query parameter cannot be null: it is left out instead, or left empty."""
    named = _not_null(schema)
    return named if required else {"anyOf": [named, {"type": "string", "maxLength": 0}]}


def _not_null(schema: dict[str, Any]) -> dict[str, Any]:
    choices = [choice for choice in schema.get("anyOf", ()) if choice.get("type") != "null"]
    if "anyOf" not in schema or len(choices) != 1:
        return schema
    rest = {key: value for key, value in schema.items() if key not in ("anyOf", "default")}
    return {**rest, **choices[0]}


def _body(body: type[BaseModel] | Upload, references: Any) -> dict[str, Any]:
    if isinstance(body, Upload):
        file = {"type": "string", "format": "binary", "maxLength": body.largest}
        form = {"type": "object", "properties": {"file": file}, "required": ["file"]}
        return {
            **{media_type: {"schema": {"type": "string"}} for media_type in body.types},
            "multipart/form-data": {"schema": form},
        }
    content: dict[str, Any] = {"schema": references[body, "validation"]}
    example = body.model_config.get("json_schema_extra")
    if isinstance(example, dict) and "example" in example:
        content["example"] = example["example"]
    return {JSON: content}


def _responses(view: View, references: Any) -> dict[str, Any]:
    """By status; where a status may be both an answer and a refusal, both forms of it."""
    responses = _refusals(view)
    for status, reply in _replies(view, references).items():
        refused = responses.get(status, {"content": {}})
        responses[status] = {**reply, "content": {**reply["content"], **refused["content"]}}
    return dict(sorted(responses.items()))


def _replies(view: View, references: Any) -> dict[str, Any]:
    replies: dict[str, Any] = {}
    for status, reply in view.replies.items():
        content = (
            {reply.type: {"schema": {"type": "string"}}}
            if isinstance(reply, Media)
            else {JSON: {"schema": references[reply, "serialization"]}}
        )
        replies[str(status)] = {"description": HTTPStatus(status).phrase, "content": content}
    return replies


def _refusals(view: View) -> dict[str, Any]:
    statuses = {405, 422, 429, 500, 503, *view.refusals}
    if view.policy is not PUBLIC:
        statuses |= {401, 403}
    if "<" in view.rule:
        statuses.add(404)
    if view.body is not None:
        statuses |= {400, 409, 413, 415}
    reference = {"$ref": _REFERENCE.format(model="Problem")}
    return {
        str(status): {
            "description": HTTPStatus(status).phrase,
            "content": {PROBLEM_TYPE: {"schema": reference}},
        }
        for status in sorted(statuses)
    }
