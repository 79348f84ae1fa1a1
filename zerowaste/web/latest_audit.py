"""The last audit of the whole city, kept for a while: it reads everything, so not every reader pays."""

from datetime import datetime, timedelta
from threading import Lock
from time import perf_counter

from sqlmodel import Session

from zerowaste.rules.law import Law
from zerowaste.services.findings import Report, report_findings

# An audit is kept fifty times as long as it took: no more than a fiftieth of the time is spent on it.
KEPT_FOR = 50


class LatestAudit:
    """One for a running service. Readers wait for the first audit; while another one replaces it, they
    get the one before."""

    def __init__(self) -> None:
        self._lock = Lock()
        self._report: Report | None = None
        self._fresh_for = timedelta()

    def report(self, session: Session, law: Law, *, now: datetime) -> Report:
        """The findings, and as of when."""
        kept = self._report
        if kept is not None and self._fresh(kept, now):
            return kept
        if not self._lock.acquire(blocking=kept is None):
            return kept or self.report(session, law, now=now)
        try:
            kept = self._report
            if kept is None or not self._fresh(kept, now):
                began = perf_counter()
                kept = self._report = report_findings(session, law, now=now)
                self._fresh_for = timedelta(seconds=KEPT_FOR * (perf_counter() - began))
            return kept
        finally:
            self._lock.release()

    def _fresh(self, report: Report, now: datetime) -> bool:
        return report.at <= now < report.at + self._fresh_for
