"""Passwords: hashed with argon2id, and what makes one too weak to be taken.

The hashing library and the way characters are normalised are those of the account library in the
browser pages, so both read the same hashes."""

import unicodedata
from collections.abc import Sequence

from passlib.context import CryptContext

from zerowaste.config import PasswordCost
from zerowaste.errors import Problem

SHORTEST = 10
LONGEST = 200
FEWEST_DIFFERENT_CHARACTERS = 5


class Passwords:
    """Hash and check passwords at one cost."""

    def __init__(self, cost: PasswordCost) -> None:
        self.context = CryptContext(
            schemes=["argon2"],
            argon2__type="ID",
            argon2__time_cost=cost.rounds,
            argon2__memory_cost=cost.memory_kib,
            argon2__parallelism=cost.lanes,
        )
        # Checked where there is no such account, so that both answers take the same time.
        self.decoy = self.hash("no account has this password")

    def hash(self, password: str) -> str:
        """The text to keep: `$argon2id$…` with its salt and cost."""
        return str(self.context.hash(normalise(password)))

    def verify(self, password: str, kept: str) -> bool:
        """Whether this is the password; takes as long as hashing it."""
        return bool(self.context.verify(normalise(password), kept))

    def outdated(self, kept: str) -> bool:
        """Whether a hash was made at another cost, and should be made again at the next log-in."""
        return bool(self.context.needs_update(kept))


def normalise(password: str) -> str:
    """The same characters, however a keyboard composes them (Unicode NFKD)."""
    return unicodedata.normalize("NFKD", password)


def weaknesses(password: str, *, login: str) -> Sequence[Problem]:
    """Why a new password is not taken; empty if it is fine (NIST SP 800-63B: length, not symbols)."""
    plain = normalise(password)
    if len(plain) < SHORTEST:
        return [Problem("password_short", "password", {"shortest": SHORTEST})]
    if len(plain) > LONGEST:
        return [Problem("password_long", "password", {"longest": LONGEST})]
    if login.casefold() in plain.casefold() or len(set(plain)) < FEWEST_DIFFERENT_CHARACTERS:
        return [Problem("password_guessable", "password")]
    return []
