"""From what pydantic finds wrong to problems with a path, a code and sentences for people."""

from collections.abc import Callable, Mapping
from typing import Any

from pydantic import ValidationError

from zerowaste.errors import Problem, Refusal, catalogue

MOST_PROBLEMS = 200
# How schemas mark which of several forms of a value was meant: no part of where it stands.
CHOICE = "="
_CODES: Mapping[str, str] = {
    "missing": "missing",
    "extra_forbidden": "unknown_field",
    "int_type": "not_whole_number",
    "int_parsing": "not_whole_number",
    "int_parsing_size": "not_whole_number",
    "int_from_float": "not_whole_number",
    "float_type": "not_number",
    "float_parsing": "not_number",
    "finite_number": "not_number",
    "string_type": "not_text",
    "string_unicode": "bad_characters",
    "bad_characters": "bad_characters",
    "bool_type": "not_true_or_false",
    "bool_parsing": "not_true_or_false",
    "list_type": "not_list",
    "tuple_type": "not_list",
    "dict_type": "not_object",
    "model_type": "not_object",
    "model_attributes_type": "not_object",
    "uuid_type": "not_id",
    "uuid_parsing": "not_id",
    "datetime_type": "not_time",
    "datetime_parsing": "not_time",
    "datetime_from_date_parsing": "not_time",
    "datetime_object_invalid": "not_time",
    "timezone_aware": "time_without_offset",
    "time_out_of_range": "time_out_of_range",
    "enum": "not_among",
    "literal_error": "not_among",
    "string_pattern_mismatch": "wrong_form",
}
_LIMITS: Mapping[str, tuple[str, str]] = {
    "greater_than_equal": ("below_least", "ge"),
    "greater_than": ("not_above", "gt"),
    "less_than_equal": ("above_most", "le"),
    "less_than": ("above_most", "lt"),
    "string_too_long": ("too_long", "max_length"),
    "string_too_short": ("too_short", "min_length"),
}
_COUNTS: Mapping[str, tuple[str, str]] = {
    "too_long": ("too_many", "max_length"),
    "too_short": ("too_few", "min_length"),
}


def refusal_of(error: ValidationError) -> Refusal:
    """All that is wrong with what was sent: `malformed` (400) if it is no JSON, else `invalid`."""
    found = error.errors(include_url=False, include_input=False)
    if any(one["type"] == "json_invalid" for one in found):
        return Refusal("malformed")
    return Refusal("invalid", *(_problem(one) for one in found[:MOST_PROBLEMS]))


def _problem(found: Any) -> Problem:
    kind, context = found["type"], found.get("ctx", {})
    path = ".".join(step for step in map(str, found["loc"]) if not step.startswith(CHOICE))
    for table in (_LIMITS, _COUNTS):
        if kind in table:
            code, limit = table[kind]
            return Problem(code, path, {"limit": context[limit]})
    code = _CODES.get(kind) or (kind if kind in catalogue() else "wrong_value")
    return Problem(code, path, _PARAMS.get(kind, _nothing)(context))


def _nothing(context: Mapping[str, Any]) -> Mapping[str, Any]:
    return {}


def _expected(context: Mapping[str, Any]) -> Mapping[str, Any]:
    return {"choices": str(context.get("expected", "")).replace("'", "").replace(" or ", ", ")}


_PARAMS: Mapping[str, Callable[[Mapping[str, Any]], Mapping[str, Any]]] = {
    "enum": _expected,
    "literal_error": _expected,
}
