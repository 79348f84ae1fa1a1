"""The law as one value: the streams' files and the catalogue, read once at the start."""

from dataclasses import dataclass
from datetime import date
from pathlib import Path

from zerowaste.rules.catalogue import Catalogue, WasteCode, load_catalogue
from zerowaste.rules.checks import CHECKS
from zerowaste.rules.streams import Stream, Streams, load_streams


@dataclass(frozen=True, slots=True)
class Law:
    """All editions of all streams, and all waste codes and operations."""

    streams: Streams
    catalogue: Catalogue

    def stream_of(self, code: str, *, on: date) -> tuple[Stream, WasteCode] | None:
        """The stream in force that day to which a waste code belongs, with the code; None: nobody's.

        A code on the lists of two streams (medical waste is HW01 of the hazardous catalogue too) belongs
        to the one with the shorter lists: its law is the more particular one."""
        found = [
            (stream, waste)
            for stream in self.streams.current(on)
            if (waste := self.catalogue.waste(stream.code, code, on=on)) is not None
        ]
        if len(found) < 2:
            return found[0] if found else None
        return min(found, key=lambda one: self.catalogue.size(one[0].code))


def read_law(folder: Path) -> Law:
    """Read the manifests folder. A wrong file stops the start: StreamFileError names file, key, reason."""
    streams = load_streams(folder, checks=frozenset(CHECKS))
    return Law(streams, load_catalogue(folder, streams))
