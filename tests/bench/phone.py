"""The driver's app on a slow phone: how much it loads first, and how long a scan takes to be stored."""

import gzip
import json
import re
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from playwright.sync_api import Page, sync_playwright

from tests.bench.ground import Ground
from tests.bench.report import Section, median
from tests.bench.sizes import Sizes
from tests.browser.chromium import ARGUMENTS, chromium
from tests.browser.conftest import PHONE, Site
from tests.browser.demo import demo_site
from tests.browser.filming import film
from zerowaste import clock
from zerowaste.services.demo import PASSWORD

SLOWER = 4  # times a desktop's processor
AIM_KB, AIM_MS = 150, 1000
PLATE, CARRIER = "赣A8Y001", "赣水联运"


def measure(ground: Ground, sizes: Sizes) -> Section:
    """A driver with a slowed-down browser scans loads of the demo city, filmed from paper."""
    home = ground.home / "phone"
    home.mkdir()
    site = demo_site(home)
    loads = [_filed(site) for _ in range(sizes.scans)]
    seen, stored = [], []
    with _phone(site, home / "film.mjpeg") as page:
        for number, printed in loads:
            film(printed, home / "film.mjpeg")
            seen.append(_until(page, lambda: page.goto("/drive#scan"), f"h1:has-text('{number}')"))
            stored.append(_until(page, lambda: page.click("button.confirm"), ".told"))
    first_kb = _first_load(site) / 1024
    site.pull_out()
    site.service.database.close()
    return Section(
        title="phone: the driver's app on a slow phone",
        what=f"Chromium slowed down {SLOWER} ×, a phone's window, its camera filming the printed code at an "
        f"angle; {sizes.scans} loads scanned and confirmed.",
        aim=f"first load ≤ {AIM_KB} KB (gzip) before the scanner; confirmation stored in < {AIM_MS} ms",
        verdict=f"**{first_kb:.0f} KB**; stored **{median(stored):.0f} ms** after the confirming tap",
        figures={"first_kb": first_kb, "stored_ms": median(stored), "seen_ms": median(seen)},
        tables=[
            (
                ("step (medians)", "ms"),
                [
                    ("from opening the scanner to the load on the screen", f"{median(seen):.0f}"),
                    ("from the confirming tap to “stored on this phone”", f"{median(stored):.0f}"),
                ],
            )
        ],
        not_shown="A real phone's camera, its focus and its light; the time somebody takes to aim.",
    )


def _until(page: Page, act: Any, appears: str) -> float:
    began = time.perf_counter()
    act()
    page.wait_for_selector(appears)
    return (time.perf_counter() - began) * 1000


@contextmanager
def _phone(site: Site, seen: Path) -> Iterator[Page]:
    camera = (
        "--use-fake-device-for-media-stream",
        "--use-fake-ui-for-media-stream",
        f"--use-file-for-fake-video-capture={seen}",
    )
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium(), args=[*ARGUMENTS, *camera])
        context = browser.new_context(
            base_url=site.address, viewport={"width": PHONE, "height": 740}, locale="zh-CN"
        )
        page = context.new_page()
        page.goto("/sign-in?next=/drive")
        page.fill("[name=login]", "driver")
        page.fill("[name=password]", PASSWORD)
        page.click("main button[type=submit]")
        page.get_by_text("可离线").wait_for()
        context.new_cdp_session(page).send("Emulation.setCPUThrottlingRate", {"rate": SLOWER})
        yield page
        browser.close()


def _filed(site: Site) -> tuple[str, bytes]:
    """A load for the demo's driver: its number, and its paper."""
    client = site.app.test_client()
    token = client.post("/api/v1/login", json={"login": "producer", "password": PASSWORD}).json["token"]
    signed = {"Authorization": f"Bearer {token}"}
    carriers = client.get("/api/v1/carriers?stream=hazardous", headers=signed).json["items"]
    (firm,) = (each["code"] for each in carriers if CARRIER in each["name"])
    manifest = {
        "stream": "hazardous", "consignor": "NC-HOSPITAL", "consignee": "NC-HAZARDOUS",
        "planned_at": clock.now().isoformat(),
        "legs": [{"carrier": firm, "vehicle": PLATE, "driver": "driver"}],
        "lines": [{"waste_code": "900-249-08", "mass_g": 10_000, "packages": 1, "packaging": "桶"}],
    }  # fmt: skip
    filed = client.post("/api/v1/manifests", json=manifest, headers=signed).json
    printed = client.get(f"/api/v1/manifests/{filed['number']}/document.pdf", headers=signed)
    return filed["number"], printed.data


def _first_load(site: Site) -> int:
    """Bytes, compressed, of all that the app is made of but the scanner."""
    client = site.app.test_client()
    (shell,) = re.findall(r"const SHELL = (\[.*\]);", client.get("/drive/worker.js").text)
    total = 0
    for part in json.loads(shell):
        with client.get(part) as answer:
            total += len(gzip.compress(answer.data))
    return total
