"""How much more a site may take, as gauges."""

from collections.abc import Callable
from typing import Any

from tests.cast import FAY, PAULA
from tests.city import PLANT, WORKS
from tests.web.acts import file
from tests.web.api.conftest import carrier, carriers, oil  # noqa: F401 - fixtures
from tests.web.conftest import Running
from tests.web.pages.conftest import Reader

SignIn = Callable[..., Reader]


def test_what_is_filed_is_reserved_on_the_gauge(
    sign_in: SignIn, running: Running, oil: dict[str, Any]  # noqa: F811 - the fixture
) -> None:  # fmt: skip
    file(running.log_in(PAULA), oil)
    page = sign_in(FAY, "en").get(f"/sites/{PLANT}/capacity").text
    assert 'class="promised"' in page
    assert "Reserved" in page


def test_a_producers_limits_are_his_own_business(sign_in: SignIn) -> None:
    assert sign_in(FAY).get(f"/sites/{WORKS}/capacity").status_code == 404
