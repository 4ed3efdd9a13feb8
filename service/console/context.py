"""What every page of the console needs: who reviews, their language, words, links."""

from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from http import HTTPStatus
from typing import Any
from urllib.parse import urlencode

from babel.dates import format_date, format_time, get_datetime_format
from babel.numbers import format_decimal
from fastapi import Request, Response

from models.labels import HARMS, KINDS
from service.access import Caller, Scope
from service.api.reviewing import QueueFilter
from service.console import catalogue
from service.console.html import page
from service.console.shift import Shift, token
from service.help.wording import locale_of
from service.indicators import Text, pick
from service.indicators import text as indicator_text
from service.runtime import Runtime, runtime_of
from service.settings import Settings
from service.speaking import Speaking

KIND_KEYS = dict(zip("123456", KINDS, strict=True))
HARM_KEYS = dict(zip("abcdefghijkl", HARMS, strict=True))
"""Single keys that decide."""

CLOCK = {"en": "en_GB"}
"""English as most who read it write a day and an hour: day first, 24 hours."""

INDICATOR_SENTENCES = ("kind", "harm", "decision", "general")
"""Whose words are those of :mod:`service.indicators`."""

FILTERS = ("platform", "language", "harm", "campaign", "incident", "decision")


@dataclass(frozen=True, slots=True)
class Who:
    """A reviewer with a session and a key in force."""

    shift: Shift
    caller: Caller


class Console(Speaking):
    """One page in the making. Templates find it as ``page``."""

    def __init__(self, request: Request, who: Who | None = None) -> None:
        """In the session's language; before there is one, in the one that was asked for, or else
        the first of the browser's that we have."""
        self.request = request
        self.settings: Settings = request.app.state.settings
        self.who = who
        accepted = request.headers.get("accept-language", "")
        asked = who.shift.language if who else request.query_params.get("lang")
        self.language = pick(accepted, asked)
        self.which = filter_of(request)

    def shown(
        self, name: str, status: int = HTTPStatus.OK, *, retry_after_s: int | None = None,
        **values: Any,
    ) -> Response:  # fmt: skip
        """The page as an answer. ``retry_after_s``: when to ask again, where that is known."""
        headers = {"Content-Language": self.language}
        if retry_after_s is not None:
            headers["Retry-After"] = str(retry_after_s)
        known = {"page": self, "say": self.say_html, "told": self.html, "error": "", **values}
        return page(self.request, name, known, status, headers)

    @cached_property
    def runtime(self) -> Runtime:
        """Raises :class:`~service.errors.ModelUnavailable` while the service starts or stops: a
        page that says so needs none."""
        return runtime_of(self.request)

    # What templates ask for.

    @property
    def shift(self) -> Shift:
        """Only on pages for those who are signed in."""
        assert self.who is not None
        return self.who.shift

    @property
    def administers(self) -> bool:
        """Whether the audit trail is open to them."""
        return self.who is not None and Scope.ADMIN in self.who.caller.scopes

    @property
    def token(self) -> str:
        """For a form."""
        return token(self.shift, self.runtime.vault)

    @property
    def kinds(self) -> dict[str, str]:
        """By their keys."""
        return dict(KIND_KEYS)

    @property
    def harms(self) -> dict[str, str]:
        """By their keys."""
        return dict(HARM_KEYS)

    def say(self, key: str) -> Text:
        """A sentence of the console, or of the indicators (``kind.…``, ``harm.…``)."""
        if key.partition(".")[0] in INDICATOR_SENTENCES:
            return indicator_text(key, self.language)
        return catalogue.text(key, self.language)

    def language_name(self, tag: str) -> str:
        """Of a language, in the reviewer's; its tag where that has no name for it."""
        return str(locale_of(self.language).languages.get(tag.replace("-", "_"), tag))

    def number(self, value: float, digits: int = 0) -> str:
        """As the language writes it."""
        form = "#,##0" + ("." + "0" * digits if digits else "")
        return format_decimal(value, form, locale=locale_of(self.language))

    def moment(self, when: datetime) -> str:
        """Day and minute, UTC. The month as a word: 12/1 is a day in January or in December."""
        locale = CLOCK.get(self.language) or locale_of(self.language)
        day = format_date(when, "medium", locale)
        minute = format_time(when, "short", locale=locale)
        together = str(get_datetime_format("medium", locale=locale)).replace("'", "")
        return together.format(minute, day) + " UTC"

    @property
    def filtered(self) -> bool:
        """Whether only a part of what waits is asked for."""
        return bool(self.which.model_dump(exclude_none=True))

    def link(self, path: str, **more: str | None) -> str:
        """An address of ours that keeps the filter; ``None`` takes a part of it away."""
        kept = self.which.model_dump(exclude_none=True) | more
        given = {name: value for name, value in kept.items() if value}
        return f"{path}?{urlencode(given)}" if given else path


def filter_of(request: Request) -> QueueFilter:
    """From the address. What is no filter of ours is passed over: pages never fail for it."""
    given = {name: request.query_params.get(name) or None for name in FILTERS}
    known = {}
    for name, value in given.items():
        if value is None:
            continue
        try:
            QueueFilter.model_validate({name: value})
        except ValueError:
            continue
        known[name] = value
    return QueueFilter.model_validate(known)
