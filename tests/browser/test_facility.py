"""A facility's day in a real browser: a load weighed in, part of it treated, the rest sent onward."""

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import PHONE, Site, Visit, no_overflow
from tests.cast import DAN, DREW, FAY, PAULA
from tests.city import LORRY, PLANT, SECOND_LORRY, SMALL, WORKS
from tests.web.acts import act, file, now

OIL, ASH = "900-249-08", "772-003-18"
LOAD_G = 500_000


@pytest.fixture
def load(site: Site) -> str:
    """Half a tonne of oil on its way to the plant: the number of its manifest."""
    paula = site.running.log_in(PAULA)
    found = paula.get("/carriers?stream=hazardous").json["items"]
    firm = next(item["code"] for item in found if LORRY in [each["plate"] for each in item["vehicles"]])
    manifest = {
        "stream": "hazardous", "consignor": WORKS, "consignee": PLANT, "planned_at": now(hours=1),
        "legs": [{"carrier": firm, "vehicle": LORRY, "driver": DAN.login}],
        "lines": [{"waste_code": OIL, "mass_g": LOAD_G, "packages": 3, "packaging": "桶"}],
        "fields": {"emergency_phone": "0791-12345678"},
    }  # fmt: skip
    number: str = file(paula, manifest)["number"]
    act(site.running.log_in(DAN), number, "pickup")
    return number


def weigh_in(page: Page, number: str) -> None:
    """At the gate: the number, the weighbridge, one button."""
    page.goto("/gate")
    page.fill("main [name=find]", number)
    page.press("main [name=find]", "Enter")
    page.fill("[name='ticket.net_kg']", "500")
    page.get_by_role("button", name="接受").click()
    page.wait_for_url(f"**/manifests/{number}")


def tick_the_oil(page: Page) -> None:
    """In the store of the plant."""
    page.goto(f"/sites/{PLANT}/stores?waste_code={OIL}")
    page.get_by_role("checkbox").last.check()


def test_fay_weighs_treats_and_sends_the_rest_onward(visit: Visit, load: str) -> None:
    page = visit(FAY, width=PHONE)
    weigh_in(page, load)

    tick_the_oil(page)
    no_overflow(page)
    page.get_by_role("button", name="处理选中的").click()
    page.wait_for_url("**/treatments/new?*")
    used = page.locator(".taken", has=page.get_by_role("checkbox", checked=True))
    expect(used).to_have_count(1)
    used.get_by_role("textbox").fill("300.5")
    page.select_option("[name=operation]", "D10")
    page.fill("[name='outputs.0.mass_kg']", "60")
    page.fill("[name='outputs.0.waste_code']", ASH)
    page.check("[name=done]")
    no_overflow(page)
    page.get_by_role("button", name="登记").click()
    page.wait_for_url("**/treatments/*-*")
    expect(page.get_by_role("heading", level=1)).to_contain_text("已完成")
    expect(page.locator("tfoot").get_by_text("300.5 kg")).to_have_count(2)
    expect(page.get_by_text("240.5 kg")).to_be_visible()  # what was burnt

    tick_the_oil(page)
    page.get_by_role("button", name="联单").click()
    expect(page.locator("[name='lines.0.mass_kg']")).to_have_value("199.5")
    send_onward(page)
    page.wait_for_url("**/manifests/2*")
    page.goto(f"/sites/{PLANT}/stores?waste_code={OIL}")
    expect(page.locator("tr").last).to_contain_text("199.5 kg")  # all of it promised
    expect(page.locator("tr").last.get_by_role("checkbox")).to_have_count(0)


def send_onward(page: Page) -> None:
    """To the smaller plant, by Drew."""
    page.check(f"[name=consignee][value={SMALL}]")
    page.fill("[name='lines.0.packages']", "2")
    page.fill("[name='lines.0.packaging']", "200L 铁桶")
    firm = page.locator("[name='legs.0.carrier'] option").filter(has_text="杜氏").get_attribute("value")
    page.select_option("[name='legs.0.carrier']", firm)
    page.locator(f"[name='legs.0.vehicle'] option[value='{SECOND_LORRY}']").wait_for(state="attached")
    page.select_option("[name='legs.0.vehicle']", SECOND_LORRY)
    page.select_option("[name='legs.0.driver']", DREW.login)
    page.get_by_role("button", name="提交联单").click()


def test_paula_puts_a_drum_into_store_and_sends_it(visit: Visit) -> None:
    page = visit(PAULA, path=f"/sites/{WORKS}/stores/new", width=PHONE, language="en")
    page.fill("[name=waste_code]", OIL)
    page.fill("[name=mass_kg]", "a drum")
    page.get_by_role("button", name="Register").click()
    expect(page.locator("[name=mass_kg]")).to_have_attribute("aria-invalid", "true")
    assert page.input_value("[name=waste_code]") == OIL
    page.fill("[name=mass_kg]", "180.25")
    page.get_by_role("button", name="Register").click()
    page.wait_for_url(f"**/sites/{WORKS}/stores")
    row = page.get_by_role("row").filter(has_text="180.25 kg")
    no_overflow(page)
    row.get_by_role("link", name="Send lot").click()
    expect(page.locator("[name='lines.0.mass_kg']")).to_have_value("180.25")
    expect(page.get_by_role("checkbox", checked=True)).to_have_count(1)
