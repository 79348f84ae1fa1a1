"""The code lists as files: waste codes by edition, operations, categories, hazards, exemptions."""

import csv
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date, timedelta
from pathlib import Path

from zerowaste.rules.stream_fields import Name
from zerowaste.rules.stream_files import Fault, StreamFileError
from zerowaste.rules.streams import Stream, Streams
from zerowaste.rules.waste_codes import WasteCode, split, waste_of

_DAY = timedelta(days=1)
_OPERATION = ("code", "name_zh", "name_en", "group", "terminal")
# stream → code → its row in each edition, oldest first
CodeRows = dict[str, dict[str, tuple[WasteCode, ...]]]


@dataclass(frozen=True, slots=True)
class Operation:
    """A way of treating. `group`: recovery, disposal or storage (利用, 处置, 贮存); `terminal`:
    it is a fate. Collecting and storing is not."""

    code: str
    name: Name
    group: str
    terminal: bool


@dataclass(frozen=True, slots=True)
class Exemption:
    """One row of the exemption list (危险废物豁免管理清单): at `stages` (collect, transport, use,
    dispose, all) the waste is not managed as hazardous, on that condition. `codes`: patterns."""

    item: int
    codes: tuple[str, ...]
    waste: Name
    stages: tuple[str, ...]
    condition: str
    effect: str
    edition: str
    valid_from: date
    valid_to: date | None

    def in_force(self, on: date) -> bool:
        return self.valid_from <= on and (self.valid_to is None or on <= self.valid_to)


def read_rows(file: Path, *columns: str) -> Iterator[tuple[int, dict[str, str]]]:
    """(line, row) of a list. Raises StreamFileError where it cannot be read or misses one of `columns`."""
    try:
        text = file.read_text(encoding="utf-8-sig")
    except (OSError, UnicodeDecodeError) as error:
        raise StreamFileError(file.name, "", f"cannot be read: {error}") from error
    reader = csv.DictReader(text.splitlines(), restval="")
    missing = [name for name in columns if name not in (reader.fieldnames or ())]
    if missing:
        raise StreamFileError(file.name, "line 1", f"misses the column {', '.join(missing)}")
    return iter(enumerate(reader, start=2))


def read_hazards(lists: Path) -> dict[str, Name]:
    """Mark → hazardous property: T is toxic."""
    rows = read_rows(lists / "hazards.csv", "code", "name_zh", "name_en")
    return {row["code"]: Name(zh=row["name_zh"], en=row["name_en"]) for _, row in rows}


def read_categories(lists: Path) -> dict[str, Name]:
    """Category → name (46 of the national catalogue, and our own for the rest)."""
    rows = read_rows(lists / "categories.csv", "category", "name_zh", "name_en")
    return {row["category"]: Name(zh=row["name_zh"], en=row["name_en"]) for _, row in rows}


def read_operations(lists: Path, streams: Streams, faults: list[Fault]) -> dict[str, Operation]:
    """Every operation: the common list, and what streams wrote into their own files. What is wrong with
    them is added to `faults`."""
    found = {}
    for _, row in read_rows(lists / "operations.csv", *_OPERATION):
        name = Name(zh=row["name_zh"], en=row["name_en"])
        found[row["code"]] = Operation(row["code"], name, row["group"], row["terminal"] == "1")
    for stream in streams:
        for own in stream.operation:
            known = found.setdefault(own.code, Operation(own.code, own.name, own.group, own.terminal))
            if known.name != own.name or known.terminal != own.terminal:
                reason = f"{own.code} is already {known.name.zh} / {known.name.en}"
                faults.append(Fault(stream.file, "operation", reason))
    return found


def read_exemptions(lists: Path) -> tuple[Exemption, ...]:
    """Every row of every edition of the exemption list."""
    files = sorted(lists.glob("exemptions-*.csv"))
    return tuple(_exemption(file, line, row) for file in files for line, row in read_rows(file))


