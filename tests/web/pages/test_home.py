"""The first page."""

from tests.web.conftest import Running


def test_it_says_in_both_languages_what_this_is(running: Running) -> None:
    answer = running.client().get("/")
    assert (answer.status_code, answer.mimetype) == (200, "text/html")
    assert '<html lang="zh-CN">' in answer.text
    assert "城市废物全程追踪" in answer.text
    assert "A city's waste" in answer.text.replace("&#39;", "'")


def test_it_names_the_api_and_its_document_and_they_are_there(running: Running) -> None:
    client = running.client()
    page = client.get("/").text
    for address in ("/api/v1/openapi.json", "/api/v1/problems"):
        assert f'href="{address}"' in page
        assert client.get(address).status_code == 200
    assert "http://127.0.0.1:8000/api/v1" in page


def test_it_lists_the_streams(running: Running) -> None:
    page = running.client().get("/").text
    streams = list(running.service.law.streams)
    assert len({stream.code for stream in streams}) == 4
    for stream in streams:
        assert stream.name.zh in page
        assert f"<code>{stream.code}</code>" in page
