"""A small coloured panel: title, fields, hazards and a QR code, set as large as its side allows."""

from collections.abc import Iterator
from dataclasses import dataclass, replace

from zerowaste.documents import qr, typeface
from zerowaste.documents.grid import MM, Line
from zerowaste.documents.sheet import Colour, Sheet

MARGIN_MM = 3.0
BORDER_MM = 1.0

# Han letters stand 0.92 em high: a letter height in millimetres, as standards give it, to its em.
_INK = 0.92
# Above the least height the standard asks for while there is room, below it only if there is none.
_LARGEST, _SMALLEST = 1.3, 0.45
_STEP = 0.97
_LEADING = 1.24
_PAD = 0.32
_TITLE = 1.75
_HAZARD = 1.35
_HAZARD_SHARE = 0.3
_CUTS = (160, 80, 40, 20, 10)


@dataclass(frozen=True, slots=True)
class Panel:
    """What one panel says, top to bottom. Sizes in millimetres; `least_mm`: least letter height."""

    width_mm: float
    height_mm: float
    background: Colour
    faint: Colour
    title: str
    upper: tuple[str, ...]
    middle: tuple[str, ...]
    lower: tuple[str, ...]
    qr_url: str
    qr_mm: float
    least_mm: float
    hazard_title: str = ""
    hazards: tuple[str, ...] = ()
    watermark: str = ""


@dataclass(frozen=True, slots=True)
class Setting:
    """A panel's lines at one letter size, and the heights of its zones in points."""

    size: float
    upper: list[Line]
    hazards: list[Line]
    middle: list[Line]
    lower: list[Line]
    heights: tuple[float, float, float, float]


def draw(sheet: Sheet, panel: Panel) -> None:
    """Draw one panel over the whole page."""
    setting = fit(panel)
    width, height = panel.width_mm * MM, panel.height_mm * MM
    sheet.fill(0, 0, width, height, panel.background)
    if panel.watermark:
        sheet.watermark(panel.watermark, 0.2 * height, panel.faint)
    _frame(sheet, panel)
    inset = (MARGIN_MM + BORDER_MM) * MM
    slack = (_inner(panel)[1] - sum(setting.heights)) / 4
    tops, y = [], inset
    for zone in setting.heights:
        tops.append(y)
        y += zone + slack
    _title(sheet, panel, setting, inset, slack)
    _upper(sheet, panel, setting, tops[1], setting.heights[1] + slack)
    if setting.middle:
        sheet.rule(inset, tops[2], _inner(panel)[0])
        pad = setting.size * _PAD
        sheet.lines(setting.middle, inset + pad, tops[2] + pad + slack / 2)
    _lower(sheet, panel, setting, tops[3], setting.heights[3] + slack)


def fit(panel: Panel) -> Setting:
    """The largest letters with which all fits; as a last resort fields are cut short with …"""
    for shown in _shortened(panel):
        size = panel.least_mm / _INK * MM * _LARGEST
        least = size * _SMALLEST / _LARGEST
        while size >= least:
            setting = _set(shown, size)
            if sum(setting.heights) <= _inner(panel)[1]:
                return setting
            size *= _STEP
    raise ValueError("a panel this small cannot hold its title and its code")


def _shortened(panel: Panel) -> Iterator[Panel]:
    yield panel
    for cut in _CUTS:
        upper, middle, lower = (
            tuple(text if len(text) <= cut + 8 else f"{text[: cut + 7]}…" for text in zone)
            for zone in (panel.upper, panel.middle, panel.lower)
        )
        hazards = tuple(text[:cut] for text in panel.hazards[:6])
        yield replace(panel, upper=upper, middle=middle, lower=lower, hazards=hazards)


def _inner(panel: Panel) -> tuple[float, float]:
    inset = 2 * (MARGIN_MM + BORDER_MM) * MM
    return panel.width_mm * MM - inset, panel.height_mm * MM - inset


def _code_side(panel: Panel) -> float:
    drawn = qr.code(panel.qr_url, panel.qr_mm)
    return qr.full_side(panel.qr_mm * MM, drawn.modules)


def _set(panel: Panel, size: float) -> Setting:
    width, _ = _inner(panel)
    pad = size * _PAD
    beside = width * _HAZARD_SHARE if panel.hazard_title else 0
    upper = _wrapped(panel.upper, size, width - beside - 2 * pad)
    hazards = _wrapped((panel.hazard_title,), size, beside - 2 * pad) if beside else []
    hazards += _wrapped(panel.hazards, size * _HAZARD, beside - 2 * pad, bold=True)
    middle = _wrapped(panel.middle, size, width - 2 * pad)
    code = _code_side(panel)
    lower = _wrapped(panel.lower, size, width - code - 3 * pad)
    heights = (
        size * _TITLE * _LEADING,
        max(_high(upper), _high(hazards)) + 2 * pad,
        _high(middle) + 2 * pad if middle else 0.0,
        max(_high(lower) + 2 * pad, code + pad),
    )
    return Setting(size, upper, hazards, middle, lower, heights)


def _wrapped(texts: tuple[str, ...], size: float, room: float, bold: bool = False) -> list[Line]:
    return [
        Line(line, size, bold, grey=False) for text in texts for line in typeface.wrap(text, size, bold, room)
    ]


def _high(lines: list[Line]) -> float:
    return sum(line.height for line in lines)


def _frame(sheet: Sheet, panel: Panel) -> None:
    """The border lies inside the margin, its whole thickness counted."""
    edge = (MARGIN_MM + BORDER_MM / 2) * MM
    width, height = panel.width_mm * MM - 2 * edge, panel.height_mm * MM - 2 * edge
    sheet.frame(edge, edge, width, height, BORDER_MM * MM)


def _title(sheet: Sheet, panel: Panel, setting: Setting, y: float, slack: float) -> None:
    width, _ = _inner(panel)
    size = setting.size * _TITLE
    size = min(size, size * width / max(typeface.width(panel.title, size, bold=True), 1))
    line = Line(panel.title, size, bold=True, grey=False)
    room = setting.heights[0] + slack
    sheet.line(line, (MARGIN_MM + BORDER_MM) * MM, y + (room - line.height) / 2, width, "centre")


def _upper(sheet: Sheet, panel: Panel, setting: Setting, y: float, height: float) -> None:
    inset, width = (MARGIN_MM + BORDER_MM) * MM, _inner(panel)[0]
    pad = setting.size * _PAD
    sheet.rule(inset, y, width)
    sheet.lines(setting.upper, inset + pad, y + (height - _high(setting.upper)) / 2)
    if panel.hazard_title:
        x = inset + width * (1 - _HAZARD_SHARE)
        sheet.upright(x, y, height)
        room = width * _HAZARD_SHARE - 2 * pad
        top = y + (height - _high(setting.hazards)) / 2
        sheet.lines(setting.hazards, x + pad, top, room, "centre")


def _lower(sheet: Sheet, panel: Panel, setting: Setting, y: float, height: float) -> None:
    inset, width = (MARGIN_MM + BORDER_MM) * MM, _inner(panel)[0]
    pad = setting.size * _PAD
    sheet.rule(inset, y, width)
    sheet.lines(setting.lower, inset + pad, y + (height - _high(setting.lower)) / 2)
    drawn, whole = qr.code(panel.qr_url, panel.qr_mm), _code_side(panel)
    x, top = inset + width - whole - pad / 2, y + (height - whole) / 2
    qr.draw(sheet.canvas, drawn, x, sheet.height - top - whole, panel.qr_mm * MM)
