"""What travels compressed: the parts of pages that are the same for everybody.

Never a page or an answer: what is compressed can tell by its size what it holds (BREACH)."""

from flask import Flask, Response, request
from flask_compress import Compress

TYPES = ("text/css", "text/javascript", "application/wasm", "image/svg+xml")
OK = 200


def install_compression(app: Flask) -> None:
    """Compress scripts, styles and drawings for whoever can read them so."""
    app.config.update(COMPRESS_MIMETYPES=list(TYPES), COMPRESS_STREAMS=False)
    Compress(app)
    app.after_request(_whole)  # runs before the library's own


def _whole(response: Response) -> Response:
    """A file in memory: the library would leave open what it compresses piece by piece."""
    if request.endpoint == "static" and response.status_code == OK and response.mimetype in TYPES:
        response.direct_passthrough = False
        response.make_sequence()
    return response