def _exemption(file: Path, line: int, row: Mapping[str, str]) -> Exemption:
    try:
        return _exemption_of(row)
    except (KeyError, ValueError) as error:
        raise StreamFileError(file.name, f"line {line}", f"not an exemption: {error}") from error


def _exemption_of(row: Mapping[str, str]) -> Exemption:
    return Exemption(
        item=int(row["item"]),
        codes=split(row["codes"]),
        waste=Name(zh=row["waste_zh"], en=row["waste_en"]),
        stages=split(row["stages"]),
        condition=row["condition"],
        effect=row["effect"],
        edition=row["edition"],
        valid_from=date.fromisoformat(row["valid_from"]),
        valid_to=date.fromisoformat(row["valid_to"]) if row["valid_to"] else None,
    )


def read_waste_codes(
    lists: Path, streams: Streams, categories: Mapping[str, Name], faults: list[Fault]
) -> CodeRows:
    """The codes of every stream, from the lists it names and from its own file. What is wrong with them
    is added to `faults`."""
    rows: CodeRows = {}
    for stream in streams:
        known = rows.setdefault(stream.code, {})
        for name in stream.codes:
            known.update(_code_list(lists, name, stream, categories, faults))
        for waste in _inline(stream, categories):
            known[waste.code] = (waste,)
    return rows


def _code_list(
    lists: Path, name: str, stream: Stream, categories: Mapping[str, Name], faults: list[Fault]
) -> dict[str, tuple[WasteCode, ...]]:
    files = [file for file in lists.glob(f"{name}-*.csv") if file.stem.rpartition("-")[0] == name]
    if not files:
        faults.append(Fault(stream.file, "codes", f"no file catalogues/{name}-<edition>.csv"))
    editions: dict[date, list[WasteCode]] = {}
    for file in sorted(files):
        for line, row in read_rows(file):
            try:
                waste = waste_of(row, stream.code, categories)
            except (KeyError, ValueError, TypeError) as error:
                faults.append(Fault(file.name, f"line {line}", f"not a code: {error}"))
                continue
            editions.setdefault(waste.valid_from, []).append(waste)
    return _cut(editions)


def _cut(editions: Mapping[date, list[WasteCode]]) -> dict[str, tuple[WasteCode, ...]]:
    """An edition ends the day before the next one of its list begins, whatever its file says."""
    known: dict[str, tuple[WasteCode, ...]] = {}
    begins = sorted(editions)
    for begin, following in zip(begins, [*begins[1:], None][: len(begins)], strict=True):
        for waste in editions[begin]:
            ends = [day for day in (waste.valid_to, following and following - _DAY) if day]
            cut = replace(waste, valid_to=min(ends) if ends else None)
            known[waste.code] = (*known.get(waste.code, ()), cut)
    return known


def _inline(stream: Stream, categories: Mapping[str, Name]) -> Iterator[WasteCode]:
    for own in stream.waste:
        category = own.category or own.code.partition("-")[0]
        yield WasteCode(
            code=own.code,
            stream=stream.code,
            category=category,
            category_name=categories.get(category, stream.name),
            name=own.name,
            edition=str(stream.edition),
            valid_from=date.min,
            hazards=own.hazards,
            form=own.form,
            density_g_per_l=own.density_g_per_l,
            allowed_methods=own.methods,
            residue=own.residue,
        )


def unknown_operations(
    streams: Streams, operations: Mapping[str, Operation], rows: CodeRows
) -> Iterator[Fault]:
    """Every operation that a stream or a code names and that does not exist."""
    for stream in streams:
        for unknown in sorted(set(stream.operations) - set(operations)):
            yield Fault(stream.file, "operations", f"no such operation: {unknown}")
        for code, wastes in rows[stream.code].items():
            methods = {method for waste in wastes for method in waste.allowed_methods}
            for unknown in sorted(methods - set(operations)):
                yield Fault(stream.file, "methods", f"{code} names an unknown operation: {unknown}")
