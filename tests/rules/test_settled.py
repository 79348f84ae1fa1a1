"""When a manifest has nothing left to settle."""

from dataclasses import replace

import pytest

from zerowaste.rules.balance import LineFacts
from zerowaste.rules.closure import (
    Journey,
    Tolerance,
    settled,
)

TOLERANCE = Tolerance(ppm=20_000, min_g=10)


def line(declared: int = 1000, **facts: int | str | None) -> LineFacts:
    known = {"loaded_g": declared, "received_g": declared, "accepted_g": declared, "refused_g": 0}
    return LineFacts(1, "900-249-08", declared, **{**known, **facts})


def is_settled(*lines: LineFacts, **journey: object) -> bool:
    return settled("m", {"m": Journey(lines, TOLERANCE, **journey)})


def test_an_undecided_line_keeps_the_manifest_unsettled() -> None:
    undecided = line(received_g=None, accepted_g=None, refused_g=None)
    assert is_settled(line())
    assert not is_settled(line(), undecided)
    assert not is_settled()


@pytest.mark.parametrize(("received", "fine"), [(980, True), (979, False), (1020, True), (1021, False)])
def test_a_variance_within_the_tolerance_needs_no_opinion(received: int, fine: bool) -> None:
    one = line(received_g=received, accepted_g=received)
    assert is_settled(one) is fine
    assert is_settled(replace(one, opinions="cr"))
    assert is_settled(replace(one, opinions="c")) is fine


def test_below_the_least_grams_no_share_counts() -> None:
    assert is_settled(line(100, received_g=90, accepted_g=90))
    assert not is_settled(line(100, received_g=89, accepted_g=89))


def test_refused_mass_is_settled_when_it_is_home() -> None:
    refused = line(accepted_g=600, refused_g=400)
    assert not is_settled(refused, waiting_g=400)
    assert not is_settled(replace(refused, sent_back_g=400), waiting_g=400)
    assert is_settled(replace(refused, sent_back_g=400, returned_g=400))


def test_refused_mass_sent_onward_is_settled_when_that_manifest_is() -> None:
    refused = Journey([line(accepted_g=0, refused_g=1000)], TOLERANCE, onward=["o"])
    fine, open_still = Journey([line()], TOLERANCE), Journey([line(accepted_g=None)], TOLERANCE)
    assert settled("m", {"m": refused, "o": fine})
    assert not settled("m", {"m": refused, "o": open_still})
    assert not settled("m", {"m": refused}), "an unknown onward manifest settles nothing"


def test_refused_onward_twice_is_followed_to_its_end() -> None:
    first, second = (Journey([line(accepted_g=0, refused_g=1000)], TOLERANCE, onward=[o]) for o in "on")
    assert settled("m", {"m": first, "o": second, "n": Journey([line()], TOLERANCE)})
    assert not settled("m", {"m": first, "o": second, "n": Journey([line()], TOLERANCE, waiting_g=1)})


def test_a_cancelled_manifest_is_settled() -> None:
    assert is_settled(void=True)
