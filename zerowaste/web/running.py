"""Running a view: who is it, may he, what did he send, and then one call in one transaction."""

from collections.abc import Callable
from typing import Any

from flask import Response, g
from sqlmodel import Session

from zerowaste import clock
from zerowaste.errors import Problem, Refusal, status_of
from zerowaste.services.identity.tokens import Credential, Scope, authenticate
from zerowaste.services.messaging.messages import count_unread
from zerowaste.web import reading
from zerowaste.web.filters import require_known
from zerowaste.web.language import language_tag, prefer
from zerowaste.web.problems import Refused, problem_content, respond
from zerowaste.web.service import running
from zerowaste.web.transaction import in_transaction
from zerowaste.web.views import JSON, PUBLIC, Answer, Call, Reply, View


def endpoint(view: View) -> Callable[..., Response]:
    """The function Flask calls for a view."""

    def run(**arguments: Any) -> Response:
        reading.refuse_strange_path(arguments)
        reading.refuse_cross_site()
        token = reading.token_of(running().cookie)
        if view.policy is not PUBLIC and token is None:
            raise Refusal("unauthenticated")
        query, body, content, fault = _content(view)
        now = clock.now()

        def work(session: Session | None) -> Answer:
            credential = _admit(view, session, token, now)
            # Who may not come in is not told what is wrong with what he sent.
            if fault is not None:
                raise fault
            call = Call(running(), credential, body, query, now, content, session)
            require_known(call)
            return view.function(call, **arguments)

        if view.transaction:
            return _response(in_transaction(work, write=view.writes))
        return _response(work(None))

    run.__name__ = view.function.__name__
    return run


def _content(view: View) -> tuple[Any, Any, bytes, Refusal | None]:
    """Query, body and raw upload, or what is wrong with them: all of it, from both."""
    query, faults = None, []
    try:
        query = reading.read_query(view)
    except Refusal as refusal:
        faults.append(refusal)
    try:
        body, content = reading.read_body(view)
    except Refusal as refusal:
        if refusal.code != "invalid" or not faults:
            return query, None, b"", refusal
        return query, None, b"", Refusal("invalid", *faults[0].problems, *refusal.problems)
    return query, body, content, faults[0] if faults else None


def _admit(view: View, session: Session | None, token: str | None, now: Any) -> Credential | None:
    """The credential, if the view's policy lets its role in; a public view takes it where there is one.
    Default deny."""
    credential = authenticate(session, token, now=now) if session and token else None
    if credential is not None:
        reading.refuse_another(credential.actor.login)
        g.actor = credential.actor
        if view.page and session is not None:
            g.unread = count_unread(session, credential.actor.user_id)
        prefer(credential.language)
    if view.policy is PUBLIC:
        return credential
    if credential is None:
        raise Refusal("unauthenticated")
    if credential.actor.role not in view.policy:
        raise Refusal("forbidden")
    if view.method != "GET" and credential.scope is not Scope.WRITE:
        raise Refusal("token_read_only")
    return credential


def _response(answer: Answer) -> Response:
    if isinstance(answer, Reply):
        response = Response(
            answer.content.model_dump_json(by_alias=True), status=answer.status, content_type=JSON
        )
        response.headers["Content-Language"] = language_tag()
        response.headers["Vary"] = "Accept-Language"
        response.headers.update(answer.headers)
        return response
    if isinstance(answer, Refused):
        # Where one of the reasons is the headline itself, it brings the values its sentence names.
        headline = next((e for e in answer.errors if e.code == answer.code), Problem(answer.code))
        status = answer.status or status_of(answer.code)
        return respond(problem_content(headline, status, answer.errors, answer.warnings))
    return answer
