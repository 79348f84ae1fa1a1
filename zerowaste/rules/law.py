"""The law as one value: the streams' files and the catalogue, read once at the start."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from zerowaste.rules.catalogue import Catalogue, load_catalogue
from zerowaste.rules.checks import CHECKS
from zerowaste.rules.statutes import articles, rules
from zerowaste.rules.stream_files import Fault, StreamFileError, refuse
from zerowaste.rules.streams import Stream, Streams, read_editions


@dataclass(frozen=True, slots=True)
class Law:
    """All editions of all streams, and all waste codes and operations."""

    streams: Streams
    catalogue: Catalogue


def read_law(folder: Path) -> Law:
    """Read the manifests folder. Wrong files stop the start: StreamFileError names every file, key and
    reason."""
    editions, faults = read_editions(folder, checks=frozenset(CHECKS))
    faults += [fault for stream in editions for fault in _dangling(stream)]
    streams = Streams(editions)
    try:
        catalogue = load_catalogue(folder, streams)
    except StreamFileError as wrong:
        faults += wrong.faults
        refuse(faults)
        raise
    refuse(faults)
    return Law(streams, catalogue)


def _dangling(stream: Stream) -> Iterator[Fault]:
    """The rules and topics of law that a stream's file names and that are written down nowhere."""
    for key, rule in _rules_named(stream.model_dump()):
        if rule != "setting" and rule not in rules():
            yield Fault(stream.file, key, f"no such rule in rules.csv: {rule}")
    for topic in stream.law:
        if topic not in articles():
            yield Fault(stream.file, "law", f"no such topic in law_mapping.csv: {topic}")


def _rules_named(part: Mapping[str, Any], above: str = "") -> Iterator[tuple[str, str]]:
    """(key, rule) wherever a part of a stream's file names the rule it enforces."""
    for key, value in part.items():
        if isinstance(value, Mapping):
            yield from _rules_named(value, f"{above}{key}.")
        elif key == "rule":
            yield f"{above}{key}", value
