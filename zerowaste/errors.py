"""What can be wrong with what people send: codes for machines, sentences in both languages for people.

Every code and its sentences live in `errors.toml` beside this file; a test keeps code and file equal.
"""

import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
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
        return str(catalogue()[self.code][language]).format_map(_Lenient(self.params))


class _Lenient(dict[str, Any]):
    """Format values; a value that was not given shows as an ellipsis instead of failing."""

    def __missing__(self, key: str) -> str:
        return "…"


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
    text = Path(__file__).with_name("errors.toml").read_text(encoding="utf-8")
    return tomllib.loads(text)


def status_of(code: str) -> int:
    """The HTTP status of a headline code (422 where the file says nothing)."""
    return int(catalogue()[code].get("status", 422))
