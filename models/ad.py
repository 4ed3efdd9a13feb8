"""An ad as it was received: nothing derived, nothing normalised."""

from dataclasses import dataclass
from enum import StrEnum

MAX_TEXT_CHARS = 20_000
"""Longest ``text`` in code points. The longest of 2,500 job-board ads we measured has 14,000."""

MAX_TITLE_CHARS = 500
MAX_TURNS = 50
"""Most earlier turns of a chat that are taken; :data:`SCORED_TURNS` of them are read."""

SCORED_TURNS = 20
"""A chat is scored as its last turns joined: this many, plus the text itself."""

SCORED_CHARS = MAX_TEXT_CHARS
"""Characters of title, turns and text together that are read: the oldest turns go first, so that
one ad never costs more than one of the longest texts."""

LANGUAGE_TAG = r"[A-Za-z]{2,8}(-[A-Za-z0-9]{1,8})*"
"""Pattern of a whole language tag such as ``pt-BR`` (RFC 5646, without what it grandfathers)."""

MAX_LANGUAGE_CHARS = 35
"""Of a tag: what RFC 5646, section 4.4.1, says is enough."""


class Platform(StrEnum):
    """Kind of service the ad was seen on."""

    SOCIAL = "social"
    DATING = "dating"
    GAMING = "gaming"
    MESSAGING = "messaging"
    JOB_BOARD = "job_board"
    OTHER = "other"


class Surface(StrEnum):
    """Place on the platform."""

    POST = "post"
    DIRECT_MESSAGE = "direct_message"
    CHAT = "chat"
    PROFILE = "profile"
    LISTING = "listing"
    COMMENT = "comment"


@dataclass(frozen=True, slots=True)
class Ad:
    """One text and its context."""

    text: str
    """The post, message, profile or listing."""

    title: str = ""
    """Headline, where the platform has one apart from the text."""

    thread: tuple[str, ...] = ()
    """Earlier turns of the same chat, oldest first."""

    platform: Platform | None = None
    surface: Surface | None = None
    language: str | None = None
    """BCP 47 tag that the platform gave."""

    own: frozenset[int] = frozenset()
    """Indices of the turns in ``thread`` that are the reader's own: the model reads none of
    them."""

    def received(self, field: str) -> str:
        """A field as it came, by the name that spans give it: ``title``, ``thread/<index>`` or
        ``text``."""
        if field.startswith("thread/"):
            return self.thread[int(field.removeprefix("thread/"))]
        return self.title if field == "title" else self.text
