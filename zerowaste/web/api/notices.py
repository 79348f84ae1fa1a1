"""What to know, as the API tells it: notices and actions, in the language of the request."""

from collections.abc import Sequence

from zerowaste.errors import Problem
from zerowaste.rules.actions import Action
from zerowaste.web.problems import notices
from zerowaste.web.schemas.base import Notice
from zerowaste.web.schemas.manifests import ActionItem


def told(problems: Sequence[Problem]) -> list[Notice]:
    """Warnings or findings of a service."""
    return [Notice.model_validate(notice) for notice in notices(problems)]


def offered(actions: Sequence[Action]) -> list[ActionItem]:
    """What may be done next."""
    return [ActionItem(kind=str(act), needs=list(needs)) for act, needs in actions]
