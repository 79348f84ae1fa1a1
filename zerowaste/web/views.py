"""How a view is declared: its address, who may open it, what it takes and what it answers.

The declaration is the only one there is: requests are checked by it, and the OpenAPI document is
written from it. A route without one stops the start."""

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from enum import Enum
from typing import Any, Final, Generic, TypeVar

from flask import Flask, Response
from pydantic import BaseModel, ConfigDict
from sqlmodel import Session

from zerowaste.rules.access import Actor
from zerowaste.services.desk import Desk, open_desk
from zerowaste.services.identity.tokens import Credential
from zerowaste.vocabulary import Role
from zerowaste.web.problems import Refused
from zerowaste.web.service import Service


class Anyone(Enum):
    """The policy of a view that needs no account."""

    PUBLIC = "public"


PUBLIC: Final = Anyone.PUBLIC
EVERY_ROLE: Final = frozenset(Role)
Policy = Anyone | frozenset[Role]
JSON: Final = "application/json"
HTML: Final = "text/html; charset=utf-8"
LARGEST_JSON_BYTES: Final = 1_000_000


class NoQuery(BaseModel):
    """A view that takes no query parameters refuses them all."""

    model_config = ConfigDict(extra="forbid")


BodyT = TypeVar("BodyT")
QueryT = TypeVar("QueryT")
FunctionT = TypeVar("FunctionT", bound=Callable[..., Any])


@dataclass(frozen=True, slots=True)
class Media:
    """An answer that is no JSON: its media type."""

    type: str


@dataclass(frozen=True, slots=True)
class Upload:
    """A body that is a file: the media types it may have, and how many bytes at most."""

    types: Sequence[str]
    largest: int


class FormBody(Enum):
    """The body of a page's form; the view gets it as it was typed (`forms.Typed`)."""

    TYPED = "typed"


TYPED: Final = FormBody.TYPED


@dataclass(frozen=True, slots=True)
class Reply:
    """What a view answers: a status and the model its declaration promises."""

    status: int
    content: BaseModel
    headers: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Call(Generic[BodyT, QueryT]):
    """One request as a view sees it: already admitted, its content already checked.

    `session` is in the request's one transaction. `content`: a raw upload, empty otherwise."""

    service: Service
    credential: Credential | None
    body: BodyT
    query: QueryT
    now: datetime
    content: bytes = b""
    _session: Session | None = None

    @property
    def session(self) -> Session:
        if self._session is None:
            raise RuntimeError("this view declared that it needs no transaction")
        return self._session

    @property
    def actor(self) -> Actor:
        if self.credential is None:
            raise RuntimeError("a public view has no actor")
        return self.credential.actor

    def desk(self) -> Desk:
        """What use cases work with."""
        return open_desk(self.session, self.service.law, self.actor, now=self.now)


Answer = Reply | Refused | Response


@dataclass(frozen=True, slots=True)
class View:
    """One declaration. `replies`: status → model (or media). `writes`: needs a writing transaction.
    `tag`: the group it is listed under. `transaction` False: it opens its own. `page`: HTML for
    people, not in the API's document."""

    name: str
    method: str
    rule: str
    function: Callable[..., Answer]
    policy: Policy
    tag: str
    replies: Mapping[int, type[BaseModel] | Media]
    body: type[BaseModel] | Upload | FormBody | None = None
    query: type[BaseModel] = NoQuery
    writes: bool = False
    transaction: bool = True
    page: bool = False
    refusals: Sequence[int] = ()

    @property
    def summary(self) -> str:
        """The first line of the function's docstring."""
        return (self.function.__doc__ or "").strip().partition("\n")[0]

    @property
    def description(self) -> str:
        """The rest of it."""
        lines = (self.function.__doc__ or "").strip().partition("\n")[2].splitlines()
        return "\n".join(line.strip() for line in lines).strip()


class Views:
    """The views of one noun; a module makes one and declares into it."""

    def __init__(self, tag: str, *, prefix: str = "/api/v1", page: bool = False) -> None:
        self.tag, self.prefix, self.page = tag, prefix, page
        self.declared: list[View] = []

    def get(self, rule: str, **declaration: Any) -> Callable[[FunctionT], FunctionT]:
        """Declare a view that reads."""
        return self._declare("GET", rule, declaration)

    def post(self, rule: str, **declaration: Any) -> Callable[[FunctionT], FunctionT]:
        """Declare a view that writes."""
        return self._declare("POST", rule, {"writes": True, **declaration})

    def _declare(
        self, method: str, rule: str, declaration: dict[str, Any]
    ) -> Callable[[FunctionT], FunctionT]:
        policy = declaration.pop("allow")
        if self.page:
            declaration = {"replies": {200: Media(HTML)}, "page": True, **declaration}

        def keep(function: FunctionT) -> FunctionT:
            view = View(
                name=f"{self.tag}.{function.__name__}",
                method=method,
                rule=self.prefix + rule,
                function=function,
                policy=policy if isinstance(policy, Anyone) else frozenset(policy),
                tag=self.tag,
                **declaration,
            )
            self.declared.append(view)
            return function

        return keep


class UndeclaredRoute(Exception):
    """A route whose policy nobody declared: the service does not start."""


_PLACE = "zerowaste.views"


def register_views(
    app: Flask, groups: Collection[Views], endpoint: Callable[[View], Callable[..., Response]]
) -> None:
    """Add every declared view to the app."""
    views: dict[str, View] = app.extensions.setdefault(_PLACE, {})
    for group in groups:
        for view in group.declared:
            if not view.policy:
                raise UndeclaredRoute(f"{view.name}: nobody may open it")
            views[view.name] = view
            app.add_url_rule(
                view.rule,
                view.name,
                endpoint(view),
                methods=[view.method],
                provide_automatic_options=False,
            )


def declare_public(app: Flask, *endpoints: str) -> None:
    """Routes that Flask makes itself (static files) and that anybody may open."""
    app.extensions.setdefault(f"{_PLACE}.public", set()).update(endpoints)


def declared_views(app: Flask) -> Mapping[str, View]:
    """Endpoint → declaration."""
    views: Mapping[str, View] = app.extensions[_PLACE]
    return views


def require_policies(app: Flask) -> None:
    """Default deny: raises UndeclaredRoute for the first route without a declaration."""
    known = declared_views(app).keys() | app.extensions.get(f"{_PLACE}.public", set())
    for rule in app.url_map.iter_rules():
        if rule.endpoint not in known:
            raise UndeclaredRoute(f"{rule.rule} ({rule.endpoint}) does not say who may open it")
