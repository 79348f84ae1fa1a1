"""All views of the API, in the order of its document. A new noun is one more line here."""

from zerowaste.web.api import accounts, directory, evidence, openapi

GROUPS = (
    accounts.views,
    directory.views,
    evidence.views,
    openapi.views,
)
