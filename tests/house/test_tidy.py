"""Tidiness: small files and functions, names that say something, no traces of one machine."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
LONGEST_FILE = 300
LONGEST_FUNCTION = 50
# Words that a file, class or function takes when nobody decided what it is.
EMPTY_WORDS = {"util", "utils", "common", "helper", "helpers", "manager", "misc", "handler"}
EMPTY_FILE_NAMES = EMPTY_WORDS | {"managers", "handlers", "data", "info"}
TEXT = {".py", ".md", ".toml", ".txt", ".in", ".csv", ".html", ".css", ".js", ".json", ".mako"}
A_MACHINES_PATH = re.compile(r"(?<![\w.:/])/(?:home|root|Users|work|mnt|srv)/\w")


def modules() -> Iterator[Path]:
    yield from (ROOT / "zerowaste").rglob("*.py")
    yield from (ROOT / "tests").rglob("*.py")
    yield from (ROOT / "migrations").glob("*.py")
    yield from ROOT.glob("*.py")


def texts() -> Iterator[Path]:
    """Every text file of the project."""
    for name in ("zerowaste", "tests", "migrations", "manifests", "templates", "docs"):
        yield from (file for file in (ROOT / name).rglob("*") if file.suffix in TEXT)
    yield from (file for file in ROOT.glob("*") if file.suffix in TEXT)
    yield from (ROOT / "Makefile", ROOT / ".ci" / "run", ROOT / ".gitignore")


def faults_of(name: str, source: str) -> list[str]:
    """What is untidy in one module."""
    tree = ast.parse(source)
    found = [fault for node in ast.walk(tree) for fault in faults_of_node(node)]
    length = len(source.splitlines())
    if length > LONGEST_FILE:
        found.append(f"it has {length} lines; {LONGEST_FILE} are enough")
    if not ast.get_docstring(tree):
        found.append("it does not say what it owns")
    if Path(name).stem in EMPTY_FILE_NAMES:
        found.append("its name says nothing")
    return [f"{name}: {fault}" for fault in found]


def faults_of_node(node: ast.AST) -> Iterator[str]:
    if not isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
        return
    if EMPTY_WORDS & {word.lower() for word in re.findall(r"[A-Z]?[a-z]+", node.name)}:
        yield f"the name {node.name} says nothing"
    lines = (node.end_lineno or 0) - node.lineno + 1
    if lines > LONGEST_FUNCTION and not isinstance(node, ast.ClassDef):
        yield f"{node.name} has {lines} lines; {LONGEST_FUNCTION} at most"


def test_every_module_is_tidy() -> None:
    found = [
        fault
        for path in modules()
        for fault in faults_of(str(path.relative_to(ROOT)), path.read_text(encoding="utf-8"))
    ]
    assert not found, "\n".join(found)


def test_no_folder_has_a_name_that_says_nothing() -> None:
    folders = {path.parent for path in modules()}
    assert [str(folder) for folder in folders if folder.name in EMPTY_FILE_NAMES] == []


def test_nothing_mentions_a_path_of_one_machine() -> None:
    found = [
        f"{path.relative_to(ROOT)}:{number}"
        for path in texts()
        if path != Path(__file__)
        for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), start=1)
        if A_MACHINES_PATH.search(line)
    ]
    assert not found, "\n".join(found)


@pytest.mark.parametrize(
    ("name", "source", "fault"),
    [
        ("zerowaste/long.py", '"""Long."""\n' * 301, "301 lines"),
        ("zerowaste/mute.py", "x = 1\n", "does not say what it owns"),
        ("zerowaste/utils.py", '"""Anything."""\n', "says nothing"),
        ("zerowaste/a.py", '"""A."""\nclass LotManager:\n    pass\n', "LotManager"),
        ("zerowaste/a.py", '"""A."""\ndef f():\n' + "    x = 1\n" * 50, "f has 51 lines"),
    ],
)
def test_the_watch_sees_what_is_untidy(name: str, source: str, fault: str) -> None:
    assert any(fault in found for found in faults_of(name, source))


def test_the_watch_sees_a_path_of_one_machine() -> None:
    assert A_MACHINES_PATH.search("see /home/paula/notes")
    assert not A_MACHINES_PATH.search("GET /api/v1/work/ and https://example.org/home/x")
