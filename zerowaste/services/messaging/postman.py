"""Sending mail by SMTP."""

import smtplib
import ssl
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from email.message import EmailMessage

from zerowaste.config import MailSettings
from zerowaste.services.messaging.webhook_calls import NotDelivered

TIMEOUT_S = 15
_REFUSED_FOR_GOOD = range(500, 600)


class Postman:
    """Sends mails over one connection, opened for the first of them."""

    def __init__(self, settings: MailSettings) -> None:
        self._settings = settings
        self._server: smtplib.SMTP | None = None

    def send(self, mail: EmailMessage) -> None:
        """Hand one mail to the mail server. Raises NotDelivered."""
        try:
            if self._server is None:
                self._server = self._connected()
            self._server.send_message(mail)
        except smtplib.SMTPRecipientsRefused as error:
            codes = {code for code, _ in error.recipients.values()}
            for_good = all(code in _REFUSED_FOR_GOOD for code in codes)
            raise NotDelivered(f"the mailbox was refused ({min(codes)})", for_good=for_good) from error
        except (smtplib.SMTPException, OSError) as error:
            self.leave()
            raise NotDelivered(f"the mail server: {type(error).__name__}") from error

    def leave(self) -> None:
        """Close the connection."""
        server, self._server = self._server, None
        if server is not None:
            with suppress(smtplib.SMTPException, OSError):
                server.quit()

    def _connected(self) -> smtplib.SMTP:
        mail = self._settings
        context = ssl.create_default_context(cafile=mail.ca_file or None)
        if mail.security == "tls":
            server: smtplib.SMTP = smtplib.SMTP_SSL(mail.host, mail.port, timeout=TIMEOUT_S, context=context)
        else:
            server = smtplib.SMTP(mail.host, mail.port, timeout=TIMEOUT_S)
        try:
            if mail.security == "starttls":
                server.starttls(context=context)
            if mail.user:
                server.login(mail.user, mail.password)
        except (smtplib.SMTPException, OSError):
            server.close()
            raise
        return server


@contextmanager
def postman(settings: MailSettings) -> Iterator[Postman]:
    """A postman for some mails."""
    sender = Postman(settings)
    try:
        yield sender
    finally:
        sender.leave()
