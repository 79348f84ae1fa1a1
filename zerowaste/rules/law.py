"""The law as one value: the streams' files and the catalogue, read once at the start."""

from dataclasses import dataclass
from pathlib import Path

from zerowaste.rules.catalogue import Catalogue, load_catalogue
from zerowaste.rules.checks import CHECKS
from zerowaste.rules.streams import Streams, load_streams


@dataclass(frozen=True, slots=True)
class Law:
    """All editions of all streams, and all waste codes and operations."""

    streams: Streams
    catalogue: Catalogue


def read_law(folder: Path) -> Law:
    """Read the manifests folder. A wrong file stops the start: StreamFileError names file, key, reason."""
    streams = load_streams(folder, checks=frozenset(CHECKS))
    return Law(streams, load_catalogue(folder, streams))
