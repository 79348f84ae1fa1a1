"""Labels on drums and tags on bags: the standard's size, colour, letters and fields, and a code."""

from dataclasses import replace

import pytest
from PIL import ImageFilter

from tests.documents import pages
from tests.documents.sample_papers import KEY, KEY_ID, LABEL, LANGUAGES, PACKAGE_URL, TAG
from zerowaste.documents.label import labels_pdf, tags_pdf
from zerowaste.documents.paper import LabelPaper, LabelSize, Language
from zerowaste.rules import token
from zerowaste.rules.token import TokenKind

POINTS_A_MM = 72 / 25.4

# HJ 1276-2022: the least height of a letter, by the label's side.
LEAST_MM = {LabelSize.SMALL: 3.0, LabelSize.MEDIUM: 5.0, LabelSize.LARGE: 6.0}
STANDARD_FIELDS = [
    "废物名称", "废物类别", "废物代码", "废物形态", "危险特性", "主要成分", "有害成分", "注意事项",
    "数字识别码", "产生/收集单位", "联系人和联系方式", "产生日期", "废物重量", "备注",
]  # fmt: skip
LONG = "特别长的名称" * 40
NASTY = [LONG, "Nospaces" * 40, "<b>&lt;", "😀𠮷㙓", "\x00\ud800\n\n\n", ""]


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("size", LabelSize)
def test_a_label_carries_all_fields_of_the_standard(size: LabelSize, language: Language) -> None:
    (printed,) = pages.texts(labels_pdf([LABEL], size, language))
    assert [field for field in STANDARD_FIELDS if field not in printed] == []
    for value in (LABEL.name, LABEL.code, LABEL.harmful, LABEL.precautions, LABEL.digital_id):
        assert pages.plain(value) in printed
    assert {"zh": "612.5千克", "en": "612.5kg"}[language] in printed


@pytest.mark.parametrize("size", LabelSize)
def test_the_chinese_label_keeps_the_standards_letter_height(size: LabelSize) -> None:
    """Measured on the page: the bottom-most letters are as small as any."""
    heights = [
        rect.top - rect.bottom
        for rect in pages.rects(labels_pdf([replace(LABEL, watermarks=())], size, "zh"))[0]
        if "废物" in rect.text
    ]
    assert min(heights) >= LEAST_MM[size] * POINTS_A_MM


@pytest.mark.parametrize("size", LabelSize)
def test_a_label_has_its_size_colour_margin_and_border(size: LabelSize) -> None:
    side = float(size)
    pdf = labels_pdf([LABEL], size, "zh")
    assert pages.sizes(pdf) == [pytest.approx((side * POINTS_A_MM,) * 2, abs=0.01)]
    image = pages.coloured(pdf, dots_per_inch=254)  # ten dots a millimetre
    middle = image.height // 2
    assert [image.getpixel((dot, middle)) for dot in (2, 27)] == [(255, 150, 0)] * 2
    assert [image.getpixel((dot, middle)) for dot in (32, 37)] == [(0, 0, 0)] * 2
    assert image.getpixel((43, middle)) == (255, 150, 0)


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("size", LabelSize)
def test_the_labels_code_is_read_out_of_focus_and_proved(size: LabelSize, language: Language) -> None:
    image = pages.picture(labels_pdf([LABEL], size, language), dots_per_inch=200)
    _prove(image.rotate(13, expand=True, fillcolor=120).filter(ImageFilter.GaussianBlur(1.2)))


@pytest.mark.parametrize("size", LabelSize)
def test_the_code_is_at_least_three_centimetres(size: LabelSize) -> None:
    image = pages.coloured(labels_pdf([LABEL], size, "zh"), dots_per_inch=254)
    # White is only around the code: its quiet zone, four modules of 53 on each side.
    white = image.convert("L").point(lambda tone: 255 * (tone > 250)).getbbox()
    assert white is not None
    assert (white[2] - white[0]) / 10 * 53 / 61 >= 29.9


def test_each_label_has_its_own_page() -> None:
    labels = [replace(LABEL, name=f"第{number}桶") for number in range(1, 4)]
    printed = pages.texts(labels_pdf(labels, LabelSize.SMALL, "zh"))
    assert [f"第{number}桶" in page for number, page in enumerate(printed, 1)] == [True] * 3


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("size", LabelSize)
@pytest.mark.parametrize("text", NASTY)
def test_nothing_people_write_leaves_the_label(text: str, size: LabelSize, language: Language) -> None:
    pdf = labels_pdf([_filled_with(text)], size, language)
    for found, area in zip(pages.rects(pdf), pages.sizes(pdf), strict=True):
        assert pages.overlaps(found) == []
        inset = 4 * POINTS_A_MM
        for rect in found:
            assert rect.left >= inset
            assert rect.bottom >= inset
            assert rect.right <= area[0] - inset
            assert rect.top <= area[1] - inset
    _prove(pages.picture(pdf, dots_per_inch=200))


def test_what_is_too_long_is_cut_and_says_so() -> None:
    (printed,) = pages.texts(labels_pdf([_filled_with(LONG)], LabelSize.SMALL, "zh"))
    assert "..." in printed


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_tag_names_the_bag_and_proves_itself(language: Language) -> None:
    pdf = tags_pdf([TAG], language)
    (printed,) = pages.texts(pdf)
    for value in ("医疗废物", TAG.waste, TAG.code, TAG.tag, TAG.organisation, TAG.department):
        assert pages.plain(value) in printed
    _prove(pages.picture(pdf, dots_per_inch=200))


def test_printing_nothing_is_a_mistake() -> None:
    with pytest.raises(ValueError, match="nothing to print"):
        labels_pdf([], LabelSize.SMALL, "zh")
    with pytest.raises(ValueError, match="nothing to print"):
        tags_pdf([], "zh")


def test_equal_labels_are_equal_bytes() -> None:
    assert labels_pdf([LABEL], LabelSize.LARGE, "en") == labels_pdf([LABEL], LabelSize.LARGE, "en")
    assert tags_pdf([TAG], "zh") == tags_pdf([TAG], "zh")


def _prove(image: pages.Picture) -> None:
    found = pages.decoded(image)
    assert found == [PACKAGE_URL]
    claim = token.verify(found[0].rsplit("/", 1)[1], {KEY_ID: KEY.public_key()})
    assert claim is not None
    assert claim.kind is TokenKind.PACKAGE


def _filled_with(text: str) -> LabelPaper:
    return replace(
        LABEL,
        name=text,
        category=text,
        form=text,
        hazards=(text, text),
        composition=text,
        harmful=text,
        precautions=text,
        organisation=text,
        contact=text,
        notes=text,
        watermarks=(),
    )
