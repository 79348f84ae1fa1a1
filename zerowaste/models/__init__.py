"""The tables: shape only. Importing this package makes every table known to the metadata."""

from zerowaste.models.account import ApiToken, Membership, User
from zerowaste.models.fleet import Vehicle
from zerowaste.models.incident import Incident
from zerowaste.models.instrument import Charge, Permit, PermitTerm, Quota
from zerowaste.models.ledger import Event, Evidence, Flow, Holding, Outbox, Private, Series
from zerowaste.models.manifest import (
    Draw,
    Leg,
    Line,
    LinePackage,
    Manifest,
    Package,
    Treatment,
    Trip,
)
from zerowaste.models.party import Organisation, Site
from zerowaste.models.publication import Publication

__all__ = [
    "ApiToken",
    "Charge",
    "Draw",
    "Event",
    "Evidence",
    "Flow",
    "Holding",
    "Incident",
    "Leg",
    "Line",
    "LinePackage",
    "Manifest",
    "Membership",
    "Organisation",
    "Outbox",
    "Package",
    "Permit",
    "PermitTerm",
    "Private",
    "Publication",
    "Quota",
    "Series",
    "Site",
    "Treatment",
    "Trip",
    "User",
    "Vehicle",
]
