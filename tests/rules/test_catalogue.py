"""The catalogue: counts, look-ups by day, search, patterns, exemptions, and a wrong folder."""

import csv
import shutil
from datetime import date
from pathlib import Path

import pytest

from zerowaste.rules.catalogue import covers
from zerowaste.rules.law import read_law
from zerowaste.rules.stream_files import StreamFileError
from zerowaste.rules.streams import MANIFESTS

LAW = read_law(MANIFESTS)
STREAMS, CATALOGUE = LAW.streams, LAW.catalogue
TODAY = date(2026, 6, 1)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A copy of the whole law that a test may change."""
    return Path(shutil.copytree(MANIFESTS, tmp_path / "manifests"))


def test_the_lists_are_complete() -> None:
    """467 hazardous codes in 46 categories, 5 medical classes, 5 construction types, 3 kinds of
    kitchen waste and their oil; our own residues beside them."""
    counts = {
        stream.code: sum(not waste.residue for waste in CATALOGUE.search(stream.code, "", 1000))
        for stream in STREAMS
    }
    assert counts == {"hazardous": 467, "medical": 5, "construction": 5, "kitchen": 4}
    hazardous = CATALOGUE.search("hazardous", "", 1000)
    assert len({w.category for w in hazardous if not w.residue}) == 46
    residues = [w for w in CATALOGUE.search(None, "", 2000) if w.residue]
    assert {w.name.en for w in residues} >= {"Digestate", "Biogas slurry", "Recycled aggregate"}


def test_every_waste_has_both_names() -> None:
    for waste in CATALOGUE.search(None, "", 2000):
        assert waste.name.zh
        assert waste.name.en
        assert waste.category in CATALOGUE.categories
        assert waste.category_name.en.isascii()


def test_a_code_says_what_it_is() -> None:
    oil = CATALOGUE.waste("hazardous", "900-249-08", TODAY)
    assert oil is not None
    assert (oil.category, oil.hazards) == ("HW08", ("T", "I"))
    assert (oil.stream, oil.edition, oil.valid_from) == ("hazardous", "2021", date(2021, 1, 1))
    soil = CATALOGUE.waste("construction", "CW-1", TODAY)
    assert soil is not None
    assert (soil.name.zh, soil.density_g_per_l) == ("工程渣土", 1700)
    assert CATALOGUE.waste("kitchen", "KW-4", TODAY).name.zh == "废弃食用油脂"  # type: ignore[union-attr]


def test_a_code_of_another_stream_or_another_time_is_unknown() -> None:
    assert CATALOGUE.waste("kitchen", "900-249-08", TODAY) is None
    assert CATALOGUE.waste("hazardous", "900-249-08", date(2020, 12, 31)) is None
    assert CATALOGUE.waste("nothing", "900-249-08", TODAY) is None


def test_identified_waste_is_taken_in_with_a_flag() -> None:
    tested = CATALOGUE.waste("hazardous", "900-000-34", TODAY)
    assert tested is not None
    assert tested.identified
    assert (tested.category, tested.category_name.zh) == ("HW34", "废酸")
    for wrong in ("900-000-41", "900-000-99", "900-000-1", "900-000-", "900-000-３４"):
        assert CATALOGUE.waste("hazardous", wrong, TODAY) is None
    assert CATALOGUE.waste("kitchen", "900-000-34", TODAY) is None


def test_search_by_number_by_name_and_by_english() -> None:
    assert [w.code for w in CATALOGUE.search("hazardous", "900249", 5)] == ["900-249-08"]
    assert [w.code for w in CATALOGUE.search("medical", "损伤", 5)] == ["841-002-01"]
    assert [w.code for w in CATALOGUE.search("kitchen", "cooking OIL", 5)] == ["KW-4"]
    assert {w.category for w in CATALOGUE.search("hazardous", "hw08", 100)} == {"HW08"}
    assert [w.code for w in CATALOGUE.search("hazardous", "900-000-34", 5)] == ["900-000-34"]
    assert CATALOGUE.search("hazardous", "没有这种废物", 5) == []


def test_search_goes_on_where_it_stopped() -> None:
    seen: list[str] = []
    after = ""
    while page := CATALOGUE.search("hazardous", "HW11", 20, after):
        seen.extend(w.code for w in page)
        after = page[-1].key
    assert len(seen) == len(set(seen)) == 86  # 85 of the category, and one that names it
    assert seen == sorted(seen)


@pytest.mark.parametrize(
    ("pattern", "matches"),
    [
        ("*", True), ("HW08", True), ("900-249-08", True), ("900-*-08", True), ("900-249", True),
        ("*-*-08", True), ("HW0", False), ("HW09", False), ("900-24", False), ("900-*", False),
        ("900-*-09", False), ("900-249-08-1", False), ("", False),
    ],
)  # fmt: skip
def test_patterns_of_permits(pattern: str, matches: bool) -> None:
    """What a permit's pattern covers, and nothing more."""
    assert covers(pattern, "900-249-08", "HW08") is matches


def test_own_codes_are_covered_by_their_beginning() -> None:
    assert covers("CW", "CW-R1", "CW-R")
    assert covers("KW-1", "KW-1", "KW")
    assert not covers("KW-1", "KW-10", "KW")


