"""A wrong stream file stops the start, and says of every fault its file, key and reason."""

import runpy
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

import pytest

from zerowaste.config import Settings, read_settings
from zerowaste.rules.law import read_law
from zerowaste.rules.stream_files import Fault, StreamFileError
from zerowaste.rules.streams import MANIFESTS
from zerowaste.web.app import create_app

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A copy of everything under manifests/ that a test may spoil."""
    return Path(shutil.copytree(MANIFESTS, tmp_path / "manifests"))


@pytest.fixture
def settings(folder: Path, tmp_path: Path) -> Settings:
    """A service that would start if its law were in order; its database is never asked."""
    return read_settings({"ZEROWASTE_MANIFESTS": str(folder), "ZEROWASTE_INSTANCE": str(tmp_path)})


def spoil(folder: Path, name: str, old: str, new: str) -> None:
    text = (folder / name).read_text(encoding="utf-8")
    assert old in text
    (folder / name).write_text(text.replace(old, new, 1), encoding="utf-8")


class Wrong(NamedTuple):
    """A mistake somebody makes in a file, and how the start names it."""

    old: str
    new: str
    key: str
    reason: str


KITCHEN = {
    "bad TOML": Wrong("tours = true", "tours = ", "", "not a TOML file"),
    "a key twice": Wrong("tours = true", "tours = true\ntours = true", "", "not a TOML file"),
    "unknown key": Wrong("tours = true", "tours = true\nlorry = 3", "lorry", "Extra inputs"),
    "unknown key in a table": Wrong("[needs]", "[needs]\nvillage = 1", "needs.village", "Extra inputs"),
    "missing key": Wrong("tours = true", "", "tours", "Field required"),
    "missing clock": Wrong("transit =", "back =", "clocks.transit", "Field required"),
    "a number as text": Wrong("= 50_000", '= "50000"', "tolerance_ppm", "valid integer"),
    "a yes as text": Wrong("tours = true", 'tours = "yes"', "tours", "valid boolean"),
    "a number as a yes": Wrong("= 10_000", "= true", "tolerance_min_g", "valid integer"),
    "half a gram": Wrong("= 10_000", "= 10.5", "tolerance_min_g", "integer"),
    "a table as text": Wrong("packages = { required = false }", "packages = false", "packages", "object"),
    "no day": Wrong("effective_from = 2022-01-01", 'effective_from = "soon"', "effective_from", "date"),
    "unknown unit": Wrong("{ hours = 24,", "{ weeks = 1,", "clocks.store_producer.weeks", "Extra inputs"),
    "two units": Wrong("{ hours = 24,", "{ hours = 24, days = 1,", "clocks.store_producer", "exactly one"),
    "no time at all": Wrong("{ hours = 24,", "{ hours = 0,", "clocks.store_producer.hours", "greater than 0"),
    "unknown moment": Wrong('from = "planned"', 'from = "dusk"', "clocks.expire.from", "Input should be"),
    "unknown rule": Wrong("KW-QUAL", "KW-QUALITY", "needs.consignee.rule", "no such rule in rules.csv"),
    "unknown topic of law": Wrong('["kitchen", "tr', '["cellar", "tr', "law", "no such topic"),
    "unknown check": Wrong("waste_oil_apart", "waste_oil_away", "checks", "no such check: waste_oil_away"),
    "unknown paper": Wrong('"licence"', '"letter"', "needs.carrier.instrument", "Input should be"),
    "unknown code list": Wrong('"residues-kitchen"', '"scraps"', "codes", "no file catalogues/scraps-"),
    "unknown operation": Wrong('"K1", ', '"K1", "K9", ', "operations", "no such operation: K9"),
    "another edition": Wrong("edition = 1", "edition = 2", "edition", "must be called kitchen-2.toml"),
    "another stream": Wrong('code = "kitchen"', 'code = "canteen"', "edition", "called canteen-1.toml"),
    "a field twice": Wrong('name = "bins"', 'name = "remark"', "fields", "remark is there twice"),
    "no expression": Wrong('"number"', '"text"\npattern = "("', "fields.0.pattern", "not a regular"),
    "hard below warn": Wrong("hard_percent = 120", "hard_percent = 80", "quota_hard_percent", "lies below"),
    "another's numbers": Wrong("KW{year}{city}{serial:08d}", "{year}{city}9{serial:05d}", "number", "same"),
    "an endless number": Wrong("KW{year}", "KITCHENWASTEKITCHEN{year}", "number", "at most 24"),
}  # fmt: skip


@pytest.mark.parametrize("wrong", KITCHEN.values(), ids=KITCHEN)
def test_a_wrong_file_stops_the_start(folder: Path, settings: Settings, wrong: Wrong) -> None:
    spoil(folder, "kitchen-1.toml", wrong.old, wrong.new)
    with pytest.raises(StreamFileError) as stopped:
        create_app(settings)
    at = ("kitchen-1.toml", wrong.key)
    (fault,) = [fault for fault in stopped.value.faults if (fault.file, fault.key) == at]
    assert wrong.reason in fault.reason
    assert str(fault) in str(stopped.value)


def test_a_right_folder_starts(settings: Settings) -> None:
    """What stops the start is the mistake, not the copy."""
    assert create_app(settings).name == "zerowaste.web"


def mistakes(folder: Path) -> Iterator[tuple[str, str]]:
    """Makes one mistake after another, and says under which file and key each should be named."""
    spoil(folder, "kitchen-1.toml", "tours = true", "tuors = true")
    yield "kitchen-1.toml", "tours"
    yield "kitchen-1.toml", "tuors"
    spoil(folder, "medical-1.toml", "edition = 1", "edition = ")
    yield "medical-1.toml", ""
    spoil(folder, "construction-1.toml", '"residues-construction"', '"leftovers"')
    yield "construction-1.toml", "codes"
    spoil(folder, "construction-1.toml", '"CW-PLAN"', '"CW-PLANS"')
    yield "construction-1.toml", "needs.producer.rule"
    spoil(folder, "hazardous-1.toml", '"R1", ', '"R1", "Q1", ')
    yield "hazardous-1.toml", "operations"
    spoil(folder, "catalogues/construction-1.csv", "1700", "heavy")
    yield "construction-1.csv", "line 2"
    spoil(folder, "catalogues/construction-1.csv", "1500", "light")
    yield "construction-1.csv", "line 4"


def test_all_faults_of_all_files_are_named_at_once(folder: Path, settings: Settings) -> None:
    expected = set(mistakes(folder))
    with pytest.raises(StreamFileError) as stopped:
        create_app(settings)
    named = {(fault.file, fault.key) for fault in stopped.value.faults}
    assert named == expected
    assert len(str(stopped.value).splitlines()) == len(expected)


@pytest.mark.parametrize("begins", ["2022-01-01", "2021-06-01"])
def test_two_editions_may_not_overlap(folder: Path, begins: str) -> None:
    """The second begins on the day of the first, or before it: nobody could say which is the law."""
    text = (folder / "kitchen-1.toml").read_text(encoding="utf-8")
    second = text.replace("edition = 1", "edition = 2").replace("2022-01-01", begins, 1)
    (folder / "kitchen-2.toml").write_text(second, encoding="utf-8")
    with pytest.raises(StreamFileError) as stopped:
        read_law(folder)
    reason = "overlaps kitchen-1.toml: it must begin after 2022-01-01"
    assert stopped.value.faults == (Fault("kitchen-2.toml", "effective_from", reason),)


@pytest.mark.parametrize(
    ("file", "old", "new", "key", "reason"),
    [
        ("operations.csv", "code,", "name,", "line 1", "misses the column code"),
        ("categories.csv", "name_zh", "name", "line 1", "misses the column name_zh"),
        ("exemptions-2021.csv", "2021-", "soon-", "line 2", "not an exemption"),
        ("medical-2021.csv", "2021-01-01", "2021-13-01", "line 2", "not a code"),
    ],
)
def test_a_wrong_list_is_named_by_its_line(
    folder: Path, file: str, old: str, new: str, key: str, reason: str
) -> None:
    spoil(folder, f"catalogues/{file}", old, new)
    with pytest.raises(StreamFileError) as stopped:
        read_law(folder)
    assert (stopped.value.file, stopped.value.key) == (file, key)
    assert reason in stopped.value.reason


@pytest.mark.parametrize(
    ("old", "new", "key"),
    [
        ('form = "solid"', 'form = "dust"', "waste.0.form"),
        ('hazards = ["T"]', 'hazards = ["X"]', "waste.0.hazards.0"),
        ("[[waste]]", '[[waste]]\ncode = "KW-9"\nname = { zh = "一", en = "One" }\n\n[[waste]]', "waste"),
    ],
)
def test_a_code_written_into_a_file_is_read_as_strictly(folder: Path, old: str, new: str, key: str) -> None:
    own = (
        '\n[[waste]]\ncode = "KW-9"\nname = { zh = "骨头", en = "Bones" }\nform = "solid"\nhazards = ["T"]\n'
    )
    with (folder / "kitchen-1.toml").open("a", encoding="utf-8") as file:
        file.write(own)
    assert read_law(folder).catalogue.waste("kitchen", "KW-9") is not None
    spoil(folder, "kitchen-1.toml", old, new)
    with pytest.raises(StreamFileError) as stopped:
        read_law(folder)
    assert stopped.value.key == key


def test_whoever_starts_the_service_reads_a_sentence(
    folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Not the way through our code: wsgi.py ends with the faults, in both languages' words for it."""
    spoil(folder, "kitchen-1.toml", "tours = true", "tours = 7")
    monkeypatch.setenv("ZEROWASTE_MANIFESTS", str(folder))
    monkeypatch.setenv("ZEROWASTE_INSTANCE", str(tmp_path))
    with pytest.raises(SystemExit) as ended:
        runpy.run_path(str(ROOT / "wsgi.py"))
    assert "无法启动 Cannot start" in str(ended.value)
    assert "kitchen-1.toml: tours: " in str(ended.value)
