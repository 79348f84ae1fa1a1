"""What every answer carries, errors and static files included."""

import pytest

from tests.web.conftest import Running

PATHS = ["/", "/api/v1/me", "/api/v1/openapi.json", "/nothing", "/static/style.css", "/Q/NOTHING"]


@pytest.mark.parametrize("path", PATHS)
def test_every_answer_is_guarded(running: Running, path: str) -> None:
    with running.client().get(path) as answer:
        headers = answer.headers
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert headers["Referrer-Policy"] == "no-referrer"
    assert "geolocation=(self)" in headers["Permissions-Policy"]
    assert headers["Cross-Origin-Opener-Policy"] == "same-origin"
    policy = headers["Content-Security-Policy"]
    assert "default-src 'none'" in policy
    assert "frame-ancestors 'none'" in policy
    assert "unsafe-inline" not in policy
    assert "'unsafe-eval'" not in policy
    assert len(headers["X-Request-Id"]) == 16


@pytest.mark.parametrize(
    "headers",
    [
        {"Sec-Fetch-Site": "cross-site"},
        {"Sec-Fetch-Site": "same-site"},
        {"Origin": "https://elsewhere.example"},
    ],
)
def test_another_website_cannot_act_for_a_visitor(running: Running, headers: dict[str, str]) -> None:
    """Browsers send our cookie whoever asks them to; they also say who asked."""
    answer = running.client().post("/sign-in", data={"login": "paula", "password": "x"}, headers=headers)
    assert (answer.status_code, answer.mimetype) == (403, "application/problem+json")
    assert answer.json["code"] == "cross_site"


def test_our_own_pages_may_act(running: Running) -> None:
    for headers in ({"Sec-Fetch-Site": "same-origin"}, {"Origin": "http://localhost"}, {}):
        answer = running.client().post("/sign-in", data={"login": "paula", "password": "x"}, headers=headers)
        assert answer.status_code == 401


def test_pages_keep_to_their_own_policy(running: Running) -> None:
    page = running.client().get("/").text
    assert "<style" not in page
    assert "style=" not in page
    assert all("src=" in tag for tag in page.split("<script")[1:])
    assert " on" not in "".join(tag.partition(">")[0] for tag in page.split("<")[1:])
    assert "//" not in page.partition("</head>")[0]


def test_answers_of_the_api_are_not_stored(running: Running) -> None:
    assert running.client().get("/api/v1/me").headers["Cache-Control"] == "no-store"


def test_the_api_sets_no_cookies(running: Running) -> None:
    answer = running.client().get("/api/v1/me")
    assert "Set-Cookie" not in answer.headers
    assert "Cookie" not in answer.headers["Vary"]


def test_no_two_requests_have_the_same_number(running: Running) -> None:
    numbers = {running.client().get("/").headers["X-Request-Id"] for _ in range(20)}
    assert len(numbers) == 20


def test_parts_of_pages_travel_compressed_and_pages_do_not(running: Running) -> None:
    """What is the same for everybody may be compressed; what holds somebody's data may not (BREACH)."""
    client = running.client()
    for path, encoding in (("/static/style.css", "br"), ("/", None), ("/api/v1/problems", None)):
        with client.get(path, headers={"Accept-Encoding": "br, gzip"}) as answer:
            assert answer.headers.get("Content-Encoding") == encoding, path
