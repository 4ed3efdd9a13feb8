"""What an event of a platform turned out to hold."""

import hashlib
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from urllib.parse import urlsplit

from models.ad import (
    LANGUAGE_TAG,
    MAX_LANGUAGE_CHARS,
    MAX_TEXT_CHARS,
    MAX_TITLE_CHARS,
    Platform,
    Surface,
)
from service.client.asking import Ad, Turn
from service.platforms.plan import Plan

MAX_OPAQUE_CHARS = 200
"""Of an id, as ``POST /v1/score`` takes it."""

TAG = re.compile(LANGUAGE_TAG)


class BadEvent(Exception):
    """An event that is not in the platform's shape. The message repeats nothing of it."""


@dataclass(frozen=True, slots=True)
class Seen:
    """An ad, and where it stands on its platform."""

    ad: Ad
    """As ``POST /v1/score`` takes it."""

    place: Mapping[str, str] = field(default_factory=dict)
    """What a plan needs to act on it: ids of the platform."""

    asked: bool = False
    """Whether somebody asks what we think of it: then they are answered again after an edit."""

    @property
    def turns(self) -> Sequence[str | Turn]:
        """What was said before, where the event tells it."""
        return self.ad.get("thread", ())


@dataclass(frozen=True, slots=True)
class Skipped:
    """An event with nothing to score."""

    reason: str
    plan: Plan | None = None
    """What a bot does all the same, such as an answer to somebody who asked."""


def opaque(*parts: str | int) -> str:
    """An id that says whose it is; one that is too long as its digest.

    >>> opaque("discord", 31, 41)
    'discord:31:41'
    """
    joined = ":".join(map(str, parts)).replace("\x00", "")
    if len(joined) <= MAX_OPAQUE_CHARS:
        return joined
    whose = f"{parts[0]}:" if len(parts) > 1 else ""
    return f"{whose}sha256:{hashlib.sha256(joined.encode('utf-8', 'replace')).hexdigest()}"


def moment(seconds: float) -> datetime | None:
    """Of Unix time; ``None`` where no calendar has it.

    >>> moment(1e18) is None
    True
    """
    try:
        return datetime.fromtimestamp(seconds, UTC)
    except (ValueError, OverflowError, OSError):
        return None


def in_utc(moment: datetime) -> datetime | None:
    """The same; ``None`` in the hours at the ends of the calendar that UTC does not have."""
    try:
        return moment.astimezone(UTC)
    except OverflowError:
        return None


def ad(
    platform: Platform,
    surface: Surface,
    *,
    id: str,
    text: str,
    title: str = "",
    author_id: str | None = None,
    posted_at: datetime | None = None,
    language: str | None = None,
    thread: Sequence[Turn] = (),
) -> Ad:
    """An ad that the service takes: cut to what is read, without what is not known, or no language
    or time."""
    made: Ad = {
        "id": id,
        "text": text[:MAX_TEXT_CHARS],
        "platform": platform.value,
        "surface": surface.value,
    }
    if title.strip():
        made["title"] = title[:MAX_TITLE_CHARS]
    if author_id is not None:
        made["author_id"] = author_id
    if posted_at is not None and (posted := in_utc(posted_at)) is not None:
        made["posted_at"] = posted.isoformat()
    if language and len(language) <= MAX_LANGUAGE_CHARS and TAG.fullmatch(language):
        made["language"] = language
    if thread:
        made["thread"] = [
            {"text": turn["text"][:MAX_TEXT_CHARS], "role": turn["role"]} for turn in thread
        ]
    return made


def turn(text: str, by_author: bool) -> Turn:
    """What was said before. Words of another than the author are not read, so that nobody is
    judged by what they answer to."""
    return {"text": text, "role": "other" if by_author else "own"}


def with_links(text: str, links: Sequence[str]) -> str:
    """The text, and the targets of its links that it does not show.

    >>> with_links("apply here", ["https://example.org/a"])
    'apply here\\nhttps://example.org/a'

    A longer link that begins with it is another:

    >>> with_links("https://example.org/a-b", ["https://example.org/a"])
    'https://example.org/a-b\\nhttps://example.org/a'
    """
    hidden = [one for one in dict.fromkeys(links) if leads_out(one) and not shows(text, one)]
    return "\n".join([text, *hidden]) if text else "\n".join(hidden)


def shows(text: str, link: str) -> bool:
    """Whether a link stands in a text as a whole: between spaces, brackets or quotation marks, and
    with what ends a sentence. Where in doubt it does not, and stands twice in what is read.

    >>> shows("See (https://example.org/a).", "https://example.org/a")
    True
    """
    whole = rf"(?<![^\s(\[{{<\"'*|]){re.escape(link)}(?=[.,:;!?]*(?:[\s)\]}}>\"'*|]|\Z))"
    return re.search(whole, text) is not None


def leads_out(link: str) -> bool:
    """Whether it leads to a page."""
    try:
        return urlsplit(link).scheme in ("http", "https", "tg")
    except ValueError:
        return False
