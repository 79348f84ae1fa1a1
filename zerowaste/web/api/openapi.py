"""The API's own description."""

import json
from typing import Any

from flask import Response, current_app

from zerowaste.web.api.document import openapi_document
from zerowaste.web.views import JSON, PUBLIC, Call, Media, NoQuery, Views, declared_views

views = Views("description")
_PLACE = "zerowaste.openapi"


@views.get("/openapi.json", allow=PUBLIC, replies={200: Media(JSON)}, transaction=False)
def show_document(call: Call[None, NoQuery]) -> Response:
    """This document."""
    # Written at the first question, not at the start: a worker should be up at once.
    text: Any = current_app.extensions.get(_PLACE)
    if text is None:
        listed = declared_views(current_app).values()
        document = openapi_document(listed, base_url=call.service.settings.base_url)
        text = current_app.extensions[_PLACE] = json.dumps(document, ensure_ascii=False)
    return Response(text, content_type=JSON)
