"""The regulator's main job: from the overview to the one load that is late, its chain and its evidence."""

import zipfile
from pathlib import Path

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import DESKTOP, Site, Visit, no_overflow
from tests.cast import DAN, PAULA, RITA
from tests.city import LORRY, PLANT, WORKS
from tests.web.acts import act, file, now


@pytest.fixture
def load(site: Site) -> str:
    """The number of a load on Dan's lorry."""
    paula = site.running.log_in(PAULA)
    carriers = paula.get("/carriers?stream=hazardous").json["items"]
    (firm,) = {item["code"] for item in carriers for each in item["vehicles"] if each["plate"] == LORRY}
    manifest = {
        "stream": "hazardous", "consignor": WORKS, "consignee": PLANT, "planned_at": now(hours=1),
        "legs": [{"carrier": firm, "vehicle": LORRY, "driver": DAN.login}],
        "lines": [{"waste_code": "900-249-08", "mass_g": 250_000, "packages": 1, "packaging": "桶"}],
    }  # fmt: skip
    number = str(file(paula, manifest)["number"])
    act(site.running.log_in(DAN), number, "pickup")
    return number


def test_rita_follows_a_load_from_the_overview_to_its_evidence(
    visit: Visit, load: str, tmp_path: Path
) -> None:
    page = visit(RITA, path="/overview", width=DESKTOP)
    page.get_by_role("searchbox").fill(LORRY)
    page.keyboard.press("Enter")
    page.get_by_role("link", name=load).click()
    page.get_by_role("button", name="去向链").click()
    expect(page.get_by_text("这条链尚未闭环")).to_be_visible()

    drawing = page.locator("svg.chain")
    before = drawing.get_attribute("width") or "0"
    page.get_by_role("button", name="放大 +").click()
    assert int(drawing.get_attribute("width") or "0") > int(before)
    drawing.locator("[data-node]").last.click()
    assert "#node-" in page.url
    no_overflow(page)

    with page.expect_download() as started:
        page.get_by_role("button", name="证据包（ZIP）").click()
    pack = tmp_path / "pack.zip"
    started.value.save_as(pack)
    with zipfile.ZipFile(pack) as book:
        assert {"README.txt", "check.py", "chain.json", "events.jsonl"} <= set(book.namelist())
