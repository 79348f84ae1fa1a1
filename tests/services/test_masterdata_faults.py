"""What may not be loaded: every fault is named with its file, line and key."""

import pytest
from sqlmodel import Session

from tests.cast import DAN, FAY, PAULA
from tests.city import LORRY, PLANT, WORKS, City
from tests.small_files import HOW, code_of, load, permit, refused
from tests.story import Story, the_law
from zerowaste.errors import Refusal
from zerowaste.services.masterdata import masterdata
from zerowaste.services.requests import LineRequest

FAULTY = """[[site]]
code = "N-NEW"
organisation = "PLANT_CODE"
kind = "facility"
name = "新厂"
street = "360102002"

[[site]]
code = "N-NEW"
organisation = "PLANT_CODE"
kind = "facility"
name = "新厂"
street = "360102002"

[[permit]]
kind = "permit"
number = "证-1"
organisation = "PLANT_CODE"
site = "N-WORKS"
valid_from = 2026-01-01
valid_to = 2025-01-01
term = [{ pattern = "HW08" }]

[[permit]]
kind = "permit"
number = "证-2"
organisation = "PLANT_CODE"
site = "N-STATION"
valid_from = 2026-01-01
valid_to = 2026-12-31

[[permit.term]]
stream = "hazardous"
pattern = "HW99"

[[permit.term]]
stream = "kitchen"
operation = "D10"

[[person]]
login = "dirk"
name = "迪克"
role = "driver"
organisation = "PLANT_CODE"
password = "short"
"""


@pytest.fixture
def plant(session: Session, city: City) -> str:
    return code_of(session, city, "plant")


def test_every_fault_between_rows_is_named(session: Session, plant: str) -> None:
    found = refused(session, FAULTY.replace("PLANT_CODE", plant))
    assert {
        ("load_twice", "city.toml:8"),
        ("ends_before_it_begins", "city.toml:21:valid_to"),
        ("site_of_other_organisation", "city.toml:28:site"),
        ("pattern_covers_nothing", "city.toml:34:term.0.pattern"),
        ("load_operation_unknown", "city.toml:38:term.1.operation"),
        ("driver_needs_licence", "city.toml:40:licence_to"),
        ("password_short", "city.toml:45:password"),
    } <= found


@pytest.mark.parametrize(
    ("price", "code"), [("12.345", "price_not_whole"), ("-1", "below_least"), ("1e9", "above_most")]
)
def test_a_price_is_yuan_and_fen(session: Session, city: City, price: str, code: str) -> None:
    plant = code_of(session, city, "plant")
    assert code in {each for each, _ in refused(session, permit(plant, f"100\nprice = {price}"))}


def test_what_things_are_is_fixed(session: Session, city: City, plant: str) -> None:
    """A site keeps its kind and its owner, a person his role: events have been booked under them."""
    found = refused(
        session,
        f"""[[site]]
code = "{WORKS}"
organisation = "{plant}"
kind = "facility"
name = "改了"
street = "360102002"

[[person]]
login = "{FAY.login}"
name = "费收"
role = "regulator"
organisation = "{plant}"
regions = ["3601"]
""",
    )
    assert found == {
        ("fixed_once", "city.toml:3:organisation"),
        ("fixed_once", "city.toml:4:kind"),
        ("fixed_once", "city.toml:11:role"),
    }


def test_a_term_something_was_charged_to_cannot_be_taken_out(session: Session, city: City) -> None:
    story = Story(session, city)
    plant = code_of(session, city, "plant")
    load(session, permit(plant, "100"))
    line = LineRequest("900-404-06", 500_000, packages=1, operation="R2")
    story.file(PAULA, stream="hazardous", consignor=WORKS, consignee=PLANT, lines=[line],
               legs=[story.leg(LORRY, DAN)])  # fmt: skip
    other = permit(plant, "100").replace("HW06", "HW12").replace('operation = "R2"', "")
    assert {code for code, _ in refused(session, other)} == {"term_in_use"}


def test_files_that_are_none_are_named(session: Session) -> None:
    files = [
        ("broken.toml", b"[[site]\n"),
        ("picture.png", b"\x89PNG"),
        ("noise.toml", b"\xff\xff\xff"),
        ("stuff.csv", b"a,b\n1,2\n"),
        ("odd.toml", b"\n[[palace]]\nname = 1\n"),
    ]
    with pytest.raises(Refusal) as caught:
        masterdata.load(session, the_law(), files, HOW)
    assert {(problem.code, problem.path) for problem in caught.value.problems} == {
        ("load_not_toml", "broken.toml:1"),
        ("load_kind_unknown", "picture.png:1"),
        ("load_unreadable", "noise.toml:1"),
        ("load_csv_name", "stuff.csv:1"),
        ("load_table_unknown", "odd.toml:2:palace"),
    }
    with pytest.raises(Refusal) as empty:
        load(session, "")
    assert [problem.code for problem in empty.value.problems] == ["load_empty"]


def test_a_wrong_check_digit_needs_a_reason(session: Session) -> None:
    wrong = '[[organisation]]\ncredit_code = "91360103900000001B"\nname = "某厂"\n'
    assert refused(session, wrong) == {("credit_code_digit", "city.toml:2:credit_code")}
    reason = wrong + 'credit_code_reason = "执照如此"\n'
    assert load(session, reason).new == 1


def test_a_text_left_empty_is_told_in_characters(session: Session, city: City) -> None:
    found = refused(session, '[[vehicle]]\nplate = ""\norganisation = "X"\n')
    assert ("too_short", "city.toml:2:plate") in found
