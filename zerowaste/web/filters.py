"""What a query narrows a list to must exist: asked once for every view, by the filters' names.

A list that is empty because of a slip of the pen looks like one where nothing is wrong."""

from collections.abc import Callable, Iterator
from typing import Any

from sqlalchemy import select

from zerowaste.errors import Problem, Refusal, terms
from zerowaste.models.tables import SITE
from zerowaste.rules.regions import DIGITS, districts
from zerowaste.services.regions import lies_in
from zerowaste.services.register import Register
from zerowaste.web.views import Call

_REGION_DIGITS = (2, 4, DIGITS, 9)  # province, city, district, street
_ANY_STREAM = {"zh": "各类废物", "en": "any stream"}


def require_known(call: Call[Any, Any]) -> None:
    """Raises `invalid` with every filter that names something there is not."""
    problems = [problem for name, find in _FILTERS.items() for problem in _problems(call, name, find)]
    if problems:
        raise Refusal("invalid", *problems)


def _problems(call: Call[Any, Any], name: str, find: "_Find") -> Iterator[Problem]:
    value = getattr(call.query, name, None)
    if value is not None and (problem := find(call, name, value)) is not None:
        yield problem


def _stream(call: Call[Any, Any], path: str, value: str) -> Problem | None:
    return None if value in call.service.law.streams else Problem("stream_unknown", path, {"stream": value})


def _operation(call: Call[Any, Any], path: str, value: str) -> Problem | None:
    known = call.service.law.catalogue.operation(value)
    return None if known else Problem("operation_unknown", path, {"operation": value})


def _waste_code(call: Call[Any, Any], path: str, value: str) -> Problem | None:
    """Of any edition: what was filed under an old one is still looked for."""
    law = call.service.law
    if any(law.catalogue.waste(stream.code, value) for stream in law.streams):
        return None
    return Problem("waste_code_unknown", path, {"waste_code": value, "stream": _ANY_STREAM})


def _audit(call: Call[Any, Any], path: str, value: str) -> Problem | None:
    known = terms()["audit"]
    return None if value in known else Problem("not_among", path, {"choices": ", ".join(sorted(known))})


def _site(call: Call[Any, Any], path: str, value: str) -> Problem | None:
    known = Register(call.session).place_called(value)
    return None if known else Problem("site_unknown", path, {"site": value})


def _region(call: Call[Any, Any], path: str, value: str) -> Problem | None:
    """A part of this city, or of elsewhere where a site of the register lies."""
    if len(value) not in _REGION_DIGITS:
        return Problem("region_unreadable", path, {"text": value})
    if any(code.startswith(value[:DIGITS]) for code in districts()):
        return None
    lying = select(SITE.c.id).where(lies_in([value], SITE.c.street)).limit(1)
    known = call.session.execute(lying).first()
    return None if known else Problem("region_unknown", path, {"text": value})


_Find = Callable[[Call[Any, Any], str, Any], Problem | None]
_FILTERS: dict[str, _Find] = {
    "stream": _stream,
    "waste_code": _waste_code,
    "operation": _operation,
    "audit": _audit,
    "site": _site,
    "region": _region,
    "district": _region,
}
