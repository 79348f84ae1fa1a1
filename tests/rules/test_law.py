"""The law as one value: to which stream a waste code belongs."""

from datetime import date

import pytest

from zerowaste.rules.law import read_law
from zerowaste.rules.streams import MANIFESTS

DAY = date(2026, 3, 2)


@pytest.mark.parametrize(
    ("code", "stream"),
    [
        ("841-001-01", "medical"),  # HW01 of the hazardous catalogue too; the particular law goes first
        ("900-249-08", "hazardous"),
        ("900-000-17", "hazardous"),  # found hazardous by testing
        ("CW-1", "construction"),
        ("KW-R1", "kitchen"),
    ],
)
def test_a_code_belongs_to_the_stream_whose_law_is_the_more_particular(code: str, stream: str) -> None:
    found = read_law(MANIFESTS).catalogue.stream_of(code, on=DAY)
    assert found is not None
    assert (found[0].code, found[1].code) == (stream, code)


def test_a_code_nobody_knows_belongs_to_no_stream() -> None:
    assert read_law(MANIFESTS).catalogue.stream_of("XX-1", on=DAY) is None
