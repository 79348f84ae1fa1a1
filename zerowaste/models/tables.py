"""The tables as SQLAlchemy Core sees them: hot paths read and write rows, not objects."""

from typing import Any

from sqlalchemy import Table

from zerowaste.models.account import (
    ApiToken,
    Authenticator,
    Errand,
    LoginFailure,
    Membership,
    Passkey,
    RecoveryCode,
    User,
)
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


def table(model: Any) -> Table:
    """The Core table of a model."""
    return model.__table__  # type: ignore[no-any-return]


EVENT, PRIVATE, EVIDENCE = table(Event), table(Private), table(Evidence)
HOLDING, FLOW = table(Holding), table(Flow)
QUOTA, CHARGE = table(Quota), table(Charge)
OUTBOX, SERIES = table(Outbox), table(Series)
MANIFEST, LINE, LEG, DRAW = table(Manifest), table(Line), table(Leg), table(Draw)
TRIP, PACKAGE, LINE_PACKAGE = table(Trip), table(Package), table(LinePackage)
TREATMENT, INCIDENT = table(Treatment), table(Incident)
PUBLICATION = table(Publication)
ORGANISATION, SITE = table(Organisation), table(Site)
PERMIT, TERM, VEHICLE = table(Permit), table(PermitTerm), table(Vehicle)
USER, MEMBERSHIP = table(User), table(Membership)
TOKEN, LOGIN_FAILURE = table(ApiToken), table(LoginFailure)
AUTHENTICATOR, RECOVERY_CODE = table(Authenticator), table(RecoveryCode)
PASSKEY, ERRAND = table(Passkey), table(Errand)
SEAL, SEAL_LEAF, SEAL_NODE = table(Seal), table(SealLeaf), table(SealNode)
FINDING, DISPOSITION, AUDIT_RUN = table(Finding), table(FindingDisposition), table(AuditRun)
NUDGE, MESSAGE, DELIVERY = table(Nudge), table(Message), table(Delivery)
WEBHOOK, MAILBOX, CHOICE = table(Webhook), table(Mailbox), table(Choice)

# What events say and replay proves, by the name their texts use.
PROJECTIONS: dict[str, Table] = {
    "manifest": MANIFEST,
    "line": LINE,
    "leg": LEG,
    "draw": DRAW,
    "trip": TRIP,
    "package": PACKAGE,
    "line_package": LINE_PACKAGE,
    "treatment": TREATMENT,
    "incident": INCIDENT,
    "disposition": DISPOSITION,
    "publication": PUBLICATION,
}
