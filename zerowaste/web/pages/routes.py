"""All pages. A new noun is one more line here."""

from zerowaste.web.pages import (
    account,
    chain,
    code,
    drive,
    filing,
    gate,
    home,
    inspection,
    manifests,
    session,
    unclosed,
)

GROUPS = (
    home.views,
    session.views,
    filing.views,
    manifests.views,
    gate.views,
    drive.views,
    chain.views,
    unclosed.views,
    inspection.views,
    account.views,
    code.views,
)
