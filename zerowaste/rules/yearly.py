"""The yearly public information: on how many producers a figure must rest, and who may publish."""

import tomllib
from functools import cache

from pydantic import Field

from zerowaste.rules.access import Actor
from zerowaste.rules.indicators import REPORTING
from zerowaste.rules.stream_fields import Strict
from zerowaste.vocabulary import Role


class _File(Strict):
    least_producers: int = Field(ge=2)


@cache
def least_producers() -> int:
    """No figure is published that rests on fewer (yearly.toml)."""
    return _File.model_validate(
        tomllib.loads((REPORTING / "yearly.toml").read_text(encoding="utf-8"))
    ).least_producers


def may_publish(actor: Actor, city: str) -> bool:
    """Only a regulator of the whole city speaks for the authority (法典 485)."""
    return actor.role is Role.REGULATOR and any(city.startswith(region) for region in actor.regions)
