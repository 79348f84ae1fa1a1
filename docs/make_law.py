"""Writes docs/law.md: reads every module, stream file and test, and asks which rules they name."""

import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))  # so that it runs from anywhere, without an installation

from zerowaste.rules.statutes import law_page  # noqa: E402  # needs the path above

PAGE = ROOT / "docs" / "law.md"
# These only say what is written where; naming a rule there enforces nothing.
_NOT_ENFORCING = {
    "zerowaste/rules/statutes.py",
    "tests/rules/test_statutes.py",
    "tests/rules/test_streams.py",
}


def texts(*patterns: str) -> dict[str, str]:
    """Path (from the root, with slashes) → text of every file the patterns find."""
    files = sorted({file for pattern in patterns for file in ROOT.glob(pattern)})
    paths = {file.relative_to(ROOT).as_posix(): file for file in files}
    return {p: f.read_text(encoding="utf-8") for p, f in paths.items() if p not in _NOT_ENFORCING}


def page() -> str:
    """What docs/law.md should say now."""
    return law_page(texts("zerowaste/**/*.py", "manifests/*.toml"), texts("tests/**/test_*.py"))


if __name__ == "__main__":
    PAGE.write_text(page(), encoding="utf-8")
    print(f"{PAGE.relative_to(ROOT)} written")  # noqa: T201  # a script speaks to its caller
