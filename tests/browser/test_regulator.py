"""A regulator's day in a real browser: from the whole city to one gram that is missing, and its proof."""

import subprocess
import sys
import zipfile
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import PHONE, Site, Visit, no_overflow
from tests.cast import DAN, FAY, PAULA, RITA, RUTH
from tests.city import LORRY, PLANT, WORKS
from tests.web.acts import act, file, now


@pytest.fixture(scope="module")
def short(site: Site) -> str:
    """A load of oil of which a fifth was gone at the gate: the number of its manifest."""
    paula = site.running.log_in(PAULA)
    found = paula.get("/carriers?stream=hazardous").json["items"]
    firm = next(item["code"] for item in found if LORRY in [each["plate"] for each in item["vehicles"]])
    manifest = {
        "stream": "hazardous", "consignor": WORKS, "consignee": PLANT, "planned_at": now(hours=1),
        "legs": [{"carrier": firm, "vehicle": LORRY, "driver": DAN.login}],
        "lines": [{"waste_code": "900-249-08", "mass_g": 500_000, "packages": 3, "packaging": "桶"}],
        "fields": {"emergency_phone": "0791-12345678"},
    }  # fmt: skip
    number: str = file(paula, manifest)["number"]
    act(site.running.log_in(DAN), number, "pickup")
    act(site.running.log_in(FAY), number, "accept", lines=[{"line": 1, "received_g": 400_000}])
    return number


def menu(page: Page, name: str) -> None:
    """By the menu, as somebody does who does not know the addresses."""
    page.get_by_role("navigation").get_by_role("link", name=name, exact=True).click()


def test_rita_goes_from_the_city_to_one_finding_and_takes_its_proof_along(
    visit: Visit, short: str, tmp_path: Path
) -> None:
    page = visit(RITA, language="en")
    menu(page, "Overview")
    expect(page.locator("#sankey canvas")).to_be_visible()
    expect(page.get_by_role("link", name="Qingshanhu")).to_have_count(2)  # on the map and in its table
    page.get_by_text("The same as a table").first.click()
    expect(page.get_by_role("cell", name="400 kg").first).to_be_visible()

    menu(page, "Findings")
    row = page.get_by_role("row").filter(has_text="nobody has explained")
    expect(row).to_contain_text("100 kg")
    row.get_by_role("link", name=short).click()
    expect(page.get_by_role("heading", name="Why it is open")).to_be_visible()

    with page.expect_download() as packed:
        page.get_by_role("button", name="Evidence pack").click()
    with zipfile.ZipFile(packed.value.path()) as pack:
        pack.extractall(tmp_path)
    check = [sys.executable, "-I", "-S", "-X", "utf8", "check.py"]
    said = subprocess.run(check, cwd=tmp_path, capture_output=True, text=True, encoding="utf-8", check=True)
    assert "WHOLE" in said.stdout


def test_the_district_on_a_phone_goes_by_its_row_to_what_is_open_there(visit: Visit, short: str) -> None:
    page = visit(RUTH, path="/overview", width=PHONE, language="en")
    expect(page.locator("#sankey canvas")).to_be_visible()
    no_overflow(page)
    expect(page.locator("svg.tiles")).to_be_hidden()
    page.get_by_role("link", name="Qingshanhu").focus()
    page.keyboard.press("Enter")
    page.wait_for_url("**/unclosed?region=360111")
    expect(page.get_by_text("900-249-08").first).to_be_visible()
    page.get_by_role("searchbox").fill(short)
    page.keyboard.press("Enter")
    page.wait_for_url(f"**/manifests/{short}")


def test_findings_are_narrowed_and_stay_whole_on_a_phone(visit: Visit, short: str) -> None:
    page = visit(RITA, path="/findings", width=PHONE)
    expect(page.get_by_role("link", name=short)).to_be_visible()
    no_overflow(page)
    page.get_by_label("轻重").select_option("alert")
    page.get_by_role("button", name="筛选").click()
    page.wait_for_url("**/findings?severity=alert*")
    expect(page.get_by_text("没有这样的问题线索")).to_be_visible()
    page.get_by_role("button", name="查看全部").click()
    expect(page.get_by_role("link", name=short)).to_be_visible()
