"""The facility's main job, and with it a whole chain: from the gate to the end of every gram."""

from typing import Any

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import DESKTOP, PHONE, Site, Visit, no_overflow
from tests.cast import DAN, FAY, PAULA, RITA
from tests.city import LORRY, PLANT, WORKS
from tests.web.acts import act, file, now

LOAD_KG = 250


@pytest.fixture
def load(site: Site) -> str:
    """The number of a load that Dan has brought to Fay's gate."""
    paula, dan = site.running.log_in(PAULA), site.running.log_in(DAN)
    carriers = paula.get("/carriers?stream=hazardous").json["items"]
    (firm,) = {item["code"] for item in carriers for each in item["vehicles"] if each["plate"] == LORRY}
    manifest: dict[str, Any] = {
        "stream": "hazardous", "consignor": WORKS, "consignee": PLANT, "planned_at": now(hours=1),
        "legs": [{"carrier": firm, "vehicle": LORRY, "driver": DAN.login}],
        "lines": [{"waste_code": "900-249-08", "mass_g": LOAD_KG * 1000, "packages": 1, "packaging": "桶"}],
    }  # fmt: skip
    number = str(file(paula, manifest)["number"])
    act(dan, number, "pickup")
    return number


def test_fay_weighs_accepts_and_burns_and_the_chain_is_closed(visit: Visit, load: str) -> None:
    page = visit(FAY, path="/gate", width=PHONE)
    page.fill("[name=find]", LORRY)
    page.press("[name=find]", "Enter")
    if "/gate/" not in page.url:  # the lorry carries more than one load
        page.get_by_role("link", name=load).click()
    page.wait_for_url(f"**/gate/{load}")
    page.fill("[name='ticket.net_kg']", str(LOAD_KG))
    no_overflow(page)
    page.get_by_role("button", name="接受（拒收部分除外）").click()
    page.wait_for_url(f"**/manifests/{load}")

    page.goto(f"/treatments/new?site={PLANT}")
    page.select_option("[name=operation]", "D10")
    page.get_by_role("checkbox", name=f"{LOAD_KG} kg").check()
    page.get_by_role("checkbox", name="处理完成").check()
    no_overflow(page)
    page.get_by_role("button", name="登记", exact=True).click()
    page.wait_for_url("**/treatments/0*")
    expect(page.get_by_text("已完成")).to_be_visible()

    page = visit(RITA, path=f"/manifests/{load}/chain", width=DESKTOP)
    expect(page.get_by_text("这条链已闭环")).to_be_visible()


def test_a_ticked_lot_goes_on_to_the_next(visit: Visit, load: str) -> None:
    page = visit(PAULA, path=f"/sites/{WORKS}/stores/new")
    page.fill("[name=waste_code]", "900-249-08")
    page.fill("[name=mass_kg]", "77.7")
    page.get_by_role("button", name="登记", exact=True).click()
    page.get_by_role("row", name="77.7 kg").get_by_role("checkbox").check()
    page.get_by_role("button", name="把选中的送出去").click()
    page.wait_for_url("**/manifests/new?*")
    assert page.input_value("[name='lines.0.mass_kg']") == "77.7"
    expect(page.locator(f"[name=consignee][value={PLANT}]")).to_be_visible()
