"""Forms of pages: what was typed, kept as typed, and read as the same body the API takes.

A field is named by its path in that body (`lines.0.mass_g`), so what is wrong with a path is shown
beside its field. Two names differ, because people write otherwise than machines: `…_kg` holds a mass
in kilograms, and times are the city's own."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal, InvalidOperation
from typing import Any, TypeVar

from flask import request
from pydantic import BaseModel, ValidationError

from zerowaste.clock import CITY_ZONE
from zerowaste.errors import Problem, Refusal
from zerowaste.web.schemas.base import LONGEST_NUMBER
from zerowaste.web.validation import refusal_of

ModelT = TypeVar("ModelT", bound=BaseModel)
KILOGRAMS, GRAMS = "_kg", "_g"
# A manifest of two hundred lines and a batch of five hundred lots have fewer.
MOST_NAMES, MOST_ROWS = 3000, 700
STEP = "step"  # which button was pressed; no part of the body
GRAMS_A_KILOGRAM = 1000
_LONGEST = len("2026-11-24T10:30")
_SHOWN = 60  # signs of a name that is none of ours
_DEEPEST = 8  # steps of a field's name; no body of ours goes deeper


@dataclass(frozen=True, slots=True)
class Typed:
    """A form as it was typed: every field, by name, blanks at the ends cut off."""

    values: Mapping[str, Sequence[str]]

    def one(self, name: str) -> str:
        """The first value of a field; empty where there is none."""
        return next(iter(self.values.get(name, ())), "")

    def all(self, name: str) -> Sequence[str]:
        """Every value of a field that may be given several times."""
        return [value for value in self.values.get(name, ()) if value]

    def with_values(self, values: Mapping[str, Sequence[str]]) -> "Typed":
        """The same form with these fields filled in."""
        return Typed({**self.values, **values})

    def numbers(self, kind: str) -> list[int]:
        """The rows there are of `lines`, `lines.0.draws` …, in their order; there is always a first one."""
        rows = {name.removeprefix(f"{kind}.").partition(".")[0] for name in self.values
                if name.startswith(f"{kind}.")}  # fmt: skip
        return sorted({int(row) for row in rows if is_row(row)}) or [0]

    def without(self, kind: str, row: int) -> "Typed":
        """The form without one row; those after it move up."""
        values = {}
        for name, several in self.values.items():
            head, _, rest = name.partition(".")
            at, _, tail = rest.partition(".")
            if head != kind or not is_row(at) or int(at) < row:
                values[name] = several
            elif int(at) > row:
                values[f"{kind}.{int(at) - 1}.{tail}"] = several
        return Typed(values)

    def chosen(self, path: str, *keys: str) -> "Typed":
        """The form without those rows of `path` (`inputs`, `lines.0.draws`) in which none of `keys` is
        filled: a row that was offered and not taken."""
        rows = {name.removeprefix(f"{path}.").split(".")[0] for name in self.values
                if name.startswith(f"{path}.")}  # fmt: skip
        unused = [row for row in rows if not any(self.one(f"{path}.{row}.{key}") for key in keys)]
        gone = tuple(f"{path}.{row}." for row in unused)
        return Typed({name: several for name, several in self.values.items() if not name.startswith(gone)})

    def placed(self, path: str, problems: Sequence[Problem]) -> list[Problem]:
        """The problems, those in rows of `path` moved from the row's place in the body, where gaps are
        closed, to its number in the form."""
        rows = [str(row) for row in self.numbers(path)]

        def moved(problem: Problem) -> Problem:
            head, _, rest = problem.path.removeprefix(f"{path}.").partition(".")
            inside = problem.path.startswith(f"{path}.") and is_row(head) and int(head) < len(rows)
            if not inside:
                return problem
            return Problem(
                problem.code, ".".join(filter(None, (path, rows[int(head)], rest))), problem.params
            )

        return [moved(problem) for problem in problems]

    def _in_body(self, name: str) -> str:
        """The path in the body of a field's name, where gaps between rows are closed."""
        way: list[str] = []
        steps = field_path(name).split(".")
        for at, step in enumerate(steps):
            rows = self.numbers(".".join(steps[:at])) if is_row(step) else []
            way.append(str(rows.index(int(step))) if rows else step)
        return ".".join(way)

    def any_of(self, path: str) -> bool:
        """Whether any field of `path` is filled."""
        return any(any(several) for name, several in self.values.items() if name.startswith(f"{path}."))

    def content(self, **more: Any) -> dict[str, Any]:
        """The fields as the nested content of a body, empty ones left out, `more` put in.

        A name that ends in `[]` gives a list. Raises `invalid` for a mass that is no number, and for
        names no form of ours has: a part of what is itself a value, or without end."""
        tree, faults = self._tree()
        if faults:
            raise Refusal("invalid", *faults)
        return {**tree, **more}

    def _tree(self) -> tuple[dict[str, Any], list[Problem]]:
        """(the nested content, what makes no sense left out; the faults of that)."""
        tree: dict[str, Any] = {}
        faults: list[Problem] = []
        for name, several in self.values.items():
            values = [value for value in several if value]
            if not values or name == STEP:
                continue
            branch, last = _branch(tree, name.removesuffix("[]").split("."))
            if branch is None:
                faults.append(Problem("unknown_field", field_path(name)[:_SHOWN]))
            elif name.endswith("[]"):
                branch[last] = values
            elif last.endswith(KILOGRAMS):
                if not _put_mass(branch, last, values[0]):
                    faults.append(Problem("kilograms_wrong", self._in_body(name)))
            else:
                branch[last] = _with_zone(values[0]) if last == "at" or last.endswith("_at") else values[0]
        return {name: _lists(value) for name, value in tree.items()}, faults

    def read(self, model: type[ModelT], **more: Any) -> ModelT:
        """The form as a body. Raises `invalid` with every fault."""
        tree, faults = self._tree()
        try:
            body = model.model_validate({**tree, **more}, strict=False)
        except ValidationError as error:
            said = {fault.path for fault in faults}
            others = (each for each in refusal_of(error).problems if each.path not in said)
            raise Refusal("invalid", *faults, *others) from error
        if faults:
            raise Refusal("invalid", *faults)
        return body


