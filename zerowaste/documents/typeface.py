"""The letters on paper: which characters can be shown, how wide they are, where lines may break."""

import re
import threading
import unicodedata
from collections.abc import Iterator
from functools import lru_cache
from itertools import groupby
from pathlib import Path
from typing import NamedTuple

from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.ttfonts import TTFont

FONTS = Path(__file__).with_name("fonts")
REGULAR = "NotoSansSC-Regular"
BOLD = "NotoSansSC-Bold-GB2312"

# Drawn for a character neither font has (an emoji, a very rare hanzi): the printers' geta mark.
SUBSTITUTE = "〓"

# Han characters fill the em from 0.88 above to 0.12 below the base line.
ASCENT = 0.88

_NEVER_FIRST = frozenset("，。、；：？！）》」』】〉”’％℃…,.;:?!)]}%")
_NEVER_LAST = frozenset("（《「『【〈“‘([{")
_WORDS = re.compile(r"[A-Za-z0-9À-ɏ@#&+_/\\'’.,:;-]+|\s|.", re.DOTALL)
_lock = threading.Lock()


class Run(NamedTuple):
    """A stretch of text set in one font."""

    font: str
    text: str


class _Glyph(NamedTuple):
    font: str
    width: float  # of an em
    shown: str


@lru_cache(maxsize=1)
def _widths() -> dict[str, dict[int, float]]:
    """font name → character → width in thousandths of an em. Loads both fonts, once."""
    with _lock:
        for name in (REGULAR, BOLD):
            if name not in pdfmetrics.getRegisteredFontNames():
                pdfmetrics.registerFont(TTFont(name, str(FONTS / f"{name}.ttf")))
    return {name: pdfmetrics.getFont(name).face.charWidths for name in (REGULAR, BOLD)}


def load() -> None:
    """Make both fonts known to reportlab; the first call reads 12 MB, the others nothing."""
    _widths()


@lru_cache(maxsize=40_000)
def _glyph(character: str, bold: bool) -> _Glyph:
    widths = _widths()
    code = ord(character)
    if bold and code in widths[BOLD]:
        return _Glyph(BOLD, widths[BOLD][code] / 1000, character)
    if code in widths[REGULAR]:
        return _Glyph(REGULAR, widths[REGULAR][code] / 1000, character)
    return _Glyph(REGULAR, widths[REGULAR][ord(SUBSTITUTE)] / 1000, SUBSTITUTE)


def clean(text: str) -> str:
    """Text as it will be set: composed, without controls or direction marks; newlines stay."""
    if text.isascii() and text.isprintable():
        return text
    kept = []
    for character in unicodedata.normalize("NFC", text.replace("\r\n", "\n")):
        category = unicodedata.category(character)
        if character == "\n":
            kept.append(character)
        elif category in ("Zs", "Cc"):
            kept.append("\u3000" if character == "\u3000" else " ")
        elif category == "Cs":  # half of a character pair: no encoding can write it
            kept.append(SUBSTITUTE)
        elif category != "Cf" and not unicodedata.name(character, "").startswith("VARIATION SEL"):
            kept.append(character)
    return "".join(kept)


def missing(text: str) -> str:
    """The characters of the text that will be drawn as 〓, each once."""
    known = _widths()[REGULAR]
    return "".join(
        dict.fromkeys(c for c in clean(text) if c not in ("\n", SUBSTITUTE) and ord(c) not in known)
    )


def runs(text: str, bold: bool) -> list[Run]:
    """Cleaned text cut where the font changes; unknown characters replaced by 〓."""
    glyphs = (_glyph(character, bold) for character in text)
    return [
        Run(font, "".join(glyph.shown for glyph in group))
        for font, group in groupby(glyphs, key=lambda glyph: glyph.font)
    ]


def width(text: str, size: float, bold: bool = False) -> float:
    """How wide cleaned text is, in points."""
    return sum(_glyph(character, bold).width for character in text) * size


def wrap(text: str, size: float, bold: bool, room: float) -> list[str]:
    """Lines of cleaned text no wider than `room` points (unless a single character is wider).

    Breaks at spaces and between hanzi, keeps Latin words and numbers whole while they fit, and
    leaves no closing mark at the start and no opening mark at the end of a line."""
    return [line for part in clean(text).split("\n") for line in _wrap_paragraph(part, size, bold, room)]


def tears(text: str, size: float, bold: bool, room: float) -> bool:
    """Whether a word is wider than the room, so that wrapping cuts it in two."""
    return any(len(word) > 1 and width(word, size, bold) > room for word in _WORDS.findall(clean(text)))


def _wrap_paragraph(text: str, size: float, bold: bool, room: float) -> Iterator[str]:
    line: list[str] = []
    used, broken = 0.0, False
    for word in _pieces(text, size, bold, room):
        wide = width(word, size, bold)
        if line and used + wide > room and not word.isspace():
            cut = _break(line, word)
            carried = width("".join(line[cut:]), size, bold)
            if carried + wide > room:
                cut, carried = len(line), 0.0
            yield "".join(line[:cut]).rstrip()
            line, used, broken = line[cut:], carried, True
        # Spaces at a break vanish; those in front of a paragraph are meant.
        if line or not (broken and word.isspace()):
            line.append(word)
            used += wide
    yield "".join(line).rstrip()


def _pieces(text: str, size: float, bold: bool, room: float) -> Iterator[str]:
    """Unbreakable pieces; a word wider than the room is cut into characters."""
    for word in _WORDS.findall(text):
        if len(word) > 1 and width(word, size, bold) > room:
            yield from word
        else:
            yield word


def _break(line: list[str], word: str) -> int:
    """How many pieces of the line stay when `word` moves down."""
    cut = len(line)
    if word[0] in _NEVER_FIRST and cut > 1:
        cut -= 1
    while cut > 1 and line[cut - 1] in _NEVER_LAST:
        cut -= 1
    return cut
