"""Labels for hazardous waste containers (HJ 1276-2022) and tags for medical waste, as PDF."""

from collections.abc import Sequence
from itertools import pairwise

from zerowaste.documents import figures, panel, typeface, wording
from zerowaste.documents.grid import MM
from zerowaste.documents.panel import Panel
from zerowaste.documents.paper import LabelPaper, LabelSize, Language, TagPaper, Words
from zerowaste.documents.sheet import Colour, Sheet

# HJ 1276-2022: background RGB(255,150,0), black letters at least so high, by the label's side.
ORANGE: Colour = (1.0, 150 / 255, 0.0)
LEAST_LETTER_MM = {LabelSize.SMALL: 3.0, LabelSize.MEDIUM: 5.0, LabelSize.LARGE: 6.0}
YELLOW: Colour = (1.0, 0.9, 0.2)
_FAINT_ORANGE: Colour = (0.95, 0.52, 0.0)
_FAINT_YELLOW: Colour = (0.93, 0.81, 0.1)
_TAG_WIDTH_MM, _TAG_HEIGHT_MM, _TAG_LETTER_MM = 100.0, 70.0, 3.0
_CODE_SHARE = 0.3
_DIGITAL_ID_PARTS = (18, 26, 34)


def labels_pdf(labels: Sequence[LabelPaper], size: LabelSize, language: Language) -> bytes:
    """One label a page, 100, 150 or 200 mm square. Raises ValueError when there are none."""
    side = float(size)
    return _pages([_label(label, size, language) for label in labels], side, side, language)


def tags_pdf(tags: Sequence[TagPaper], language: Language) -> bytes:
    """One yellow tag a page, 100 × 70 mm. Raises ValueError when there are none."""
    panels = [_tag(tag, language) for tag in tags]
    return _pages(panels, _TAG_WIDTH_MM, _TAG_HEIGHT_MM, language)


def _pages(panels: list[Panel], width: float, height: float, language: Language) -> bytes:
    if not panels:
        raise ValueError("there is nothing to print")
    sheet = Sheet(width * MM, height * MM, title=panels[0].title, language=language)
    for each in panels:
        panel.draw(sheet, each)
        sheet.turn()
    return sheet.finished()


def _label(label: LabelPaper, size: LabelSize, language: Language) -> Panel:
    def field(words: Words, value: str) -> str:
        return _field(words, value, language)

    code = field(wording.WASTE_CODE, label.code)
    form = field(wording.LABEL_FORM, label.form)
    return Panel(
        width_mm=float(size),
        height_mm=float(size),
        background=ORANGE,
        faint=_FAINT_ORANGE,
        title=_both(wording.LABEL_TITLE, language),
        upper=(
            field(wording.WASTE_NAME, label.name),
            field(wording.LABEL_CATEGORY, label.category),
            code,
            form,
            field(wording.LABEL_COMPOSITION, label.composition),
            field(wording.LABEL_HARMFUL, label.harmful),
        ),
        hazard_title=_both(wording.HAZARD, language),
        hazards=tuple(map(_one_line, label.hazards)),
        middle=(
            field(wording.LABEL_PRECAUTIONS, label.precautions),
            field(wording.LABEL_ID, _in_parts(label.digital_id)),
        ),
        lower=(
            field(wording.LABEL_ORGANISATION, label.organisation),
            field(wording.LABEL_CONTACT, label.contact),
            field(wording.LABEL_DAY, figures.day(label.generated_on, language)),
            field(wording.LABEL_MASS, figures.readable_mass(label.mass_g, language)),
            field(wording.REMARK, label.notes),
        ),
        qr_url=label.qr_url,
        qr_mm=float(size) * _CODE_SHARE,
        least_mm=LEAST_LETTER_MM[size],
        watermark=_watermark(label.watermarks, language),
    )


def _tag(tag: TagPaper, language: Language) -> Panel:
    def field(words: Words, value: str) -> str:
        return _field(words, value, language)

    return Panel(
        width_mm=_TAG_WIDTH_MM,
        height_mm=_TAG_HEIGHT_MM,
        background=YELLOW,
        faint=_FAINT_YELLOW,
        title=_both(wording.TAG_TITLE, language),
        upper=(
            field(wording.TAG_KIND, f"{tag.waste} {tag.code}"),
            field(wording.TAG_ORGANISATION, tag.organisation),
        ),
        middle=(),
        lower=(
            field(wording.TAG_DEPARTMENT, tag.department),
            field(wording.LABEL_DAY, figures.day(tag.generated_on, language)),
            field(wording.LABEL_MASS, figures.readable_mass(tag.mass_g, language)),
            field(wording.TAG_NUMBER, tag.tag),
            field(wording.TAG_NOTES, tag.notes),
        ),
        qr_url=tag.qr_url,
        qr_mm=30.0,
        least_mm=_TAG_LETTER_MM,
        watermark=_watermark(tag.watermarks, language),
    )


def _both(words: Words, language: Language) -> str:
    """The Chinese term, always: a label is read by whoever meets the drum. English beside it."""
    return words.zh if language == "zh" else f"{words.zh} {words.en}"


def _field(words: Words, value: str, language: Language) -> str:
    return f"{_both(words, language)}{wording.COLON.of(language)}{_one_line(value)}"


def _one_line(text: str) -> str:
    return " ".join(typeface.clean(text).split())


def _in_parts(digital_id: str) -> str:
    """The 37 characters in their four parts: unit, waste code, day, running number."""
    edges = (0, *_DIGITAL_ID_PARTS, None)
    return " ".join(filter(None, (digital_id[a:b] for a, b in pairwise(edges))))


def _watermark(words: tuple[Words, ...], language: Language) -> str:
    return " · ".join(each.of(language) for each in words)
