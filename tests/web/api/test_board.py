"""The capacity board and what if, over HTTP: for whom, of what, and what of nonsense."""

from typing import Any

import pytest

from tests.cast import DAN, FAY, PAULA, RITA, RUTH
from tests.city import PLANT, SMALL
from tests.web.acts import act, file
from tests.web.conftest import Running


@pytest.fixture
def accepted(running: Running, oil: dict[str, Any]) -> None:
    """Half a tonne of oil, taken in."""
    ref = str(file(running.log_in(PAULA), oil)["number"])
    act(running.log_in(DAN), ref, "pickup")
    act(running.log_in(FAY), ref, "accept", lines=[{"line": 1, "received_g": 500_000}])


def test_the_board_says_the_same_as_the_capacity_of_a_site(running: Running, accepted: None) -> None:
    fay = running.log_in(FAY)
    quotas = fay.get(f"/sites/{PLANT}/capacity").json["quotas"]
    rows = [row for row in fay.get("/capacity/board").json["items"] if row["site"] == PLANT]
    used = {(row["operation"], row["used"], row["reserved"], row["left"]) for row in rows if row["used"]}
    told = {(each["operation"], each["used_g"], each["reserved_g"], each["left_g"]) for each in quotas}
    assert used
    assert used <= told


def test_the_board_is_narrowed_to_what_is_known(running: Running) -> None:
    rita = running.log_in(RITA)
    assert {row["stream"] for row in rita.get("/capacity/board?stream=medical").json["items"]} == {"medical"}
    assert rita.get("/capacity/board?stream=moonstone").status_code == 422
    assert rita.get("/capacity/board?district=330110").json["items"] == []  # where a plant abroad lies
    assert rita.get("/capacity/board?district=99").status_code == 422


def test_what_if_says_all_that_nobody_knows(running: Running) -> None:
    asked = {
        "days": 14, "down": [PLANT, "NOWHERE"], "percent": {"moonstone": 130},
        "extra": [{"site": "NO-PLANT", "stream": "sunstone", "kg_a_day": 1}],
    }  # fmt: skip
    answer = running.log_in(RITA).post("/capacity/what-if", json=asked)
    assert answer.status_code == 422
    assert [each["path"] for each in answer.json["errors"]] == [
        "down.1", "extra.0.site", "percent.moonstone", "extra.0.stream",
    ]  # fmt: skip


@pytest.mark.parametrize(
    "nonsense",
    [
        {"days": 0}, {"days": 10**9}, {"days": True}, {"percent": {"medical": -1}}, {"percent": []},
        {"percent": {"medical": 10**30}}, {"down": "NC"}, {"extra": [{}]}, {"emergency": "perhaps"},
        {"down": ["\0"]}, {"days": 14, "moon": 1},
    ],
)  # fmt: skip
def test_nonsense_is_answered(running: Running, nonsense: dict[str, Any]) -> None:
    assert running.log_in(RITA).post("/capacity/what-if", json=nonsense).status_code == 422


def test_what_if_is_told_of_ones_own_region(running: Running, accepted: None) -> None:
    asked = {"days": 14, "down": [PLANT, SMALL]}
    city = running.log_in(RITA).post("/capacity/what-if", json=asked).json
    lake = running.log_in(RUTH).post("/capacity/what-if", json=asked).json
    assert city["generated_kg"] == city["unserved_kg"] == sum(each["kg"] for each in city["unserved"]) > 0
    assert {each["district"] for each in lake["unserved"]} < {each["district"] for each in city["unserved"]}
    assert running.log_in(FAY).post("/capacity/what-if", json=asked).status_code == 403
