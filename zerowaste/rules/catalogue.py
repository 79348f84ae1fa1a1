"""The catalogue: every waste code, operation and exemption, by stream, edition and day."""

import re
from collections.abc import Mapping
from datetime import date
from pathlib import Path

from zerowaste.rules.code_lists import (
    CodeRows,
    Exemption,
    Operation,
    read_categories,
    read_exemptions,
    read_hazards,
    read_operations,
    read_waste_codes,
    unknown_operations,
)
from zerowaste.rules.initials import initials
from zerowaste.rules.stream_fields import Name
from zerowaste.rules.stream_files import Fault, refuse
from zerowaste.rules.streams import Stream, Streams
from zerowaste.rules.waste_codes import WasteCode, covers, parse_edition_csv, write_edition

__all__ = [
    "Catalogue",
    "Exemption",
    "Operation",
    "WasteCode",
    "covers",
    "load_catalogue",
    "parse_edition_csv",
    "write_edition",
]

_EVERY_STAGE = "all"


class Catalogue:
    """Look-ups over all code lists. Days are city days; without a day the newest row answers."""

    def __init__(
        self,
        streams: Streams,
        rows: CodeRows,
        operations: Mapping[str, Operation],
        exemptions: tuple[Exemption, ...],
        categories: Mapping[str, Name],
        hazards: Mapping[str, Name],
    ) -> None:
        self._streams, self._rows = streams, rows
        self.operations, self._exemptions = operations, exemptions
        self.categories, self.hazards = categories, hazards
        self._identified = {s.code: s.identified for s in streams if s.identified}
        self._ordered = sorted(
            (waste for codes in rows.values() for wastes in codes.values() for waste in wastes),
            key=lambda waste: (waste.key, waste.valid_from),
        )

    def waste(self, stream: str, code: str, on: date | None = None) -> WasteCode | None:
        """The waste with this code in force that day; None where the stream has no such waste."""
        for waste in reversed(self._rows.get(stream, {}).get(code, ())):
            if on is None or _in_force(waste, on):
                return waste
        return self._identified_waste(stream, code)

    def stream_of(self, code: str, *, on: date) -> tuple[Stream, WasteCode] | None:
        """The stream in force that day to which a waste code belongs, with the code; None: nobody's.

        A code on the lists of two streams (medical waste is HW01 of the hazardous catalogue too) belongs
        to the one with the shorter lists: its law is the more particular one."""
        found = [
            (stream, waste)
            for stream in self._streams.current(on)
            if (waste := self.waste(stream.code, code, on=on)) is not None
        ]
        return min(found, key=lambda one: self.size(one[0].code), default=None)

    def size(self, stream: str) -> int:
        """How many codes a stream's lists hold."""
        return len(self._rows.get(stream, {}))

    def _identified_waste(self, stream: str, code: str) -> WasteCode | None:
        """900-000-NN: tested and found hazardous, of category NN; taken in, with a flag."""
        rule = self._identified.get(stream)
        digits = code.removeprefix(rule.prefix) if rule and code.startswith(rule.prefix) else ""
        if rule is None or not re.fullmatch(r"[0-9]{2}", digits):
            return None
        category = f"{rule.category}{digits}"
        name = self.categories.get(category)
        if name is None:
            return None
        return WasteCode(
            code=code,
            stream=stream,
            category=category,
            category_name=name,
            name=Name(zh=f"经鉴别属于危险废物（{name.zh}）", en=f"Found hazardous by testing: {name.en}"),
            edition="",
            valid_from=date.min,
            identified=True,
        )

    def search(
        self,
        stream: str | None,
        q: str,
        limit: int,
        after: str = "",
        *,
        on: date | None = None,
    ) -> list[WasteCode]:
        """Wastes whose number, name (either language, or its pinyin initials) or category holds every word
        of `q`, by code.

        `after`: the `key` of the last one already seen. Without a stream: of all streams."""
        words = q.casefold().split()
        found: dict[str, WasteCode] = {}
        for waste in self._ordered:
            if len(found) > limit:
                break
            wanted = stream in (None, "", waste.stream) and waste.key > after
            if wanted and (on is None or _in_force(waste, on)) and _mentions(waste, words):
                found[waste.key] = waste
        if stream and not found and not after:
            tested = self._identified_waste(stream, q.strip())
            return [tested] if tested else []
        return list(found.values())[:limit]

    def operation(self, code: str) -> Operation | None:
        """The operation with this code; None: nobody knows it."""
        return self.operations.get(code)

    def allows(self, waste: WasteCode, operation: str) -> bool:
        """Whether this waste may be treated so. Collecting and storing is always allowed."""
        known = self.operations.get(operation)
        if known is None:
            return False
        return not known.terminal or not waste.allowed_methods or operation in waste.allowed_methods

    def exemptions(self, code: str, stage: str, on: date | None = None) -> tuple[Exemption, ...]:
        """What the exemption list says of this code at a stage (collect, transport, use, dispose).

        Item 2 is MW-EXEMPT. The conditions are for people to judge."""
        category = f"HW{code.rpartition('-')[2]}"
        return tuple(
            exemption
            for exemption in self._exemptions
            if {stage, _EVERY_STAGE} & set(exemption.stages)
            and (on is None or exemption.in_force(on))
            and any(covers(pattern, code, category) for pattern in exemption.codes)
        )


def _in_force(waste: WasteCode, on: date) -> bool:
    return waste.valid_from <= on and (waste.valid_to is None or on <= waste.valid_to)


def _mentions(waste: WasteCode, words: list[str]) -> bool:
    parts = (
        waste.code,
        waste.code.replace("-", ""),
        waste.category,
        waste.name.zh,
        waste.name.en,
        waste.category_name.zh,
        waste.category_name.en,
        initials(waste.name.zh),
        initials(waste.category_name.zh),
    )
    text = "\n".join(parts).casefold()
    return all(word in text for word in words)


def load_catalogue(folder: Path, streams: Streams) -> Catalogue:
    """Read `folder/catalogues`. Raises StreamFileError naming every file, key and reason."""
    lists, faults = folder / "catalogues", list[Fault]()
    categories = read_categories(lists)
    operations = read_operations(lists, streams, faults)
    rows = read_waste_codes(lists, streams, categories, faults)
    faults += unknown_operations(streams, operations, rows)
    refuse(faults)
    return Catalogue(streams, rows, operations, read_exemptions(lists), categories, read_hazards(lists))
