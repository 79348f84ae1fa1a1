"""The register of findings, brought up to date for who reads it, without making everybody wait.

A service that runs `flask tick` every minute finds nothing to do here."""

from datetime import datetime, timedelta
from threading import Lock

from zerowaste.db import Database
from zerowaste.rules.law import Law
from zerowaste.services.findings.auditing import examine, keep

# A reader's audit is no older than that; what it costs goes by what has happened since.
FRESH_FOR = timedelta(seconds=30)


class LatestAudit:
    """One for a running service. One reader at a time audits; the others read what is kept."""

    def __init__(self) -> None:
        self._lock = Lock()
        self._at: datetime | None = None

    def refresh(self, database: Database, law: Law, *, now: datetime) -> None:
        """Audit what was touched since, if that was not done just now. Use before a session is read
        from: what it sees already it goes on seeing."""
        if self._fresh(now) or not self._lock.acquire(blocking=self._at is None):
            return
        try:
            if self._fresh(now):
                return
            examined = database.transact(lambda session: examine(session, law, now=now), write=False)
            database.transact(lambda session: keep(session, examined))
            self._at = now
        finally:
            self._lock.release()

    def _fresh(self, now: datetime) -> bool:
        return self._at is not None and self._at <= now < self._at + FRESH_FOR
