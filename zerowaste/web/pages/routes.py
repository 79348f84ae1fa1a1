"""All pages. A new noun is one more line here."""

from zerowaste.web.pages import code, home

GROUPS = (
    home.views,
    code.views,
)
