"""The first page: what this is, and where the API and its document are."""

from flask import Response, render_template

from zerowaste.clock import local_day
from zerowaste.web.language import language
from zerowaste.web.views import PUBLIC, Call, Media, NoQuery, Views

HTML = "text/html; charset=utf-8"
views = Views("pages", prefix="")


@views.get("/", allow=PUBLIC, replies={200: Media("text/html")}, transaction=False)
def show_home(call: Call[None, NoQuery]) -> Response:
    """What this service is, in Chinese and English."""
    law, day = call.service.law, local_day(call.now)
    codes = sorted({stream.code for stream in law.streams})
    page = render_template(
        "home.html",
        language=language(),
        streams=[law.streams.find(code, on=day) for code in codes],
        base_url=call.service.settings.base_url,
    )
    return Response(page, content_type=HTML)
