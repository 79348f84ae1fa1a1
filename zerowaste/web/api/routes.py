"""All views of the API, in the order of its document. A new noun is one more line here."""

from zerowaste.web.api import (
    accounts,
    chains,
    directory,
    events,
    evidence,
    incidents,
    indicators,
    loads,
    manifests,
    openapi,
    papers,
    publications,
    reconciliation,
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
    papers.views,
    treatments.views,
    incidents.views,
    indicators.views,
    reconciliation.views,
    publications.views,
    evidence.views,
    openapi.views,
)
