"""Locks: what is installed is pinned by hash, names no address, and nothing is left out."""

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]


def asked(file: str) -> set[str]:
    """The packages a .in file names."""
    lines = (ROOT / file).read_text(encoding="utf-8").splitlines()
    names = (re.match(r"[A-Za-z0-9][\w.-]*", line) for line in lines)
    return {re.sub(r"[-_.]+", "-", name[0]).lower() for name in names if name}


def locked(file: str) -> dict[str, str]:
    """Package → its entry in a lock, hashes and all."""
    text = (ROOT / file).read_text(encoding="utf-8")
    entries = re.split(r"\n(?=[A-Za-z0-9])", text)
    return {entry.partition("==")[0].partition("[")[0]: entry for entry in entries if "==" in entry}


@pytest.mark.parametrize("name", ["requirements", "requirements-dev"])
def test_a_lock_holds_what_was_asked_for_by_hash(name: str) -> None:
    entries = locked(f"{name}.txt")
    assert asked(f"{name}.in") <= set(entries)
    assert [package for package, entry in entries.items() if "--hash=sha256:" not in entry] == []


@pytest.mark.parametrize("name", ["requirements", "requirements-dev"])
def test_a_lock_names_no_address(name: str) -> None:
    text = (ROOT / f"{name}.txt").read_text(encoding="utf-8")
    assert re.findall(r"\S*://\S*|--(?:extra-)?index-url|--find-links|--trusted-host", text) == []


def test_the_tests_run_with_what_the_service_runs_with() -> None:
    service, everything = locked("requirements.txt"), locked("requirements-dev.txt")

    def version(entry: str) -> str:
        return entry.partition("\n")[0]

    assert {p: version(e) for p, e in service.items()}.items() <= {
        p: version(e) for p, e in everything.items()
    }.items()
