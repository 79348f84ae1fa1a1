"""Signing in with more than a password, and the administrator's first invitation, in a real browser."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta
from typing import Any
from urllib.parse import urlsplit

import pytest
from passlib.totp import TOTP
from playwright.sync_api import Browser, Page

from tests.browser.conftest import DESKTOP, PHONE, Site, Visit, Watch, no_overflow, sign_in
from tests.cast import ADA, DORA, FAY, PASSWORD
from zerowaste import clock


@dataclass(frozen=True)
class Named:
    """The same site under a name: browsers tie passkeys to names, not to numbers."""

    address: str


@pytest.fixture
def page(site: Site, browser: Browser) -> Iterator[Page]:
    """A page of a browser with a device that has passkeys, and whose owner is always there."""
    address = f"http://localhost:{site.port}"
    context = browser.new_context(base_url=address, locale="en-GB", viewport={"width": PHONE, "height": 800})
    watch = Watch(Named(address))  # type: ignore[arg-type]  # all it asks for is the address
    watch.over(context)
    page = context.new_page()
    page.set_default_timeout(10_000)
    device = context.new_cdp_session(page)
    device.send("WebAuthn.enable")
    options: dict[str, Any] = {
        "protocol": "ctap2", "transport": "internal", "hasResidentKey": True, "hasUserVerification": True,
        "isUserVerified": True, "automaticPresenceSimulation": True,
    }  # fmt: skip
    device.send("WebAuthn.addVirtualAuthenticator", {"options": options})
    yield page
    context.close()
    assert watch.faults == []


def arrive(page: Page, path: str) -> None:
    """The browser is on this page."""
    page.wait_for_url(lambda url: urlsplit(url).path == path)


def test_a_passkey_is_added_and_opens_the_door(page: Page) -> None:
    sign_in(page, DORA, "/account/factors")
    page.fill("[name=passkey_name]", "my phone")
    page.fill("[name=passkey_password]", "wrong")
    page.get_by_role("button", name="Add a passkey").click()
    page.get_by_role("alert").get_by_text("The present password is another one.").wait_for()
    page.fill("[name=passkey_password]", PASSWORD)
    page.get_by_role("button", name="Add a passkey").click()
    page.get_by_role("button", name="Remove my phone").wait_for()
    no_overflow(page)
    # One device needs only one.
    page.fill("[name=passkey_password]", PASSWORD)
    page.get_by_role("button", name="Add a passkey").click()
    page.get_by_role("alert").get_by_text("Nothing was added").wait_for()

    page.get_by_role("banner").get_by_role("button", name="Sign out").click()
    arrive(page, "/")
    page.goto("/sign-in?next=/account")
    page.get_by_role("button", name="Sign in with a passkey").click()
    arrive(page, "/account")
    assert page.get_by_role("main").get_by_text(DORA.login, exact=True).first.is_visible()

    page.goto("/account/factors")
    page.get_by_role("button", name="Remove my phone").click()
    arrive(page, "/account/factors")
    page.goto("/sign-in")
    page.get_by_role("button", name="Sign in with a passkey").click()
    page.get_by_role("alert").get_by_text("The passkey was not accepted").wait_for()


def test_the_app_is_set_up_and_asked_for_and_a_recovery_code_stands_in(page: Page) -> None:
    sign_in(page, FAY, "/account/factors")
    page.fill("[name=on_password]", PASSWORD)
    page.get_by_role("button", name="Turn the second factor on").click()
    assert page.get_by_role("img", name="The code to scan with the app").is_visible()
    page.get_by_text("Type the key in").click()
    app = TOTP(key=page.locator(".spelled").inner_text())
    no_overflow(page)
    page.locator("[name=code]").fill(str(app.generate(time=clock.now()).token))
    page.get_by_role("button", name="Turn it on").click()
    codes = page.locator("ul.codes code").all_inner_texts()
    assert len(codes) == 10
    no_overflow(page)
    page.get_by_role("button", name="I have kept them").click()
    page.get_by_text("It is on.").wait_for()

    later = clock.now() + timedelta(seconds=30)
    for code in (str(app.generate(time=later).token), codes[0]):
        page.get_by_role("banner").get_by_role("button", name="Sign out").click()
        arrive(page, "/")
        page.goto("/sign-in?next=/account")
        page.fill("[name=login]", FAY.login)
        page.fill("[name=password]", PASSWORD)
        page.get_by_role("button", name="Sign in", exact=True).click()
        arrive(page, "/sign-in/code")
        page.locator("[name=code]").fill(code)
        page.get_by_role("button", name="Sign in", exact=True).click()
        arrive(page, "/account")
    assert page.get_by_text("a recovery code was used").is_visible()


def test_somebody_new_is_invited_and_comes_in(visit: Visit) -> None:
    page = visit(ADA, path="/administration", width=DESKTOP)
    page.get_by_role("main").get_by_role("link", name="单位").click()
    page.get_by_role("link", name="彭氏实业（测试）").click()
    page.get_by_role("button", name="新增人员").click()
    page.fill("[name=login]", "xin")
    page.fill("[name=name]", "辛来")
    page.select_option("[name=role]", "producer")
    page.get_by_role("button", name="保存").click()
    link = re.search(r"/invitation/[\w-]+", page.get_by_role("status").inner_text())
    assert link is not None

    new = visit(None, path=link[0], width=PHONE)
    no_overflow(new)
    for name in ("password", "again"):
        new.fill(f"[name={name}]", "一句只有我知道的很长的话")
    new.get_by_role("button", name="设置密码").click()
    arrive(new, "/sign-in")
    new.fill("[name=login]", "xin")
    new.fill("[name=password]", "一句只有我知道的很长的话")
    new.get_by_role("button", name="登录", exact=True).click()
    new.wait_for_url(lambda url: "/sign-in" not in url)
    assert new.get_by_role("link", name="填报联单").first.is_visible()
