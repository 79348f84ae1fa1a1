"""The directory over HTTP: what there is, who sees it, and how lists go on."""

from collections.abc import Callable
from typing import Any

import pytest

from tests.cast import ADA, DAN, DORA, FAY, OLAF, PAULA, RITA, RUTH, Person
from tests.city import ABROAD, LORRY, PLANT, SMALL, STATION, VAN
from tests.web.conftest import Caller, Running
from zerowaste.web.paging import cursor_at

LogIn = Callable[[Person], Caller]
OIL = "900-249-08"


def codes(answer: Any) -> list[str]:
    assert answer.status_code == 200, answer.text
    return [item["code"] for item in answer.json["items"]]


def test_the_four_streams_are_listed_with_their_forms(log_in: LogIn) -> None:
    answer = log_in(PAULA).get("/streams").json
    assert [item["code"] for item in answer["items"]] == ["construction", "hazardous", "kitchen", "medical"]
    hazardous = answer["items"][1]
    assert hazardous["name"] == {"zh": "危险废物", "en": hazardous["name"]["en"]}
    assert hazardous["operations"]
    assert answer["next"] is None


def test_waste_codes_are_found_by_number_name_and_category(log_in: LogIn) -> None:
    paula = log_in(PAULA)
    by_number = paula.get(f"/waste-codes?q={OIL}").json["items"]
    assert [item["waste_code"] for item in by_number] == [OIL]
    assert by_number[0]["stream"] == "hazardous"
    by_name = paula.get("/waste-codes?stream=medical&q=感染").json["items"]
    assert "841-001-01" in [item["waste_code"] for item in by_name]


@pytest.mark.parametrize("path", ["/waste-codes", "/sites", "/carriers", "/manifests", "/audit/unclosed"])
def test_a_stream_nobody_knows_is_told(log_in: LogIn, path: str) -> None:
    answer = log_in(PAULA).get(f"{path}?stream=nothing")
    assert [error["code"] for error in answer.json["errors"]] == ["stream_unknown"]


def test_a_stream_says_why_a_gate_may_refuse(log_in: LogIn) -> None:
    first = log_in(PAULA).get("/streams?limit=1").json
    assert first["next"]
    reasons = {reason["code"]: reason["name"]["en"] for reason in first["items"][0]["refusal_reasons"]}
    assert reasons["packaging"] == "packaging damaged or not as required"


def test_a_long_list_goes_on_where_the_page_before_ended(log_in: LogIn) -> None:
    paula = log_in(PAULA)
    seen, cursor = [], ""
    while cursor is not None:
        page = paula.get(f"/waste-codes?stream=hazardous&limit=150{cursor and '&cursor=' + cursor}").json
        seen += [item["waste_code"] for item in page["items"]]
        cursor = page["next"]
    assert len(seen) == len(set(seen)) > 467
    assert seen == sorted(seen)


@pytest.mark.parametrize("cursor", ["%25%25", "====", "4pyT4pyT4py", "x", "AAAA"])
def test_an_invented_cursor_is_refused(log_in: LogIn, cursor: str) -> None:
    answer = log_in(PAULA).get(f"/waste-codes?cursor={cursor}")
    assert answer.status_code == 422
    assert answer.json["errors"][0]["code"] == "cursor_unknown"


@pytest.mark.parametrize(
    ("path", "place"),
    [
        ("/manifests", "0001-01-01T00:00:00+23:59 01a20a08-8420-75d7-bce2-9659d42dffbc"),
        ("/sites/N-WORKS/lots", "9999-12-31T23:59:59-23:59 1"),
    ],
)
def test_a_cursor_at_the_edge_of_time_is_refused(log_in: LogIn, path: str, place: str) -> None:
    answer = log_in(PAULA).get(f"{path}?cursor={cursor_at(place)}")
    assert (answer.status_code, answer.json["errors"][0]["code"]) == (422, "cursor_unknown")


@pytest.mark.parametrize("limit", ["0", "201", "-1", "ten"])
def test_a_page_has_one_to_two_hundred_items(log_in: LogIn, limit: str) -> None:
    assert log_in(PAULA).get(f"/sites?limit={limit}").status_code == 422


def test_producers_are_seen_by_themselves_and_their_regulators(log_in: LogIn) -> None:
    producers = "/sites?kind=producer"
    assert codes(log_in(PAULA).get(producers)) == ["N-BUILDING", "N-CANTEEN", "N-CLINIC", "N-WORKS"]
    assert codes(log_in(OLAF).get(producers)) == ["N-OTHER"]
    assert codes(log_in(FAY).get(producers)) == codes(log_in(DAN).get(producers)) == []
    assert codes(log_in(RUTH).get(producers)) == ["N-BUILDING", "N-CANTEEN", "N-OTHER"]
    everyone = codes(log_in(ADA).get(producers))
    assert codes(log_in(RITA).get(producers)) == everyone
    assert len(everyone) == 5


