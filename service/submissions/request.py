"""What is kept of a submission's request until it is answered: sealed, with what the headers said
of it."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import orjson

from models.ad import Ad
from service.api.schemas import AdIn, ScoreRequest
from service.scoring.scorer import cost
from service.store import Vault
from service.submissions.shapes import SubmissionRequest


@dataclass(frozen=True, slots=True)
class Arrival:
    """A request on its way into the database. Holds no words that are not sealed."""

    key: str | None
    """Keyed hash of the ``Idempotency-Key``, or of a platform's event and the part's number."""

    digest: str
    """Keyed hash of the body: of an event as it is, with the number of its parts behind it; else
    however it was spaced and its members ordered."""

    webhook: str | None
    ads: int
    chars: int
    content: bytes


def arrival(
    vault: Vault, given: SubmissionRequest, ads: Sequence[Ad], language: str, key: str | None
) -> Arrival:
    """From a request whose ``ads`` were checked. ``language`` is that of the answer's sentences."""
    body = given.model_dump(mode="json")
    canonical = orjson.dumps(body, option=orjson.OPT_SORT_KEYS)
    hashed = None if key is None else vault.hashed("idempotency-key", key)
    return sealed(vault, body, ads, language, hashed, vault.hashed("submission", canonical))


def sealed(
    vault: Vault, body: dict[str, Any], ads: Sequence[Ad], language: str, key: str | None,
    digest: str,
) -> Arrival:  # fmt: skip
    """A request as JSON, under a key and a digest that are hashes already."""
    request = {name: value for name, value in body.items() if name != "webhook"}
    return Arrival(
        key=key,
        digest=digest,
        webhook=body["webhook"],
        ads=len(ads),
        chars=sum(map(cost, ads)),
        content=vault.seal({"request": request, "language": language}),
    )


@dataclass(frozen=True, slots=True)
class EventArrival:
    """A platform's event on its way into the database."""

    key: str
    """Keyed hash of where it came in and of its body. No caller can give it: theirs are hashed for
    another purpose."""

    parts: tuple[Arrival, ...]
    """Its ads in order, in as many submissions as it takes."""


def event_arrival(
    vault: Vault, source: str, body: bytes,
    given: Sequence[tuple[SubmissionRequest, Sequence[Ad]]], language: str,
) -> EventArrival:  # fmt: skip
    """From the parts of an event, each with its ads as they were checked. ``source``: where it
    came in, such as ``mastodon``. What makes it the same event is its body alone, however its ads
    are read."""
    key = vault.hashed("platform-event", source.encode() + b"\0" + body)
    digest = f"{vault.hashed('platform-event-body', body)}.{len(given)}"
    parts = []
    for number, (one, ads) in enumerate(given):
        asked = one.model_dump(mode="json")
        parts.append(sealed(vault, asked, ads, language, part_key(key, number), digest))
    return EventArrival(key, tuple(parts))


def part_key(key: str, number: int) -> str:
    """Of a part of an event, counted from 0."""
    return f"{key}.{number}"


@dataclass(frozen=True, slots=True)
class Opened:
    """A request that waits for its answer."""

    request: ScoreRequest
    """With the ads that are still to be scored."""

    language: str
    erased: tuple[int, ...] = ()
    """Places of the others in the request as it came, in order."""


def opened(vault: Vault, content: bytes) -> Opened:
    """What was sealed. Raises :class:`~service.errors.VaultError`."""
    found = vault.unseal(content)
    request = ScoreRequest.model_validate(found["request"])
    return Opened(request, found["language"], tuple(found.get("erased", ())))


def without(vault: Vault, content: bytes, whose: Callable[[AdIn], bool]) -> tuple[bytes, int]:
    """The request sealed without the ads of somebody, and how many they were. Raises
    :class:`~service.errors.VaultError`."""
    found = opened(vault, content)
    ads = found.request.ads
    erased = set(found.erased)
    places = [one for one in range(len(ads) + len(erased)) if one not in erased]
    gone = {place for place, ad in zip(places, ads, strict=True) if whose(ad)}
    if not gone:
        return content, 0
    left = tuple(ad for place, ad in zip(places, ads, strict=True) if place not in gone)
    request = found.request.model_copy(update={"ads": left}).model_dump(mode="json")
    sealed = {"request": request, "language": found.language, "erased": sorted(erased | gone)}
    return vault.seal(sealed), len(gone)
