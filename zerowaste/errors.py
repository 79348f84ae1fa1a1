"""What can be wrong with what people send: codes for machines, sentences in both languages for people.

Every code and its sentences live in `errors.toml` beside this file, the words they name in `terms.toml`;
tests keep code and files equal.
"""

import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from functools import cache
from pathlib import Path
from typing import Any

LANGUAGES = ("zh", "en")


@dataclass(frozen=True, slots=True)
class Problem:
    """One thing that is wrong: `code` (a key of errors.toml), `path` (a JSON path such as
    `lines.0.mass_g`), and the values its sentences name."""

    code: str
    path: str = ""
    params: Mapping[str, Any] = field(default_factory=dict)

    def sentence(self, language: str) -> str:
        """The sentence for people, in `zh` or `en`. Raises KeyError for a code nobody wrote down."""
        words = {name: _said(name, value, self.params, language) for name, value in self.params.items()}
        return str(catalogue()[self.code][language]).format_map(_Lenient(words))


class _Lenient(dict[str, Any]):
    """Format values; a value that was not given shows as an ellipsis instead of failing."""

    def __missing__(self, key: str) -> str:
        return "…"


# Params that count in the unit that stands beside them.
_IN_UNIT = frozenset({"limit", "left", "asked"})
_NOTHING = {"zh": "暂无", "en": "none known"}


def _said(name: str, value: Any, params: Mapping[str, Any], language: str) -> Any:
    """A value as a sentence shows it: masses (`…_g`) in kilograms, words of the field in the language,
    a list of places by name. A mapping with both languages says itself."""
    if isinstance(value, Mapping):
        return value.get(language, value)
    if isinstance(value, list):
        return "; ".join(_place(each, language) for each in value) or _NOTHING[language]
    if isinstance(value, int) and (name.endswith("_g") or (name in _IN_UNIT and params.get("unit") == "g")):
        return f"{Decimal(value) / 1000:,f} kg"
    if isinstance(value, int) and name in _IN_UNIT and params.get("unit") == "l":
        return f"{value:,} L"
    term = terms().get(name, {}).get(str(value))
    return value if term is None else term[language]


def _place(place: Mapping[str, Any], language: str) -> str:
    reason = terms()["reason"].get(str(place["reason"]), {}).get(language, place["reason"])
    return f"{place['name']} ({place['code']}, {reason})"


class Refusal(Exception):
    """What a user can cause. Raised: nothing is kept. `problems` holds all reasons, never only the first.

    `code` is the headline's key in errors.toml, which also gives the HTTP status."""

    def __init__(self, code: str, *problems: Problem, **params: Any) -> None:
        super().__init__(code)
        self.code = code
        self.problems: Sequence[Problem] = problems
        self.params = params

    @property
    def headline(self) -> Problem:
        return Problem(self.code, params=self.params)


@cache
def catalogue() -> Mapping[str, Mapping[str, Any]]:
    """code → {status?, zh, en}, as written in errors.toml."""
    return _read("errors.toml")


@cache
def terms() -> Mapping[str, Mapping[str, Mapping[str, str]]]:
    """Param → value → {zh, en}: the words of the field that sentences name, as written in terms.toml."""
    return _read("terms.toml")


def _read(name: str) -> Mapping[str, Any]:
    return tomllib.loads(Path(__file__).with_name(name).read_text(encoding="utf-8"))


def status_of(code: str) -> int:
    """The HTTP status of a headline code (422 where the file says nothing)."""
    return int(catalogue()[code].get("status", 422))
