"""Passwords: hashed with argon2id, and what makes one too weak to be taken.

The form of the hashes and the way characters are normalised are those of the account library behind
the browser pages, so each reads what the other wrote."""

import unicodedata
from collections.abc import Sequence

from argon2 import PasswordHasher
from argon2.exceptions import VerifyMismatchError

from zerowaste.config import PasswordCost
from zerowaste.errors import Problem

SHORTEST = 10
LONGEST = 200
FEWEST_DIFFERENT_CHARACTERS = 5


class Passwords:
    """Hash and check passwords at one cost."""

    def __init__(self, cost: PasswordCost) -> None:
        self._hasher = PasswordHasher(
            time_cost=cost.rounds, memory_cost=cost.memory_kib, parallelism=cost.lanes
        )
        # Checked where there is no such account, so that both answers take the same time.
        self.decoy = self.hash("no account has this password")

    def hash(self, password: str) -> str:
        """The text to keep: `$argon2id$…` with its salt and cost."""
        return self._hasher.hash(_spelled(password))

    def verify(self, password: str, kept: str) -> bool:
        """Whether this is the password; takes as long as hashing it."""
        try:
            return self._hasher.verify(kept, _spelled(password))
        except VerifyMismatchError:
            return False

    def outdated(self, kept: str) -> bool:
        """Whether a hash was made at another cost, and should be made again at the next log-in."""
        return self._hasher.check_needs_rehash(kept)


def _spelled(password: str) -> bytes:
    # Half a surrogate pair is no character, but it is somebody's password, not an error of ours.
    return normalise(password).encode("utf-8", "surrogatepass")


def normalise(password: str) -> str:
    """The same characters, however a keyboard composes them (Unicode NFKD)."""
    return unicodedata.normalize("NFKD", password)


def weaknesses(password: str, *, login: str) -> Sequence[Problem]:
    """Why a new password is not taken; empty if it is fine (NIST SP 800-63B: length counts)."""
    plain = normalise(password)
    if len(plain) < SHORTEST:
        return [Problem("password_short", "password", {"shortest": SHORTEST})]
    if len(plain) > LONGEST:
        return [Problem("password_long", "password", {"longest": LONGEST})]
    if login.casefold() in plain.casefold() or len(set(plain)) < FEWEST_DIFFERENT_CHARACTERS:
        return [Problem("password_guessable", "password")]
    return []
