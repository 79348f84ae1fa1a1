"""Findings: known again from day to day."""

import sys
from dataclasses import replace
from pathlib import Path

import pytest

from zerowaste import audits
from zerowaste.audits import ALL, Audit
from zerowaste.audits.finding import Finding, Severity
from zerowaste.errors import terms


def test_a_finding_is_the_same_one_tomorrow() -> None:
    today = Finding(
        "point_limit", "HW-POINT3", Severity.WARN, "site:A", "site:A", 3_100_000, detail="hazardous"
    )
    assert today.key == "point_limit HW-POINT3 site:A hazardous"
    assert replace(today, grams=3_200_000).key == today.key
    assert replace(today, subject="site:B").key != today.key


def test_every_audit_is_listed_once() -> None:
    assert len({audit.name for audit in ALL}) == len(ALL)
    files = {file.stem for file in Path(audits.__file__).parent.glob("*.py")}
    assert {audit.name for audit in ALL} == files - {"__init__", "finding", "deadlines", "remarked"}


@pytest.mark.parametrize("audit", ALL, ids=lambda audit: audit.name)
def test_every_audit_says_its_source_and_draws_an_example(audit: Audit) -> None:
    told = sys.modules[audit.find.__module__].__doc__ or ""
    assert told.count("\n\n") >= 1
    assert terms()["audit"][audit.name].keys() == {"zh", "en"}
