"""All views of the API, in the order of its document. A new noun is one more line here."""

from zerowaste.web.api import (
    accounts,
    audit,
    chains,
    deadlines,
    directory,
    events,
    evidence,
    incidents,
    loads,
    manifests,
    messages,
    openapi,
    papers,
    sites,
    tokens,
    treatments,
)

GROUPS = (
    accounts.views,
    tokens.views,
    directory.views,
    sites.views,
    manifests.views,
    events.views,
    loads.views,
    chains.views,
    audit.views,
    deadlines.views,
    messages.views,
    papers.views,
    treatments.views,
    incidents.views,
    evidence.views,
    openapi.views,
)
