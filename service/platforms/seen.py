"""What an event of a platform turned out to hold."""

import hashlib
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from urllib.parse import urlsplit

from models.ad import (
    LANGUAGE_TAG,
    MAX_LANGUAGE_CHARS,
    MAX_TEXT_CHARS,
    Platform,
    Surface,
)
from service.client.asking import Ad, Turn
from service.platforms.cutting import headed, shortened
from service.platforms.plan import Plan

MAX_OPAQUE_CHARS = 200
"""Of an id, as ``POST /v1/score`` takes it."""

TAG = re.compile(LANGUAGE_TAG)

LINKS_CHARS = MAX_TEXT_CHARS // 2
"""Of links that stand below the longest texts; below a shorter one, what it leaves."""

LINK_CHARS = 2000
"""Of one link: its beginning says where it leads."""

BEFORE_LINK = re.compile(r"""[\s(\[{<"'*|]""")
AFTER_LINK = re.compile(r"""[.,:;!?]*+(?:[\s)\]}>"'*|]|\Z)""")
TRIES = 100
"""Places of a text at which a link is looked for."""


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


def moment(count: float, per_second: int = 1) -> datetime | None:
    """Of Unix time; ``None`` where no calendar has it.

    >>> moment(1e18) is None
    True
    """
    try:
        return datetime.fromtimestamp(count / per_second, UTC)
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
    or time. Of a title that is too long the rest stands in front of the text."""
    title, text = headed(title, text)
    made: Ad = {
        "id": id,
        "text": shortened(text),
        "platform": platform.value,
        "surface": surface.value,
    }
    if title.strip():
        made["title"] = title
    if author_id is not None:
        made["author_id"] = author_id
    if posted_at is not None and (posted := in_utc(posted_at)) is not None:
        made["posted_at"] = posted.isoformat()
    if language and len(language) <= MAX_LANGUAGE_CHARS and TAG.fullmatch(language):
        made["language"] = language
    if thread:
        made["thread"] = [
            {"text": shortened(turn["text"]), "role": turn["role"]} for turn in thread
        ]
    return made


def turn(text: str, by_author: bool) -> Turn:
    """What was said before. Words of another than the author are not read, so that nobody is
    judged by what they answer to."""
    return {"text": text, "role": "other" if by_author else "own"}


def with_links(text: str, links: Sequence[str]) -> str:
    """The text, and the targets of its links that it does not show. All of it fits: a text that
    leaves them no room is shortened, and what links there are beyond that room is left out.

    >>> with_links("apply here", ["https://example.org/a"])
    'apply here\\nhttps://example.org/a'

    A longer link that begins with it is another:

    >>> with_links("https://example.org/a-b", ["https://example.org/a"])
    'https://example.org/a-b\\nhttps://example.org/a'
    """
    text = shortened(text)
    hidden = "\n".join(hidden_in(text, links))
    if not hidden or not text:
        return text or hidden
    return f"{shortened(text, MAX_TEXT_CHARS - len(hidden) - 1)}\n{hidden}"


def hidden_in(text: str, links: Sequence[str]) -> Iterator[str]:
    """Links that a text does not show, as many as there is room for. One for which there is none
    is not looked for, so that a thousand links cost no more than there is room for."""
    room = max(MAX_TEXT_CHARS - len(text), LINKS_CHARS)
    for link in dict.fromkeys(links):
        one = link[:LINK_CHARS]
        if len(one) < room and leads_out(link) and not shows(text, link):
            room -= len(one) + 1
            yield one


def shows(text: str, link: str) -> bool:
    """Whether a link stands in a text as a whole: between spaces, brackets or quotation marks, and
    with what ends a sentence. Where in doubt it does not, and stands twice in what is read.

    >>> shows("See (https://example.org/a).", "https://example.org/a")
    True
    """
    at = text.find(link)
    for _ in range(TRIES):
        if at < 0:
            return False
        begins = at == 0 or BEFORE_LINK.match(text, at - 1)
        if begins and AFTER_LINK.match(text, at + len(link)):
            return True
        at = text.find(link, at + 1)
    return False


def leads_out(link: str) -> bool:
    """Whether it leads to a page."""
    try:
        return urlsplit(link).scheme in ("http", "https", "tg")
    except ValueError:
        return False
