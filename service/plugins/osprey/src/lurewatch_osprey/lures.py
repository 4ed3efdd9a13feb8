"""Asks the service: one HTTP client, one request where several functions ask of the same text, a
bounded memory of answers, and one clear rule for when no answer comes. Needs httpx alone.
"""

import asyncio
import hashlib
import json
import logging
import re
import time
from collections import OrderedDict
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import httpx

from .settings import Settings

MAX_CHARS = 20_000
"""Of one ad, as the service takes it. A longer text is asked in overlapping parts, so that nobody
hides a lure behind a long beginning; the part with the highest score speaks for it."""

OVERLAP_CHARS = 1_000
MAX_PARTS = 9
"""Of one text: 172,000 characters; the service takes 200,000 in a request. More is not read."""

MAX_ID_CHARS = 200
"""The service takes no longer id. Without it a text is asked all the same: only reviewers' words
do not find it again by it."""

UNFIT = re.compile("[\0\ud800-\udfff]")
"""What no id of the service's holds: U+0000, and halves of characters."""

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Verdict:
    """What rules can ask of a text."""

    score: float = 0.0
    """Calibrated probability that it is a lure, 0 to 1."""

    decision: str = "allow"
    """``allow``, ``nudge``, ``review`` or ``block``, by the policy of the service."""

    kind: str = "insufficient"
    """What the text is: ``lure``, ``recruitment``, ``about_lures``, ``other_scam``, ``other`` or
    ``insufficient``."""

    harms: tuple[str, ...] = ()
    """What a lure would lead to, the likeliest first."""

    indicators: tuple[str, ...] = ()
    """Published signs that the words show, the strongest first. They prove nothing alone."""

    answered: bool = True
    """False: the service did not answer, and this is what ``on_error`` says."""


NOTHING = Verdict()
"""Of a text in which there is nothing to read."""

ON_ERROR = {
    "open": Verdict(answered=False),
    "closed": Verdict(score=1.0, decision="review", answered=False),
}


class Unanswered(Exception):
    """The service did not answer as it should. The message holds no text."""


