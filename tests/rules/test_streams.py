"""The stream files: what they say, and that a wrong one stops the start and says why."""

import re
import shutil
from datetime import date
from pathlib import Path

import pytest

from zerowaste.rules.law import read_law
from zerowaste.rules.stream_fields import FormField
from zerowaste.rules.stream_files import StreamFileError
from zerowaste.rules.stream_parts import (
    Clocks,
    InlineOperation,
    InlineWaste,
    Needs,
    Packages,
    Plausible,
    compose,
    last_serial,
)
from zerowaste.rules.streams import (
    MANIFESTS,
    Stream,
    UnknownStream,
)

SLUDGE = """
code = "sludge"
edition = 1
effective_from = 2024-01-01
name = { zh = "城镇污水处理厂污泥", en = "Sewage sludge" }
number = "WN{year}{city}{serial:08d}"
operations = ["K2", "E1", "Z1", "S1"]
tolerance_ppm = 50000
tolerance_min_g = 20000
offline_within_hours = 24
default_draw = "fifo"
tours = false
packages = { required = false }
quota_warn_percent = 100
quota_hard_percent = 120

[[waste]]
code = "WN-1"
name = { zh = "脱水污泥", en = "Dewatered sludge" }
form = "semi_solid"
density_g_per_l = 1050

[[operation]]
code = "Z1"
name = { zh = "干化", en = "Drying" }
group = "disposal"

[clocks]
accept = { working_days = 2, from = "arrived", rule = "setting" }
store_producer = { days = 7, from = "opened", rule = "setting" }
store_transfer = { warm = { days = 7, from = "opened", rule = "setting" } }
store_facility = { warm = { days = 30, from = "opened", rule = "setting" } }
transit = { hours = 24, from = "opened", rule = "setting" }
refused = { hours = 24, from = "opened", rule = "setting" }
treat = { days = 30, from = "opened", rule = "setting" }
expire = { hours = 24, from = "planned", rule = "setting" }
back_fill = { working_days = 10, from = "transferred", rule = "setting" }

[needs]
producer = { instrument = "none" }
consignee = { instrument = "permit" }
carrier = { instrument = "licence" }
cross_province = { instrument = "consent" }
"""


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A copy of the whole law that a test may spoil."""
    return Path(shutil.copytree(MANIFESTS, tmp_path / "manifests"))


def spoil(folder: Path, name: str, old: str, new: str) -> None:
    text = (folder / name).read_text(encoding="utf-8")
    assert old in text
    (folder / name).write_text(text.replace(old, new, 1), encoding="utf-8")


def test_the_city_starts_with_four_streams() -> None:
    streams = read_law(MANIFESTS).streams
    assert [s.code for s in streams] == ["construction", "hazardous", "kitchen", "medical"]
    assert {s.name_zh for s in streams} == {"建筑垃圾", "危险废物", "餐厨垃圾", "医疗废物"}
    assert all(s.name_en for s in streams)


def test_hw_num_fourteen_digits_by_city_and_year() -> None:
    """HW-NUM: Nanchang's numbers begin with the year and 3601."""
    hazardous = read_law(MANIFESTS).streams.get("hazardous")
    assert compose(hazardous.number, 2026, "3601", 7) == "20263601000007"
    assert last_serial(hazardous.number) == 999_999
    with pytest.raises(OverflowError):
        compose(hazardous.number, 2026, "3601", 1_000_000)


def test_mw_exempt_collections_do_not_eat_the_city_s_numbers() -> None:
    """MW-EXEMPT: a small clinic's collection takes the long series."""
    medical = read_law(MANIFESTS).streams.get("medical")
    assert medical.exempt_beds == 19
    assert medical.numbering(exempt=False) == medical.number
    long = compose(medical.numbering(exempt=True), 2026, "3601", 1)
    assert (long, len(long)) == ("202636019000000001", 18)


def test_every_clock_of_the_law_is_in_a_file() -> None:
    streams = read_law(MANIFESTS).streams
    hazardous, medical = streams.get("hazardous").clocks, streams.get("medical").clocks
    assert (hazardous.accept.working_days, hazardous.accept.rule) == (5, "HW-ACC5")
    assert (hazardous.back_fill.working_days, hazardous.back_fill.rule) == (10, "HW-BACK")
    assert hazardous.store_facility.of("warm").rule == "HW-STORE1Y"
    assert hazardous.pass_on is not None
    assert (hazardous.pass_on.working_days, hazardous.pass_on.rule) == (90, "HW-COLL90")
    assert (medical.store_producer.hours, medical.store_producer.rule) == (48, "MW-2D")
    assert medical.collect_every is not None
    assert (medical.collect_every.hours, medical.collect_every.rule) == (48, "MW-COLL2")
    hours = [medical.store_facility.of(way).hours for way in ("warm", "cold", "remote")]
    assert hours == [24, 72, 168]  # MW-FAC
    assert streams.get("kitchen").clocks.store_producer.rule == "KW-DAILY"
    assert hazardous.store_facility.of("remote") == hazardous.store_facility.warm


