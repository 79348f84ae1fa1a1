"""A real browser on a real server: Chromium, and the small city behind it.

`visit(PAULA)` is a page with the person signed in. A test fails by itself where a page wrote an
error to the console, asked another host for anything, or broke the content policy."""

import threading
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass, field
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

import pytest
from flask import Flask
from playwright.sync_api import Browser, BrowserContext, ConsoleMessage, Page, Playwright, sync_playwright
from werkzeug.serving import BaseWSGIServer, make_server
from werkzeug.wsgi import ClosingIterator

from tests.browser.chromium import ARGUMENTS, chromium
from tests.cast import PASSWORD, Person
from tests.city import City
from tests.databases import Databases
from tests.ports import free_port
from tests.servers import one_at_a_time
from tests.web.conftest import Running, settings
from zerowaste.web.app import create_app
from zerowaste.web.service import Service

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment

PHONE, TABLET, DESKTOP = 360, 768, 1440


def in_one_piece(app: "WSGIApplication") -> "WSGIApplication":
    """Where a browser hangs up in the middle, werkzeug's server forgets to close what it sends (gunicorn
    does not): here nothing is open any more when sending begins."""

    def answer(environ: "WSGIEnvironment", start_response: "StartResponse") -> Iterable[bytes]:
        with closing(ClosingIterator(app(environ, start_response))) as pieces:
            return [b"".join(pieces)]

    return answer


class Site:
    """A service that listens, and who is in its city. It can be cut off and come back."""

    def __init__(self, port: int) -> None:
        self.port = port
        self.address = f"http://127.0.0.1:{port}"
        self.app: Flask
        self.city: City
        self._server: BaseWSGIServer | None = None

    @property
    def service(self) -> Service:
        """The parts of the service."""
        service: Service = self.app.extensions["zerowaste"]
        return service

    @property
    def running(self) -> Running:
        """The same service, asked without a browser."""
        return Running(self.app, self.service, self.city)

    def plug_in(self) -> None:
        """Listen."""
        self._server = make_server("127.0.0.1", self.port, in_one_piece(self.app), threaded=True)
        threading.Thread(target=self._server.serve_forever, daemon=True).start()

    def pull_out(self) -> None:
        """Be gone: nobody answers at the address any more."""
        if self._server is not None:
            self._server.shutdown()
            self._server.server_close()
            self._server = None


@pytest.fixture(scope="module")
def site(databases: Databases, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    """One server for all tests of a module, on SQLite: what is tested here is the browser's side."""
    url = databases.lend("sqlite", "city")
    site = Site(free_port())
    site.app = create_app(settings(tmp_path_factory.mktemp("instance"), url, base_url=site.address))
    site.city = databases.city("sqlite")
    site.plug_in()
    yield site
    site.pull_out()
    site.service.database.close()
    databases.take_back(url, "city")


@pytest.fixture(scope="session")
def playwright() -> Iterator[Playwright]:
    """What drives browsers, once for this process."""
    with sync_playwright() as playwright:
        yield playwright


@pytest.fixture(scope="session")
def program(databases: Databases) -> str:
    """The browser on this machine."""
    with one_at_a_time(databases.home, "browser"):
        return chromium()


@pytest.fixture(scope="session")
def browser(playwright: Playwright, program: str) -> Iterator[Browser]:
    """One browser for all tests of this process."""
    browser = playwright.chromium.launch(executable_path=program, args=list(ARGUMENTS))
    yield browser
    browser.close()


@dataclass
class Watch:
    """What went wrong in the browser while a test ran."""

    site: Site
    tolerated: Sequence[str] = ()
    allowed: set[int] = field(default_factory=lambda: {401, 404, 409, 422})
    faults: list[str] = field(default_factory=list)

    def over(self, context: BrowserContext) -> None:
        """Listen to everything the context's pages do."""
        context.on("console", self._hear)
        context.on("weberror", lambda error: self.faults.append(str(error.error)))
        context.on("request", lambda request: self._asked(request.url))

    def _hear(self, said: ConsoleMessage) -> None:
        expected = (*self.tolerated, *(f"status of {status}" for status in self.allowed))
        if said.type == "error" and not any(each in said.text for each in expected):
            self.faults.append(said.text)

    def _asked(self, url: str) -> None:
        parts = urlsplit(url)
        if parts.scheme.startswith("http") and f"{parts.scheme}://{parts.netloc}" != self.site.address:
            self.faults.append(f"asked {url}")


Visit = Callable[..., Page]


@pytest.fixture
def visit(site: Site, browser: Browser) -> Iterator[Visit]:
    """`visit(PAULA, path="/", width=DESKTOP, language="zh")`: the page, with the person signed in."""
    contexts: list[BrowserContext] = []
    watch = Watch(site)

    def open_page(
        person: Person | None, *, path: str = "/", width: int = DESKTOP, language: str = "zh", **more: object
    ) -> Page:
        context = browser.new_context(
            base_url=site.address,
            viewport={"width": width, "height": 800},
            locale="zh-CN" if language == "zh" else "en-GB",
            timezone_id="Asia/Shanghai",
            **more,  # type: ignore[arg-type]  # passed on as they are
        )
        contexts.append(context)
        watch.over(context)
        page = context.new_page()
        page.set_default_timeout(10_000)
        if person is not None:
            sign_in(page, person, path)
        else:
            page.goto(path)
        return page

    yield open_page
    for context in contexts:
        context.close()
    assert watch.faults == []


def sign_in(page: Page, person: Person, path: str = "/") -> None:
    """As a person does it; on to a page."""
    page.goto(f"/sign-in?next={path}")
    page.fill("[name=login]", person.login)
    page.fill("[name=password]", PASSWORD)
    page.click("main button[type=submit]")
    page.wait_for_url(lambda url: "/sign-in" not in url)


def no_overflow(page: Page) -> None:
    """Nothing sticks out sideways, once the page has its styles: elements are there before them."""
    page.wait_for_load_state()
    assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth")
