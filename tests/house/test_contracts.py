"""The layers: import-linter holds the contracts of pyproject.toml, and each of them can fail."""

import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
VIOLATIONS = {
    "a rule that asks the database": (
        "rules/planted.py",
        "import zerowaste.models.columns\n",
        "Layers",
    ),
    "a use case that asks the web": ("services/planted.py", "import zerowaste.web\n", "Layers"),
    "a rule that knows Flask": ("rules/planted.py", "import flask\n", "The law knows no framework"),
    "a use case that knows HTTP": (
        "services/planted.py",
        "import werkzeug\n",
        "Use cases do not know HTTP",
    ),
    "a page that calls the API": (
        "web/pages/planted.py",
        "import zerowaste.web.api\n",
        "Pages and API do not know each other",
    ),
    "a module nobody gave a layer": ("planted.py", "", "Layers"),
}


@pytest.fixture
def copy(tmp_path: Path) -> Path:
    """The package and its contracts, to spoil."""
    shutil.copyfile(ROOT / "pyproject.toml", tmp_path / "pyproject.toml")
    only_code = shutil.ignore_patterns("__pycache__", "fonts", "static", "*.csv")
    shutil.copytree(ROOT / "zerowaste", tmp_path / "zerowaste", ignore=only_code)
    return tmp_path


def lint(where: Path) -> tuple[bool, str]:
    """Whether the contracts are kept there, and what import-linter says."""
    program = Path(sys.executable).with_name("lint-imports")
    answer = subprocess.run([program, "--no-cache"], cwd=where, capture_output=True, text=True, check=False)
    return answer.returncode == 0, answer.stdout + answer.stderr


def test_the_contracts_are_kept() -> None:
    kept, said = lint(ROOT)
    assert kept, said


@pytest.mark.parametrize("violation", VIOLATIONS)
def test_a_broken_contract_is_seen(copy: Path, violation: str) -> None:
    file, source, contract = VIOLATIONS[violation]
    (copy / "zerowaste" / file).write_text(f'"""Planted."""\n{source}')
    kept, said = lint(copy)
    assert not kept
    assert contract in said


def test_a_cycle_is_seen(copy: Path) -> None:
    rules = copy / "zerowaste" / "rules"
    (rules / "planted_a.py").write_text("import zerowaste.rules.planted_b\n")
    (rules / "planted_b.py").write_text("import zerowaste.rules.planted_a\n")
    kept, said = lint(copy)
    assert not kept
    assert "No cycles anywhere" in said
