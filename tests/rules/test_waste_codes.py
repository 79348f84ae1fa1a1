"""A new edition of a code list: every fault named, written once, in force from its day."""

import shutil
from datetime import date
from pathlib import Path

import pytest

from zerowaste.errors import Refusal
from zerowaste.rules.catalogue import parse_edition_csv, write_edition
from zerowaste.rules.law import read_law
from zerowaste.rules.streams import MANIFESTS

EDITION_2025 = """\ufeffcode,category,name_zh,hazards
900-249-08,HW08,"废矿物油,以及沾染物",T|I
900-777-49,HW49,新增的废物,T
"""


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return Path(shutil.copytree(MANIFESTS, tmp_path / "manifests"))


def test_an_edition_is_read() -> None:
    rows = parse_edition_csv(EDITION_2025)
    assert [row.code for row in rows] == ["900-249-08", "900-777-49"]
    assert rows[0].hazards == ("T", "I")
    assert rows[0].name.zh == "废矿物油,以及沾染物"


def test_every_fault_is_named_at_its_line() -> None:
    text = (
        "code,category,name_zh,hazards,density_g_per_l,residue\n"
        "900-249-08,HW09,油,T,,\n"
        "oil,HW08,油,X,,\n"
        "900-250-12,HW12,,,heavy,maybe\n"
        "900-251-12,HW12,漆,,900,0\n"
        "900-251-12,HW12,漆,,,\n"
    )
    with pytest.raises(Refusal) as caught:
        parse_edition_csv(text)
    assert caught.value.code == "catalogue_invalid"
    assert [(p.path, p.code) for p in caught.value.problems] == [
        ("line.2", "catalogue_category"),
        ("line.3", "catalogue_code"),
        ("line.3", "catalogue_hazard"),
        ("line.4", "catalogue_name"),
        ("line.4", "catalogue_density"),
        ("line.4", "catalogue_residue"),
        ("line.6", "catalogue_code_twice"),
    ]
    for problem in caught.value.problems:
        assert problem.path.removeprefix("line.") in problem.sentence("zh")
        assert problem.path.removeprefix("line.") in problem.sentence("en")


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("", "catalogue_columns"),
        ("code,name_zh\n900-249-08,油\n", "catalogue_columns"),
        ("code,category,name_zh\n", "catalogue_empty"),
    ],
)
def test_a_file_that_holds_no_list(text: str, code: str) -> None:
    with pytest.raises(Refusal) as caught:
        parse_edition_csv(text)
    assert [problem.code for problem in caught.value.problems] == [code]


def test_a_new_edition_is_in_force_from_its_day_and_ends_the_old_one(folder: Path) -> None:
    file = write_edition(folder, parse_edition_csv(EDITION_2025), "2025", date(2027, 1, 1))
    assert file.name == "hazardous-2025.csv"
    catalogue = read_law(folder).catalogue
    before, after = date(2026, 12, 31), date(2027, 1, 1)
    assert catalogue.waste("hazardous", "900-777-49", before) is None
    assert catalogue.waste("hazardous", "900-777-49", after) is not None
    assert catalogue.waste("hazardous", "900-214-08", before) is not None
    assert catalogue.waste("hazardous", "900-214-08", after) is None
    old, new = (catalogue.waste("hazardous", "900-249-08", day) for day in (before, after))
    assert old is not None
    assert new is not None
    assert (old.edition, old.valid_to, new.edition) == ("2021", before, "2025")
    assert new.name.zh == "废矿物油,以及沾染物"
    assert new.name.en == new.category_name.en
    # without a day the newest row answers, so an old lot can still be named
    assert catalogue.waste("hazardous", "900-214-08").edition == "2021"  # type: ignore[union-attr]
    assert catalogue.waste("medical", "841-001-01", after) is not None
    assert len(catalogue.search("hazardous", "", 1000, on=after)) == 2 + 4


def test_an_edition_is_never_overwritten(folder: Path) -> None:
    rows = parse_edition_csv(EDITION_2025)
    write_edition(folder, rows, "2025", date(2027, 1, 1))
    with pytest.raises(Refusal) as caught:
        write_edition(folder, rows, "2025", date(2028, 1, 1))
    assert caught.value.code == "catalogue_edition_exists"
    with pytest.raises(Refusal) as misnamed:
        write_edition(folder, rows, "../2025", date(2027, 1, 1))
    assert misnamed.value.code == "catalogue_edition_name"
    assert not list(folder.rglob("*.draft"))
