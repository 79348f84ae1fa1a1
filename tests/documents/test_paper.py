"""The digital id of a label (HJ 1276-2022): 37 characters in four parts."""

from datetime import date

import pytest

from zerowaste.documents.paper import digital_id

UNIT = "91360100MA35ABCD1X"
DAY = date(2026, 11, 20)


def test_a_digital_id_is_unit_code_day_and_number() -> None:
    made = digital_id(UNIT, "313-001-17", DAY, 12)
    assert made == "91360100MA35ABCD1X3130011720261120012"
    assert len(made) == 37


@pytest.mark.parametrize(
    ("unit", "code", "number"),
    [(UNIT[:-1], "313-001-17", 1), (UNIT, "CW-01", 1), (UNIT, "313-001-17", 1000)],
)
def test_a_part_of_the_wrong_length_is_refused(unit: str, code: str, number: int) -> None:
    with pytest.raises(ValueError, match="18 \\+ 8 \\+ 8 \\+ 3"):
        digital_id(unit, code, DAY, number)
