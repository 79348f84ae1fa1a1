"""Indicators, what is behind them, and reconciled masses over HTTP; proved in tests/services."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from tests.cast import DAN, FAY, PAULA, RITA, RUTH
from tests.web.acts import act, file
from tests.web.conftest import Caller, Running
from zerowaste import clock

MONTH = f"{clock.local_day(clock.now()):%Y-%m}"


@pytest.fixture
def accepted(running: Running, oil: dict[str, Any]) -> str:
    number = str(file(running.log_in(PAULA), oil)["number"])
    act(running.log_in(DAN), number, "pickup")
    decided = [{"line": 1, "received_g": 490_000, "accepted_g": 490_000, "refused_g": 0}]
    act(running.log_in(FAY), number, "accept", lines=decided)
    return number


def every(caller: Caller, path: str, limit: int) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = []
    cursor = ""
    while True:
        join = "&" if "?" in path else "?"
        page = caller.get(f"{path}{join}limit={limit}{cursor}").json
        found += page["items"]
        if page["next"] is None:
            return found
        cursor = f"&cursor={page['next']}"


def test_a_month_that_still_runs_is_measured_by_the_days_it_has_had(
    running: Running, monkeypatch: pytest.MonkeyPatch
) -> None:
    """On the third a plant has had three days to be used in, not thirty-one."""
    noon = datetime(2030, 1, 3, 4, tzinfo=UTC)

    def of_the_plants(now: datetime) -> int:
        monkeypatch.setattr(clock, "now", lambda: now)
        rita = running.log_in(RITA)
        items = rita.get("/indicators?period=2030-01&limit=200").json["items"]
        return int(next(each["denominator"] for each in items if each["key"] == "JS13"))

    so_far, whole = of_the_plants(noon), of_the_plants(noon + timedelta(days=40))
    assert whole > 0
    assert abs(so_far - whole * 3 // 31) <= 4  # each paper's part is rounded down


@pytest.mark.usefixtures("accepted")
def test_a_list_in_pages_is_the_whole_list(running: Running) -> None:
    rita = running.log_in(RITA)
    for path in (
        "/indicators?period=2026",
        "/indicators/JS5/behind?part=denominator",
        f"/reconciliation?month={MONTH}",
    ):
        assert every(rita, path, 3) == every(rita, path, 200)


def test_every_indicator_is_listed_and_what_cannot_be_reckoned_says_why(
    running: Running, accepted: str
) -> None:
    items = every(running.log_in(RITA), "/indicators", 200)
    keys = {item["key"] for item in items}
    assert {"JS3", "JS5", "JS9.utilised", "JS9.resource", "JS12.load", "JS16"} <= keys
    for item in items:
        assert (item["numerator"] is None) == bool(item["missing_zh"] and item["missing_en"]), item["key"]
    own = [item for item in items if item["key"] == "JS5"]
    assert own[0]["district"] == ""
    assert len(own) == 10  # the city and its nine districts


def test_a_figure_leads_to_its_manifest(running: Running, accepted: str) -> None:
    behind = every(running.log_in(RITA), "/indicators/JS15/behind", 50)
    assert accepted in {item["manifest"] for item in behind}


def test_a_district_regulator_is_told_of_his_own(running: Running, accepted: str) -> None:
    ruth = running.log_in(RUTH)
    assert {item["district"] for item in every(ruth, "/indicators", 200)} == {"", "360111"}
    assert accepted not in {
        item["manifest"] for item in every(ruth, "/indicators/JS5/behind?part=unknown", 200)
    }
    assert ruth.get("/indicators?district=360102").status_code == 403


@pytest.mark.parametrize(
    "path",
    [
        "/indicators?period=2026-13", "/indicators?period=1999", "/indicators?district=111111",
        "/indicators?cursor=eA",
        "/indicators/JS5/behind?cursor=MXxhYWFhYWFhYS1hYWFhLWFhYWEtYWFhYS1hYWFhYWFhYWFhYWE",
        "/indicators/JS5/behind?cursor=MHx4", "/indicators/JS5/behind?part=all", "/reconciliation?month=2026",
        "/reconciliation?cursor=eA", "/reconciliation?stream=gold",
    ],
)  # fmt: skip
def test_what_is_not_understood_is_refused_in_words(running: Running, path: str) -> None:
    answer = running.log_in(RITA).get(path)
    assert answer.status_code == 422, answer.text
    assert answer.json["errors"]


def test_the_test_and_the_masses_come_together(running: Running, accepted: str) -> None:
    found = running.log_in(RITA).get(f"/reconciliation?month={MONTH}").json
    assert found["month"] == MONTH
    assert found["test"]["freedom"] > 0
    loads = [item for item in found["items"] if item["kind"] == "load"]
    assert loads
    assert {each["what"] for each in loads[0]["measured"]} == {"declared", "loaded", "received"}
    assert all(isinstance(item["adjusted_g"], int) for item in found["items"])
