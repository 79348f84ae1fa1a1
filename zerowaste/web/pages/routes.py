"""All pages. A new noun is one more line here."""

from zerowaste.web.pages import code, home, manifests, session

GROUPS = (
    home.views,
    session.views,
    manifests.views,
    code.views,
)
