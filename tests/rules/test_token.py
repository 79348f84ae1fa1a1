"""The QR token: the public key checks it, only the private key can make it."""

import base64
from uuid import UUID

import pytest
import qrcode
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from hypothesis import given
from hypothesis import strategies as st
from qrcode.constants import ERROR_CORRECT_L, ERROR_CORRECT_Q
from qrcode.util import MODE_ALPHA_NUM, QRData

from zerowaste.rules import token
from zerowaste.rules.token import TOKEN_LENGTH, TokenKind

OLD_KEY = Ed25519PrivateKey.from_private_bytes(bytes(range(32)))
KEY = Ed25519PrivateKey.from_private_bytes(bytes(range(32, 64)))
PUBLIC = {1: OLD_KEY.public_key(), 2: KEY.public_key()}
MANIFEST = UUID("01936f5e-7c00-7abc-8def-0123456789ab")
ALPHANUMERIC = set("ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789 $%*+-./:")


@given(kind=st.sampled_from(TokenKind), uuid=st.uuids(), key_id=st.integers(0, 255))
def test_what_was_signed_is_what_is_read(kind: TokenKind, uuid: UUID, key_id: int) -> None:
    text = token.sign(kind, uuid, KEY, key_id)
    assert len(text) == TOKEN_LENGTH
    claim = token.verify(text, {key_id: KEY.public_key()})
    assert claim is not None
    assert (claim.kind, claim.id, claim.key_id) == (kind, uuid, key_id)
    assert token.read(text) == claim


def test_a_lower_cased_address_bar_changes_nothing() -> None:
    text = token.sign(TokenKind.SITE, MANIFEST, KEY, 2)
    assert token.verify(text, PUBLIC) is not None
    assert token.verify(text.lower(), PUBLIC) == token.verify(text, PUBLIC)


def test_paper_signed_with_last_years_key_is_still_good() -> None:
    text = token.sign(TokenKind.MANIFEST, MANIFEST, OLD_KEY, 1)
    assert token.verify(text, PUBLIC) is not None


def test_a_token_of_a_key_we_do_not_know_is_read_but_not_believed() -> None:
    text = token.sign(TokenKind.MANIFEST, MANIFEST, KEY, 3)
    assert token.read(text) is not None
    assert token.verify(text, PUBLIC) is None


def test_a_token_that_names_another_key_is_not_believed() -> None:
    assert token.verify(token.sign(TokenKind.MANIFEST, MANIFEST, KEY, 1), PUBLIC) is None


@pytest.mark.parametrize("place", range(82))
def test_no_byte_can_be_changed(place: int) -> None:
    raw = bytearray(base64.b32decode(token.sign(TokenKind.MANIFEST, MANIFEST, KEY, 2) + "===="))
    raw[place] ^= 1
    forged = base64.b32encode(bytes(raw)).decode().rstrip("=")
    assert token.verify(forged, PUBLIC) is None


def test_one_token_has_one_spelling() -> None:
    """The last character's spare bits would give sixteen spellings of the same bytes."""
    text = token.sign(TokenKind.MANIFEST, MANIFEST, KEY, 2)
    alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567"
    spellings = [text[:-1] + last for last in alphabet]
    assert [spelling for spelling in spellings if token.read(spelling)] == [
        spelling for spelling in spellings if alphabet.index(spelling[-1]) % 16 == 0
    ]
    assert [spelling for spelling in spellings if token.verify(spelling, PUBLIC)] == [text]


@given(st.text(max_size=200))
def test_nothing_that_is_typed_in_can_break_it(text: str) -> None:
    assert token.read(text) is None


@pytest.mark.parametrize("odd", ["ı" * 132, "A" * 131, "A" * 133, "1" * 132, "A" * 132 + "\n", ""])
def test_what_is_no_token_is_none(odd: str) -> None:
    assert token.read(odd) is None


def test_a_kind_nobody_has_given_out_is_no_token() -> None:
    raw = bytes([9, 2]) + MANIFEST.bytes + bytes(64)
    assert token.read(base64.b32encode(raw).decode().rstrip("=")) is None


@pytest.mark.parametrize("key_id", [-1, 256])
def test_a_key_id_is_one_byte(key_id: int) -> None:
    with pytest.raises(ValueError, match="one byte"):
        token.sign(TokenKind.MANIFEST, MANIFEST, KEY, key_id)


def test_the_address_stays_in_the_small_alphabet_and_a_small_code() -> None:
    text = token.sign(TokenKind.MANIFEST, MANIFEST, KEY, 2)
    address = token.address("https://waste.example.cn/", text)
    assert address == f"HTTPS://WASTE.EXAMPLE.CN/Q/{text}"
    assert len(address) <= 165
    assert set(address) <= ALPHANUMERIC
    assert (_version(address, ERROR_CORRECT_L), _version(address, ERROR_CORRECT_Q)) == (6, 9)


def test_a_port_may_be_part_of_the_address() -> None:
    assert token.address("http://127.0.0.1:8000", "X") == "HTTP://127.0.0.1:8000/Q/X"


@pytest.mark.parametrize(
    "base",
    [
        "https://waste.example.cn/app",
        "waste.example.cn",
        "ftp://waste.example.cn",
        "https://废物.cn",
        "",
    ],
)
def test_a_base_that_upper_case_would_change_is_refused(base: str) -> None:
    with pytest.raises(ValueError, match="scheme and host"):
        token.address(base, "X")


def _version(text: str, level: int) -> int:
    code = qrcode.QRCode(error_correction=level)
    code.add_data(QRData(text, mode=MODE_ALPHA_NUM))
    code.make(fit=True)
    return int(code.version)
