"""Organisations, sites and regions in the forms of master data: chosen by name, kept by code."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from sqlmodel import Session

from zerowaste.rules.regions import districts
from zerowaste.services.masterdata.administration_lists import (
    codes_meant,
    names_of,
    organisations_named,
    sites_named,
)
from zerowaste.web.forms import Typed
from zerowaste.web.pages.administration_fields import FIELDS
from zerowaste.web.pages.drawing import say

MOST_NAMED = 2_000  # of a list to choose from; whoever is not on it is written by name or code
Option = tuple[str, str]  # a code and what is chosen by


def with_codes(session: Session, table: str, typed: Typed) -> Typed:
    """The form with the codes of what was chosen by name."""
    return _changed(table, typed, lambda kind, texts: codes_meant(session, kind, texts))


def with_names(session: Session, table: str, typed: Typed) -> Typed:
    """The form as it is shown: the name before each code."""

    def named(kind: str, codes: Sequence[str]) -> dict[str, str]:
        return {code: f"{name} {code}" for code, name in names_of(session, kind, codes).items()}

    return _changed(table, typed, named)


def choices(session: Session, table: str, typed: Typed, city: str) -> dict[str, Sequence[Option]]:
    """Field → what it offers. `typed`: with codes."""
    offered = {field.name for field in FIELDS[table] if field.of or field.kind == "list"}
    own = typed.one("organisation")
    every: Mapping[str, Callable[[], Sequence[Option]]] = {
        "organisation": lambda: organisations_named(session, limit=MOST_NAMED),
        "site": lambda: sites_named(session, limit=MOST_NAMED, organisation=own),
        "sites": lambda: sites_named(session, limit=MOST_NAMED, organisation=own) if own else (),
        "receiver": lambda: sites_named(session, limit=MOST_NAMED, receiving=True),
        "regions": lambda: _regions(city),
    }
    return {name: find() for name, find in every.items() if name in offered}


def _regions(city: str) -> list[Option]:
    known = [(code, say(each.zh, each.en)) for code, each in districts().items()]
    return [(city, say("全市", "The whole city")), *known]


def _changed(table: str, typed: Typed, change: Callable[[str, Sequence[str]], Mapping[str, str]]) -> Typed:
    """The form with each field that is chosen by name changed, those of one kind together."""
    fields = [field for field in FIELDS[table] if field.of and typed.one(field.name)]
    values: dict[str, Any] = {}
    for kind in sorted({field.of for field in fields}):
        names = [field.name for field in fields if field.of == kind]
        found = change(kind, [typed.one(name) for name in names])
        values |= {name: [found.get(typed.one(name), typed.one(name))] for name in names}
    return typed.with_values(values)
