"""The producer's main job: a manifest in two minutes, filed in a real browser."""

from playwright.sync_api import Page, expect

from tests.browser.conftest import PHONE, Visit, no_overflow
from tests.browser.test_pages import violations
from tests.cast import DAN, PAULA
from tests.city import LORRY, PLANT, SECOND_LORRY


def fill(page: Page) -> None:
    """What Paula types, from the first choice to the last."""
    page.select_option("[name=stream]", "hazardous")
    page.fill("[name='lines.0.waste_code']", "900-249-08")
    page.press("[name='lines.0.waste_code']", "Tab")
    page.check(f"[name=consignee][value={PLANT}]")
    page.fill("[name='lines.0.mass_kg']", "250.5")
    page.fill("[name='lines.0.packages']", "2")
    page.fill("[name='lines.0.packaging']", "200L 铁桶")
    firm = page.locator("[name='legs.0.carrier'] option").filter(has_text="单氏").get_attribute("value")
    page.select_option("[name='legs.0.carrier']", firm)
    page.locator(f"[name='legs.0.vehicle'] option[value='{LORRY}']").wait_for(state="attached")
    page.select_option("[name='legs.0.vehicle']", LORRY)
    page.select_option("[name='legs.0.driver']", DAN.login)


def test_paula_files_a_manifest_on_her_phone(visit: Visit) -> None:
    page = visit(PAULA, path="/manifests/new", width=PHONE)
    fill(page)
    no_overflow(page)
    page.get_by_role("button", name="先核查").click()
    expect(page.get_by_text("核查通过")).to_be_visible()
    assert page.input_value("[name='lines.0.mass_kg']") == "250.5"
    page.get_by_role("button", name="提交联单").click()
    page.wait_for_url("**/manifests/2*")
    expect(page.get_by_role("heading", level=1)).to_contain_text("已填报")
    expect(page.get_by_alt_text("本联单的二维码")).to_be_visible()
    assert page.get_by_text("250.5 kg").first.is_visible()


def test_what_is_wrong_stands_beside_its_field(visit: Visit) -> None:
    page = visit(PAULA, path="/manifests/new", language="en")
    fill(page)
    page.fill("[name='lines.0.mass_kg']", "a lot")
    page.get_by_role("button", name="File it").click()
    expect(page.get_by_role("alert")).to_be_focused()
    field = page.locator("[name='lines.0.mass_kg']")
    expect(field).to_have_attribute("aria-invalid", "true")
    assert field.input_value() == "a lot"
    assert page.input_value("[name='lines.0.packages']") == "2"


def test_what_was_begun_is_there_tomorrow(visit: Visit) -> None:
    page = visit(PAULA, path="/manifests/new")
    fill(page)
    expect(page.get_by_text("草稿已自动保存")).to_be_visible()
    page.goto("/manifests?status=draft")
    page.get_by_role("link", name="草稿").first.click()
    page.get_by_role("button", name="继续填报", exact=True).click()
    assert page.input_value("[name='lines.0.waste_code']") == "900-249-08"


def test_what_is_typed_last_is_kept_too(visit: Visit) -> None:
    page = visit(PAULA, path="/manifests/new")
    fill(page)
    expect(page.get_by_text("草稿已自动保存")).to_be_visible()
    with page.expect_response(lambda answer: "step=keep" in (answer.request.post_data or "")):
        page.fill("[name='lines.0.mass_kg']", "77")
        page.press("[name='lines.0.mass_kg']", "Tab")
    page.goto("/manifests?status=draft")
    page.get_by_role("link", name="草稿").first.click()
    page.get_by_role("button", name="继续填报", exact=True).click()
    assert page.input_value("[name='lines.0.mass_kg']") == "77"


def test_a_second_window_on_a_draft_is_told_while_it_types(visit: Visit) -> None:
    left = visit(PAULA, path="/manifests/new", language="en")
    with left.expect_response(lambda answer: f"driver={DAN.login}" in (answer.request.post_data or "")):
        fill(left)
    draft = left.input_value("[name=id]")
    right = left.context.new_page()
    right.goto(f"/manifests/new?draft={draft}")
    for page, kilograms in ((left, "77"), (right, "99")):
        with page.expect_response(lambda answer: "step=keep" in (answer.request.post_data or "")):
            page.fill("[name='lines.0.mass_kg']", kilograms)
            page.press("[name='lines.0.mass_kg']", "Tab")
    expect(right.get_by_text("was changed in another window")).to_be_visible()
    expect(right.locator("[name='lines.0.mass_kg']")).to_have_value("99")
    assert violations(right) == []
    right.get_by_role("button", name="File it").click()
    right.wait_for_url("**/manifests/2*")
    expect(right.get_by_text("99 kg").first).to_be_visible()
    left.get_by_role("button", name="File it").click()
    left.wait_for_url("**/manifests/2*")
    expect(left.get_by_text("77 kg").first).to_be_visible()


