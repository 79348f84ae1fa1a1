"""Every page for everybody it is for: whole at any width, in both languages, and for a screen reader.

Axe judges by WCAG 2.2 AA; a page that says something to the console, asks another host or breaks the
content policy fails too (tests/browser/conftest.py)."""

from collections.abc import Iterator
from typing import Any, cast

import pytest
from axe_playwright_python.sync_playwright import Axe
from flask.testing import FlaskClient
from playwright.sync_api import Browser, BrowserContext, Page

from tests.browser.conftest import DESKTOP, PHONE, TABLET, Site, Watch, no_overflow
from tests.browser.demo import Guest, demo_site
from zerowaste.services.demo import PASSWORD

RULES = {"runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]}
# The first load of each kind stands for all: `{filed}`, `{moving}`, `{accepted}` are manifests' numbers.
PAGES: dict[str, list[str]] = {
    "": ["/", "/sign-in", "/Q/{token}", "/Q/NOTHING", "/seals", "/public"],
    "producer": [
        "/", "/manifests", "/manifests?status=draft", "/manifests/new", "/manifests/{accepted}",
        "/manifests/{accepted}/chain", "/manifests/{accepted}/acts/opinion", "/unclosed", "/account",
        "/manifests/20000000000000", "/stores", "/sites/NC-HOSPITAL/stores", "/sites/NC-HOSPITAL/stores/new",
        "/messages", "/account/notifications", "/webhooks",
    ],
    "driver": ["/", "/drive", "/drive#scan", "/drive#queue", "/manifests", "/manifests/{moving}"],
    "dispatcher": [
        "/", "/manifests", "/unclosed", "/deadlines", "/messages", "/manifests/{moving}/acts/replan",
    ],
    "facility": [
        "/", "/gate", "/gate/{moving}", "/manifests/new", "/sites/NC-HAZARDOUS/stores", "/treatments",
        "/treatments/new?site=NC-HAZARDOUS", "/capacity", "/sites/NC-HAZARDOUS/capacity",
        "/incidents", "/board", "/registers",
    ],
    "regulator": [
        "/", "/overview", "/overview?days=365&stream=medical", "/search?q=NC-HAZARDOUS", "/unclosed",
        "/findings", "/findings?severity=alert", "/deadlines", "/messages",
        "/manifests", "/manifests/{accepted}", "/manifests/{accepted}/chain",
        "/findings/{finding}", "/findings/{finding}/events/{event}", "/board",
        "/board/what-if?scenario=medical", "/indicators", "/indicators/JS5/behind", "/reconciliation",
        "/indicators/yearly", "/registers", "/seals",
    ],
    "admin": [
        "/", "/manifests", "/unclosed", "/account/factors", "/administration",
        "/administration/organisations", "/administration/sites", "/administration/vehicles",
        "/administration/people", "/administration/permits", "/administration/quotas?q=HW08",
        "/administration/sites?q=nowhere", "/administration/organisations/1", "/administration/permits/1",
        "/administration/people/1", "/administration/people/new", "/administration/vehicles/new",
        "/administration/permits/new",
    ],
}  # fmt: skip
LISTS = {"/", "/gate", "/manifests", "/unclosed", "/findings", "/deadlines", "/board", "/capacity"}
LOOKS = (("zh", PHONE, "light"), ("en", TABLET, "light"), ("zh", DESKTOP, "dark"))


@pytest.fixture(scope="module")
def demo(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    site = demo_site(tmp_path_factory.mktemp("demo"))
    yield site
    site.pull_out()
    site.service.database.close()


@pytest.fixture(scope="module")
def names(demo: Site) -> dict[str, str]:
    """What stands in the addresses of PAGES."""
    client = demo.app.test_client()
    token = client.post("/api/v1/login", json={"login": "regulator", "password": PASSWORD}).json["token"]

    def first(status: str) -> Any:
        signed = {"Authorization": f"Bearer {token}"}
        listed = client.get(f"/api/v1/manifests?status={status}&stream=hazardous", headers=signed)
        return client.get(f"/api/v1/manifests/{listed.json['items'][0]['number']}", headers=signed).json

    found = {name: first(status) for name, status in (("moving", "in_transit"), ("accepted", "accepted"))}
    url = found["accepted"]["qr_url"]
    numbers = {name: manifest["number"] for name, manifest in found.items()}
    return numbers | {"token": url.rsplit("/", 1)[1]} | a_finding(client, token)


def a_finding(client: FlaskClient, token: str) -> dict[str, str]:
    """The most urgent finding that names an event, and that event."""

    def asked(path: str) -> Any:
        return client.get(path, headers={"Authorization": f"Bearer {token}"}).json

    for item in asked("/api/v1/audit/findings")["items"]:
        if events := asked(f"/api/v1/audit/findings/{item['id']}")["events"]:
            return {"finding": item["id"], "event": events[0]["id"]}
    raise LookupError("no finding of the demo city names an event")


def context_for(browser: Browser, demo: Site, language: str, width: int, scheme: str) -> BrowserContext:
    return browser.new_context(
        base_url=demo.address, viewport={"width": width, "height": 900},
        locale="zh-CN" if language == "zh" else "en-GB", timezone_id="Asia/Shanghai",
        color_scheme="dark" if scheme == "dark" else "light",
    )  # fmt: skip


def enter(page: Page, guest: Guest) -> None:
    page.goto("/sign-in")
    page.fill("[name=login]", guest.login)
    page.fill("[name=password]", PASSWORD)
    page.click("main button[type=submit]")
    page.wait_for_url(lambda url: "/sign-in" not in url)


def violations(page: Page) -> list[str]:
    """What axe finds on the page with its styles, each with the place it finds it at."""
    page.wait_for_load_state()
    found = Axe().run(page, options=RULES).response["violations"]
    return [f"{each['id']}: {node['html'][:120]}" for each in found for node in each["nodes"]]


def cut(page: Page) -> list[str]:
    """The lists of the page of which a column is out of sight."""
    hidden = "each.scrollWidth > each.clientWidth"
    called = "each.innerText.slice(0, 80)"
    return cast(
        list[str],
        page.locator(".table").evaluate_all(
            f"tables => tables.filter((each) => {hidden}).map((each) => {called})"
        ),
    )


@pytest.mark.parametrize("login", sorted(PAGES))
@pytest.mark.parametrize(("language", "width", "scheme"), LOOKS)
def test_every_page_is_whole(
    browser: Browser, demo: Site, names: dict[str, str], login: str, language: str, width: int, scheme: str
) -> None:
    watch = Watch(demo)
    context = context_for(browser, demo, language, width, scheme)
    watch.over(context)
    page = context.new_page()
    page.set_default_timeout(10_000)
    if login:
        enter(page, Guest(login))
    wrong = {}
    for path in PAGES[login]:
        page.goto(path.format(**names))
        page.get_by_role("heading", level=1).first.wait_for()
        no_overflow(page)
        if found := violations(page) + (cut(page) if width > PHONE and path in LISTS else []):
            wrong[path] = found
    context.close()
    assert wrong == {}
    assert watch.faults == []
