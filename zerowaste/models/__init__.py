"""The tables: shape only. Importing this package makes every table known to the metadata."""

from zerowaste.models.account import ApiToken, Membership, User
from zerowaste.models.finding import AuditRun, Finding, FindingDisposition
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
from zerowaste.models.nudge import Choice, Delivery, Mailbox, Message, Nudge, Webhook
from zerowaste.models.party import Organisation, Site
from zerowaste.models.publication import Publication
from zerowaste.models.seal import Seal, SealLeaf, SealNode

__all__ = [
    "ApiToken",
    "AuditRun",
    "Charge",
    "Choice",
    "Delivery",
    "Draw",
    "Event",
    "Evidence",
    "Finding",
    "FindingDisposition",
    "Flow",
    "Holding",
    "Incident",
    "Leg",
    "Line",
    "LinePackage",
    "Mailbox",
    "Manifest",
    "Membership",
    "Message",
    "Nudge",
    "Organisation",
    "Outbox",
    "Package",
    "Permit",
    "PermitTerm",
    "Private",
    "Publication",
    "Quota",
    "Seal",
    "SealLeaf",
    "SealNode",
    "Series",
    "Site",
    "Treatment",
    "Trip",
    "User",
    "Vehicle",
    "Webhook",
]
