"""The page behind a printed code, for anybody."""

import uuid
from uuid import UUID

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from tests.web.conftest import Running
from zerowaste.rules.token import TokenKind, sign
from zerowaste.services.queries.codes import site_identity

BROWSER = {"Accept": "text/html,*/*;q=0.8"}


def token(running: Running, kind: TokenKind, identity: UUID) -> str:
    signing = running.service.settings.signing
    return sign(kind, identity, signing.private, signing.key_id)


def test_a_sites_own_code_names_the_site(running: Running) -> None:
    code = token(running, TokenKind.SITE, site_identity(running.city.sites["N-PLANT"]))
    answer = running.client().get(f"/Q/{code}")
    assert answer.status_code == 200
    assert answer.json == {
        "genuine": True, "known": True, "kind": "site", "number": "N-PLANT",
        "stream": None, "status": None, "planned_on": None,
    }  # fmt: skip


@pytest.mark.parametrize("spell", [str.upper, str.lower])
@pytest.mark.parametrize("path", ["/Q/", "/q/"])
def test_the_address_may_be_written_in_either_case(running: Running, path: str, spell: object) -> None:
    code = token(running, TokenKind.PACKAGE, uuid.uuid4())
    assert running.client().get(path + spell(code)).json["genuine"] is True  # type: ignore[operator]


def test_people_see_a_page_in_both_languages(running: Running) -> None:
    code = token(running, TokenKind.SITE, site_identity(running.city.sites["N-PLANT"]))
    answer = running.client().get(f"/Q/{code}", headers=BROWSER)
    assert answer.mimetype == "text/html"
    for words in ("真码", "Genuine", "N-PLANT", "编码"):
        assert words in answer.text


def test_a_code_signed_by_somebody_else_is_not_ours(running: Running) -> None:
    forged = sign(TokenKind.MANIFEST, uuid.uuid4(), Ed25519PrivateKey.generate(), 1)
    answer = running.client().get(f"/Q/{forged}")
    assert answer.status_code == 404
    assert answer.json["genuine"] is False
    page = running.client().get(f"/Q/{forged}", headers=BROWSER)
    assert page.status_code == 404
    assert "不是本服务签发" in page.text


@pytest.mark.parametrize("kind", list(TokenKind))
def test_a_genuine_code_of_something_unknown_says_so(running: Running, kind: TokenKind) -> None:
    code = token(running, kind, uuid.uuid4())
    answer = running.client().get(f"/Q/{code}")
    assert answer.status_code == 200
    assert (answer.json["genuine"], answer.json["known"]) == (True, False)
    assert running.client().get(f"/Q/{code}", headers=BROWSER).status_code == 200


@pytest.mark.parametrize("text", ["A", "X" * 132, "é" * 132, "A" * 5000])
def test_rubbish_is_not_ours_either(running: Running, text: str) -> None:
    assert running.client().get(f"/Q/{text}").status_code == 404
