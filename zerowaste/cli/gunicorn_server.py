"""gunicorn, told what to do by our settings instead of a file of its own, its threads kept for who speaks.

A phone that lost its network in the middle of a request, a browser that connects in advance, somebody who
sends a letter a minute: each would hold one of a worker's few threads, and eight of them the whole worker."""

import gc
import socket
import time
from concurrent.futures import Future
from contextlib import suppress
from typing import Any

from flask import Flask
from gunicorn.app.base import BaseApplication  # type: ignore[import-untyped]  # gunicorn has no types
from gunicorn.workers import gthread  # type: ignore[import-untyped]  # for the same reason

# Seconds from a request's first byte until its headers have come; then until all of it has, with what a slow
# phone needs for a photo; and then until whoever reads the answer so slowly is hung up on.
HEADERS_S, BODY_S, ANSWER_S = 5, 10, 900
BYTES_A_SECOND, LARGEST_BODY = 20_000, 10_000_000


class Server(BaseApplication):  # type: ignore[misc]  # for the same reason
    """One app, already made, under a master process and its workers."""

    def __init__(self, app: Flask, options: dict[str, Any]) -> None:
        self.app, self.options = app, options
        # What the service is made of stays until it ends: whoever happens to ask when Python looks for
        # garbage would wait while all of it is looked through. Before the fork, so that workers share it.
        gc.collect()
        gc.freeze()
        super().__init__()

    def load_config(self) -> None:
        for name, value in self.options.items():
            self.cfg.set(name, value)

    def load(self) -> Flask:
        return self.app


class Worker(gthread.ThreadWorker):  # type: ignore[misc]  # for the same reason
    """A worker that gives a thread to a connection once something is said on it, and not for ever."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._until: dict[Any, tuple[float, int]] = {}  # connection → when, and how, it is hung up on

    def enqueue_req(self, conn: Any) -> None:
        """A new connection waits for its first byte with the idle ones, not in a thread."""
        if conn.initialized or conn.data_ready:
            super().enqueue_req(conn)
            return
        waiting: Future[Any] = Future()
        waiting.set_result(gthread._DEFER)  # what a thread says that waited in vain
        self.finish_request(conn, waiting)

    def handle(self, conn: Any) -> Any:
        """One request, in a thread."""
        self._until[conn] = time.monotonic() + HEADERS_S, socket.SHUT_RD
        try:
            return super().handle(conn)
        finally:
            del self._until[conn]

    def handle_request(self, req: Any, conn: Any) -> Any:
        """The same, its headers read."""
        self._until[conn] = time.monotonic() + BODY_S + _length(req) / BYTES_A_SECOND, socket.SHUT_RD
        return super().handle_request(req, conn)

    def murder_pending(self) -> None:
        """Every second or so: what has waited too long ends. A thread that reads finds that nothing more
        comes; what it has read already is answered."""
        super().murder_pending()
        now = time.monotonic()
        for conn, (until, how) in list(self._until.items()):
            if now < until:
                continue
            self._until[conn] = now + ANSWER_S, socket.SHUT_RDWR
            with suppress(OSError):  # it is closed by now
                conn.sock.shutdown(how)


def _length(req: Any) -> int:
    """How many bytes a request says it has; of what is sent in pieces, nobody knows."""
    said = next((value for name, value in req.headers if name == "CONTENT-LENGTH"), "0")
    return min(int(said) if said.isdecimal() else 0, LARGEST_BODY)
