"""The language of an answer: Chinese unless the caller prefers English."""

from flask import g, has_request_context, request

from zerowaste.errors import LANGUAGES

DEFAULT = "zh"
COOKIE = "language"
_TAGS = {"zh": "zh-CN", "en": "en"}


def language() -> str:
    """`zh` or `en`: what was chosen on a page, else what Accept-Language asks for, else what the account
    prefers, else Chinese."""
    if not has_request_context():
        return DEFAULT
    chosen: str | None = g.get("language")
    if chosen is None:
        kept = request.cookies.get(COOKIE)
        if kept in LANGUAGES:
            g.language = kept
            return kept
        wanted = request.accept_languages
        chosen = wanted.best_match(LANGUAGES) if wanted else g.get("own_language")
        chosen = chosen or DEFAULT
        g.language = chosen
    return chosen


def prefer(own: str) -> None:
    """The account's own language, for callers that say nothing."""
    if own in LANGUAGES and not request.accept_languages and COOKIE not in request.cookies:
        g.language = own


def language_tag() -> str:
    """The language of this answer as a BCP 47 tag."""
    return _TAGS[language()]
