"""Leftovers: nothing is kept that nobody uses, and what the documents name is there."""

import ast
import re
from collections.abc import Iterable, Iterator
from operator import itemgetter
from pathlib import Path

import pytest

from zerowaste.errors import LANGUAGES, catalogue, terms

ROOT = Path(__file__).parents[2]
STATIC = ROOT / "zerowaste" / "web" / "static"
WORD = re.compile(r"[A-Za-z_][\w-]*")
# What a library calls by its name, or reads; no line of ours does.
CALLED_BY_LIBRARIES = {
    "cache_ok", "find_user", "impl", "inherit_cache", "is_locked", "load_config", "log_exception",
    "process_bind_param", "process_result_value",
}  # fmt: skip
ONLY_FOR_TESTS = {"ZEROWASTE_WEBHOOK_LOOPBACK"}


def sources() -> Iterator[tuple[Path, ast.Module]]:
    for path in sorted((ROOT / "zerowaste").rglob("*.py")):
        yield path, ast.parse(path.read_text(encoding="utf-8"))


def own(folder: Path, *suffixes: str) -> str:
    """The text of our own files there; what others wrote is left out."""
    return "\n".join(
        path.read_text(encoding="utf-8")
        for path in sorted(folder.rglob("*"))
        if path.suffix in suffixes and "vendor" not in path.parts
    )


def defined(tree: ast.Module) -> Iterator[tuple[str, int]]:
    """The functions and classes of a module that nobody has decorated, and its constants."""
    for node in ast.walk(tree):
        if isinstance(node, ast.FunctionDef | ast.ClassDef) and not node.decorator_list:
            yield node.name, node.lineno
    for node in tree.body:
        targets = node.targets if isinstance(node, ast.Assign) else []
        for name in (each for target in targets for each in ast.walk(target)):
            if isinstance(name, ast.Name):
                yield name.id, node.lineno


def used(trees: Iterable[ast.Module]) -> set[str]:
    """Every name that is read somewhere, or stands in a string that may name it."""
    found: set[str] = set()
    for node in (node for tree in trees for node in ast.walk(tree)):
        if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Load):
            found.add(node.id)
        elif isinstance(node, ast.Attribute):
            found.add(node.attr)
        elif isinstance(node, ast.Constant) and isinstance(node.value, str) and " " not in node.value:
            found.update(node.value.split("."))
    return found


def unused(modules: dict[str, ast.Module], words: set[str]) -> list[str]:
    known = used(modules.values()) | words | CALLED_BY_LIBRARIES
    return [
        f"{path}:{line} {name}"
        for path, tree in modules.items()
        for name, line in sorted(defined(tree), key=itemgetter(1))
        if name not in known and not name.startswith("__")
    ]


def test_nothing_is_written_that_only_tests_use() -> None:
    modules = {path.relative_to(ROOT).as_posix(): tree for path, tree in sources()}
    callers = [own(ROOT / folder, ".html", ".js", ".py") for folder in ("templates", "docs", "migrations")]
    callers.append((ROOT / "wsgi.py").read_text(encoding="utf-8"))
    assert unused(modules, {word for text in callers for word in WORD.findall(text)}) == []


def test_the_watch_sees_what_nobody_uses() -> None:
    planted = ast.parse("LIMIT = 1\ndef used(): ...\ndef idle(): ...\nused()\n")
    assert unused({"planted.py": planted}, set()) == ["planted.py:1 LIMIT", "planted.py:3 idle"]


def markup() -> str:
    """Everything that may name a template, a style or a place on a page."""
    return own(ROOT / "templates", ".html", ".js") + own(STATIC, ".js") + own(ROOT / "zerowaste", ".py")


def test_every_template_is_drawn_by_somebody() -> None:
    folder, said = ROOT / "templates", markup()
    files = [path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file()]
    assert [file for file in files if file not in said] == []


def test_every_style_is_worn_by_something() -> None:
    sheets = re.sub(r"/\*.*?\*/|url\([^)]*\)|#[0-9a-f]{3,6}\b", "", own(STATIC, ".css"), flags=re.DOTALL)
    worn = set(WORD.findall(markup()))
    # A number at the end is counted: class="shade-{{ … }}".
    names = {re.sub(r"\d+$", "", name) for name in re.findall(r"[.#]([a-zA-Z][\w-]*)", sheets)}
    assert sorted(names - worn) == []


def test_every_word_of_the_field_is_said_somewhere() -> None:
    sentences = [entry[tongue] for entry in catalogue().values() for tongue in LANGUAGES]
    params = {name for sentence in sentences for name in re.findall(r"\{(\w+)", sentence)}
    asked = set(re.findall(r"""(?:term\(|terms\(\)\[)\s*["'](\w+)["']""", markup()))
    assert sorted(set(terms()) - params - asked) == []


def test_every_setting_stands_in_the_readme() -> None:
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    readme = re.sub(r"`(ZEROWASTE_[A-Z]+)_\w+`(?:, `_\w+`)+", lambda row: _spelt_out(row[0]), readme)
    settings = set(re.findall(r'"(ZEROWASTE_\w+|PORT)"', own(ROOT / "zerowaste", ".py")))
    assert sorted(settings - ONLY_FOR_TESTS - set(re.findall(r"\w+", readme))) == []


def _spelt_out(row: str) -> str:
    """`ZEROWASTE_SMTP_HOST`, `_PORT` → both in full."""
    first, *others = re.findall(r"`(\w+)`", row)
    return " ".join([first, *(first.rpartition("_")[0] + other for other in others)])


@pytest.mark.parametrize("document", ["README.md", "ARCHITECTURE.md", "manifests/README.md"])
def test_what_a_document_names_is_there(document: str) -> None:
    file = ROOT / document
    text = file.read_text(encoding="utf-8")
    named = set(re.findall(r"`((?:[\w.-]+/)*[\w-]+\.(?:py|toml|csv|js|md))`", text))
    linked = set(re.findall(r"\]\(([^)#:]+)\)", text))
    there = {path.relative_to(ROOT).as_posix() for path in ROOT.rglob("*.*") if ".venv" not in path.parts}
    missing = {name for name in named if not any(f"/{path}".endswith(f"/{name}") for path in there)}
    assert missing | {link for link in linked if not (file.parent / link).exists()} == set()
