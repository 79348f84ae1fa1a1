"""What every answer carries: a request id, and headers that tell browsers what is forbidden."""

import secrets
from collections.abc import Mapping

from flask import Flask, Response, g, request

CONTENT_POLICY = "; ".join(
    (
        "default-src 'none'",
        "script-src 'self' 'wasm-unsafe-eval'",
        "style-src 'self'",
        "img-src 'self' data: blob:",
        "media-src 'self' blob:",
        "connect-src 'self'",
        "worker-src 'self'",
        "manifest-src 'self'",
        "font-src 'self'",
        "base-uri 'none'",
        "form-action 'self'",
        "frame-ancestors 'none'",
    )
)
API_CONTENT_POLICY = "default-src 'none'; frame-ancestors 'none'"
_FOR_ALL: Mapping[str, str] = {
    "X-Content-Type-Options": "nosniff",
    # A code's address is its secret: other sites do not learn it from links.
    "Referrer-Policy": "no-referrer",
    "Permissions-Policy": "camera=(self), geolocation=(self), microphone=(), payment=(), usb=()",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
}
HTTPS_ONLY = "max-age=31536000; includeSubDomains"


def install_headers(app: Flask, *, https: bool) -> None:
    """Number every request and put the security headers on every answer, errors included."""
    common = dict(_FOR_ALL) | ({"Strict-Transport-Security": HTTPS_ONLY} if https else {})

    def number() -> None:
        g.request_id = secrets.token_hex(8)

    def secure(response: Response) -> Response:
        headers = response.headers
        for name, value in common.items():
            headers[name] = value
        api = request.path.startswith("/api/")
        headers["Content-Security-Policy"] = API_CONTENT_POLICY if api else CONTENT_POLICY
        if request.endpoint != "static":
            headers.setdefault("Cache-Control", "no-store")
        headers["X-Request-Id"] = g.get("request_id", "")
        return response

    app.before_request(number)
    app.after_request(secure)
