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


def test_paula_whose_session_ends_while_she_files_signs_in_beside_it_and_goes_on(visit: Visit) -> None:
    page = visit(PAULA, path="/manifests/new", language="en")
    page.select_option("[name=stream]", "hazardous")
    page.fill("[name='lines.0.mass_kg']", "123.5")
    page.context.clear_cookies(name="zerowaste")
    page.fill("[name='lines.0.waste_code']", "900-249-08")
    page.press("[name='lines.0.waste_code']", "Tab")
    page.get_by_role("heading", name="what you typed is kept").wait_for()
    with page.context.expect_page() as opened:
        page.get_by_role("button", name="Sign in, in a new window").click()
    beside = opened.value
    beside.fill("[name=login]", PAULA.login)
    beside.fill("[name=password]", PASSWORD)
    beside.click("main button[type=submit]")
    beside.get_by_role("heading", name="You are signed in").wait_for()
    beside.close()
    page.get_by_role("button", name="Come back here and send it").click()
    page.wait_for_selector("[name=consignee]")
    assert page.input_value("[name='lines.0.mass_kg']") == "123.5"
