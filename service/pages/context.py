"""What every page needs: language, words, country, and where its links lead."""

from datetime import UTC, date, datetime
from http import HTTPStatus
from typing import Any
from urllib.parse import urlencode

from fastapi import Request, Response

from models.labels import Indicator
from service import help as helping
from service.errors import ModelUnavailable, Overloaded, RateLimited, StoreUnavailable
from service.help import Help, HelpBook, Rights
from service.indicators import Text, pick
from service.indicators import text as indicator_text
from service.pages.advice import NEVER, asks
from service.pages.catalogue import text
from service.pages.html import page
from service.settings import Settings
from service.speaking import Speaking

BUSY_S = 60
"""When to try again where nobody can tell, as ``error.busy`` has it."""

Busy = Overloaded | RateLimited | ModelUnavailable | StoreUnavailable
"""What passes by itself."""


class Page(Speaking):
    """One page in the making."""

    def __init__(self, request: Request, language: str | None = None) -> None:
        """In the language that was asked for, else the first of the browser's that we have."""
        query = request.query_params
        self.request = request
        self.book: HelpBook = request.app.state.help_book
        self.settings: Settings = request.app.state.settings
        accepted = request.headers.get("accept-language", "")
        self.language = pick(accepted, language or query.get("lang"))
        self.here, self.origin, self.destination = (
            self.country(query.get(name)) for name in ("country", "from", "to")
        )
        self.asked = query.get("lang") is not None or language is not None
        self.guessed = self.country(region_of(accepted))

    def shown(
        self, name: str, status: int = HTTPStatus.OK, *, retry_after_s: int | None = None,
        **values: Any,
    ) -> Response:  # fmt: skip
        """The page as an answer. Templates find this object as ``page``."""
        headers = {"Content-Language": self.language}
        if retry_after_s is not None:
            headers["Retry-After"] = str(retry_after_s)
        known = {
            "page": self, "say": self.say_html, "told": self.html, "error": "", "text": "",
            "found": None, **values,
        }  # fmt: skip
        return page(self.request, name, known, status, headers)

    def busy(self, name: str, error: Busy, **values: Any) -> Response:
        """The page with what was typed, and when to send it again. An hourly limit says no time in
        words: it may be a minute or most of an hour."""
        status, wait_s = HTTPStatus.SERVICE_UNAVAILABLE, BUSY_S
        if isinstance(error, Overloaded | RateLimited):
            status, wait_s = HTTPStatus.TOO_MANY_REQUESTS, error.retry_after_s
        said = "error.often" if isinstance(error, RateLimited) else "error.busy"
        return self.shown(name, status, retry_after_s=wait_s, error=said, **values)

    # What templates ask for.

    @property
    def never(self) -> tuple[str, ...]:
        """Keys of what nobody should hand over."""
        return NEVER

    @property
    def takes_reports(self) -> bool:
        """Whether a report could be sealed."""
        return self.settings.reports_public_key is not None

    def say(self, key: str) -> Text:
        """A sentence of the pages, of the indicators (``general.…``) or the help (``help:…``)."""
        if key.startswith("help:"):
            return helping.text(key.removeprefix("help:"), self.language)
        if key.startswith("general."):
            return indicator_text(key, self.language)
        return text(key, self.language)

    def asks(self, signs: tuple[Indicator, ...] = ()) -> list[str]:
        """Keys of what to check and ask."""
        return asks(signs)

    def link(self, path: str, **query: str) -> str:
        """An address of ours that keeps the language, where one was asked for."""
        kept = {"lang": self.language} if self.asked else {}
        given = {name: value for name, value in query.items() if value}
        return f"{path}?{urlencode(given | kept)}" if given | kept else path

    def here_again(self, language: str) -> str:
        """This page in another language."""
        query = dict(self.request.query_params) | {"lang": language}
        return f"{self.request.scope['path']}?{urlencode(query)}"

    def countries(self) -> list[tuple[str, str]]:
        """Code and name of each, by name."""
        names = [
            (code, helping.country_name(code, self.language)) for code in self.book.countries()
        ]
        return sorted(names, key=lambda one: one[1].casefold())

    def help(self) -> Help | None:
        """Of the country that was asked for."""
        if not self.here:
            return None
        return self.book.help_for(self.here, self.language, self.today())

    def rights(self) -> Rights:
        """The principles, and the rules of the countries that were asked for."""
        return self.book.rights_for(
            self.origin or None, self.destination or None, self.language, self.today()
        )

    def country(self, code: str | None) -> str:
        """The code, if we have the country; else nothing."""
        given = (code or "").upper()
        return given if given in self.book.countries() else ""

    @staticmethod
    def today() -> date:
        """By which entries are old."""
        return datetime.now(UTC).date()


def region_of(accepted: str) -> str:
    """The region of the first language that a browser names.

    >>> region_of("fil-PH, en;q=0.8"), region_of("zh-Hant-TW"), region_of("en")
    ('PH', 'TW', '')
    """
    tags = accepted.partition(",")[0].partition(";")[0].strip().split("-")[1:]
    return next((one.upper() for one in tags if len(one) == 2 and one.isalpha()), "")
