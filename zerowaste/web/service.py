"""What a running service consists of: settings, database, law and passwords, kept on the app."""

from dataclasses import dataclass, field
from uuid import UUID

from flask import Flask, current_app

from zerowaste.config import Settings
from zerowaste.db import Database
from zerowaste.rules.law import Law
from zerowaste.rules.token import TokenKind, address, sign
from zerowaste.services.identity.factors import Authenticators
from zerowaste.services.identity.passwords import Passwords
from zerowaste.web.latest_audit import LatestAudit

_PLACE = "zerowaste"


@dataclass(frozen=True, slots=True)
class Service:
    """The parts every request works with; made once at the start, shared by all threads."""

    settings: Settings
    database: Database
    law: Law
    passwords: Passwords
    authenticators: Authenticators
    audits: LatestAudit = field(default_factory=LatestAudit)

    @property
    def https(self) -> bool:
        """Whether people reach it over an encrypted line."""
        return self.settings.base_url.lower().startswith("https:")

    @property
    def cookie(self) -> str:
        """The name of the cookie that keeps a browser's token; `__Host-` ties it to this host."""
        return "__Host-zerowaste" if self.https else "zerowaste"

    @property
    def step_cookie(self) -> str:
        """The name of the cookie that keeps the key of a second step."""
        return f"{self.cookie}-step"

    @property
    def secret_cookie(self) -> str:
        """The name of the cookie that carries a new secret to the page that shows it."""
        return f"{self.cookie}-secret"

    @property
    def device_cookie(self) -> str:
        """The name of the cookie by which a browser is known again (known_devices.py)."""
        return f"{self.cookie}-device"

    def manifest_url(self, manifest_id: UUID) -> str:
        """What the manifest's QR code says: its signed address."""
        signing = self.settings.signing
        token = sign(TokenKind.MANIFEST, manifest_id, signing.private, signing.key_id)
        return address(self.settings.base_url, token)


def keep(app: Flask, service: Service) -> None:
    """Put the service where requests find it."""
    app.extensions[_PLACE] = service


def running() -> Service:
    """The service this request or command runs in."""
    service: Service = current_app.extensions[_PLACE]
    return service
