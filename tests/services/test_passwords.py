"""Passwords: hashes that say their cost, and characters however a keyboard makes them."""

import pytest

from zerowaste.config import PasswordCost
from zerowaste.services.identity.passwords import Passwords, weaknesses

CHEAP = Passwords(PasswordCost(rounds=1, memory_kib=8, lanes=1))


@pytest.mark.parametrize(
    "password", ["correct horse", "密码很长很长很长", "x" * 200, "nul\0inside", "\ud800half"]
)
def test_a_password_fits_its_own_hash_and_no_other(password: str) -> None:
    kept = CHEAP.hash(password)
    assert CHEAP.verify(password, kept)
    assert not CHEAP.verify(password + " ", kept)


def test_the_same_characters_composed_otherwise_are_the_same_password() -> None:
    assert CHEAP.verify("café", CHEAP.hash("cafe\u0301"))


def test_the_same_password_twice_gives_two_hashes() -> None:
    assert CHEAP.hash("correct horse") != CHEAP.hash("correct horse")


def test_the_decoy_costs_the_same_and_fits_nothing_typed() -> None:
    assert CHEAP.decoy.split("$")[:4] == CHEAP.hash("x").split("$")[:4]
    assert not CHEAP.verify("", CHEAP.decoy)


def test_without_other_orders_the_cost_is_that_of_the_standard() -> None:
    kept = Passwords(PasswordCost()).decoy
    assert "$argon2id$v=19$m=65536,t=3,p=2$" in kept


def test_good_passwords_are_taken() -> None:
    for password in ("zerowaste-demo", "correct horse battery", "长长的一句话当作密码用"):
        assert weaknesses(password, login="paula") == []
