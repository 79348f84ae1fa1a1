"""The last audit is kept for a while, and nobody waits for a newer one while there is one."""

import threading
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from zerowaste.services.findings import Report
from zerowaste.web import latest_audit
from zerowaste.web.latest_audit import KEPT_FOR, LatestAudit

BEGAN = datetime(2026, 5, 4, 8, tzinfo=UTC)
SECOND = timedelta(seconds=1)
NOBODYS: Any = None  # neither session nor law is looked at here


@pytest.fixture
def ran(monkeypatch: pytest.MonkeyPatch) -> list[datetime]:
    """The moments at which an audit ran; each takes one second."""
    ticks, moments = iter(range(1_000)), []

    def run(session: Any, law: Any, *, now: datetime) -> Report:
        moments.append(now)
        return Report(now, [])

    monkeypatch.setattr(latest_audit, "perf_counter", lambda: float(next(ticks)))
    monkeypatch.setattr(latest_audit, "report_findings", run)
    return moments


def ask(audits: LatestAudit, now: datetime) -> datetime:
    return audits.report(NOBODYS, NOBODYS, now=now).at


def test_an_audit_is_kept_in_proportion_to_what_it_cost(ran: list[datetime]) -> None:
    audits, last = LatestAudit(), BEGAN + (KEPT_FOR - 1) * SECOND
    assert ask(audits, BEGAN) == ask(audits, last) == BEGAN
    after = BEGAN + KEPT_FOR * SECOND
    assert ask(audits, after) == after
    assert ran == [BEGAN, after]


def test_a_report_from_the_future_is_not_kept(ran: list[datetime]) -> None:
    audits = LatestAudit()
    ask(audits, BEGAN)
    assert ask(audits, BEGAN - SECOND) == BEGAN - SECOND
    assert len(ran) == 2


def test_while_one_runs_everybody_else_reads_the_one_before(monkeypatch: pytest.MonkeyPatch) -> None:
    audits, running, go_on = LatestAudit(), threading.Event(), threading.Event()

    def run(session: Any, law: Any, *, now: datetime) -> Report:
        if now > BEGAN:
            running.set()
            assert go_on.wait(10)
        return Report(now, [])

    monkeypatch.setattr(latest_audit, "report_findings", run)
    assert ask(audits, BEGAN) == BEGAN
    later = BEGAN + timedelta(days=1)
    slow = threading.Thread(target=ask, args=(audits, later))
    slow.start()
    assert running.wait(10)
    assert ask(audits, later) == BEGAN
    go_on.set()
    slow.join(10)
    assert ask(audits, later) == later


def test_a_failed_audit_is_tried_again(monkeypatch: pytest.MonkeyPatch) -> None:
    audits = LatestAudit()

    def fail(session: Any, law: Any, *, now: datetime) -> Report:
        raise RuntimeError("the database is away")

    monkeypatch.setattr(latest_audit, "report_findings", fail)
    with pytest.raises(RuntimeError):
        ask(audits, BEGAN)
    monkeypatch.setattr(latest_audit, "report_findings", lambda *_, now: Report(now, []))
    assert ask(audits, BEGAN) == BEGAN
