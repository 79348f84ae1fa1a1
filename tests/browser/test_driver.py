"""The driver's main job, in a real browser with a camera: scan, get on with it, and nothing is lost.

Dan's phone: a browser with its own memory, whose camera films what `show` holds before it."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import BrowserContext, Page, Playwright, expect

from tests.browser.chromium import ARGUMENTS
from tests.browser.conftest import PHONE, Site, Watch, no_overflow, sign_in
from tests.browser.filming import film
from tests.cast import DAN, DREW, PAULA
from tests.city import LORRY, PLANT, WORKS
from tests.web.acts import act, file, now

OIL = "900-249-08"
NO_NETWORK = (
    "ERR_INTERNET_DISCONNECTED",
    "ERR_CONNECTION_REFUSED",
    "ERR_CONNECTION_RESET",
    "ERR_EMPTY_RESPONSE",
)
CAMERA = "--use-file-for-fake-video-capture={film}"


@dataclass
class Phone:
    """A phone that can be closed and opened again. `film`: what its camera sees."""

    playwright: Playwright
    program: str
    memory: Path
    film: Path
    watch: Watch
    context: BrowserContext | None = None

    def open(self, path: str = "/drive") -> Page:
        """The app, as after unlocking the phone."""
        camera = ("--use-fake-device-for-media-stream", "--use-fake-ui-for-media-stream")
        self.context = self.playwright.chromium.launch_persistent_context(
            self.memory,
            executable_path=self.program,
            args=[*ARGUMENTS, *camera, CAMERA.format(film=self.film)],
            base_url=self.watch.site.address,
            viewport={"width": PHONE, "height": 740},
            locale="zh-CN",
            timezone_id="Asia/Shanghai",
        )
        self.watch.over(self.context)
        page = self.context.pages[0]
        page.set_default_timeout(15_000)
        page.goto(path)
        return page

    def close(self) -> None:
        """As when its battery is empty."""
        if self.context is not None:
            self.context.close()
            self.context = None


@pytest.fixture
def phone(site: Site, playwright: Playwright, program: str, tmp_path: Path) -> Iterator[Phone]:
    watch = Watch(site, tolerated=NO_NETWORK)
    phone = Phone(playwright, program, tmp_path / "memory", tmp_path / "film.mjpeg", watch)
    yield phone
    phone.close()
    assert watch.faults == []


@pytest.fixture
def loads(site: Site) -> Callable[[int], list[dict[str, Any]]]:
    """`loads(4)`: so many manifests filed for Dan, each with its printed page."""
    paula = site.running.log_in(PAULA)
    carriers = paula.get("/carriers?stream=hazardous").json["items"]
    (firm,) = {item["code"] for item in carriers for each in item["vehicles"] if each["plate"] == LORRY}

    def filed(count: int) -> list[dict[str, Any]]:
        manifests = []
        for number in range(1, count + 1):
            manifest = file(paula, {
                "stream": "hazardous", "consignor": WORKS, "consignee": PLANT, "planned_at": now(hours=1),
                "legs": [{"carrier": firm, "vehicle": LORRY, "driver": DAN.login}],
                "lines": [{"waste_code": OIL, "mass_g": number * 10_000, "packages": 1, "packaging": "桶"}],
            })  # fmt: skip
            printed = paula.get(f"/manifests/{manifest['number']}/document.pdf")
            manifests.append({**manifest, "printed": printed.data})
        return manifests

    return filed


def sign_in_on(page: Page) -> None:
    """Dan signs in, and waits until the phone says that it can do without network."""
    sign_in(page, DAN, "/drive")
    expect(page.get_by_text("可离线")).to_be_visible()
    expect(page.get_by_text("在线")).to_be_visible()


def scan(page: Page, number: str) -> None:
    """From wherever he is to the screen of the code that the camera sees."""
    page.goto("/drive#scan")
    page.wait_for_url("**/drive#tell/**")
    expect(page.get_by_role("heading", level=1)).to_contain_text(number)


def kinds(site: Site, number: str) -> list[str]:
    known = site.running.log_in(DAN).get(f"/manifests/{number}").json
    return [event["kind"] for event in known["events"]]


def test_dan_scans_in_a_basement_and_the_city_hears_of_each_load_once(
    site: Site, phone: Phone, loads: Callable[[int], list[dict[str, Any]]]
) -> None:
    first, *others = loads(4)
    film(first["printed"], phone.film)
    page = phone.open()
    sign_in_on(page)
    scan(page, first["number"])
    no_overflow(page)
    page.get_by_role("button", name="确认装车").click()
    expect(page.get_by_text("已上报")).to_be_visible()
    assert kinds(site, first["number"]) == ["file", "pickup"]

    site.pull_out()  # down in the basement
    for load in others:
        film(load["printed"], phone.film)
        scan(page, load["number"])
        page.get_by_role("button", name="确认装车").click()
        expect(page.get_by_role("heading", name="已记在手机里")).to_be_visible()

    phone.close()
    page = phone.open()  # still no network
    expect(page.get_by_text("3 条待上报")).to_be_visible()
    assert [kinds(site, load["number"]) for load in others] == [["file"]] * 3

    phone.close()
    site.plug_in()
    page = phone.open("/drive#queue")
    expect(page.locator("ol.queue li.sent")).to_have_count(4)
    for load in (first, *others):
        assert kinds(site, load["number"]) == ["file", "pickup"]


def test_a_code_that_is_not_ours_is_not_loaded(
    site: Site, phone: Phone, loads: Callable[[int], list[dict[str, Any]]]
) -> None:
    page = phone.open()
    sign_in_on(page)
    (load,) = loads(1)
    token = load["qr_url"].rsplit("/", 1)[1]
    forged = token[:40] + ("B" if token[40] == "A" else "A") + token[41:]
    page.goto("/drive#scan")
    page.fill("[name=number]", f"HTTP://127.0.0.1/Q/{forged}")
    page.get_by_role("button", name="查找").click()
    expect(page.get_by_text("不是本系统签发的")).to_be_visible()
    page.fill("[name=number]", load["qr_url"])  # filed a moment ago: not on the phone's list yet
    page.get_by_role("button", name="查找").click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("装车")


def test_what_the_city_does_not_accept_is_told_in_plain_words(
    site: Site, phone: Phone, loads: Callable[[int], list[dict[str, Any]]]
) -> None:
    (load,) = loads(1)
    page = phone.open()
    sign_in_on(page)
    page.get_by_role("link", name=load["number"]).click()
    page.get_by_role("button", name="装车", exact=True).click()
    act(site.running.log_in(PAULA), load["number"], "cancel")  # meanwhile, at her desk
    page.get_by_role("button", name="确认装车").click()
    expect(page.get_by_role("heading", name="系统没有接受")).to_be_visible()
    page.get_by_role("link", name="1 条被拒").click()
    expect(page.locator("ol.queue li.refused")).to_contain_text(load["number"])
    page.get_by_role("button", name="知道了，移除").click()
    expect(page.get_by_text("还没有记录")).to_be_visible()


def test_what_was_really_loaded_and_a_photo_go_along(
    site: Site, phone: Phone, loads: Callable[[int], list[dict[str, Any]]]
) -> None:
    (load,) = loads(1)
    page = phone.open()
    sign_in_on(page)
    page.goto(f"/drive#tell/{load['id']}/pickup")
    page.fill("[name='mass.1']", "9.5000")
    page.get_by_role("button", name="确认装车").click()
    expect(page.get_by_text("最多三位小数")).to_be_visible()
    page.fill("[name='mass.1']", "９.5")
    page.locator("input[type=file]").set_input_files(
        Path(__file__).parents[2] / "zerowaste/web/static/icon-192.png"
    )
    expect(page.locator("label.file b")).to_have_text("1")
    page.get_by_role("button", name="确认装车").click()
    expect(page.get_by_text("已上报")).to_be_visible()
    known = site.running.log_in(DAN).get(f"/manifests/{load['number']}").json
    assert known["lines"][0]["loaded_g"] == 9_500
    assert known["events"][-1]["findings"] == []


def test_a_phone_that_cannot_store_says_so_at_once(
    site: Site, phone: Phone, loads: Callable[[int], list[dict[str, Any]]]
) -> None:
    (load,) = loads(1)
    page = phone.open()
    sign_in_on(page)
    page.goto(f"/drive#tell/{load['id']}/pickup")
    page.evaluate(
        """() => {
          IDBObjectStore.prototype.add = () => { throw new DOMException("full", "QuotaExceededError"); };
        }"""
    )
    page.get_by_role("button", name="确认装车").click()
    expect(page.get_by_text("没有存上")).to_be_visible()
    assert kinds(site, load["number"]) == ["file"]


def test_who_signs_out_leaves_no_load_on_a_shared_phone(
    phone: Phone, loads: Callable[[int], list[dict[str, Any]]]
) -> None:
    (load,) = loads(1)
    page = phone.open()
    sign_in_on(page)
    expect(page.get_by_text(load["number"])).to_be_visible()
    page.goto("/account")
    page.get_by_role("banner").get_by_role("button", name="退出").click()
    expect(page.get_by_role("banner").get_by_role("link", name="登录")).to_be_visible()
    page.goto("/drive")
    expect(page.get_by_text("请先登录")).to_be_visible()
    expect(page.get_by_text(load["number"])).to_have_count(0)
    assert page.evaluate("self.Outbox.recall('loads')") is None
    assert page.evaluate("self.Outbox.recall('me')") is None


def told_in_vain(phone: Phone, load: dict[str, Any]) -> tuple[Page, BrowserContext]:
    """Dan's pickup is on the phone, and no act gets through until its route is taken away."""
    page = phone.open()
    sign_in_on(page)
    network = phone.context
    assert network is not None
    network.route("**/api/v1/manifests/*/events", lambda route: route.abort("connectionreset"))
    page.goto(f"/drive#tell/{load['id']}/pickup")
    page.get_by_role("button", name="确认装车").click()
    expect(page.get_by_text("已记在手机里")).to_be_visible()
    return page, network