def test_operations_end_the_way_except_collecting_and_storing() -> None:
    store, burn = CATALOGUE.operation("S1"), CATALOGUE.operation("D10")
    assert store is not None
    assert burn is not None
    assert (store.terminal, store.group) == (False, "storage")
    assert (burn.terminal, burn.group, burn.name.en) == (True, "disposal", "Incineration")
    assert [op.code for op in CATALOGUE.operations.values() if not op.terminal] == ["S1"]
    assert CATALOGUE.operation("Z9") is None


def test_human_tissue_may_only_be_burnt() -> None:
    tissue = CATALOGUE.waste("medical", "841-003-01")
    assert tissue is not None
    assert CATALOGUE.allows(tissue, "Y10")
    assert not CATALOGUE.allows(tissue, "Y11")
    assert CATALOGUE.allows(tissue, "S1")
    assert not CATALOGUE.allows(tissue, "no-such-operation")


def test_an_exemption_is_a_stage_not_a_release() -> None:
    """A small clinic's collection is exempt; disposal is another matter."""
    collect = CATALOGUE.exemptions("841-002-01", "collect", TODAY)
    assert [e.item for e in collect] == [2]
    assert "19" in collect[0].waste.en
    assert {e.item for e in CATALOGUE.exemptions("841-002-01", "dispose", TODAY)} == {2, 4}
    assert {e.item for e in CATALOGUE.exemptions("900-249-08", "use")} == {8}
    assert CATALOGUE.exemptions("900-249-08", "transport") == ()
    assert {e.item for e in CATALOGUE.exemptions("900-041-49", "transport")} == {24}
    assert {e.item for e in CATALOGUE.exemptions("900-300-34", "use")} == {20}
    assert CATALOGUE.exemptions("900-300-34", "use", date(2020, 1, 1)) == ()


def test_a_fifth_stream_brings_its_own_codes(folder: Path) -> None:
    text = (folder / "kitchen-1.toml").read_text(encoding="utf-8")
    text = text.replace('code = "kitchen"', 'code = "sludge"').replace("KW{year}", "WN{year}")
    text = text.replace('codes = ["kitchen", "residues-kitchen"]', "").replace('"L2"', '"Z1"')
    text += """
    [[waste]]
    code = "WN-1"
    name = { zh = "脱水污泥", en = "Dewatered sludge" }
    methods = ["Z1"]
    [[operation]]
    code = "Z1"
    name = { zh = "干化", en = "Drying" }
    group = "disposal"
    """
    (folder / "sludge-1.toml").write_text(text, encoding="utf-8")
    catalogue = read_law(folder).catalogue
    sludge = catalogue.waste("sludge", "WN-1", TODAY)
    assert sludge is not None
    assert (sludge.category, sludge.category_name.en) == ("WN", "Kitchen waste")
    assert catalogue.operation("Z1").name.en == "Drying"  # type: ignore[union-attr]


def test_the_provenance_of_the_hazardous_list_is_whole() -> None:
    with (MANIFESTS / "catalogues" / "hazardous-2021.csv").open(encoding="utf-8") as source:
        rows = list(csv.DictReader(source))
    assert all(row["code"][-2:] == row["category"][-2:] for row in rows)
    assert all(row["edition"] == "2021" and row["valid_from"] == "2021-01-01" for row in rows)


@pytest.mark.parametrize(
    ("file", "old", "new", "named", "key", "reason"),
    [
        (
            "kitchen-1.toml",
            '"residues-kitchen"',
            '"leftovers"',
            "kitchen-1.toml",
            "codes",
            "leftovers",
        ),
        ("kitchen-1.toml", '"L2"', '"L9"', "kitchen-1.toml", "operations", "L9"),
        ("catalogues/kitchen-1.csv", "2020-01-01", "soon", "kitchen-1.csv", "line 2", "not a code"),
        ("catalogues/kitchen-1.csv", "K1|K2", "K9", "kitchen-1.toml", "methods", "K9"),
        ("catalogues/kitchen-1.csv", "valid_from", "from", "kitchen-1.csv", "line 2", "valid_from"),
        ("catalogues/kitchen-1.csv", "1000", "heavy", "kitchen-1.csv", "line 2", "heavy"),
    ],
)
def test_a_wrong_list_names_file_key_and_reason(
    folder: Path, file: str, old: str, new: str, named: str, key: str, reason: str
) -> None:
    text = (folder / file).read_text(encoding="utf-8")
    assert old in text
    (folder / file).write_text(text.replace(old, new, 1), encoding="utf-8")
    with pytest.raises(StreamFileError) as caught:
        read_law(folder)
    assert (caught.value.file, caught.value.key) == (named, key)
    assert reason in caught.value.reason


def test_an_operation_may_not_change_its_meaning(folder: Path) -> None:
    own = '[[operation]]\ncode = "S1"\nname = { zh = "卖掉", en = "Sold" }\ngroup = "recovery"\n'
    with (folder / "kitchen-1.toml").open("a", encoding="utf-8") as target:
        target.write(own)
    with pytest.raises(StreamFileError, match="S1 is already"):
        read_law(folder)


def test_a_missing_list_is_named(folder: Path) -> None:
    (folder / "catalogues" / "operations.csv").unlink()
    with pytest.raises(StreamFileError, match=r"operations\.csv"):
        read_law(folder)


def test_a_name_is_found_by_its_pinyin_initials() -> None:
    found = {waste.code for waste in CATALOGUE.search("medical", "grxfw", 10)}
    assert found == {waste.code for waste in CATALOGUE.search("medical", "感染性废物", 10)} != set()
    assert CATALOGUE.search("kitchen", "grxfw", 10) == []
