"""The streams: what each kind of waste asks for, read from one file each in `manifests/`.

A new stream is one more file. Wrong files stop the start and say each file, key and reason."""

import json
import tomllib
from collections.abc import Iterator, Mapping
from datetime import date
from itertools import pairwise
from pathlib import Path
from typing import Any, Literal

from pydantic import Field, ValidationError

from zerowaste.errors import Problem
from zerowaste.rules import stream_fields
from zerowaste.rules.stream_fields import FormField, Name, Step, Strict
from zerowaste.rules.stream_files import Fault
from zerowaste.rules.stream_parts import (
    Clocks,
    Identified,
    InlineOperation,
    InlineWaste,
    Needs,
    NumberFormat,
    Packages,
    PaperForm,
    Plausible,
    compose,
)
from zerowaste.vocabulary import Size

# The checkout's own folder; a service may be told another one.
MANIFESTS = Path(__file__).resolve().parents[2] / "manifests"


class UnknownStream(LookupError):
    """No stream has this code (or this edition of it, or none was in force on that day)."""


class Stream(Strict):
    """One edition of one stream: all its manifests are judged by. Keys: manifests/README.md."""

    code: str = Field(pattern=r"^[a-z][a-z0-9_]{0,31}$")
    edition: int = Field(gt=0)
    effective_from: date
    name: Name
    number: NumberFormat
    long_number: NumberFormat | None = None
    exempt_beds: int | None = Field(default=None, gt=0)
    codes: tuple[str, ...] = ()
    waste: tuple[InlineWaste, ...] = ()
    operation: tuple[InlineOperation, ...] = ()
    identified: Identified | None = None
    operations: tuple[str, ...] = Field(min_length=1)
    fields: tuple[FormField, ...] = ()
    tolerance_ppm: int = Field(ge=0, le=1_000_000)
    tolerance_min_g: int = Field(ge=0)
    clocks: Clocks
    offline_within_hours: int = Field(gt=0)
    default_draw: Literal["fifo", "explicit"]
    tours: bool
    packages: Packages
    paper: PaperForm = PaperForm()
    needs: Needs
    checks: tuple[str, ...] = ()
    point_limit_g: int | None = Field(default=None, gt=0)
    quota_warn_percent: int = Field(gt=0)
    quota_hard_percent: int = Field(gt=0)
    hard_at_exactly: bool = False
    sized_by: Size | None = None
    plausible: Plausible | None = None
    law: tuple[str, ...] = ()

    @property
    def file(self) -> str:
        """The name of its file."""
        return f"{self.code}-{self.edition}.toml"

    @property
    def names(self) -> dict[str, str]:
        """Its name by language, as a problem's sentence takes it."""
        return {"zh": self.name.zh, "en": self.name.en.lower()}

    @property
    def name_zh(self) -> str:
        return self.name.zh

    @property
    def name_en(self) -> str:
        return self.name.en

    def field_problems(self, values: Mapping[str, Any], step: Step) -> list[Problem]:
        """Everything wrong with the form's values at that step."""
        return stream_fields.field_problems(self.fields, values, step)

    def sealed_problems(
        self, before: Mapping[str, Any], after: Mapping[str, Any], step: Step
    ) -> list[Problem]:
        """The sealed fields that would change at that step."""
        return stream_fields.sealed_problems(self.fields, before, after, step)

    def is_personal(self, name: str) -> bool:
        """Whether a field is kept apart from the event's text, so that it can be erased."""
        return any(field.name == name and field.personal for field in self.fields)

    def numbering(self, *, exempt: bool) -> NumberFormat:
        """How this manifest is numbered; exempt collections use the long series if there is one."""
        return self.long_number if exempt and self.long_number else self.number


class Streams:
    """All editions of all streams. Iterating gives every edition, by code and day of effect."""

    def __init__(self, editions: list[Stream]) -> None:
        self._editions: dict[str, list[Stream]] = {}
        for stream in sorted(editions, key=lambda s: (s.code, s.effective_from, s.edition)):
            self._editions.setdefault(stream.code, []).append(stream)

    def __iter__(self) -> Iterator[Stream]:
        return (stream for editions in self._editions.values() for stream in editions)

    def __contains__(self, code: object) -> bool:
        return code in self._editions

    def get(self, code: str, edition: int | None = None, on: date | None = None) -> Stream:
        """That edition, else the one in force that day, else the newest. Raises UnknownStream."""
        found = self._editions.get(code, [])
        if edition is not None:
            found = [stream for stream in found if stream.edition == edition]
        elif on is not None:
            found = [stream for stream in found if stream.effective_from <= on]
        if not found:
            raise UnknownStream(code)
        return found[-1]

    def find(self, code: str, on: date) -> Stream | None:
        """The edition in force that day; None where nobody knows the stream."""
        return next((stream for stream in self.current(on) if stream.code == code), None)

    def current(self, on: date) -> list[Stream]:
        """The edition of each stream that is in force on that day."""
        newest = {s.code: s for s in self if s.effective_from <= on}
        return list(newest.values())