def is_row(step: str) -> bool:
    """Whether a step of a field's name is a row's number, and one that can be read."""
    return step.isascii() and step.isdecimal() and len(step) <= LONGEST_NUMBER


def read_form() -> Typed:
    """The form of this request. Raises `malformed` for what no keyboard types and no database keeps, and
    `too_large` for more fields than any form has: rows are read in time that grows with their square."""
    rows = {".".join(name.split(".", 2)[:2]) for name in request.form}
    if len(request.form) > MOST_NAMES or len(rows) > MOST_ROWS:
        raise Refusal("too_large")
    fields = {name: [value.strip() for value in values] for name, values in request.form.lists()}
    if any("\0" in value for values in fields.values() for value in values):
        raise Refusal("malformed")
    return Typed(fields)


def _branch(tree: dict[str, Any], steps: list[str]) -> tuple[dict[str, Any] | None, str]:
    """(where a field belongs, its own name there); None where there is no such place."""
    *way, last = steps
    branch: Any = tree if len(way) < _DEEPEST else None
    for step in way:
        if not isinstance(branch, dict):
            break
        branch = branch.setdefault(step, {})
    return branch if isinstance(branch, dict) else None, last


def _put_mass(branch: dict[str, Any], last: str, text: str) -> bool:
    """Put in the mass in grams; False where the text is none."""
    try:
        kilograms = Decimal(text.replace(",", "").replace("，", ""))
        # An exponent makes a few signs a number that takes minutes to write out.
        if not kilograms.is_finite() or abs(kilograms.adjusted()) > LONGEST_NUMBER:
            raise InvalidOperation
        grams = kilograms * GRAMS_A_KILOGRAM
        if grams != int(grams):
            raise InvalidOperation
        branch[last.removesuffix(KILOGRAMS) + GRAMS] = int(grams)
    except InvalidOperation:
        return False
    return True


def _with_zone(text: str) -> str:
    """A time as a browser's field gives it, on the city's clocks; anything else as it is."""
    if len(text) < _LONGEST or "+" in text or text.endswith("Z"):
        return text
    try:
        return datetime.fromisoformat(text).replace(tzinfo=CITY_ZONE).isoformat()
    except ValueError:
        return text


def _lists(branch: Any) -> Any:
    """The same, with branches whose names are all numbers made lists (gaps closed)."""
    if not isinstance(branch, dict):
        return branch
    if branch and all(is_row(name) for name in branch):
        return [_lists(branch[name]) for name in sorted(branch, key=int)]
    return {name: _lists(value) for name, value in branch.items()}


def field_path(name: str) -> str:
    """The path in the body of a field's name."""
    return name.removesuffix(KILOGRAMS) + GRAMS if name.endswith(KILOGRAMS) else name.removesuffix("[]")


def typed_of(content: Mapping[str, Any]) -> Typed:
    """The form that would give this content: a draft or an earlier manifest, to be gone on with."""
    values: dict[str, list[str]] = {}
    _flatten("", content, values)
    return Typed(values)


def _flatten(path: str, branch: Any, values: dict[str, list[str]]) -> None:
    if isinstance(branch, Mapping):
        for name, each in branch.items():
            _flatten(f"{path}.{name}" if path else str(name), each, values)
    elif isinstance(branch, list) and branch and not isinstance(branch[0], Mapping):
        values[f"{path}[]"] = [str(each) for each in branch]
    elif isinstance(branch, list):
        for at, each in enumerate(branch):
            _flatten(f"{path}.{at}", each, values)
    elif branch is not None:
        name, text = _as_typed(path, branch)
        values[name] = [text]


def _as_typed(path: str, value: Any) -> tuple[str, str]:
    last = path.rpartition(".")[2]
    if path.endswith(GRAMS) and isinstance(value, int):
        kilograms = f"{Decimal(value) / GRAMS_A_KILOGRAM:f}"
        return path.removesuffix(GRAMS) + KILOGRAMS, kilograms
    if (last == "at" or last.endswith("_at")) and isinstance(value, str):
        return path, f"{datetime.fromisoformat(value).astimezone(CITY_ZONE):%Y-%m-%dT%H:%M}"
    return path, str(value)
