"""The guide's own story, played on the demo city: one load from filing to its end, as docs/guide tells it.

Each picture the guide shows is taken here. `make guide` keeps them beside the text; a plain test run takes
them into a folder of its own and looks whether all are there."""

import os
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect

from tests.browser.conftest import DESKTOP, PHONE, TABLET, Site, Watch
from tests.browser.demo import demo_site
from zerowaste.services.demo import PASSWORD

GUIDE = Path(__file__).parents[2] / "docs" / "guide"
KEEP = "GUIDE_IMAGES"  # where `make guide` wants them
OIL, LORRY = "900-249-08", "赣A8Y001"


@pytest.fixture
def demo(tmp_path: Path) -> Iterator[Site]:
    site = demo_site(tmp_path)
    yield site
    site.pull_out()
    site.service.database.close()


class Teller:
    """Plays the story in one language and takes its pictures."""

    def __init__(self, browser: Browser, site: Site, language: str, into: Path) -> None:
        self.browser, self.site, self.language, self.into = browser, site, language, into
        self.watch = Watch(site)
        self.contexts: list[BrowserContext] = []
        self.taken: set[str] = set()

    def say(self, zh: str, en: str) -> str:
        return zh if self.language == "zh" else en

    def enter(self, login: str, *, width: int = DESKTOP) -> Page:
        context = self.browser.new_context(
            base_url=self.site.address, viewport={"width": width, "height": 760 if width == PHONE else 900},
            locale="zh-CN" if self.language == "zh" else "en-GB", timezone_id="Asia/Shanghai",
        )  # fmt: skip
        self.contexts.append(context)
        self.watch.over(context)
        page = context.new_page()
        page.set_default_timeout(15_000)
        if login:
            page.goto("/sign-in")
            page.fill("[name=login]", login)
            page.fill("[name=password]", PASSWORD)
            page.click("main button[type=submit]")
            page.wait_for_url(lambda url: "/sign-in" not in url)
        return page

    def take(self, page: Page, name: str, *, whole: bool = False) -> None:
        """A picture as the guide calls it."""
        file = f"{self.language}-{name}.jpg"
        page.screenshot(path=self.into / file, type="jpeg", quality=82, full_page=whole)
        self.taken.add(file)

    def press(self, page: Page, zh: str, en: str) -> None:
        page.get_by_role("button", name=self.say(zh, en), exact=True).click()

    def over(self) -> None:
        for context in self.contexts:
            context.close()
        assert self.watch.faults == []


def file_a_load(teller: Teller) -> str:
    """The producer: two minutes at a desk. Gives the manifest's number."""
    page = teller.enter("producer")
    teller.take(page, "producer-home")
    page.goto("/manifests/new")
    page.select_option("[name=stream]", "hazardous")
    page.fill("[name='lines.0.waste_code']", OIL)
    page.press("[name='lines.0.waste_code']", "Tab")
    page.locator("[name=consignee][value=NC-HAZARDOUS]").check()
    page.fill("[name='lines.0.mass_kg']", "120")
    page.fill("[name='lines.0.packages']", "1")
    page.fill("[name='lines.0.packaging']", teller.say("200L 铁桶", "steel drum, 200 l"))
    carrier = page.locator("[name='legs.0.carrier']")
    own = (
        page.locator("[name='legs.0.carrier'] option")
        .filter(has_text=teller.say("赣水联运", "Ganshui"))
        .get_attribute("value")
    )
    carrier.select_option(own)
    page.locator(f"[name='legs.0.vehicle'] option[value='{LORRY}']").wait_for(state="attached")
    page.select_option("[name='legs.0.vehicle']", LORRY)
    page.select_option("[name='legs.0.driver']", "driver")
    needed = page.locator("input[name^='fields.'][required], select[name^='fields.'][required]")
    for field in needed.all():
        if field.evaluate("each => each.tagName") == "SELECT":
            field.select_option(index=1)
        elif not field.input_value():
            field.fill("0791-88880000")
    teller.take(page, "filing", whole=True)
    teller.press(page, "提交联单", "File it")
    page.wait_for_url("**/manifests/2*")
    teller.take(page, "manifest")
    return page.url.rsplit("/", 1)[1]


