"""The burst limit: how many requests one network address may send to one worker in a minute.

Counted in the worker's memory, so it only keeps a runaway client from starving the others. Failed
log-ins are counted in the database (services/identity/logins.py), which all workers share."""

from collections import Counter
from datetime import datetime
from threading import Lock

from flask import Flask, request

from zerowaste import clock
from zerowaste.errors import Refusal

WINDOW_S = 60


class Burst:
    """Requests of each address in the current minute. One dictionary that is emptied every minute:
    the libraries for this start a timer thread to forget, which costs more than our whole log."""

    def __init__(self, limit: int) -> None:
        self.limit = limit
        self._minute, self._seen, self._lock = 0, Counter[str](), Lock()

    def wait_s(self, address: str, now: datetime) -> int:
        """Count one request; 0, or how many seconds until this address may send the next."""
        minute, second = divmod(int(now.timestamp()), WINDOW_S)
        with self._lock:
            if minute != self._minute:
                self._minute, self._seen = minute, Counter()
            self._seen[address] += 1
            return WINDOW_S - second if self._seen[address] > self.limit else 0


def install_limits(app: Flask, *, requests_per_minute: int) -> None:
    """Refuse with 429 what comes too fast; 0: no limit."""
    if requests_per_minute == 0:
        return
    burst = Burst(requests_per_minute)

    def count() -> None:
        wait_s = burst.wait_s(request.remote_addr or "", clock.now())
        if wait_s:
            raise Refusal("too_many_requests", wait_s=wait_s)

    app.before_request(count)
