"""Who may open a view, and in which order a caller learns what is wrong."""

import pytest

from tests.cast import ADA, CAST, DAN, PAULA, Person
from tests.web.conftest import Caller, Running


def test_only_the_roles_a_view_names_come_in(running: Running) -> None:
    for person in CAST:
        answer = running.log_in(person).client.get(
            "/api/v1/probe/for-drivers", headers={"Authorization": f"Bearer {running.log_in(person).token}"}
        )
        expected = 200 if person.role in (DAN.role, ADA.role) else 403
        assert answer.status_code == expected, person


@pytest.mark.parametrize(
    "header",
    [
        "",
        "Bearer",
        "Bearer ",
        "Basic cGF1bGE6eA==",
        "Bearer zwt_unknown",
        "bearer \xff\xfe",
        "Bearer " + "x" * 5000,
    ],
)
def test_without_a_good_token_nobody_comes_in(running: Running, header: str) -> None:
    answer = running.client().get("/api/v1/probe/for-drivers", headers={"Authorization": header})
    assert (answer.status_code, answer.json["code"]) == (401, "unauthenticated")
    assert answer.headers["WWW-Authenticate"].startswith('Bearer realm="zerowaste"')


@pytest.mark.parametrize("meant", ["paula", "%e9%99%88", "%ff", ""])
def test_what_is_sent_for_one_is_not_taken_from_another(running: Running, meant: str) -> None:
    """A shared phone: what Paula told is not sent as Dan's, who signed in meanwhile; nothing is judged."""
    dan = running.log_in(DAN)
    answer = dan.post("/manifests/20263601999999/events", headers={"Zerowaste-Login": meant}, json={})
    assert (answer.status_code, answer.json["code"]) == (401, "signed_in_as_another")
    assert dan.get("/me", headers={"Zerowaste-Login": "dan"}).status_code == 200


def test_a_stranger_is_not_told_what_is_wrong_with_what_he_sent(running: Running) -> None:
    stranger = Caller(running.client(), "zwt_unknown")
    answer = stranger.client.post(
        "/api/v1/probe/for-all",
        data=b"{",
        headers={"Authorization": "Bearer x", "Content-Type": "application/json"},
    )
    assert answer.status_code == 401


def test_public_views_need_no_token_and_mind_no_bad_one(running: Running) -> None:
    client = running.client()
    assert client.get("/api/v1/probe/named/x").status_code == 200
    assert client.get("/api/v1/probe/named/x", headers={"Authorization": "Bearer bad"}).status_code == 200


def test_an_answer_says_its_language(running: Running) -> None:
    answer = running.client().get("/api/v1/probe/named/x", headers={"Accept-Language": "en-GB,en;q=0.8"})
    assert answer.headers["Content-Language"] == "en"
    assert "Accept-Language" in answer.headers["Vary"]


def test_actors_carry_the_name_of_their_token(running: Running) -> None:
    person: Person = PAULA
    caller = running.log_in(person)
    answer = caller.client.post(
        "/api/v1/probe/for-all",
        json={"word": "ok"},
        headers={"Authorization": f"bearer  {caller.token} "},
    )
    assert answer.status_code == 200
