"""The benchmarks still run: every part, as small as can be. Nothing here depends on time."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.bench.__main__ import PARTS
from tests.bench.ground import Ground, open_ground
from tests.bench.report import Section, write_report
from tests.bench.sizes import TINY


@pytest.fixture(scope="module")
def ground() -> Iterator[Ground]:
    with open_ground() as opened:
        yield opened


@pytest.mark.parametrize("part", PARTS)
def test_each_part_finds_its_figures(part: str, ground: Ground, tmp_path: Path) -> None:
    section = PARTS[part](ground, TINY)
    assert section.figures
    assert all(figure > 0 for figure in section.figures.values()), section.figures
    report = tmp_path / "benchmarks.md"
    write_report(report, [section])
    text = report.read_text(encoding="utf-8")
    assert section.verdict in text
    assert "What this does not show" in text
    assert section.part == part


def test_parts_that_did_not_run_keep_what_was_found_before(tmp_path: Path) -> None:
    report = tmp_path / "benchmarks.md"
    first = Section("path: a load", "How.", "≤ 2", "**3 ×**", {"ratio": 3}, not_shown="Much.")
    second = Section("chain: a look", "How.", "≤ 1.2", "**1 ×**", {"ratio": 1}, not_shown="More.")
    again = Section("path: a load", "How.", "≤ 2", "**2 ×**", {"ratio": 2}, not_shown="Much.")
    for sections in ([first], [second], [again]):
        write_report(report, sections)
    text = report.read_text(encoding="utf-8")
    assert "| path: a load | ≤ 2 | **2 ×** |" in text
    assert "| chain: a look | ≤ 1.2 | **1 ×** |" in text
    assert "**3 ×**" not in text
    assert text.count("## ") == 2


def test_a_chain_is_as_long_as_promised(ground: Ground) -> None:
    section = PARTS["chain"](ground, TINY)
    assert 45 <= section.figures["edges"] <= 55
