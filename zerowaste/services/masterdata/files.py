"""Files of master data (TOML, CSV) as rows that remember where each value stands."""

import csv
import io
import re
import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from pathlib import PurePath
from typing import Any

from zerowaste.errors import Problem

# What may be loaded, in the order in which it is written; and what a CSV file of it is called.
TABLES = {
    "organisation": "organisations",
    "site": "sites",
    "permit": "permits",
    "vehicle": "vehicles",
    "person": "people",
}
TERM = "term"
TERM_COLUMNS = ("stream", "pattern", "operation", "period", "unit", "limit", "hard_limit")
LIST_COLUMNS = frozenset({"streams", "sites", "regions"})
_HEADER = re.compile(r"\s*\[\[\s*([a-z_.]+)\s*\]\]")
_KEY = re.compile(r"\s*([a-z_]+)\s*=")
_LINE_IN_ERROR = re.compile(r"\(at line ([0-9]+)")


@dataclass(slots=True)
class RawRow:
    """One row as written: the values by key, and the line of the row and of each key."""

    table: str
    values: dict[str, Any]
    file: str
    line: int
    key_lines: Mapping[str, int] = field(default_factory=dict)

    def where(self, key: str = "") -> str:
        """`file:line:key`, as people look for it."""
        line = self.key_lines.get(key, self.line)
        stem = key
        while "." in stem and stem not in self.key_lines:
            stem = stem.rpartition(".")[0]
            line = self.key_lines.get(stem, self.line)
        return f"{self.file}:{line}:{key}" if key else f"{self.file}:{line}"

    def problem(self, code: str, key: str = "", **params: Any) -> Problem:
        return Problem(code, self.where(key), params)


def read_rows(files: Iterable[tuple[str, bytes]], faults: list[Problem]) -> list[RawRow]:
    """All rows of all files (name, content). What cannot be read goes into `faults`."""
    rows: list[RawRow] = []
    for name, content in files:
        text = _text(content)
        if text is None:
            faults.append(Problem("load_unreadable", f"{name}:1"))
        elif name.lower().endswith(".toml"):
            rows.extend(_toml(name, text, faults))
        elif name.lower().endswith(".csv"):
            rows.extend(_csv(name, text, faults))
        else:
            faults.append(Problem("load_kind_unknown", f"{name}:1"))
    return rows


def _text(content: bytes) -> str | None:
    """UTF-8, or what spreadsheets in China write."""
    for encoding in ("utf-8-sig", "gb18030"):
        try:
            return content.decode(encoding)
        except UnicodeDecodeError:
            continue
    return None


def _toml(name: str, text: str, faults: list[Problem]) -> Iterable[RawRow]:
    try:
        content = tomllib.loads(text, parse_float=Decimal)
    except tomllib.TOMLDecodeError as error:
        found = _LINE_IN_ERROR.search(str(error))
        line = found[1] if found else "1"
        faults.append(Problem("load_not_toml", f"{name}:{line}", {"reason": str(error)}))
        return
    blocks = _blocks(text)
    for table, rows in content.items():
        if table not in TABLES or not isinstance(rows, list):
            tables = ", ".join(f"[[{known}]]" for known in TABLES)
            line = _line_of(text, table)
            faults.append(Problem("load_table_unknown", f"{name}:{line}:{table}", {"tables": tables}))
            continue
        for number, values in enumerate(rows):
            known = blocks.get(table, [])
            line, keys = known[number] if number < len(known) else (_line_of(text, table), {})
            if isinstance(values, dict):
                yield RawRow(table, values, name, line, keys)
            else:
                faults.append(Problem("not_object", f"{name}:{line}:{table}"))


def _blocks(text: str) -> dict[str, list[tuple[int, dict[str, int]]]]:
    """Where each `[[table]]` begins, and each of its keys. A sub-table's keys read `term.0.limit`."""
    blocks: dict[str, list[tuple[int, dict[str, int]]]] = {}
    keys: dict[str, int] = {}
    prefix = ""
    for number, line in enumerate(text.splitlines(), start=1):
        if header := _HEADER.match(line):
            table, _, part = header[1].partition(".")
            if part:
                count = sum(1 for key in keys if re.fullmatch(rf"{part}\.[0-9]+", key))
                keys[f"{part}.{count}"] = number
                prefix = f"{part}.{count}."
            else:
                keys, prefix = {}, ""
                blocks.setdefault(table, []).append((number, keys))
        elif key := _KEY.match(line):
            keys.setdefault(prefix + key[1], number)
    return blocks


def _line_of(text: str, table: str) -> int:
    for number, line in enumerate(text.splitlines(), start=1):
        if re.match(rf"\s*\[*\s*{re.escape(table)}\b", line):
            return number
    return 1


def _csv(name: str, text: str, faults: list[Problem]) -> list[RawRow]:
    stem = re.split(r"[-_. ]", PurePath(name).name.lower())[0]
    table = next((table for table, file in TABLES.items() if file == stem), None)
    if table is None:
        names = ", ".join(f"{file}.csv" for file in TABLES.values())
        faults.append(Problem("load_csv_name", f"{name}:1", {"names": names}))
        return []
    reader = csv.DictReader(io.StringIO(text, newline=""))
    reader.fieldnames = [column.strip() for column in reader.fieldnames or ()]
    rows: list[RawRow] = []
    for cells in reader:
        line = reader.line_num
        if None in cells:
            faults.append(Problem("load_too_many_cells", f"{name}:{line}"))
            continue
        values = {key: _cell(key, cell) for key, cell in cells.items() if (cell or "").strip()}
        if values:
            rows.append(RawRow(table, values, name, line))
    return _with_terms(rows, faults) if table == "permit" else rows


def _cell(column: str, cell: str) -> Any:
    if column in LIST_COLUMNS:
        return [part for part in re.split(r"[|\s]+", cell.strip()) if part]
    return cell.strip()


def _with_terms(rows: list[RawRow], faults: list[Problem]) -> list[RawRow]:
    """In a CSV each line is one term; lines of the same paper repeat its own columns, or leave them
    empty."""
    papers: dict[tuple[Any, ...], RawRow] = {}
    for row in rows:
        term = {key: row.values.pop(key) for key in TERM_COLUMNS if key in row.values}
        key = tuple(row.values.get(name) for name in ("organisation", "kind", "number"))
        paper = papers.setdefault(key, row)
        if paper is not row:
            for column, value in row.values.items():
                if paper.values.setdefault(column, value) != value:
                    first = str(paper.values[column])
                    faults.append(row.problem("load_rows_differ", column, line=paper.line, first=first))
        if term:
            terms = paper.values.setdefault(TERM, [])
            lines = dict(paper.key_lines)
            lines[f"{TERM}.{len(terms)}"] = row.line
            paper.key_lines = lines
            terms.append(term)
    return list(papers.values())
