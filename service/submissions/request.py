"""What is kept of a submission's request until it is answered: sealed, with what the headers said
of it."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

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
    """Keyed hash of the ``Idempotency-Key``."""

    digest: str
    """Keyed hash of the body, however it was spaced and its members ordered."""

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
    del body["webhook"]
    return Arrival(
        key=None if key is None else vault.hashed("idempotency-key", key),
        digest=vault.hashed("submission", canonical),
        webhook=given.webhook,
        ads=len(ads),
        chars=sum(map(cost, ads)),
        content=vault.seal({"request": body, "language": language}),
    )


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
