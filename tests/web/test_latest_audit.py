"""The register of findings is brought up to date for its readers, and nobody waits for another's audit."""

import threading
from datetime import datetime, timedelta

import pytest

from tests.city import NOW, City
from tests.story import the_law
from zerowaste.db import Database
from zerowaste.services.findings.auditing import Examined, last_audit
from zerowaste.web import latest_audit
from zerowaste.web.latest_audit import FRESH_FOR, LatestAudit

SECOND = timedelta(seconds=1)


def ask(audits: LatestAudit, database: Database, now: datetime) -> datetime | None:
    audits.refresh(database, the_law(), now=now)
    last = database.transact(last_audit, write=False)
    return last.at if last else None


@pytest.mark.usefixtures("city")
def test_an_audit_is_fresh_for_a_while(database: Database) -> None:
    audits = LatestAudit()
    assert ask(audits, database, NOW) == ask(audits, database, NOW + FRESH_FOR - SECOND) == NOW
    assert ask(audits, database, NOW + FRESH_FOR) == NOW + FRESH_FOR


def test_while_one_runs_everybody_else_reads_the_one_before(
    database: Database, city: City, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert city
    audits, running, go_on = LatestAudit(), threading.Event(), threading.Event()
    examine = latest_audit.examine

    def slowly(session: object, law: object, *, now: datetime) -> Examined:
        if now > NOW:
            running.set()
            assert go_on.wait(10)
        return examine(session, law, now=now)  # type: ignore[arg-type]  # passed on as they came

    monkeypatch.setattr(latest_audit, "examine", slowly)
    assert ask(audits, database, NOW) == NOW
    later = NOW + timedelta(days=1)
    slow = threading.Thread(target=ask, args=(audits, database, later))
    slow.start()
    assert running.wait(10)
    assert ask(audits, database, later) == NOW
    go_on.set()
    slow.join(10)
    assert ask(audits, database, later) == later


@pytest.mark.usefixtures("city")
def test_a_failed_audit_is_tried_again(database: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    audits = LatestAudit()

    def fail(session: object, law: object, *, now: datetime) -> Examined:
        raise RuntimeError("the database is away")

    with monkeypatch.context() as away:
        away.setattr(latest_audit, "examine", fail)
        with pytest.raises(RuntimeError):
            ask(audits, database, NOW)
    assert ask(audits, database, NOW) == NOW
