"""All pages. A new noun is one more line here."""

from zerowaste.web.pages import account, code, home, inspection, manifests, session

GROUPS = (
    home.views,
    session.views,
    manifests.views,
    inspection.views,
    account.views,
    code.views,
)
