"""Return commits, raise rolls back; collisions are tried again, and never reach the caller raw."""

from collections.abc import Iterator
from typing import Any

import pytest
from sqlalchemy import insert, select, text
from sqlalchemy.exc import IntegrityError, OperationalError

from tests.web import probe
from tests.web.conftest import Running
from zerowaste import db
from zerowaste.services.booking.ledger import SERIES, Contended
from zerowaste.web.views import Call


@pytest.fixture(autouse=True)
def _no_steps_left_over() -> Iterator[None]:
    yield
    probe.steps.clear()


def kept(running: Running, key: str) -> bool:
    with running.service.database.session_for(write=False) as session:
        return session.execute(select(SERIES).where(SERIES.c.key == key)).first() is not None


def write(key: str) -> probe.Step:
    return lambda call: call.session.execute(insert(SERIES).values(key=key, next=1))


def test_what_a_view_returns_is_kept(running: Running) -> None:
    probe.steps[:] = [write("returned")]
    assert running.client().post("/api/v1/probe/do").status_code == 200
    assert kept(running, "returned")


def test_a_returned_refusal_is_kept_and_a_raised_one_forgotten(running: Running) -> None:
    returned = running.client().post("/api/v1/probe/refuse/returned")
    raised = running.client().post("/api/v1/probe/refuse/raised")
    assert returned.status_code == raised.status_code == 422
    assert returned.json["errors"] == raised.json["errors"]
    assert [warning["path"] for warning in returned.json["warnings"]] == ["at"]
    assert kept(running, "refused-returned")
    assert not kept(running, "refused-raised")


def test_a_bug_leaves_nothing_behind_and_tells_nothing(
    running: Running, capsys: pytest.CaptureFixture[str]
) -> None:
    def crash(call: Call[Any, Any]) -> None:
        raise ZeroDivisionError("secret of the house")

    probe.steps[:] = [write("crashed"), crash]
    answer = running.client().post("/api/v1/probe/do")
    assert (answer.status_code, answer.json["code"]) == (500, "internal")
    assert "secret of the house" not in answer.text
    assert answer.json["request_id"] == answer.headers["X-Request-Id"]
    assert answer.json["request_id"] in answer.json["detail"]
    assert not kept(running, "crashed")


@pytest.mark.parametrize("times", [1, 3])
def test_a_view_in_whose_way_another_was_runs_again(running: Running, times: int) -> None:
    seen: list[int] = []

    def stumble(call: Call[Any, Any]) -> None:
        seen.append(1)
        if len(seen) <= times:
            raise Contended

    probe.steps[:] = [write(f"stumbled-{times}"), stumble]
    assert running.client().post("/api/v1/probe/do").status_code == 200
    assert len(seen) == times + 1
    assert kept(running, f"stumbled-{times}")


def test_where_running_again_is_no_use_the_caller_may_come_back(
    running: Running, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(db.time, "sleep", lambda seconds: None)

    def always(call: Call[Any, Any]) -> None:
        raise Contended

    probe.steps[:] = [always]
    answer = running.client().post("/api/v1/probe/do")
    assert (answer.status_code, answer.json["code"]) == (503, "unavailable")
    assert answer.headers["Retry-After"] == "1"


def test_the_same_id_at_the_same_moment_finds_the_first_ones_row(running: Running) -> None:
    turns: list[int] = []

    def race(call: Call[Any, Any]) -> None:
        turns.append(1)
        if len(turns) == 1:
            # Somebody else was a moment faster than this view's own look.
            insert_twice = insert(SERIES).values(key="raced", next=1)
            call.session.execute(insert_twice)
            call.session.execute(insert_twice)

    probe.steps[:] = [race]
    assert running.client().post("/api/v1/probe/do").status_code == 200
    assert len(turns) == 2


def test_a_reading_view_cannot_write(running: Running) -> None:
    database = running.service.database
    with pytest.raises((OperationalError, IntegrityError, db.DBAPIError)):
        database.transact(
            lambda session: session.execute(insert(SERIES).values(key="read", next=1)), write=False
        )
    assert not kept(running, "read")


def test_after_reading_a_connection_writes_again(running: Running) -> None:
    database = running.service.database
    database.transact(lambda session: session.execute(text("SELECT 1")), write=False)
    database.transact(lambda session: session.execute(insert(SERIES).values(key="again", next=1)))
    assert kept(running, "again")