def test_receivers_are_public_to_all_who_are_logged_in(log_in: LogIn) -> None:
    for person in (PAULA, DAN, RUTH):
        assert set(codes(log_in(person).get("/sites?kind=facility"))) == {PLANT, SMALL, "Z-PLANT"}
        assert codes(log_in(person).get("/sites?kind=transfer")) == [STATION]


def test_receivers_for_a_waste_say_how_much_room_they_have(log_in: LogIn) -> None:
    answer = log_in(PAULA).get(f"/sites?kind=facility&stream=hazardous&waste_code={OIL}&operation=R9")
    room = {item["code"]: item["left_g"] for item in answer.json["items"]}
    assert room[SMALL] == 10_000_000
    assert room[PLANT] == 500_000_000
    medical = log_in(PAULA).get("/sites?kind=facility&waste_code=841-001-01")
    assert SMALL not in codes(medical)


def test_only_receivers_permitted_for_the_operation_are_found(log_in: LogIn) -> None:
    paula = log_in(PAULA)
    burning = codes(paula.get(f"/sites?waste_code={OIL}&operation=D10&q=N-"))
    assert PLANT in burning
    assert not {SMALL, STATION} & set(burning)
    assert STATION in codes(paula.get(f"/sites?waste_code={OIL}&operation=S1"))
    assert SMALL in codes(paula.get("/sites?operation=R9&stream=hazardous"))
    assert SMALL not in codes(paula.get("/sites?operation=K1"))
    # How much may lie at the plant is for any operation, and allows none.
    assert PLANT in codes(paula.get("/sites?operation=D10"))
    assert PLANT not in codes(paula.get("/sites?operation=D9"))
    assert PLANT not in codes(paula.get("/sites?operation=D9&stream=hazardous"))


def test_names_are_searched_as_they_are_written(log_in: LogIn) -> None:
    paula = log_in(PAULA)
    assert codes(paula.get("/sites?q=n-plant")) == [PLANT]
    assert codes(paula.get("/sites?q=费氏")) == [PLANT, SMALL]
    assert codes(paula.get("/sites?q=%25")) == []
    assert codes(paula.get("/sites?q=_-PLANT")) == []


def test_sites_come_in_pages_too(log_in: LogIn) -> None:
    paula = log_in(PAULA)
    first = paula.get("/sites?limit=3").json
    second = paula.get(f"/sites?limit=200&cursor={first['next']}").json
    assert [item["code"] for item in first["items"] + second["items"]] == codes(paula.get("/sites"))
    assert second["next"] is None


def test_carriers_show_what_they_may_send_for_a_stream(running: Running, log_in: LogIn) -> None:
    carriers = log_in(DORA).get("/carriers?stream=medical").json["items"]
    vans = {item["name"]: [vehicle["plate"] for vehicle in item["vehicles"]] for item in carriers}
    assert vans["单氏运输（测试）"] == [VAN]
    drivers = {item["name"]: item["drivers"] for item in carriers}
    assert drivers["单氏运输（测试）"] == [{"login": "dan", "name": "单驰"}]
    both = log_in(DORA).get("/carriers?q=单氏").json["items"]
    assert [vehicle["plate"] for vehicle in both[0]["vehicles"]] == [LORRY, VAN]


def test_all_problem_codes_are_listed_for_anybody(running: Running) -> None:
    listed = running.client().get("/api/v1/problems").json["items"]
    known = {item["code"]: item for item in listed}
    assert known["login_failed"]["status"] == 401
    assert known["unknown_field"]["en"].startswith("There is no such field")


def test_receivers_beyond_the_city_are_offered_to_those_with_a_consent(log_in: LogIn) -> None:
    """HW-XPROV: only Paula's works may send its oil to the other province."""
    asked = "/sites?kind=facility&stream=hazardous&waste_code=900-249-08"

    def offered(person: Person, query: str = asked) -> set[str]:
        return {site["code"] for site in log_in(person).get(query).json["items"]}

    assert ABROAD in offered(PAULA)
    assert ABROAD not in offered(OLAF)
    assert ABROAD not in offered(PAULA, "/sites?kind=facility&stream=hazardous&waste_code=900-047-49")
    assert ABROAD in offered(RITA)
