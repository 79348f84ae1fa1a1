"""A chain's evidence as one file that an outsider can check by himself."""

import io
import json
import zipfile
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import NamedTuple
from uuid import UUID

_HERE = Path(__file__).parent
ALWAYS = ("README.txt", "check.py")
# The same content gives the same bytes, whenever it is packed (ZIP knows no earlier year).
_BEGINNING = (1980, 1, 1, 0, 0, 0)


class Sealed(NamedTuple):
    """An event as it is stored: its chain, its place there, the text that was sealed, and its hash."""

    id: UUID
    subject: str
    key: str
    number: int
    text: str
    hash: str


def evidence_pack(events: Sequence[Sealed], papers: Mapping[str, bytes]) -> bytes:
    """A ZIP of the papers (name → content), the events, how to check them, and the program that does.

    `events`: whole chains, each in the order of its numbers."""
    lines = (json.dumps({"text": event.text, "hash": event.hash}, ensure_ascii=False) for event in events)
    last = {(event.subject, event.key): (event.number, event.hash) for event in events}
    heads = [[*chain, *end] for chain, end in sorted(last.items())]
    files = {
        **{name: (_HERE / name).read_bytes() for name in ALWAYS},
        **papers,
        "events.jsonl": "".join(f"{line}\n" for line in lines).encode(),
        "heads.json": json.dumps(heads, indent=1).encode(),
    }
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as book:
        for name, content in sorted(files.items()):
            book.writestr(zipfile.ZipInfo(name, _BEGINNING), content, zipfile.ZIP_DEFLATED)
    return packed.getvalue()
