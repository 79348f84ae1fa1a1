"""Somebody at a browser, without the browser: cookies and forms by Flask's own client."""

from dataclasses import dataclass
from typing import Any

import pytest
from flask.testing import FlaskClient

from tests.cast import PASSWORD, Person
from tests.web.conftest import Running


@dataclass(frozen=True)
class Reader:
    """Somebody signed in on the pages."""

    client: FlaskClient

    def get(self, path: str, **more: Any) -> Any:
        return self.client.get(path, **more)

    def post(self, path: str, **fields: Any) -> Any:
        """A form, sent from a page of ours."""
        return self.client.post(path, data=fields, headers={"Sec-Fetch-Site": "same-origin"})


@pytest.fixture
def sign_in(running: Running) -> Any:
    """`sign_in(PAULA)`: her browser, in Chinese unless told otherwise."""

    def enter(person: Person, language: str = "zh", password: str = PASSWORD) -> Reader:
        client = running.client(address=f"browser of {person.login}")
        client.set_cookie("language", language)
        answer = client.post("/sign-in", data={"login": person.login, "password": password})
        assert answer.status_code == 303, answer.text
        return Reader(client)

    return enter
