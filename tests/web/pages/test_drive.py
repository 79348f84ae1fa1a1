"""The driver's app as it is served: kept whole by its worker, small, and the same for everybody."""

import gzip
import json
import re

from tests.cast import DAN
from tests.web.conftest import Running
from tests.web.pages.test_gate import SignIn

FIRST_LOAD_BYTES = 150 * 1024


def content(running: Running, address: str) -> bytes:
    """What stands at an address of ours."""
    with running.client().get(address) as answer:
        assert answer.status_code == 200, address
        return bytes(answer.data)


def kept(running: Running) -> list[str]:
    """The addresses that the worker keeps before it says it is there."""
    script = running.client().get("/drive/worker.js").text
    (shell,) = re.findall(r"const SHELL = (\[.*\]);", script)
    return json.loads(shell)  # type: ignore[no-any-return]


def test_the_worker_keeps_all_that_the_app_is_made_of(running: Running) -> None:
    addresses = kept(running)
    for address in addresses:
        if address.endswith(".js"):
            for part in re.findall(r'from "(\.[^"]+)"', content(running, address).decode()):
                folder = address.rsplit("/", 1)[0] if part.startswith("./") else "/static"
                assert f"{folder}/{part.lstrip('./')}" in addresses, (address, part)
    for part in re.findall(r'(?:src|href)="(/static/[^"]+)"', content(running, "/drive").decode()):
        assert part in addresses


def test_the_first_load_is_small(running: Running) -> None:
    sizes = [len(gzip.compress(content(running, address))) for address in kept(running)]
    assert sum(sizes) <= FIRST_LOAD_BYTES


def test_the_worker_may_run_the_page_itself_and_is_asked_for_anew(running: Running) -> None:
    answer = running.client().get("/drive/worker.js")
    assert answer.headers["Service-Worker-Allowed"] == "/drive"
    assert answer.headers["Cache-Control"] == "no-cache"
    assert answer.mimetype == "text/javascript"


def test_the_page_says_nothing_of_who_asks(running: Running, sign_in: SignIn) -> None:
    zh = {"Accept-Language": "zh"}
    assert sign_in(DAN).get("/drive").text == running.client().get("/drive", headers=zh).text


def test_a_phone_can_install_it_in_its_language(running: Running) -> None:
    client = running.client()
    for language, name in (("zh", "扫码"), ("en", "Scan")):
        answer = client.get("/drive/app.webmanifest", headers={"Accept-Language": language})
        assert answer.mimetype == "application/manifest+json"
        app = json.loads(answer.text)
        assert (app["short_name"], app["start_url"], app["display"]) == (name, "/drive", "standalone")
        for icon in app["icons"]:
            assert content(running, icon["src"]).startswith(b"\x89PNG")
