"""What people and programs send: every fault is named, and nothing they send is an error of ours."""

import json
from typing import Any

import pytest

from tests.cast import PAULA
from tests.web.conftest import Running

JSON = {"Content-Type": "application/json"}


def echo(running: Running, body: Any, query: str = "") -> Any:
    content = body if isinstance(body, bytes | str) else json.dumps(body)
    return running.client().post(f"/api/v1/probe/echo{query}", data=content, headers=JSON)


def faults(answer: Any) -> set[tuple[str, str]]:
    return {(error["path"], error["code"]) for error in answer.json["errors"]}


def test_what_is_right_is_taken(running: Running) -> None:
    body = {
        "id": "0190a5c4-7d2e-7c3a-9b1e-2f6d8a4c5e10",
        "word": "废矿物油",
        "mass_g": 250_000,
        "at": "2026-03-02T09:00:00+08:00",
        "fields": {"project": "地铁四号线", "loads": 3, "covered": True, "remark": None},
    }
    answer = echo(running, body, "?mass_g=5&flag=true&basis=scale")
    assert answer.status_code == 200
    assert answer.json == {
        "id": body["id"],
        "word": "废矿物油",
        "mass_g": 250_000,
        "at": "2026-03-02T01:00:00Z",
    }


def test_all_faults_come_at_once_from_body_and_query(running: Running) -> None:
    body = {"mass_g": 0, "word": "", "colour": "red", "parts": [{}, {"word": "a", "mass_g": -1}]}
    answer = echo(running, body, "?mass_g=much&size=3")
    assert answer.status_code == 422
    assert answer.content_type == "application/problem+json"
    assert faults(answer) == {
        ("mass_g", "not_above"),
        ("word", "too_short"),
        ("colour", "unknown_field"),
        ("parts.0.word", "missing"),
        ("parts.1.mass_g", "below_least"),
        ("mass_g", "not_whole_number"),
        ("size", "unknown_field"),
    }


@pytest.mark.parametrize(
    ("body", "fault"),
    [
        ({"mass_g": "5"}, ("mass_g", "not_whole_number")),
        ({"mass_g": True}, ("mass_g", "not_whole_number")),
        ({"mass_g": 1.0}, ("mass_g", "not_whole_number")),
        ({"mass_g": None}, ("mass_g", "not_whole_number")),
        ({"mass_g": 10**12 + 1}, ("mass_g", "above_most")),
        ({"mass_g": 2**63}, ("mass_g", "above_most")),
        ({"mass_g": 10**400}, ("mass_g", "above_most")),
        ({"flag": 1}, ("flag", "not_true_or_false")),
        ({"flag": "true"}, ("flag", "not_true_or_false")),
        ({"word": 7}, ("word", "not_text")),
        ({"word": "x" * 65}, ("word", "too_long")),
        ({"word": "nul\0"}, ("word", "bad_characters")),
        ({"note": "bell\a"}, ("note", "bad_characters")),
        ({"id": "17"}, ("id", "not_id")),
        ({"id": 17}, ("id", "not_id")),
        ({"basis": "guess"}, ("basis", "not_among")),
        ({"at": "2026-03-02T09:00:00"}, ("at", "time_without_offset")),
        ({"at": "2026-03-02"}, ("at", "not_time")),
        ({"at": "1700000000"}, ("at", "not_time")),
        ({"at": 1_700_000_000}, ("at", "not_time")),
        ({"at": "2026-02-30T09:00:00Z"}, ("at", "not_time")),
        ({"at": "1999-12-31T23:59:59Z"}, ("at", "time_out_of_range")),
        ({"at": "9999-12-31T23:59:59-23:00"}, ("at", "time_out_of_range")),
        ({"at": "0001-01-01T00:00:00+23:00"}, ("at", "time_out_of_range")),
        ({"parts": {}}, ("parts", "not_list")),
        ({"parts": [1]}, ("parts.0", "not_object")),
        ({"parts": [{"word": "a"}] * 4}, ("parts", "too_many")),
        ({"fields": []}, ("fields", "not_object")),
        ([], ("", "not_object")),
        ("null", ("", "not_object")),
    ],
)
def test_a_wrong_value_is_named_by_path_and_code(running: Running, body: Any, fault: tuple[str, str]) -> None:
    answer = echo(running, body)
    assert answer.status_code == 422
    assert fault in faults(answer)


