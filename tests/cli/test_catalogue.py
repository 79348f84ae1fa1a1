"""`flask catalogue import`: a new edition of a code list, from CSV."""

import csv
import shutil
from collections.abc import Callable
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest

from tests.cli.conftest import Clerk
from zerowaste.cli import workplace
from zerowaste.config import ROOT, Settings, read_settings
from zerowaste.rules.law import read_law

NEW_CODE = "900-998-49"


@pytest.fixture
def manifests(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A copy of the law's files that a command may write to."""
    folder = tmp_path / "manifests"
    shutil.copytree(ROOT / "manifests", folder)
    read: Callable[[], Settings] = read_settings
    monkeypatch.setattr(workplace, "read_settings", lambda: replace(read(), manifests=folder))
    return folder


@pytest.fixture
def clerk(tmp_path: Path, manifests: Path) -> Clerk:
    return Clerk({"ZEROWASTE_INSTANCE": str(tmp_path / "instance")})


@pytest.fixture
def edition(tmp_path: Path) -> Path:
    """The list in force with one code more, as people keep it: fewer columns, their own encoding."""
    source = ROOT / "manifests" / "catalogues" / "hazardous-2021.csv"
    with source.open(encoding="utf-8-sig", newline="") as file_in_force:
        rows = list(csv.DictReader(file_in_force))
    rows.append({"code": NEW_CODE, "category": "HW49", "name_zh": "新增的废物", "hazards": "T"})
    file = tmp_path / "新名录.csv"
    with file.open("w", encoding="gb18030", newline="") as out:
        table = csv.DictWriter(out, ["code", "category", "name_zh", "hazards"], extrasaction="ignore")
        table.writeheader()
        table.writerows(rows)
    return file


def imported(clerk: Clerk, file: Path, *more: str) -> int:
    words = ("catalogue", "import", str(file), "--edition", "2027", "--valid-from", "2027-01-01", *more)
    return clerk.flask(*words).exit_code


def test_a_new_edition_is_in_force_from_its_day(clerk: Clerk, manifests: Path, edition: Path) -> None:
    assert imported(clerk, edition) == 0
    catalogue = read_law(manifests).catalogue
    assert catalogue.waste("hazardous", NEW_CODE, on=date(2026, 12, 31)) is None
    new = catalogue.waste("hazardous", NEW_CODE, on=date(2027, 1, 1))
    assert new is not None
    assert (new.edition, new.name.zh) == ("2027", "新增的废物")


def test_a_dry_run_writes_nothing(clerk: Clerk, manifests: Path, edition: Path) -> None:
    before = sorted(manifests.rglob("*"))
    assert imported(clerk, edition, "--dry-run") == 0
    assert sorted(manifests.rglob("*")) == before


def test_an_edition_is_never_overwritten(clerk: Clerk, manifests: Path, edition: Path) -> None:
    assert imported(clerk, edition) == 0
    stored = (manifests / "catalogues" / "hazardous-2027.csv").read_bytes()
    assert imported(clerk, edition) != 0
    assert (manifests / "catalogues" / "hazardous-2027.csv").read_bytes() == stored


def test_faults_are_named_by_line(clerk: Clerk, manifests: Path, tmp_path: Path) -> None:
    file = tmp_path / "faulty.csv"
    file.write_text("code,category,name_zh\nnonsense,HW49,错误\n,HW49,没有代码\n", encoding="utf-8")
    before = sorted(manifests.rglob("*"))
    result = clerk.flask("catalogue", "import", str(file), "--edition", "2027", "--valid-from", "2027-01-01")
    assert result.exit_code == 1
    assert "nonsense" in result.stderr
    assert sorted(manifests.rglob("*")) == before


def test_a_list_nobody_knows(clerk: Clerk, edition: Path) -> None:
    assert imported(clerk, edition, "--list", "nuclear") == 1
