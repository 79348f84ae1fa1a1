"""The log: one line of JSON a request, and nothing in it that should not be kept."""

import json
from pathlib import Path

import pytest
import structlog
from structlog.testing import capture_logs

from tests.cast import PASSWORD
from tests.web import probe
from tests.web.conftest import Running, settings
from zerowaste.web.app import create_app
from zerowaste.web.logs import configure_logs


def test_a_request_leaves_one_line_without_its_values(tmp_path: Path) -> None:
    client = create_app(
        settings(tmp_path, f"sqlite:///{tmp_path}/unused.db", log_requests=True)
    ).test_client()
    with capture_logs() as lines:
        answer = client.get("/api/v1/problems?word=private")
    assert len(lines) == 1
    line = lines[0]
    assert line["event"] == "request"
    assert (line["method"], line["route"], line["status"]) == ("GET", "/api/v1/problems", 422)
    assert line["request_id"] == answer.headers["X-Request-Id"]
    assert "private" not in json.dumps(line)


def test_a_bug_is_logged_with_its_trace_and_number(running: Running) -> None:
    def crash(call: object) -> None:
        password = PASSWORD  # what a trace with local variables would show
        raise ZeroDivisionError(f"{len(password)} characters")

    probe.steps[:] = [crash]
    with capture_logs() as lines:
        answer = running.client().post("/api/v1/probe/do")
    probe.steps.clear()
    bug = next(line for line in lines if line["event"] == "bug")
    assert bug["request_id"] == answer.json["request_id"]
    assert bug["route"] == "/api/v1/probe/do"


def test_the_trace_of_a_bug_is_json_without_local_variables(capsys: pytest.CaptureFixture[str]) -> None:
    configure_logs()
    structlog.configure(logger_factory=structlog.PrintLoggerFactory(), cache_logger_on_first_use=False)
    try:
        password = "a secret in a local variable"
        raise ZeroDivisionError(len(password))
    except ZeroDivisionError:
        structlog.get_logger("test").error("bug", exc_info=True)
    configure_logs()
    printed = capsys.readouterr().out
    line = json.loads(printed)
    assert line["exception"][0]["exc_type"] == "ZeroDivisionError"
    assert "a secret in a local variable" not in json.dumps(line["exception"]).replace(
        'password = "a secret in a local variable"', ""
    )
