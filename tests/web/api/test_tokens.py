"""Tokens that people make for their programs."""

from tests.cast import OLAF, PAULA
from tests.web.conftest import Caller, Running


def make(caller: Caller, **content: object) -> Caller:
    answer = caller.post("/tokens", json={"name": "地磅接口", **content})
    assert answer.status_code == 201, answer.text
    return Caller(caller.client, answer.json["token"])


def test_a_reading_token_reads_and_does_nothing_else(running: Running) -> None:
    program = make(running.log_in(PAULA))
    assert program.get("/me").json["login"] == PAULA.login
    refused = program.post("/tokens", json={"name": "another", "scope": "write"})
    assert (refused.status_code, refused.json["code"]) == (403, "token_read_only")


def test_a_token_is_listed_without_itself_and_revoked_by_its_owner_only(running: Running) -> None:
    paula, olaf = running.log_in(PAULA), running.log_in(OLAF)
    program = make(paula, scope="write", days=1)
    listed = paula.get("/tokens?limit=200")
    mine = listed.json["items"][-1]
    assert (mine["name"], mine["scope"]) == ("地磅接口", "write")
    assert program.token not in listed.text
    assert olaf.post(f"/tokens/{mine['id']}/revoke").status_code == 404
    assert paula.post(f"/tokens/{mine['id']}/revoke").status_code == 200
    assert program.get("/me").status_code == 401
    assert paula.post(f"/tokens/{mine['id']}/revoke").status_code == 404
