"""Drawing: lines of letters and ruled boxes on a reportlab canvas, measured from the top left."""

import math
from collections.abc import Iterable, Iterator
from io import BytesIO

from reportlab.pdfgen.canvas import Canvas

from zerowaste.documents import typeface
from zerowaste.documents.grid import LEADING, PADDING, Align, Box, Line, Page
from zerowaste.documents.paper import Language

Colour = tuple[float, float, float]

BLACK: Colour = (0, 0, 0)
_GREY: Colour = (0.35, 0.35, 0.35)
_SHADE: Colour = (0.93, 0.93, 0.93)
_FAINT: Colour = (0.9, 0.9, 0.9)
_THIN, _THICK = 0.5, 1.1


class Sheet:
    """A document of equal pages. `turn` starts the next page, `finished` ends the document."""

    def __init__(self, width: float, height: float, *, title: str, language: Language) -> None:
        typeface.load()
        self.width, self.height = width, height
        self._file = BytesIO()
        # invariant: no clock and no random id in the file, so equal papers are equal bytes.
        self.canvas = Canvas(
            self._file,
            pagesize=(width, height),
            invariant=1,
            pageCompression=1,
            initialFontName=typeface.REGULAR,
            lang="zh-CN" if language == "zh" else "en",
        )
        self.canvas.setTitle(typeface.clean(title))
        self.canvas.setCreator("zerowaste")

    def turn(self) -> None:
        """End this page."""
        self.canvas.showPage()

    def finished(self) -> bytes:
        """The whole file."""
        self.canvas.save()
        return self._file.getvalue()

    def line(self, line: Line, x: float, y: float, width: float = 0, align: Align = "left") -> None:
        """One line whose line box starts at `y`, set to a side of `width` points from `x`."""
        used = typeface.width(line.text, line.size, line.bold)
        x += {"left": 0.0, "centre": (width - used) / 2, "right": width - used}[align]
        base = self.height - y - line.size * ((LEADING - 1) / 2 + typeface.ASCENT)
        self.canvas.setFillColorRGB(*(_GREY if line.grey else BLACK))
        for font, text in typeface.runs(line.text, line.bold):
            self.canvas.setFont(font, line.size)
            self.canvas.drawString(x, base, text)
            x += typeface.width(text, line.size, font == typeface.BOLD)

    def lines(
        self, lines: Iterable[Line], x: float, y: float, width: float = 0, align: Align = "left"
    ) -> float:
        """Lines below each other; gives back where the next one would start."""
        for line in lines:
            self.line(line, x, y, width, align)
            y += line.height
        return y

    def fill(self, x: float, y: float, width: float, height: float, colour: Colour) -> None:
        """A filled rectangle without a border."""
        self.canvas.setFillColorRGB(*colour)
        self.canvas.rect(x, self.height - y - height, width, height, stroke=0, fill=1)

    def frame(self, x: float, y: float, width: float, height: float, thickness: float = _THIN) -> None:
        """An empty rectangle."""
        self.canvas.setStrokeColorRGB(*BLACK)
        self.canvas.setLineWidth(thickness)
        self.canvas.rect(x, self.height - y - height, width, height, stroke=1, fill=0)

    def rule(self, x: float, y: float, width: float, thickness: float = _THIN) -> None:
        """A level line."""
        self.canvas.setStrokeColorRGB(*BLACK)
        self.canvas.setLineWidth(thickness)
        self.canvas.line(x, self.height - y, x + width, self.height - y)

    def upright(self, x: float, y: float, height: float, thickness: float = _THIN) -> None:
        """An upright line."""
        self.canvas.setStrokeColorRGB(*BLACK)
        self.canvas.setLineWidth(thickness)
        self.canvas.line(x, self.height - y, x, self.height - y - height)

    def watermark(self, words: str, size: float, colour: Colour = _FAINT) -> None:
        """Large faint words from corner to corner, no wider than the page's diagonal allows."""
        text = typeface.clean(words)
        angle = math.atan2(self.height, self.width)
        room = 0.75 * math.hypot(self.width, self.height)
        size = min(size, room / max(typeface.width(text, 1, bold=True), 1))
        self.canvas.saveState()
        self.canvas.translate(self.width / 2, self.height / 2)
        self.canvas.rotate(math.degrees(angle))
        self.canvas.setFillColorRGB(*colour)
        x = -typeface.width(text, size, bold=True) / 2
        for font, part in typeface.runs(text, bold=True):
            self.canvas.setFont(font, size)
            self.canvas.drawString(x, -size * 0.38, part)
            x += typeface.width(part, size, font == typeface.BOLD)
        self.canvas.restoreState()

    def shades(self, page: Page, left: float, top: float) -> None:
        """The shaded boxes of a page, below everything else."""
        for y, strip in page:
            for box in strip.boxes:
                if box.shaded:
                    self.fill(left + box.x, top + y, box.width, strip.height, _SHADE)

    def boxes(self, page: Page, left: float, top: float, width: float) -> None:
        """The rules and letters of a page: thin inside, thick around."""
        self.canvas.setStrokeColorRGB(*BLACK)
        self.canvas.setLineWidth(_THIN)
        self.canvas.lines(list(_rules(page, left, self.height - top, width)))
        for y, strip in page:
            for box in strip.boxes:
                self._letters(box, left, top + y, strip.height)
        last = page[-1]
        self.frame(left, top, width, last.y + last.strip.height, _THICK)

    def _letters(self, box: Box, left: float, y: float, height: float) -> None:
        used = sum(line.height for line in box.lines)
        x = left + box.x + PADDING
        self.lines(box.lines, x, y + (height - used) / 2, box.width - 2 * PADDING, box.align)


def _rules(page: Page, left: float, top: float, width: float) -> Iterator[tuple[float, float, float, float]]:
    """The rules between rows and between the boxes of a row; here y runs upwards."""
    for y, strip in page:
        above, below = top - y, top - y - strip.height
        yield left, below, left + width, below
        for box in strip.boxes[1:]:
            yield left + box.x, above, left + box.x, below
