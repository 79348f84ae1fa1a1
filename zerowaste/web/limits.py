"""The burst limit: how many requests one network address may send to one worker in a minute.

Counted in the worker's memory, so it only keeps a runaway client from starving the others. Failed
log-ins are counted in the database (services/logins.py), which all workers share."""

from flask import Flask, request
from limits import RateLimitItemPerMinute
from limits.storage import MemoryStorage
from limits.strategies import FixedWindowRateLimiter

from zerowaste import clock
from zerowaste.errors import Refusal


def install_limits(app: Flask, *, requests_per_minute: int) -> None:
    """Refuse with 429 what comes too fast; 0: no limit."""
    if requests_per_minute == 0:
        return
    limit = RateLimitItemPerMinute(requests_per_minute)
    # Straight from the library under Flask-Limiter: that one's own bookkeeping costs 80 µs a request.
    counter = FixedWindowRateLimiter(MemoryStorage())

    def count() -> None:
        address = request.remote_addr or ""
        if not counter.hit(limit, address):
            resets_at = counter.get_window_stats(limit, address).reset_time
            raise Refusal("too_many_requests", wait_s=max(1, round(resets_at - clock.now().timestamp())))

    app.before_request(count)
