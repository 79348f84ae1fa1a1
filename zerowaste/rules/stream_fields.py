"""The fields a stream's form asks for: their shape, and what is wrong with values people send."""

import re
from collections.abc import Iterable, Mapping
from datetime import date
from typing import Any, Literal, Self

from pydantic import BaseModel, ConfigDict, Field, field_validator, model_validator

from zerowaste.errors import Problem

Step = Literal["file", "pickup", "arrive", "accept"]
STEPS: tuple[Step, ...] = ("file", "pickup", "arrive", "accept")
LONGEST_TEXT = 500
LARGEST_NUMBER = 10**15


class Strict(BaseModel):
    """A frozen value of a stream file; an unknown key is a mistake, never ignored."""

    model_config = ConfigDict(extra="forbid", frozen=True, populate_by_name=True)


class Name(Strict):
    """A name in both languages."""

    zh: str = Field(min_length=1)
    en: str = Field(min_length=1)


class Choice(Strict):
    """One answer of a choice field: what is stored, and what people read."""

    value: str = Field(min_length=1, max_length=32)
    zh: str = Field(min_length=1)
    en: str = Field(min_length=1)


class FormField(Strict):
    """One question of the form. `required_at`, `sealed_at`: from that step on it must be filled in,
    or may not differ. `box`: the label on the paper form. `personal`: kept apart, erasable."""

    name: str = Field(pattern=r"^[a-z][a-z0-9_]{0,39}$")
    label: Name
    kind: Literal["text", "number", "choice", "date"]
    choices: tuple[Choice, ...] = ()
    pattern: str | None = None
    box: str | None = None
    required_at: Step | None = None
    sealed_at: Step | None = None
    personal: bool = False

    @field_validator("pattern")
    @classmethod
    def _compiles(cls, pattern: str | None) -> str | None:
        if pattern is not None:
            try:
                re.compile(pattern)
            except re.error as error:
                raise ValueError(f"not a regular expression: {error}") from error
        return pattern

    @model_validator(mode="after")
    def _fits_its_kind(self) -> Self:
        if (self.kind == "choice") != bool(self.choices):
            raise ValueError("choices belong to a field of kind choice, and it needs them")
        if self.pattern is not None and self.kind != "text":
            raise ValueError("pattern belongs to a field of kind text")
        return self

    def fault(self, value: Any) -> str | None:
        """The error code of what is wrong with a value that is not empty (None: nothing)."""
        match self.kind:
            case "text":
                return self._text_fault(value)
            case "number":
                whole = isinstance(value, int) and not isinstance(value, bool)
                return None if whole and abs(value) <= LARGEST_NUMBER else "field_not_number"
            case "choice":
                known = {choice.value for choice in self.choices}
                return None if isinstance(value, str) and value in known else "field_not_choice"
            case "date":
                return None if _is_day(value) else "field_not_date"

    def _text_fault(self, value: Any) -> str | None:
        if not isinstance(value, str):
            return "field_not_text"
        if len(value) > LONGEST_TEXT:
            return "field_too_long"
        if self.pattern is not None and not re.fullmatch(self.pattern, value):
            return "field_not_matching"
        return None

    def problem(self, code: str) -> Problem:
        """A problem at this field; its sentences may name the label, the form and the choices."""
        params = {
            "field": self.name,
            "label": f"{self.label.zh} / {self.label.en}",
            "choices": ", ".join(choice.value for choice in self.choices),
            "longest": LONGEST_TEXT,
        }
        return Problem(code, f"fields.{self.name}", params)


def reached(step: Step, since: Step | None) -> bool:
    """Whether a duty that begins at `since` holds at `step`."""
    return since is not None and STEPS.index(step) >= STEPS.index(since)


def _is_day(value: Any) -> bool:
    if not isinstance(value, str) or not re.fullmatch(r"\d{4}-\d{2}-\d{2}", value):
        return False
    try:
        date.fromisoformat(value)
    except ValueError:
        return False
    return True


def is_empty(value: Any) -> bool:
    return value is None or value == ""


def field_problems(form: Iterable[FormField], values: Mapping[str, Any], step: Step) -> list[Problem]:
    """Everything wrong with the values at that step: unknown, missing, or not of their kind."""
    known = {field.name: field for field in form}
    found = [
        Problem("field_unknown", f"fields.{name}", {"field": name}) for name in values if name not in known
    ]
    for name, field in known.items():
        value = values.get(name)
        if is_empty(value):
            if reached(step, field.required_at):
                found.append(field.problem("field_missing"))
        elif fault := field.fault(value):
            found.append(field.problem(fault))
    return found


def sealed_problems(
    form: Iterable[FormField], before: Mapping[str, Any], after: Mapping[str, Any], step: Step
) -> list[Problem]:
    """The fields sealed at that step whose value would change. The same value again is fine, and so
    is filling in what was still empty."""
    return [
        field.problem("field_sealed")
        for field in form
        if reached(step, field.sealed_at)
        and field.name in after
        and not is_empty(before.get(field.name))
        and after[field.name] != before[field.name]
    ]
