"""The transcript in README.md is what the program does now."""

import re
from importlib import import_module
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]

# What differs from run to run: ids, moments, and how many manifests and lots a city has had.
VOLATILE = (
    (r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}", "ID"),
    (r"\d{4}-\d{2}-\d{2}(T[0-9:.]+(Z|\+00:00))?", "TIME"),
    (r"\b\d{14}\b", "NUMBER"),
    (r'("(?:lot|holding)": )\d+', r"\1LOT"),
    (r"room for [\d,.]+ kg", "room for SOME"),
)


def masked(text: str) -> str:
    for pattern, instead in VOLATILE:
        text = re.sub(pattern, instead, text)
    return text


def test_the_transcript_in_the_readme_is_true(monkeypatch: pytest.MonkeyPatch) -> None:
    """Done again in a city with a shorter past, it is the same job."""
    monkeypatch.syspath_prepend(str(ROOT / "docs"))
    script = import_module("make_transcript")
    written = (ROOT / "README.md").read_text(encoding="utf-8")
    _, _, rest = written.partition(script.BEGIN)
    told, _, _ = rest.partition(script.END)
    assert masked(told.strip("`\n").removeprefix("console\n")) == masked(script.transcript(10)).strip()