@pytest.mark.parametrize(
    "body",
    [
        {"fields": {"a": 1.5}},
        {"fields": {"a": {"b": 1}}},
        {"fields": {"a": 10**30}},
        {"fields": {"a": "nul\0"}},
        {"fields": {"Not A Name": "x"}},
        {"fields": {f"f{number}": 1 for number in range(81)}},
    ],
)
def test_free_fields_hold_only_small_plain_values(running: Running, body: Any) -> None:
    answer = echo(running, body)
    assert answer.status_code == 422
    assert all(path.startswith("fields") for path, _ in faults(answer))


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"{",
        b"{'word': 1}",
        b"\xff\xfe",
        b'{"word": "\xff"}',
        b'{"word": "\\ud800"}',
        b'{"mass_g": NaN, "word": }',
        b"[" * 100_000,
        b'{"fields": ' + b'{"a":' * 5000 + b"1" + b"}" * 5000 + b"}",
        b'{"mass_g": ' + b"9" * 5000 + b"}",
        b'{"word": "x"} {"word": "y"}',
    ],
)
def test_what_is_no_json_is_malformed(running: Running, content: bytes) -> None:
    answer = echo(running, content)
    assert (answer.status_code, answer.json["code"]) == (400, "malformed")


def test_not_a_number_is_not_a_number_here(running: Running) -> None:
    assert echo(running, b'{"mass_g": NaN}').status_code == 422
    assert echo(running, b'{"mass_g": Infinity}').status_code == 422


def test_a_name_given_twice_is_not_guessed_at(running: Running) -> None:
    answer = echo(running, b'{"word": "x", "parts": [{"word": "a", "mass_g": 1, "mass_g": 2}]}')
    assert (answer.status_code, faults(answer)) == (422, {("mass_g", "given_twice")})


def test_a_body_must_call_itself_json(running: Running) -> None:
    client = running.client()
    for content_type in ("text/plain", "application/xml", "application/x-www-form-urlencoded", ""):
        answer = client.post("/api/v1/probe/echo", data=b"{}", headers={"Content-Type": content_type})
        assert (answer.status_code, answer.json["code"]) == (415, "unsupported_media_type")
    with_charset = {"Content-Type": "application/json; charset=utf-8"}
    assert client.post("/api/v1/probe/echo", data=b"{}", headers=with_charset).status_code == 200


def test_a_body_may_not_be_larger_than_a_megabyte(running: Running) -> None:
    answer = echo(running, {"note": "x" * 1_000_001})
    assert (answer.status_code, answer.json["code"]) == (413, "too_large")


@pytest.mark.parametrize(
    ("query", "fault"),
    [
        ("?mass_g=1&mass_g=2", ("mass_g", "given_twice")),
        ("?mass_g=1e3", ("mass_g", "not_whole_number")),
        ("?mass_g=9999999999999999999999", ("mass_g", "above_most")),
        ("?flag=maybe", ("flag", "not_true_or_false")),
        ("?at=2026-03-02T09:00:00", ("at", "time_without_offset")),
        ("?word=%00", ("word", "bad_characters")),
        ("?%00=1", ("\0", "unknown_field")),
    ],
)
def test_query_parameters_are_judged_as_strictly(
    running: Running, query: str, fault: tuple[str, str]
) -> None:
    answer = running.client().get(f"/api/v1/probe/named/x{query}")
    assert answer.status_code == 422
    assert fault in faults(answer)


def test_a_view_without_parameters_takes_none(running: Running) -> None:
    answer = running.log_in(PAULA).get("/me?verbose=1")
    assert (answer.status_code, faults(answer)) == (422, {("verbose", "unknown_field")})


@pytest.mark.parametrize("path", ["a%00b", "%0A", "%1b", "a%7Fb"])
def test_control_characters_in_an_address_name_nothing(running: Running, path: str) -> None:
    assert running.client().get(f"/api/v1/probe/named/{path}").status_code == 404


@pytest.mark.parametrize("path", ["%FF", "%ED%A0%80", "%F0%9F%9A%9B", "%E5%BA%9F"])
def test_no_spelling_of_an_address_is_an_error_of_ours(running: Running, path: str) -> None:
    assert running.client().get(f"/api/v1/probe/named/{path}?word={path}").status_code in (200, 404)


def test_a_query_parameter_left_empty_asks_for_nothing(running: Running) -> None:
    answer = running.client().get("/api/v1/probe/named/x?mass_g=&flag=&basis=&at=&word=")
    assert (answer.status_code, answer.json["mass_g"]) == (200, 0)
    unknown = running.client().get("/api/v1/probe/named/x?nobody=")
    assert unknown.status_code == 422
