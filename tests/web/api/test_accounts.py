"""Logging in over HTTP: what people, forgetful people and guessers get to see."""

from collections.abc import Callable
from datetime import datetime, timedelta

from sqlalchemy import select, update

from tests.cast import ADA, DAN, DORA, PASSWORD, PAULA, RUTH, Person
from tests.web.conftest import Caller, Running
from zerowaste import clock
from zerowaste.services.identity.tokens import TOKEN, Scope, issue_token

LogIn = Callable[[Person], Caller]


def attempt(running: Running, login: str, password: str, address: str) -> tuple[int, str]:
    client = running.client(address)
    answer = client.post("/api/v1/login", json={"login": login, "password": password})
    return answer.status_code, answer.json.get("code", "")


def test_paula_logs_in_and_sees_who_she_is(log_in: LogIn) -> None:
    me = log_in(PAULA).get("/me").json
    assert me["login"] == "paula"
    assert me["role"] == "producer"
    assert [site["code"] for site in me["sites"]] == ["N-BUILDING", "N-CANTEEN", "N-CLINIC", "N-WORKS"]
    assert {"code", "name", "kind"} == set(me["sites"][0])
    assert me["organisation"]["name"] == "彭氏实业（测试）"


def test_a_regulator_belongs_to_a_region_and_to_no_firm(log_in: LogIn) -> None:
    me = log_in(RUTH).get("/me").json
    assert me["regions"] == ["360111"]
    assert me["sites"] == []
    assert me["organisation"] is None


def test_logins_are_the_same_in_any_case_and_width(running: Running) -> None:
    assert attempt(running, " ＰＡＵＬＡ ", PASSWORD, "192.0.2.2")[0] == 200


def test_the_token_lasts_as_long_as_the_settings_say(running: Running) -> None:
    answer = running.client().post("/api/v1/login", json={"login": "paula", "password": PASSWORD}).json
    left = datetime.fromisoformat(answer["expires_at"]) - clock.now()
    assert timedelta(hours=11, minutes=59) < left <= timedelta(hours=12)


def test_only_a_hash_of_the_token_is_kept(running: Running, log_in: LogIn) -> None:
    token = log_in(PAULA).token
    with running.service.database.session_for(write=False) as session:
        kept = session.execute(select(TOKEN)).all()
    assert not any(token in str(row) or token.removeprefix("zwt_") in str(row) for row in kept)


def test_a_wrong_password_and_an_unknown_login_look_the_same(running: Running) -> None:
    client = running.client("192.0.2.3")
    wrong, unknown = (
        client.post("/api/v1/login", json={"login": login, "password": "no such password"})
        for login in ("fay", "nobody-at-all")
    )
    assert wrong.status_code == unknown.status_code == 401
    assert {**wrong.json, "request_id": ""} == {**unknown.json, "request_id": ""}
    assert wrong.headers["WWW-Authenticate"] == unknown.headers["WWW-Authenticate"]


def test_ten_failures_lock_a_login_even_for_the_right_password(running: Running) -> None:
    for turn in range(9):
        assert attempt(running, "olaf", "guess", f"198.51.100.{turn}") == (401, "login_failed")
    assert attempt(running, "olaf", "guess", "198.51.100.9") == (429, "login_locked")
    client = running.client("198.51.100.10")
    answer = client.post("/api/v1/login", json={"login": "olaf", "password": PASSWORD})
    assert answer.status_code == 429
    assert 0 < int(answer.headers["Retry-After"]) <= 15 * 60
    assert "15 分钟" in answer.json["title"]


def test_a_login_that_nobody_has_is_locked_just_the_same(running: Running) -> None:
    outcomes = [attempt(running, "phantom", "guess", f"198.51.101.{turn}") for turn in range(11)]
    assert [status for status, _ in outcomes] == [401] * 9 + [429] * 2


def test_success_forgets_earlier_failures(running: Running) -> None:
    for _ in range(2):
        for _ in range(9):
            assert attempt(running, "dora", "guess", "203.0.113.7")[0] == 401
        assert attempt(running, "dora", PASSWORD, "203.0.113.7")[0] == 200


def test_one_address_cannot_try_its_way_through_many_logins(running: Running) -> None:
    outcomes = [attempt(running, f"person-{turn}", "guess", "203.0.113.99") for turn in range(101)]
    assert [status for status, _ in outcomes] == [401] * 99 + [429] * 2
    assert attempt(running, DORA.login, PASSWORD, "203.0.113.98")[0] == 200


def test_after_logging_out_the_token_is_worth_nothing(log_in: LogIn) -> None:
    dan = log_in(DAN)
    assert dan.post("/logout").json == {"done": True}
    answer = dan.get("/me")
    assert answer.status_code == 401
    assert answer.headers["WWW-Authenticate"] == 'Bearer realm="zerowaste", error="invalid_token"'


def test_an_expired_token_is_worth_nothing(running: Running, log_in: LogIn) -> None:
    dan = log_in(DAN)
    past = clock.now() - timedelta(seconds=1)
    user = running.city.users[DAN.login]
    running.service.database.transact(
        lambda session: session.execute(update(TOKEN).where(TOKEN.c.user_id == user).values(expires_at=past))
    )
    assert dan.get("/me").status_code == 401


def test_a_token_that_may_only_read_cannot_write(running: Running) -> None:
    now = clock.now()
    token = running.service.database.transact(
        lambda session: issue_token(
            session,
            running.city.users[ADA.login],
            scope=Scope.READ,
            name="dashboard",
            expires_at=now + timedelta(days=1),
            now=now,
        )[1]
    )
    reader = Caller(running.client(), token)
    assert reader.get("/me").status_code == 200
    refused = reader.post("/logout")
    assert (refused.status_code, refused.json["code"]) == (403, "token_read_only")
