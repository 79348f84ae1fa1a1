"""The burst limit."""

from pathlib import Path

from flask.testing import FlaskClient

from tests.web.conftest import settings
from zerowaste.web.app import create_app


def client(folder: Path, **changes: int) -> FlaskClient:
    return create_app(settings(folder, f"sqlite:///{folder}/unused.db", **changes)).test_client()


def test_too_many_requests_of_one_address_are_refused_for_a_while(tmp_path: Path) -> None:
    caller = client(tmp_path, requests_per_minute=5)
    answers = [caller.get("/api/v1/problems") for _ in range(12)]
    # A new minute may begin in between; then the second half meets the limit again.
    refused = [answer for answer in answers if answer.status_code == 429]
    assert {answer.status_code for answer in answers[:5]} == {200}
    assert refused
    assert {answer.json["code"] for answer in refused} == {"too_many_requests"}
    assert all(1 <= int(answer.headers["Retry-After"]) <= 60 for answer in refused)


def test_others_are_not_held_up_by_them(tmp_path: Path) -> None:
    caller = client(tmp_path, requests_per_minute=5)
    for _ in range(10):
        caller.get("/api/v1/problems")
    other = {"REMOTE_ADDR": "192.0.2.77"}
    assert caller.get("/api/v1/problems", environ_base=other).status_code == 200


def test_zero_means_no_limit(tmp_path: Path) -> None:
    caller = client(tmp_path, requests_per_minute=0)
    assert {caller.get("/api/v1/problems").status_code for _ in range(50)} == {200}


def test_behind_a_proxy_the_address_it_names_counts(tmp_path: Path) -> None:
    caller = client(tmp_path, requests_per_minute=5, trusted_proxies=1)
    seen = {
        caller.get("/api/v1/problems", headers={"X-Forwarded-For": f"192.0.2.{turn}"}).status_code
        for turn in range(20)
    }
    assert seen == {200}
