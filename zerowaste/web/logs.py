"""The log: one line of JSON for each request and each bug, on standard error."""

import logging
import sys
import time
from typing import Any

import structlog
from flask import Flask, Response, g, request
from structlog.tracebacks import ExceptionDictTransformer

log = structlog.get_logger("zerowaste.requests")


def configure_logs() -> None:
    """Write structlog's lines as JSON. Values of requests are never logged, only what was done."""
    structlog.configure(
        processors=[
            structlog.contextvars.merge_contextvars,
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            # Without local variables: passwords pass through them.
            structlog.processors.ExceptionRenderer(ExceptionDictTransformer(show_locals=False)),
            structlog.processors.JSONRenderer(ensure_ascii=False, default=str),
        ],
        wrapper_class=structlog.make_filtering_bound_logger(logging.INFO),
        logger_factory=structlog.WriteLoggerFactory(file=sys.stderr),
        cache_logger_on_first_use=True,
    )


def install_request_log(app: Flask) -> None:
    """One line when a request is done: what, who, how it ended, how long it took."""

    def start() -> None:
        g.started = time.perf_counter()

    def finish(response: Response) -> Response:
        actor = g.get("actor")
        log.info(
            "request",
            method=request.method,
            route=request.url_rule.rule if request.url_rule else None,
            status=response.status_code,
            ms=round((time.perf_counter() - g.get("started", time.perf_counter())) * 1000, 2),
            actor=actor.login if actor else None,
            request_id=g.get("request_id"),
        )
        return response

    app.before_request(start)
    app.after_request(finish)


def log_bug(exc_info: Any) -> None:
    """A bug that reached the top: where, with its trace, under the number the caller was given."""
    structlog.get_logger("zerowaste.bugs").error(
        "bug",
        exc_info=exc_info,
        method=request.method,
        route=request.url_rule.rule if request.url_rule else None,
        request_id=g.get("request_id"),
    )