class Lures:
    """Asks the service. Belongs to one event loop at a time."""

    def __init__(self, settings: Settings, transport: httpx.AsyncBaseTransport | None = None):
        """``transport``: httpx's own seam, for tests."""
        self.settings = settings
        self._transport = transport
        self._loop: asyncio.AbstractEventLoop | None = None
        self._client: httpx.AsyncClient
        self._asked: dict[bytes, asyncio.Task[Verdict]] = {}
        self._known: OrderedDict[bytes, tuple[float, Verdict]] = OrderedDict()
        self._failing = False

    async def ask(
        self, text: str, id: str | None = None, platform: str | None = None,
        surface: str | None = None,
    ) -> Verdict | None:  # fmt: skip
        """The verdict on a text; ``None`` where none came and ``on_error`` is ``unknown``.

        ``id``: the platform's own, by which reviewers' words find the ad again; ``platform`` and
        ``surface`` as in ``POST /v1/score``.
        """
        if not text.strip():
            return NOTHING
        ad = {"id": known_as(id), "platform": platform, "surface": surface}
        body = json.dumps([text, ad], sort_keys=True)
        key = hashlib.sha256(body.encode()).digest()  # no text is held in memory
        known = self._remembered(key)
        if known is not None:
            return known
        try:
            verdict = await self._shared(key, text, ad)
        except Unanswered as error:
            if not self._failing:
                log.warning("lurewatch does not answer: %s", error)
            self._failing = True
            return ON_ERROR.get(self.settings.on_error)
        if self._failing:
            log.warning("lurewatch answers again")
        self._failing = False
        self._remember(key, verdict)
        return verdict

    async def aclose(self) -> None:
        """Close the connections."""
        if self._loop is not None:
            await self._client.aclose()
            self._loop = None

    async def _shared(self, key: bytes, text: str, ad: dict[str, str | None]) -> Verdict:
        """The answer to a request that is under way already, or to a new one. It goes on though who
        asked first goes away."""
        self._begin()
        task = self._asked.get(key)
        if task is None:
            task = asyncio.create_task(self._answer(text, ad))
            self._asked[key] = task
            task.add_done_callback(lambda done: self._end(key, done))
        return await asyncio.shield(task)

    def _begin(self) -> None:
        """A client for the loop that runs: its connections belong to one."""
        loop = asyncio.get_running_loop()
        if self._loop is loop:
            return
        self._loop = loop
        self._asked.clear()
        key = self.settings.key
        self._client = httpx.AsyncClient(
            base_url=self.settings.url,
            headers={"Authorization": f"Bearer {key}"} if key else {},
            timeout=self.settings.timeout_s,
            transport=self._transport,
        )

    def _end(self, key: bytes, done: asyncio.Task[Verdict]) -> None:
        self._asked.pop(key, None)
        if not done.cancelled():
            done.exception()  # whoever asked may have gone: then nobody else looks at it

    async def _answer(self, text: str, ad: dict[str, str | None]) -> Verdict:
        ads = [{"text": part, **ad} for part in parts(text)]
        try:
            async with asyncio.timeout(self.settings.timeout_s):
                response = await self._client.post("/v1/score", json={"ads": ads})
                blank = blanks(response)
                if blank:
                    ads = [one for position, one in enumerate(ads) if position not in blank]
                    if not ads:
                        return NOTHING
                    response = await self._client.post("/v1/score", json={"ads": ads})
        except TimeoutError:
            raise Unanswered(f"no answer in {self.settings.timeout_s} s") from None
        except httpx.HTTPError as error:  # its message may hold the address
            raise Unanswered(type(error).__name__) from None
        if response.status_code != httpx.codes.OK:
            raise Unanswered(f"status {response.status_code}{problem(response)}")
        try:
            found = [verdict(result) for result in response.json()["results"]]
            return max(found, key=lambda one: one.score)
        except (ValueError, KeyError, TypeError):
            raise Unanswered("the answer is not one of Lurewatch's") from None

    def _remembered(self, key: bytes) -> Verdict | None:
        found = self._known.get(key)
        if found is None:
            return None
        until, verdict = found
        if time.monotonic() >= until:
            del self._known[key]
            return None
        self._known.move_to_end(key)
        return verdict

    def _remember(self, key: bytes, verdict: Verdict) -> None:
        self._known[key] = (time.monotonic() + self.settings.cache_s, verdict)
        self._known.move_to_end(key)
        while len(self._known) > self.settings.cache_ads:
            self._known.popitem(last=False)


def known_as(id: str | None) -> str | None:
    """An id as the service takes it, or none."""
    fits = id is not None and len(id) <= MAX_ID_CHARS and not UNFIT.search(id)
    return id if fits else None


def parts(text: str) -> list[str]:
    """A text in parts that the service takes. Halves of characters, which JSON cannot carry, become
    U+FFFD."""
    whole = text.encode("utf-16", "surrogatepass").decode("utf-16", "replace")
    step = MAX_CHARS - OVERLAP_CHARS
    starts = range(0, max(1, len(whole) - OVERLAP_CHARS), step)
    return [whole[start : start + MAX_CHARS] for start in starts][:MAX_PARTS]


def blanks(response: httpx.Response) -> set[int]:
    """Positions of the ads that the service refused because there is nothing to read in them."""
    if response.status_code != httpx.codes.UNPROCESSABLE_ENTITY:
        return set()
    try:
        told = response.json()
        if not told["type"].endswith("/empty-ad"):
            return set()
        return {int(one["pointer"].split("/")[2]) for one in told["errors"]}
    except (ValueError, KeyError, TypeError, AttributeError, IndexError):
        return set()


def problem(response: httpx.Response) -> str:
    """Type of a problem (RFC 9457), with a colon before it; empty where it is none."""
    try:
        return f": {str(response.json()['type']).rsplit('/', 1)[-1]}"
    except (ValueError, KeyError, TypeError):
        return ""


def verdict(result: dict[str, Any]) -> Verdict:
    """Of one result of ``POST /v1/score``."""
    score = float(result["score"])
    if not 0 <= score <= 1:
        raise ValueError("a score is a number from 0 to 1")
    return Verdict(
        score=score,
        decision=str(result["decision"]),
        kind=str(result["kind"]),
        harms=names(result["harms"], "harm"),
        indicators=names(result["indicators"], "indicator"),
    )


def names(entries: Sequence[dict[str, Any]], key: str) -> tuple[str, ...]:
    """In the order of the answer."""
    return tuple(str(entry[key]) for entry in entries)
