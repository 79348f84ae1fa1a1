"""The list of manifests, and the same as a sheet."""

import csv
import io
from collections.abc import Callable
from typing import Any

from tests.cast import OLAF, PAULA
from tests.city import PLANT, WORKS
from tests.web.acts import file
from tests.web.api.conftest import carrier, carriers, oil  # noqa: F401 - fixtures
from tests.web.conftest import Running
from tests.web.pages.conftest import Reader

SignIn = Callable[..., Reader]


def test_places_are_called_by_their_names(
    sign_in: SignIn, running: Running, oil: dict[str, Any]  # noqa: F811 - the fixture
) -> None:  # fmt: skip
    file(running.log_in(PAULA), oil)
    page = sign_in(PAULA).get("/manifests").text
    name = running.log_in(PAULA).get(f"/sites?q={PLANT}").json["items"][0]["name"]
    assert f"{name} <small><code>{PLANT}</code></small>" in page


def test_the_sheet_holds_what_the_list_shows_and_nothing_of_others(
    sign_in: SignIn, running: Running, oil: dict[str, Any]  # noqa: F811 - the fixture
) -> None:  # fmt: skip
    number = file(running.log_in(PAULA), oil)["number"]

    def rows(reader: Reader) -> list[list[str]]:
        sheet = reader.get("/manifests.csv?stream=hazardous&status=filed").data.decode("utf-8-sig")
        return list(csv.reader(io.StringIO(sheet)))[1:]

    (row,) = [row for row in rows(sign_in(PAULA)) if row[0] == number]
    assert (row[2], row[4], row[6], row[8]) == ("已填报", WORKS, PLANT, "500000")
    assert number not in [row[0] for row in rows(sign_in(OLAF))]
