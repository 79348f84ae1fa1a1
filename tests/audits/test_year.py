"""A year with known faults: every one of them is found, and nothing else."""

from pathlib import Path

from tests.audits.year import scores, told_year

# Refused at filing and at every gate, so that no such load ever comes about by telling alone.
NEVER_PLANTED = {"incompatible"}


def test_every_planted_fault_is_found_and_nothing_else(tmp_path: Path) -> None:
    with told_year(tmp_path) as (session, law, year):
        found = scores(session, law, year)
    assert {score.audit: score.missed for score in found if score.missed} == {}
    assert {score.audit: score.false for score in found if score.false} == {}
    assert {score.audit for score in found if not score.planted} == NEVER_PLANTED
    # Each leads to events, but for the faults that somebody made behind the events' back.
    assert {score.audit for score in found if score.bare} == {"balance", "unproved"}