def carry_it(teller: Teller, number: str) -> None:
    """The driver: on his phone."""
    page = teller.enter("driver", width=PHONE)
    page.goto("/drive")
    page.get_by_role("link", name=number).wait_for()
    expect(page.get_by_text(teller.say("可离线", "Ready offline"))).to_be_visible()
    teller.take(page, "drive-loads")
    page.get_by_role("link", name=number).click()
    for kind, zh, en in (
        ("pickup", "确认装车", "Confirm loading"),
        ("arrive", "确认运抵", "Confirm arrival"),
    ):
        page.locator(f"a[href$='/{kind}']").click()
        if kind == "pickup":
            teller.take(page, "drive-load")
        teller.press(page, zh, en)
        expect(page.locator(".told.sent")).to_be_visible()
        if kind == "pickup":
            teller.take(page, "drive-told")
            page.get_by_role("link", name=teller.say("回到我的货", "Back to my loads")).click()
            page.get_by_role("link", name=number).click()


def treat_it(teller: Teller, number: str) -> None:
    """The facility: the gate, then the furnace."""
    page = teller.enter("facility")
    page.goto(f"/gate/{number}")
    page.locator("[name$='.received_kg']").first.fill("119.5")
    teller.take(page, "gate")
    teller.press(page, "接受（拒收部分除外）", "Accept (but for what is refused)")
    page.wait_for_url(f"**/manifests/{number}")
    page.goto("/treatments/new?site=NC-HAZARDOUS")
    page.select_option("[name=operation]", "D10")
    page.get_by_role("checkbox", name="119.5 kg").check()
    page.locator("[name=done]").check()
    teller.take(page, "treatment", whole=True)
    teller.press(page, "登记", "Report")
    page.wait_for_url("**/treatments/0*")
    page.goto("/sites/NC-HAZARDOUS/capacity")
    teller.take(page, "capacity")


def look_at_it(teller: Teller, number: str) -> None:
    """The regulator, and anybody with a phone."""
    page = teller.enter("regulator")
    page.goto("/overview")
    page.locator("#sankey canvas").wait_for()
    teller.take(page, "overview", whole=True)
    page.goto("/unclosed")
    teller.take(page, "unclosed")
    page.goto(f"/manifests/{number}/chain")
    expect(page.get_by_text(teller.say("这条链已闭环", "This chain is closed"))).to_be_visible()
    teller.take(page, "chain", whole=True)
    code = page.evaluate(
        f"fetch('/api/v1/manifests/{number}').then(each => each.json()).then(each => each.qr_url)"
    )
    tablet = teller.enter("regulator", width=TABLET)
    tablet.goto(f"/manifests/{number}")
    teller.take(tablet, "tablet-manifest")
    tablet.goto("/findings")
    teller.take(tablet, "tablet-findings")
    anybody = teller.enter("", width=PHONE)
    anybody.goto(f"/Q/{code.rsplit('/', 1)[1]}")
    teller.take(anybody, "code")


@pytest.mark.parametrize("language", ["zh", "en"])
def test_a_newcomer_follows_one_load_to_its_end(
    browser: Browser, demo: Site, tmp_path: Path, language: str
) -> None:
    into = Path(os.environ.get(KEEP, tmp_path))
    into.mkdir(parents=True, exist_ok=True)
    teller = Teller(browser, demo, language, into)
    number = file_a_load(teller)
    carry_it(teller, number)
    treat_it(teller, number)
    look_at_it(teller, number)
    teller.over()
    shown = set(re.findall(r"images/([\w-]+\.jpg)", (GUIDE / f"{language}.md").read_text("utf-8")))
    assert shown == teller.taken
    assert {file.name for file in (GUIDE / "images").glob(f"{language}-*")} == shown
