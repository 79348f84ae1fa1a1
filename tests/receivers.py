"""Who is told, for the tests: a real mail server with TLS, and a real server that programs would run."""

import datetime
import ipaddress
import ssl
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import AuthResult, LoginPassword
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from tests.ports import free_port
from zerowaste.config import MailSettings

USER, MAIL_PASSWORD = "zerowaste", "of the mail server"


@dataclass(frozen=True)
class Certificate:
    """A certificate for 127.0.0.1 and localhost that signs itself."""

    file: Path

    def server(self) -> ssl.SSLContext:
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(self.file)
        return context

    def client(self) -> ssl.SSLContext:
        return ssl.create_default_context(cafile=str(self.file))


def certificate(folder: Path) -> Certificate:
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "localhost")])
    names = [x509.DNSName("localhost"), x509.IPAddress(ipaddress.ip_address("127.0.0.1"))]
    day = datetime.timedelta(days=1)
    present = datetime.datetime.now(datetime.UTC)  # noqa: TID251 - a certificate of this very moment
    made = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(present - day)
        .not_valid_after(present + day)
        .add_extension(x509.SubjectAlternativeName(names), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )
    file = folder / "certificate.pem"
    private = key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    file.write_bytes(private + made.public_bytes(serialization.Encoding.PEM))
    return Certificate(file)


@dataclass
class Mailboxes:
    """What arrived, and which addresses are refused for good."""

    arrived: list[EmailMessage] = field(default_factory=list)
    unknown: set[str] = field(default_factory=set)
    down: bool = False

    async def handle_RCPT(  # noqa: N802 - the name aiosmtpd calls
        self, server: Any, session: Any, envelope: Any, address: str, options: Any
    ) -> str:
        if address in self.unknown:
            return "550 no such mailbox"
        if self.down:
            return "451 later"
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server: Any, session: Any, envelope: Any) -> str:  # noqa: N802
        message = message_from_bytes(envelope.content, policy=default)
        assert isinstance(message, EmailMessage)
        self.arrived.append(message)
        return "250 kept"


def _knows(server: Any, session: Any, envelope: Any, mechanism: str, said: Any) -> AuthResult:
    right = said == LoginPassword(USER.encode(), MAIL_PASSWORD.encode())
    return AuthResult(success=right, handled=right)


@contextmanager
def mail_server(tls: Certificate) -> Iterator[tuple[Mailboxes, MailSettings]]:
    """A mail server that takes nothing without STARTTLS and a password."""
    boxes, port = Mailboxes(), free_port()
    controller = Controller(
        boxes, hostname="127.0.0.1", port=port, tls_context=tls.server(), require_starttls=True,
        auth_required=True, authenticator=_knows,
    )  # fmt: skip
    controller.start()
    try:
        yield boxes, MailSettings(
            host="127.0.0.1", port=port, user=USER, password=MAIL_PASSWORD, sender="city@example.org",
            ca_file=str(tls.file),
        )  # fmt: skip
    finally:
        controller.stop()


@dataclass
class Program:
    """Somebody's program: what it was told, and what it answers."""

    url: str = ""
    answers: list[int] = field(default_factory=list)
    heard: list[tuple[dict[str, str], bytes]] = field(default_factory=list)
    location: str = ""


@contextmanager
def program(tls: Certificate | None = None) -> Iterator[Program]:
    """A server on this machine; with `tls`, an encrypted one."""
    told = Program()

    class Answer(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            told.heard.append((dict(self.headers), body))
            self.send_response(told.answers.pop(0) if told.answers else 204)
            if told.location:
                self.send_header("Location", told.location)
            self.end_headers()

        def log_message(self, *_: Any) -> None:
            """Nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Answer)
    if tls is not None:
        server.socket = tls.server().wrap_socket(server.socket, server_side=True)
    told.url = f"http{'s' if tls else ''}://127.0.0.1:{server.server_address[1]}/hook"
    thread = threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True)
    thread.start()
    try:
        yield told
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
