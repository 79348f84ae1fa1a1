"""Errors: what the code can say and what errors.toml has sentences for are the same."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path
from string import Formatter

import pytest

from zerowaste.errors import LANGUAGES, catalogue

ROOT = Path(__file__).parents[2]
# What is called with a code first: these classes, and these methods of what is named `found`.
CLASSES = {"Problem", "Refusal"}
METHODS = {"error", "warn", "find"}
CHINESE = re.compile(r"[\u4e00-\u9fff]")


def trees() -> Iterator[ast.Module]:
    for path in (ROOT / "zerowaste").rglob("*.py"):
        yield ast.parse(path.read_text(encoding="utf-8"))


def is_speaker(called: ast.expr) -> bool:
    if isinstance(called, ast.Attribute):
        return called.attr in METHODS and ast.unparse(called.value).endswith("found")
    return isinstance(called, ast.Name) and called.id in CLASSES


def spoken() -> Iterator[ast.expr]:
    """The first argument of every call in the program that names a code."""
    for tree in trees():
        for node in ast.walk(tree):
            if isinstance(node, ast.Call) and node.args and is_speaker(node.func):
                yield node.args[0]


def pattern(code: ast.JoinedStr) -> str:
    """A code put together at run time, as a pattern: f"{kind}_missing" → .+_missing."""
    return "".join(
        re.escape(str(part.value)) if isinstance(part, ast.Constant) else ".+" for part in code.values
    )


def literals() -> Iterator[str]:
    for tree in trees():
        for node in ast.walk(tree):
            if isinstance(node, ast.Constant) and isinstance(node.value, str):
                yield node.value


def patterns() -> set[str]:
    return {pattern(code) for code in spoken() if isinstance(code, ast.JoinedStr)}


def test_every_code_the_program_says_has_its_sentences() -> None:
    codes = {str(code.value) for code in spoken() if isinstance(code, ast.Constant)}
    assert codes
    missing = sorted(codes - set(catalogue()))
    assert not missing, "\n".join(missing)


def test_every_code_put_together_at_run_time_has_sentences() -> None:
    missing = [p for p in patterns() if not any(re.fullmatch(p, code) for code in catalogue())]
    assert not missing, "\n".join(missing)


def test_no_sentence_is_for_a_code_nobody_says() -> None:
    said, built = set(literals()), patterns()
    unused = [
        code for code in catalogue() if code not in said and not any(re.fullmatch(p, code) for p in built)
    ]
    assert not unused, "\n".join(unused)


@pytest.mark.parametrize("code", catalogue())
def test_both_languages_say_the_same(code: str) -> None:
    entry = catalogue()[code]
    assert set(LANGUAGES) <= set(entry) <= {*LANGUAGES, "status"}
    assert CHINESE.search(entry["zh"])
    assert not CHINESE.search(entry["en"])
    named = [{name for _, name, _, _ in Formatter().parse(entry[tongue])} for tongue in LANGUAGES]
    assert named[0] == named[1]
