"""Secrets that must be read again (those that sign calls of webhooks), encrypted with the instance's keys."""

import base64
from collections.abc import Mapping

from cryptography.fernet import Fernet, InvalidToken, MultiFernet
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

_PURPOSE = b"zerowaste: secrets of webhooks"


class Unreadable(Exception):
    """What was encrypted with a key that is not here any more."""


class SecretBox:
    """Encrypts with the newest key (the highest number), decrypts with all of them."""

    def __init__(self, keys: Mapping[int, str]) -> None:
        self._fernet = MultiFernet([Fernet(_derived(keys[number])) for number in sorted(keys, reverse=True)])

    def shut(self, plain: str) -> str:
        """The secret, encrypted."""
        return self._fernet.encrypt(plain.encode()).decode("ascii")

    def open(self, shut: str) -> str:
        """The secret itself. Raises Unreadable."""
        try:
            return self._fernet.decrypt(shut.encode("ascii")).decode()
        except InvalidToken as error:
            raise Unreadable from error


def _derived(key: str) -> bytes:
    """The instance's keys serve second factors too: what is derived for this purpose opens nothing else."""
    derivation = HKDF(algorithm=SHA256(), length=32, salt=None, info=_PURPOSE)
    return base64.urlsafe_b64encode(derivation.derive(key.encode()))
