"""Refusals as people and programs see them."""

import pytest

from tests.web.conftest import Running

BROWSER = {"Accept": "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8"}


def test_a_problem_is_a_whole_document(running: Running) -> None:
    answer = running.client().get("/api/v1/nothing-here")
    assert answer.status_code == 404
    assert answer.content_type == "application/problem+json"
    problem = answer.json
    assert problem.keys() == {
        "type", "title", "status", "detail", "code", "errors", "warnings", "request_id",
    }  # fmt: skip
    assert problem["type"] == "/api/v1/problems#not_found"
    assert problem["request_id"] == answer.headers["X-Request-Id"]


@pytest.mark.parametrize(
    ("asked", "tag", "title"),
    [
        (None, "zh-CN", "未找到，或不在您的权限范围内。"),
        ("zh-CN,zh;q=0.9,en;q=0.8", "zh-CN", "未找到，或不在您的权限范围内。"),
        ("en-US,en;q=0.9", "en", "Not found, or not yours to see."),
        ("fr, en;q=0.5", "en", "Not found, or not yours to see."),
        ("fr", "zh-CN", "未找到，或不在您的权限范围内。"),
        ("\x01;;q=what,,", "zh-CN", "未找到，或不在您的权限范围内。"),
    ],
)
def test_problems_speak_the_language_asked_for(
    running: Running, asked: str | None, tag: str, title: str
) -> None:
    headers = {"Accept-Language": asked} if asked else {}
    answer = running.client().get("/api/v1/nothing-here", headers=headers)
    assert answer.headers["Content-Language"] == tag
    assert answer.json["title"] == title


@pytest.mark.parametrize("method", ["GET", "PUT", "PATCH", "DELETE", "OPTIONS", "TRACE", "PROPFIND"])
def test_a_wrong_method_is_told_the_right_one(running: Running, method: str) -> None:
    answer = running.client().open("/api/v1/login", method=method)
    assert (answer.status_code, answer.json["code"]) == (405, "method_not_allowed")
    assert answer.headers["Allow"] == "POST"


@pytest.mark.parametrize(
    "path", ["/api/v1/", "/api/v1/me/", "/api//v1/me", "//api/v1/me", "/api/v1/%2e%2e/me"]
)
def test_other_spellings_of_an_address_lead_nowhere(running: Running, path: str) -> None:
    assert running.client().get(path).status_code == 404


def test_a_browser_outside_the_api_sees_a_page(running: Running) -> None:
    answer = running.client().get("/nothing-here", headers=BROWSER)
    assert (answer.status_code, answer.mimetype) == (404, "text/html")
    assert "未找到" in answer.text
    assert 'href="/"' in answer.text


def test_a_program_outside_the_api_sees_a_document(running: Running) -> None:
    answer = running.client().get("/nothing-here", headers={"Accept": "application/json"})
    assert answer.content_type == "application/problem+json"


def test_in_the_api_even_a_browser_sees_a_document(running: Running) -> None:
    answer = running.client().get("/api/v1/nothing-here", headers=BROWSER)
    assert answer.content_type == "application/problem+json"


def test_the_detail_tells_the_first_faults(running: Running) -> None:
    answer = running.client().post("/api/v1/login", json={})
    assert answer.json["detail"] == "此项必填。（login, password）"
    assert [error["path"] for error in answer.json["errors"]] == ["login", "password"]
