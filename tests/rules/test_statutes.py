"""The statutes: 49 rules, the law of the day, and a page that says where each rule is enforced."""

import runpy
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from zerowaste.rules.law import read_law
from zerowaste.rules.statutes import articles, cite, law_page, places, proofs, rules
from zerowaste.rules.streams import MANIFESTS

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture(scope="module")
def script() -> dict[str, Any]:
    """docs/make_law.py, loaded and not run."""
    return runpy.run_path(str(ROOT / "docs" / "make_law.py"))


def test_every_rule_of_the_law_is_written_down() -> None:
    assert len(rules()) == 49
    assert sum(rule.waits is None for rule in rules().values()) == 34
    for rule in rules().values():
        assert rule.title.zh
        assert rule.title.en.isascii()
        assert rule.basis
        assert rule.action
    assert not rules()["KW-DAILY"].verified


def test_the_law_changes_on_the_fifteenth_of_august_2026() -> None:
    before, after = (cite(["transfer", "permit"], date(2026, 8, day)) for day in (14, 15))
    assert before
    assert after
    assert before.zh == "《中华人民共和国固体废物污染环境防治法》第82、80条"
    assert after.zh == "《中华人民共和国生态环境法典》第536、534条"
    assert before.en == "Solid Waste Law (2020), articles 82, 80"
    assert after.en.endswith("articles 536, 534")
    assert cite([], date(2026, 1, 1)) is None
    assert len(articles()) == 23
    with pytest.raises(KeyError):
        cite(["no-such-topic"], date(2026, 1, 1))


def test_the_streams_cite_only_what_exists() -> None:
    for stream in read_law(MANIFESTS).streams:
        assert set(stream.law) <= set(articles())
        clocks = stream.clocks
        named = [clocks.accept, clocks.store_producer, clocks.back_fill, clocks.pass_on]
        named += [clocks.collect_every, clocks.store_facility.warm, clocks.store_transfer.warm]
        needs = [stream.needs.producer, stream.needs.consignee, stream.needs.carrier]
        ids = {clock.rule for clock in named if clock} | {need.rule for need in needs}
        assert ids - {"setting"} <= set(rules())


def test_a_rule_is_found_only_where_it_is_really_named() -> None:
    sources = {"a.py": "keeps HW-NUM.", "b.py": "XHW-NUM HW-NUMBER HW-NUM-2", "c.py": "DATA = 1"}
    assert places("HW-NUM", sources) == ["a.py"]
    assert places("DATA", sources) == []
    assert places("DATA", {"d.py": "this is rule DATA"}) == ["d.py"]


def test_a_test_is_named_with_its_file() -> None:
    head, first = '"""About MW-FAC."""\n', 'def test_one():\n    """HW-NUM: so."""\n'
    text = head + first + "def test_mw_2d_ends():\n    pass\n"
    tests = {"tests/x.py": text}
    assert proofs("HW-NUM", tests) == ["tests/x.py::test_one"]
    assert proofs("MW-2D", tests) == ["tests/x.py::test_mw_2d_ends"]
    assert proofs("MW-FAC", tests) == ["tests/x.py"]
    assert proofs("HW-MIX", tests) == []


def test_the_page_says_what_waits_and_what_is_not_done() -> None:
    page = law_page({"a.py": "HW-NUM HW-BACK"}, {"t.py": "def test_a():\n    'HW-NUM'\n"})
    lines = {line.split("**")[1]: line for line in page.splitlines() if line.startswith("| **")}
    assert len(lines) == 49
    assert "`a.py`<br>✓ `t.py::test_a`" in lines["HW-NUM"]
    assert "waits for" in lines["HW-BACK"]
    assert "`a.py`" not in lines["HW-BACK"]
    assert "not enforced yet" in lines["HW-MIX"]
    assert "no test names it yet" in lines["HW-MIX"]


def test_docs_law_md_is_up_to_date(script: dict[str, Any]) -> None:
    """Run `python docs/make_law.py` when this fails."""
    assert script["PAGE"].read_text(encoding="utf-8") == script["page"]()


def test_every_rule_that_does_not_wait_is_enforced_and_tested(script: dict[str, Any]) -> None:
    sources = script["texts"]("zerowaste/**/*.py", "manifests/*.toml")
    tests = script["texts"]("tests/**/test_*.py")
    now = [rule.id for rule in rules().values() if rule.waits is None]
    assert [rule for rule in now if not places(rule, sources)] == []
    assert [rule for rule in now if not proofs(rule, tests)] == []
