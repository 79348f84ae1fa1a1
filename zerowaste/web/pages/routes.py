"""All pages. A new noun is one more line here."""

from zerowaste.web.pages import account, code, filing, home, inspection, manifests, session

GROUPS = (
    home.views,
    session.views,
    filing.views,
    manifests.views,
    inspection.views,
    account.views,
    code.views,
)