def read_editions(folder: Path, checks: frozenset[str]) -> tuple[list[Stream], list[Fault]]:
    """Every `<stream>-<edition>.toml` of the folder that can be read, and everything that is wrong with the
    files. `checks`: the odd checks that exist."""
    files = sorted(folder.glob("*.toml"))
    if not files:
        return [], [Fault(str(folder), "", "no stream file (<stream>-<edition>.toml) is here")]
    editions, faults = [], []
    for file in files:
        stream, wrong = _read(file)
        faults.extend(wrong)
        if stream is None:
            continue
        unknown = sorted(set(stream.checks) - checks)
        if unknown:
            faults.append(Fault(file.name, "checks", f"no such check: {', '.join(unknown)}"))
        editions.append(stream)
    faults += _number_clashes(editions)
    faults += _editions_out_of_order(editions)
    return editions, faults


def _read(file: Path) -> tuple[Stream | None, list[Fault]]:
    """One file, and all that is wrong with it; None where no stream can be made of it."""
    try:
        content = tomllib.loads(file.read_text(encoding="utf-8"))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        return None, [Fault(file.name, "", f"not a TOML file: {error}")]
    try:
        # By way of JSON, whose lists are tuples: types are taken as written, "20" is no number.
        stream = Stream.model_validate_json(json.dumps(content, default=str), strict=True)
    except ValidationError as error:
        return None, [
            Fault(file.name, ".".join(str(part) for part in one["loc"]), one["msg"]) for one in error.errors()
        ]
    faults = [Fault(file.name, key, reason) for key, reason in _contradictions(stream)]
    if file.name != stream.file:
        faults.append(Fault(file.name, "edition", f"the file must be called {stream.file}"))
    return stream, faults


def _contradictions(stream: Stream) -> Iterator[tuple[str, str]]:
    """(key, reason) where two keys of a file do not go together."""
    named = {
        "fields": [field.name for field in stream.fields],
        "waste": [waste.code for waste in stream.waste],
        "operation": [operation.code for operation in stream.operation],
    }
    for key, names in named.items():
        for twice in sorted({name for name in names if names.count(name) > 1}):
            yield key, f"{twice} is there twice"
    if not stream.codes and not stream.waste:
        yield "codes", "name a code list here, or write [[waste]] tables"
    if stream.quota_hard_percent < stream.quota_warn_percent:
        yield "quota_hard_percent", "lies below quota_warn_percent"
    if stream.plausible is not None and stream.sized_by is None:
        yield "sized_by", "plausible needs to know what producers are measured by"
    if stream.exempt_beds is not None and stream.long_number is None:
        yield "long_number", "exempt_beds needs a number format for those collections"


def _number_clashes(editions: list[Stream]) -> Iterator[Fault]:
    """Two series that give the same number would be found out years later: refuse them now."""
    seen: dict[tuple[str, int], str] = {}
    for stream in editions:
        for number in filter(None, (stream.number, stream.long_number)):
            example = compose(number, 2000, "0000", 1)
            prefix = number.rpartition("{serial")[0].format(year="2000", city="0000")
            for (other, length), owner in seen.items():
                nested = prefix.startswith(other) or other.startswith(prefix)
                if length == len(example) and prefix != other and nested:
                    reason = f"could give the same numbers as {owner}; change the letters or the width"
                    yield Fault(stream.file, "number", reason)
            seen[prefix, len(example)] = stream.code


def _editions_out_of_order(editions: list[Stream]) -> Iterator[Fault]:
    """Each edition ends the day before the next one begins, so each must begin after the one before."""
    ordered = sorted(editions, key=lambda stream: (stream.code, stream.edition))
    for before, after in pairwise(ordered):
        if before.code == after.code and after.effective_from <= before.effective_from:
            reason = f"overlaps {before.file}: it must begin after {before.effective_from}"
            yield Fault(after.file, "effective_from", reason)
