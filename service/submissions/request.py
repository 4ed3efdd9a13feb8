"""What is kept of a submission's request until it is answered: sealed, with what the headers said
of it."""

from collections.abc import Sequence
from dataclasses import dataclass

import orjson

from models.ad import Ad
from service.api.schemas import ScoreRequest
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


def opened(vault: Vault, content: bytes) -> tuple[ScoreRequest, str]:
    """The request, and the language of its answer. Raises :class:`~service.errors.VaultError`."""
    found = vault.unseal(content)
    return ScoreRequest.model_validate(found["request"]), found["language"]
