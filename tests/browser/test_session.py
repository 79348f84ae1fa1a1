"""Coming in, choosing a language, going out: in a real browser."""

from tests.browser.conftest import PHONE, Visit, no_overflow, sign_in
from tests.cast import PASSWORD, PAULA


def test_paula_comes_in_and_goes_out(visit: Visit) -> None:
    page = visit(PAULA)
    assert page.get_by_role("button", name="退出").is_visible()
    page.get_by_role("button", name="退出").click()
    page.wait_for_url("**/")
    page.goto("/manifests")
    assert "/sign-in?next=%2Fmanifests" in page.url


def test_who_asked_for_a_page_gets_it_after_signing_in(visit: Visit) -> None:
    page = visit(None, path="/manifests?status=filed")
    assert "/sign-in" in page.url
    page.fill("[name=login]", PAULA.login)
    page.fill("[name=password]", "wrong")
    page.click("main button[type=submit]")
    assert page.get_by_role("alert").is_visible()
    assert page.input_value("[name=login]") == PAULA.login
    page.fill("[name=password]", PASSWORD)
    page.click("main button[type=submit]")
    page.wait_for_url("**/manifests?status=filed")


def test_the_language_stays_as_it_was_chosen(visit: Visit) -> None:
    page = visit(None, path="/sign-in", width=PHONE)
    page.get_by_role("link", name="English").click()
    assert page.get_by_role("heading", name="Sign in").is_visible()
    sign_in(page, PAULA, "/manifests")
    assert page.get_by_role("heading", name="Manifests").is_visible()
    no_overflow(page)
