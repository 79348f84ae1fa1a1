"""Printed papers: milliseconds a page against the bare drawing of the same page."""

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial
from io import BytesIO
from typing import Any

from reportlab.pdfgen.canvas import Canvas

from tests.bench.ground import Ground
from tests.bench.report import Section, median
from tests.bench.sizes import Sizes
from tests.documents.sample_papers import CONSTRUCTION, FULL, KITCHEN, LABEL, MEDICAL
from zerowaste.documents import sheet
from zerowaste.documents.label import labels_pdf
from zerowaste.documents.manifest import manifest_pdf
from zerowaste.documents.paper import LabelSize

Call = tuple[str, tuple[Any, ...], dict[str, Any]]
PAPERS: dict[str, Callable[[], bytes]] = {
    "hazardous manifest, zh": lambda: manifest_pdf(FULL, "zh"),
    "hazardous manifest, en": lambda: manifest_pdf(FULL, "en"),
    "medical manifest, zh": lambda: manifest_pdf(MEDICAL, "zh"),
    "construction manifest, zh": lambda: manifest_pdf(CONSTRUCTION, "zh"),
    "kitchen manifest, zh": lambda: manifest_pdf(KITCHEN, "zh"),
    "100 labels, zh": lambda: labels_pdf([LABEL] * 100, LabelSize.LARGE, "zh"),
}


class Recorder:
    """A canvas that keeps what it is told to draw."""

    calls: list[Call]

    def __init__(self, *args: Any, **options: Any) -> None:
        self._canvas = Canvas(*args, **options)
        Recorder.calls = []

    def __getattr__(self, name: str) -> Any:
        method = getattr(self._canvas, name)

        def call(*args: Any, **options: Any) -> Any:
            Recorder.calls.append((name, args, options))
            return method(*args, **options)

        return call


def measure(_ground: Ground, sizes: Sizes) -> Section:
    """In turns: a paper as the service makes it, and its own drawing calls sent to reportlab alone."""
    rows, ratios = [], []
    for name, make in PAPERS.items():
        calls, options, pages = _recorded(make)
        whole, bare = [], []
        for _ in range(sizes.pages):
            whole.append(_seconds(make) / pages)
            bare.append(_seconds(partial(_drawn, calls, options)) / pages)
        ratio = median([a / b for a, b in zip(whole, bare, strict=True)])
        ratios.append(ratio)
        rows.append(
            (name, str(pages), f"{1000 * median(whole):.2f}", f"{1000 * median(bare):.2f}", f"{ratio:.2f}")
        )
    return Section(
        title="paper: PDF pages against the bare drawing",
        what="Every call the service makes to reportlab's canvas for a paper was written down; bare: the "
        "same calls made again and nothing else (same boxes, letters, fonts, QR path, compression).",
        aim="to be known (no ratio was set)",
        verdict=f"**{min(ratios):.2f} to {max(ratios):.2f} ×**",
        figures={"ratio": max(ratios), "ms": min(float(row[2]) for row in rows)},
        tables=[(("paper", "pages", "ms a page", "bare ms a page", "ratio"), rows)],
        not_shown="Reading a manifest from the database and sending it over HTTP; the first page of a "
        "process, which also reads the fonts.",
    )


def _recorded(make: Callable[[], bytes]) -> tuple[list[Call], dict[str, Any], int]:
    """What is drawn, on which kind of canvas, on how many pages; caches are warm afterwards."""
    make()
    with _recording() as told:
        make()
    pages = sum(name == "showPage" for name, _, _ in Recorder.calls)
    return list(Recorder.calls), told[0], pages


@contextmanager
def _recording() -> Iterator[list[dict[str, Any]]]:
    told: list[dict[str, Any]] = []

    def recorder(file: BytesIO, **options: Any) -> Recorder:
        told.append(options)
        return Recorder(file, **options)

    kept = sheet.__dict__["Canvas"]
    sheet.__dict__["Canvas"] = recorder
    try:
        yield told
    finally:
        sheet.__dict__["Canvas"] = kept


def _drawn(calls: list[Call], options: dict[str, Any]) -> bytes:
    file = BytesIO()
    canvas = Canvas(file, **options)
    for name, args, more in calls:
        getattr(canvas, name)(*args, **more)
    return file.getvalue()


def _seconds(work: Callable[[], object]) -> float:
    began = time.perf_counter()
    work()
    return time.perf_counter() - began