def test_who_goes_back_after_filing_finds_an_empty_form_and_has_filed_once(visit: Visit) -> None:
    page = visit(PAULA, path="/manifests/new")
    fill(page)
    page.get_by_role("button", name="提交联单").click()
    page.wait_for_url("**/manifests/2*")
    filed = page.url
    page.go_back()
    page.wait_for_url("**/manifests/new*")
    assert [box.input_value() for box in page.locator("[name='lines.0.mass_kg']").all()] in ([], [""])
    page.go_forward()
    page.wait_for_url(filed)


def test_initials_find_a_waste_while_they_are_typed(visit: Visit) -> None:
    page = visit(PAULA, path="/manifests/new")
    page.select_option("[name=stream]", "hazardous")
    field = page.locator("[name='lines.0.waste_code']")
    field.press_sequentially("kwy")
    page.locator("ul.meant button").first.wait_for()
    expect(field).to_be_focused()
    expect(field).to_have_value("kwy")


def test_paula_files_with_the_keyboard_alone(visit: Visit) -> None:
    page = visit(PAULA, path="/manifests/new", language="en")

    def tab_to(name: str) -> None:
        """On from field to field, as the page leads; never back to its top."""
        for _ in range(25):
            page.keyboard.press("Tab")
            page.wait_for_load_state("networkidle")
            now = page.evaluate("[document.activeElement.tagName, document.activeElement.name]")
            assert now[0] != "BODY", name
            if now[1] == name:
                return
        raise AssertionError(f"no way to {name}")

    page.locator("[name=stream]").focus()
    page.keyboard.type("haz")
    page.locator("[name='lines.0.waste_code']").wait_for()
    tab_to("lines.0.waste_code")
    page.keyboard.type("900-249-08")
    tab_to("lines.0.mass_kg")
    page.locator("[name=consignee]").first.wait_for()
    page.keyboard.type("12")
    with page.expect_response("**/manifests/new"):
        page.keyboard.press("Enter")  # neither another waste nor one fewer
    page.wait_for_load_state("networkidle")
    expect(page.locator("[name='lines.0.mass_kg']")).to_be_focused()
    expect(page.locator("[name='lines.0.mass_kg']")).to_have_value("12")
    assert page.locator("[name='lines.1.mass_kg']").count() == 0
    tab_to("lines.0.packages")
    page.keyboard.type("1")
    tab_to("lines.0.packaging")
    page.keyboard.type("drum")
    tab_to("consignee")
    page.keyboard.press("Space")
    tab_to("legs.0.carrier")
    page.keyboard.press("ArrowDown")
    page.locator(f"[name='legs.0.vehicle'] option[value='{LORRY}']").wait_for(state="attached")
    for name in ("legs.0.vehicle", "legs.0.driver"):
        tab_to(name)
        page.keyboard.press("ArrowDown")
    tab_to("step")
    while page.evaluate("document.activeElement.value") != "file":
        tab_to("step")
    page.keyboard.press("Enter")
    page.wait_for_url("**/manifests/2*")


def test_paula_sends_another_lorry_from_her_phone(visit: Visit) -> None:
    """The lorry does not come: the same choice as at filing, with what is planned filled in."""
    page = visit(PAULA, path="/manifests/new", width=PHONE)
    fill(page)
    page.get_by_role("button", name="提交联单").click()
    page.wait_for_url("**/manifests/2*")
    page.get_by_role("button", name="换车换人（改派）").click()
    assert page.input_value("[name='legs.0.vehicle']") == LORRY
    no_overflow(page)
    firm = page.locator("[name='legs.0.carrier'] option").filter(has_text="杜氏").get_attribute("value")
    page.select_option("[name='legs.0.carrier']", firm)
    page.locator(f"[name='legs.0.vehicle'] option[value='{SECOND_LORRY}']").wait_for(state="attached")
    page.get_by_label("说明").fill("原车故障")
    page.get_by_role("button", name="后面再加一段").click()
    expect(page.get_by_label("说明")).to_have_value("原车故障")
    page.get_by_role("button", name="换车换人（改派）").click()
    expect(page.get_by_role("alert")).to_be_focused()
    no_overflow(page)
    assert violations(page) == []
    page.get_by_role("button", name="去掉").last.click()
    page.get_by_role("button", name="换车换人（改派）").click()
    page.wait_for_url(lambda url: not url.endswith("/replan"))
    expect(page.get_by_text("原车故障")).to_be_visible()
    expect(page.get_by_text(SECOND_LORRY).first).to_be_visible()