def test_who_signs_out_with_scans_that_are_not_sent_is_asked_and_they_wait_for_him(
    site: Site, phone: Phone, loads: Callable[[int], list[dict[str, Any]]]
) -> None:
    (load,) = loads(1)
    page, network = told_in_vain(phone, load)

    page.goto("/account")
    asked: list[str] = []
    sign_out = page.get_by_role("banner").get_by_role("button", name="退出")
    for answer in ("dismiss", "accept"):
        page.once(
            "dialog", lambda dialog, answer=answer: (asked.append(dialog.message), getattr(dialog, answer)())
        )
        with page.expect_event("dialog"):
            sign_out.click()
    expect(page.get_by_role("banner").get_by_role("link", name="登录")).to_be_visible()
    assert ["还有 1 条扫码没有上报" in each for each in asked] == [True, True]

    page.goto("/drive")
    expect(page.get_by_text(f"{DAN.login} 有 1 条扫码还没有上报")).to_be_visible()
    expect(page.get_by_text(load["number"])).to_have_count(0)
    assert kinds(site, load["number"]) == ["file"]
    network.unroute("**/api/v1/manifests/*/events")
    sign_in_on(page)
    expect(page.get_by_role("link", name="队列")).to_be_visible()
    page.wait_for_function(
        "() => self.Outbox.all().then((acts) => acts.every((act) => act.state === 'sent'))"
    )
    assert kinds(site, load["number"]) == ["file", "pickup"]


def test_what_one_driver_told_is_not_sent_as_the_next_one_s(
    site: Site, phone: Phone, loads: Callable[[int], list[dict[str, Any]]]
) -> None:
    """Drew signs in between the question who it is and the sending: the phone still takes him for Dan."""
    (load,) = loads(1)
    page, network = told_in_vain(phone, load)
    still_dan = page.evaluate("() => fetch('/api/v1/me').then((answer) => answer.text())")
    sign_in(page, DREW, "/drive")
    network.unroute("**/api/v1/manifests/*/events")  # not before: Dan's own phone would send it
    # Answered in the page: what the service worker asks for, the network's routes do not see.
    to_me = "(at, ...more) => at.endsWith('/me') ? new Response(who) : ask(at, ...more)"
    page.evaluate(f"(who) => {{ const ask = self.fetch; self.fetch = {to_me} }}", still_dan)
    assert page.evaluate("() => self.Outbox.send()") == "signed_out"
    states = "() => self.Outbox.all().then((acts) => acts.map((act) => act.state))"
    assert page.evaluate(states) == ["waiting"]
    assert kinds(site, load["number"]) == ["file"]
