"""The form's content: every official box, every value, and each stream's own fields."""

from dataclasses import fields, replace

import pytest

from tests.documents import pages
from tests.documents.sample_papers import (
    BLANK,
    CONSTRUCTION,
    FIRST_LEG,
    FULL,
    LANGUAGES,
    MEDICAL,
    STREAMS,
)
from zerowaste.documents.manifest import manifest_pdf
from zerowaste.documents.paper import DRAFT, VOID, ItemRow, Language

# The boxes of the official form (危险废物转移联单), part by part.
OFFICIAL_BOXES = {
    "head": ["危险废物转移联单", "联单编号"],
    "move": ["危险废物移出信息(由移出人填写)", "单位名称", "单位地址", "应急联系电话",
             "经办人(发运人)", "联系电话", "交付时间", "突发环境事件防范措施"],
    "move.item": ["序号", "废物名称", "废物代码", "危险特性", "形态", "有害成分名称", "包装方式",
                  "包装数量", "移出量(吨)"],
    "carry": ["危险废物运输信息(由承运人填写)", "营运证件号", "驾驶员", "运输工具", "牌号",
              "运输起点", "实际起运时间", "经由地", "运输终点", "实际到达时间",
              "联运交接时间", "联运交接地点"],
    "accept": ["危险废物接受信息(由接受人填写)", "危险废物经营许可证编号",
               "经办人(接收人)", "接受时间"],
    "accept.item": ["是否存在重大差异", "接受人处理意见", "拟利用处置方式", "接受量(吨)"],
}  # fmt: skip


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("part", OFFICIAL_BOXES)
def test_every_official_box_is_printed(part: str, language: Language) -> None:
    printed = "".join(pages.texts(manifest_pdf(FULL, language)))
    assert [box for box in OFFICIAL_BOXES[part] if pages.plain(box) not in printed] == []


def test_every_value_is_printed() -> None:
    printed = "".join(pages.texts(manifest_pdf(FULL, "zh")))
    values = [
        *_strings(FULL.consignor),
        *(value for leg in FULL.legs for value in _strings(leg)),
        *_strings(FULL.consignee),
        *(value for item in FULL.items for value in _strings(item)),
        *(value for row in FULL.acceptance for value in _strings(row)),
        *(value for said in FULL.opinions for value in _strings(said)),
        FULL.notes,
        FULL.serial,
        FULL.edition,
    ]
    values = [value for value in values if value not in ("scale", "accept", "part")]
    assert [value for value in values if pages.plain(value) not in printed] == []


def test_masses_are_exact_and_times_are_the_citys() -> None:
    printed = "".join(pages.texts(manifest_pdf(FULL, "zh")))
    for said in ("1.2345", "3.000001", "4.234501", "拒收0.750", "2.250001"):
        assert said in printed
    assert "2026年11月23日09时05分" in printed  # 01:05 UTC


def test_medical_waste_is_weighed_in_kilograms() -> None:
    printed = "".join(pages.texts(manifest_pdf(MEDICAL, "zh")))
    assert "移出量(千克)" in printed
    assert "186.25" in printed
    assert "198.255" in printed


def test_our_serial_is_never_called_the_legal_number() -> None:
    printed = pages.texts(manifest_pdf(FULL, "zh"))[0]
    assert "市级流水号:20263601000042" in printed
    assert "联单编号:20263601000042" not in printed
    numbered = replace(FULL, national_number="20263601888888")
    assert "联单编号:20263601888888" in pages.texts(manifest_pdf(numbered, "zh"))[0]


def test_a_stream_without_national_numbers_prints_none() -> None:
    printed = pages.texts(manifest_pdf(CONSTRUCTION, "zh"))[0]
    assert "市级流水号" in printed
    assert "联单编号" not in printed


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("name", STREAMS)
def test_every_stream_has_its_title_and_its_own_fields(name: str, language: Language) -> None:
    paper = STREAMS[name]
    printed = "".join(pages.texts(manifest_pdf(paper, language)))
    assert pages.plain(paper.title.of(language)) in printed
    for entry in paper.consignor.entries:
        assert pages.plain(entry.label.of(language)) in printed
        assert pages.plain(entry.value) in printed


def test_an_unfilled_form_can_be_filled_in_by_hand() -> None:
    printed = pages.texts(manifest_pdf(BLANK, "zh"))
    assert len(printed) == 1
    assert printed[0].count("年月日时分") == 4
    assert "接受人处理意见" in printed[0]


def test_watermarks_say_what_the_paper_is_not() -> None:
    printed = pages.texts(manifest_pdf(replace(FULL, watermarks=(DRAFT, VOID)), "zh"))
    assert all("草稿" in page and "已作废" in page for page in printed)


def test_many_legs_keep_their_handovers() -> None:
    legs = tuple(
        replace(FIRST_LEG, number=number, handover_place=f"第{number}交接点") for number in range(1, 8)
    )
    back = replace(FIRST_LEG, number=8, back=True)
    whole = "".join(pages.texts(manifest_pdf(replace(FULL, legs=(*legs, back)), "zh")))
    for number in range(1, 8):
        assert f"联运第{number}段/共7段" in whole
        assert f"第{number}交接点" in whole
    assert "退回运输(第8段)" in whole


def test_an_item_without_a_mass_leaves_its_box_empty() -> None:
    paper = replace(FULL, items=(ItemRow("待称重废物", "900-000-01", None),), acceptance=())
    assert "待称重废物" in "".join(pages.texts(manifest_pdf(paper, "zh")))


def _strings(block: object) -> list[str]:
    values = (getattr(block, each.name) for each in fields(block))  # type: ignore[arg-type]
    return [value for value in values if isinstance(value, str) and value]
