"""The driver's app: one page, kept on the phone with all it is made of, and the worker that keeps it.

Nothing here knows who drives: the app asks the API, and works from what it learnt where there is no
network (docs/decisions/0015)."""

import hashlib
from functools import cache
from pathlib import Path

from flask import Response, jsonify, render_template, url_for

from zerowaste.web.pages.drawing import say
from zerowaste.web.views import HTML, PUBLIC, Call, Media, NoQuery, Views

SCRIPT, MANIFEST = "text/javascript; charset=utf-8", "application/manifest+json"
STATIC = Path(__file__).parents[1] / "static"
TEMPLATES = Path(__file__).parents[3] / "templates" / "drive"
# What the worker itself runs, and the rest that the page is made of.
OWN = ("vendor/idb.js", "drive/outbox.js")
PARTS = (
    "vendor/pico.min.css",
    "style.css",
    "vendor/htm-preact.js",
    "vendor/ed25519.js",
    "icon.svg",
    "icon-192.png",
    "icon-512.png",
)
GREEN, PAPER = "#1d6b45", "#ffffff"

views = Views("drive", prefix="", page=True)


@views.get("/drive", allow=PUBLIC, transaction=False)
def show_drive(call: Call[None, NoQuery]) -> Response:
    """The app. The same page for everybody, so that a phone may keep it."""
    headers = {"Cache-Control": "no-cache", "Vary": "Accept-Language, Cookie"}
    return Response(render_template("drive/app.html"), content_type=HTML, headers=headers)


@views.get("/drive/worker.js", allow=PUBLIC, replies={200: Media(SCRIPT)}, transaction=False)
def run_worker(call: Call[None, NoQuery]) -> Response:
    """The service worker: it changes whenever a part of the app does."""
    script = render_template(
        "drive/worker.js",
        version=_version(),
        own=[_at(part) for part in OWN],
        kept=["/drive", "/drive/app.webmanifest", *(_at(part) for part in (*OWN, *PARTS, *_written()))],
    )
    headers = {"Cache-Control": "no-cache", "Service-Worker-Allowed": "/drive"}
    return Response(script, content_type=SCRIPT, headers=headers)


@views.get("/drive/app.webmanifest", allow=PUBLIC, replies={200: Media(MANIFEST)}, transaction=False)
def describe_app(call: Call[None, NoQuery]) -> Response:
    """What a phone shows of the app once it is installed (W3C Web Application Manifest)."""
    drawn = [(f"icon-{size}.png", f"{size}x{size}", "image/png") for size in (192, 512)]
    answer = jsonify(
        name=say("zerowaste 驾驶员扫码", "zerowaste driver's scan"),
        short_name=say("扫码", "Scan"),
        id="/drive",
        start_url="/drive",
        scope="/drive",
        display="standalone",
        background_color=PAPER,
        theme_color=GREEN,
        icons=[
            {"src": _at(name), "sizes": sizes, "type": kind, "purpose": "any maskable"}
            for name, sizes, kind in drawn
        ],
    )
    answer.content_type = MANIFEST
    return answer


def _at(part: str) -> str:
    return url_for("static", filename=part)


@cache
def _written() -> tuple[str, ...]:
    """The app's own scripts and style."""
    files = (file.relative_to(STATIC).as_posix() for file in (STATIC / "drive").iterdir())
    return tuple(sorted(set(files) - set(OWN)))


@cache
def _version() -> str:
    """A name for exactly these files."""
    digest = hashlib.sha256()
    files = [STATIC / part for part in (*OWN, *PARTS, *_written())]
    for file in (*files, TEMPLATES / "app.html", TEMPLATES / "worker.js"):
        digest.update(file.read_bytes())
    return digest.hexdigest()[:16]