def test_the_edition_is_chosen_by_number_by_day_or_as_the_newest(folder: Path) -> None:
    text = (folder / "kitchen-1.toml").read_text(encoding="utf-8")
    text = text.replace("edition = 1", "edition = 2").replace("2022-01-01", "2027-01-01")
    (folder / "kitchen-2.toml").write_text(text, encoding="utf-8")
    streams = read_law(folder).streams
    assert streams.get("kitchen").edition == 2
    assert streams.get("kitchen", 1).edition == 1
    assert streams.get("kitchen", on=date(2026, 12, 31)).edition == 1
    assert streams.get("kitchen", on=date(2027, 1, 1)).edition == 2
    assert len(list(streams)) == 5
    assert [s.edition for s in streams.current(date(2027, 1, 1)) if s.code == "kitchen"] == [2]
    for unknown in [
        ("sludge", None, None),
        ("kitchen", 9, None),
        ("kitchen", None, date(1999, 1, 1)),
    ]:
        with pytest.raises(UnknownStream):
            streams.get(*unknown)


def test_a_new_stream_is_one_file(folder: Path) -> None:
    (folder / "sludge-1.toml").write_text(SLUDGE, encoding="utf-8")
    streams = read_law(folder).streams
    assert "sludge" in streams
    assert streams.get("sludge").waste[0].name.en == "Dewatered sludge"


@pytest.mark.parametrize(
    ("old", "new", "key", "reason"),
    [
        ("tours = true", "tuors = true", "tours", "Field required"),
        ("tours = true", "tours = true\ncolour = 'red'", "colour", "Extra inputs"),
        ("tours = true", "tours = ", "", "not a TOML file"),
        ("= 20_000", "= -1", "tolerance_ppm", "greater than or equal to 0"),
        ("edition = 1", "edition = 3", "edition", "medical-3.toml"),
        ("{serial:06d}", "{serial}", "number", "fixed width"),
        ("{serial:06d}", "{serial:06d}-", "number", "at the end"),
        ("{year}{city}{serial:06d}", "{month}{city}{serial:06d}", "number", "may stand here"),
        ("{year}{city}{serial:06d}", "{city}{serial:06d}", "number", "must each stand there once"),
        ("{serial:09d}", "0123456789{serial:09d}", "long_number", "at most 24"),
        ("{ hours = 48", "{ hours = 48, days = 2", "clocks.store_producer", "exactly one of"),
        ('rule = "MW-2D"', 'rule = "?"', "clocks.store_producer.rule", "match pattern"),
        ('from = "opened"', 'from = "lunch"', "clocks.store_producer.from", "Input should be"),
        ('codes = ["medical", "residues-medical"]', "codes = []", "codes", "code list"),
        ("quota_hard_percent = 120", "quota_hard_percent = 90", "quota_hard_percent", "below"),
        ('kind = "choice"', 'kind = "text"', "fields.2", "choices belong"),
        ('name = "handed_by"', 'name = "department"', "fields", "there twice"),
        ("long_number =", "# long_number =", "long_number", "exempt_beds needs"),
        ('["dedicated_vehicle"', '["no_such_check"', "checks", "no_such_check"),
    ],
)
def test_a_wrong_file_names_file_key_and_reason(
    folder: Path, old: str, new: str, key: str, reason: str
) -> None:
    spoil(folder, "medical-1.toml", old, new)
    with pytest.raises(StreamFileError) as caught:
        read_law(folder)
    assert (caught.value.file, caught.value.key) == ("medical-1.toml", key)
    assert reason in caught.value.reason
    assert str(caught.value).startswith("medical-1.toml: ")


def test_two_series_may_not_give_the_same_number(folder: Path) -> None:
    clash = SLUDGE.replace("WN{year}{city}{serial:08d}", "{year}{city}9{serial:05d}")
    (folder / "sludge-1.toml").write_text(clash, encoding="utf-8")
    with pytest.raises(StreamFileError, match="same numbers as"):
        read_law(folder)


def test_the_readme_explains_every_key() -> None:
    text = (MANIFESTS / "README.md").read_text(encoding="utf-8")
    shapes = [Stream, Clocks, InlineWaste, InlineOperation, Needs, FormField, Packages, Plausible]
    keys = {key for shape in shapes for key in shape.model_fields}
    assert [key for key in sorted(keys) if not re.search(rf"\b{key}\b", text)] == []


def test_an_empty_folder_is_no_law(tmp_path: Path) -> None:
    with pytest.raises(StreamFileError, match="no stream file"):
        read_law(tmp_path)
