"""Drawing a page: the template, and what every template may use."""

import re
from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

from flask import Flask, Response, current_app, g, render_template, request
from markupsafe import Markup, escape
from sqlmodel import Session

from zerowaste import clock
from zerowaste.errors import Problem, terms
from zerowaste.rules.access import Actor
from zerowaste.rules.parties import Place
from zerowaste.rules.regions import districts
from zerowaste.services.queries.names import english_names
from zerowaste.web.language import language
from zerowaste.web.pages.menu import entries_for
from zerowaste.web.problems import notices
from zerowaste.web.views import HTML

GRAMS_A_KILOGRAM, TONNE_G, FEN_A_YUAN = 1_000, 1_000_000, 100
MARK = "\x1e"  # no text has it
NAMED = re.compile(f"{MARK}([^{MARK}]*){MARK}")


def page(template: str, status: int = 200, **shown: Any) -> Response:
    """A page in the language of the request. `shown`: what its template names."""
    return Response(
        _with_labels(render_template(template, **shown)),
        status=status,
        content_type=HTML,
        headers={"Vary": "Accept-Language, Cookie, HX-Request"},
    )


def install_drawing(app: Flask) -> None:
    """Give templates their words and figures."""
    app.context_processor(_surroundings)
    app.jinja_env.globals.update(
        t=say,
        term=term,
        faults=faults,
        sentence=sentence,
        labelled=labelled,
        at_field=at_field,
        districts=districts,
    )
    app.jinja_env.filters.update(
        mass=mass, kg=kilograms, moment=moment, day=day, until=until, ago=ago, called=called, price=price
    )


def _surroundings() -> dict[str, Any]:
    actor: Actor | None = g.get("actor")
    return {
        "language": language(),
        "actor": actor,
        "menu": entries_for(actor),
        "unread": g.get("unread", 0),
        "here": request.path,
        "address": request.full_path.rstrip("?"),
        "known": current_app.extensions["zerowaste"].cookie in request.cookies,
        "in_part": request.headers.get("HX-Request") == "true",
    }


def say(zh: str, en: str) -> str:
    """The one of two texts that is in the reader's language. Both stand side by side in the template,
    so none can be missing."""
    return zh if language() == "zh" else en


def term(kind: str, value: Any) -> str:
    """A word of the field (terms.toml), or the bare value where nobody wrote it down."""
    words = terms().get(kind, {}).get(str(value))
    return str(value) if words is None else words[language()]


def learn_names(session: Session, names: Iterable[str | None]) -> None:
    """Look up, for a reader of English, how organisations and sites are called that a page shows by their
    registered name; `called` says it. One query; none for a reader of Chinese."""
    if language() == "en":
        g.english = {**g.get("english", {}), **english_names(session, names)}


def called(name: Place | str | None) -> str:
    """A place or an organisation in the reader's language, as far as its name is known in it."""
    if isinstance(name, Place):
        return say(name.name, name.name_en or name.name)
    return str(g.get("english", {}).get(name, name or "—"))


def faults(problems: Any, path: str) -> list[str]:
    """The sentences about one field."""
    found = [problem for problem in problems if isinstance(problem, Problem) and problem.path == path]
    return [notice["message"] for notice in notices(found)]


def labelled(path: str, label: str) -> str:
    """Remember what a form calls the field at a path; draws nothing."""
    g.setdefault("labels", {})[path] = label
    return ""


def at_field(path: str) -> str:
    """Where the name of a field is to stand. A form says what is wrong before it says what its fields
    are called, so the names are put in when it is drawn to its end."""
    return f"{MARK}{path}{MARK}"


def _with_labels(text: str) -> str:
    known = g.get("labels", {})
    return NAMED.sub(lambda found: escape(_name_of(found[1], known)), text)


def _name_of(path: str, known: Mapping[str, str]) -> str:
    """A field as its form calls it, with its row where it is in one; a path nobody named stays itself."""
    row = next((int(part) + 1 for part in path.split(".") if part.isdecimal()), None)
    if path not in known or row is None:
        return known.get(path, path)
    return say(f"第 {row} 项 · {known[path]}", f"{row} · {known[path]}")


def sentence(problem: Problem) -> str:
    """What a problem says to people."""
    return problem.sentence(language())


def mass(grams: int | None) -> str:
    """Grams as people say them: grams below a kilogram, tonnes from ten tonnes on."""
    if grams is None:
        return "—"
    if abs(grams) < GRAMS_A_KILOGRAM and grams:
        return f"{grams} g"
    if abs(grams) >= 10 * TONNE_G:
        return f"{_plain(Decimal(grams) / TONNE_G, 3)} t"
    return f"{_plain(Decimal(grams) / GRAMS_A_KILOGRAM, 3)} kg"


def kilograms(grams: int | None) -> str:
    """Grams as a field in kilograms holds them."""
    return "" if grams is None else _plain(Decimal(grams) / GRAMS_A_KILOGRAM, 3).replace(",", "")


def price(fen: int, highest: int | None = None) -> str:
    """What a tonne costs, in yuan: at least and, where that differs, at most."""
    ends = [fen] if highest in (None, fen) else [fen, highest]
    yuan = "–".join(f"{Decimal(end) / FEN_A_YUAN:,.2f}".removesuffix(".00") for end in ends)
    return say(f"{yuan} 元/吨", f"¥{yuan}/t")


def _plain(figure: Decimal, places: int) -> str:
    text = f"{figure:,.{places}f}"
    return text.rstrip("0").rstrip(".")


def moment(at: datetime | None) -> Markup | str:
    """A moment on the city's clocks."""
    if at is None:
        return "—"
    shown = clock.local(at)
    return Markup('<time datetime="{}">{}</time>').format(
        shown.isoformat(timespec="seconds"), f"{shown:%Y-%m-%d %H:%M}"
    )


def day(at: datetime | None) -> str:
    """The day in the city."""
    return "—" if at is None else clock.local_day(at).isoformat()


def until(at: datetime | None) -> Markup | str:
    """How long is left, the exact moment beside; overdue where it has passed."""
    if at is None:
        return "—"
    left = at - clock.now()
    exact = f"{clock.local(at):%Y-%m-%d %H:%M}"
    if left < timedelta():
        words = say(f"已逾期 {_span(-left)}", f"{_span(-left)} overdue")
        kind = "overdue"
    else:
        words = say(f"还剩 {_span(left)}", f"{_span(left)} left")
        kind = "soon" if left < timedelta(days=1) else "calm"
    return Markup('<span class="clock {}">{}</span> <small><time datetime="{}">{}</time></small>').format(
        kind, words, clock.local(at).isoformat(timespec="seconds"), exact
    )


def ago(at: datetime | None) -> Markup | str:
    """How long since, the exact moment beside."""
    if at is None:
        return "—"
    past = max(timedelta(), clock.now() - at)
    words = say(f"{_span(past)}前", f"{_span(past)} ago")
    return Markup('<span>{}</span> <small><time datetime="{}">{}</time></small>').format(
        words, clock.local(at).isoformat(timespec="seconds"), f"{clock.local(at):%Y-%m-%d %H:%M}"
    )


def _span(span: timedelta) -> str:
    """A length of time in its largest fitting unit."""
    minutes = int(span.total_seconds() // 60)
    if minutes < 60:
        return say(f"{minutes} 分钟", f"{minutes} min")
    hours = minutes // 60
    if hours < 48:
        return say(f"{hours} 小时", f"{hours} h")
    return say(f"{hours // 24} 天", f"{hours // 24} days")
