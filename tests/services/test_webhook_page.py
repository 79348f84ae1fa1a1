"""docs/webhooks.md: what it tells receivers to do is what this service does."""

import re
import time
from typing import Any

from zerowaste.config import ROOT
from zerowaste.services.messaging.webhook_calls import headers_for


def test_the_example_verifies_our_calls_and_no_others() -> None:
    page = (ROOT / "docs" / "webhooks.md").read_text(encoding="utf-8")
    example = re.search(r"```python\n(.*?)```", page, re.DOTALL)
    assert example is not None
    written: dict[str, Any] = {}
    exec(example[1], written)  # noqa: S102 - the page's own example
    body, stamp = b'{"kind":"overdue"}', int(time.time())
    headers = dict(headers_for("zws_x", "1", stamp, body))
    assert written["genuine"]("zws_x", headers, body)
    assert not written["genuine"]("zws_y", headers, body)
    assert not written["genuine"]("zws_x", headers, body + b" ")
    old = dict(headers_for("zws_x", "1", stamp - 600, body))
    assert not written["genuine"]("zws_x", old, body)
