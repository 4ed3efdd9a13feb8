"""``POST /v1/feedback/coop``: decisions of moderators and answers to appeals, as ROOST's Coop sends
them, become labels.
"""

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal

import orjson
from fastapi import APIRouter, Request
from fastapi.exceptions import RequestValidationError
from pydantic import ValidationError
from sqlalchemy.exc import IntegrityError

from service.api.openapi import problems
from service.api.schemas import Shape
from service.errors import BadJson, CoopClosed, CoopError
from service.integrations.coop_mapping import Mapping, load
from service.integrations.coop_shapes import ACTION, APPEAL, BODY, ActionCallback, AppealCallback
from service.integrations.coop_words import KNOWN, id_of, ignored, take
from service.review.audit import Who
from service.runtime import runtime_of
from service.settings import Settings

if TYPE_CHECKING:
    from Crypto.PublicKey.RSA import RsaKey

router = APIRouter(tags=["review"])


@dataclass(frozen=True, slots=True)
class Coop:
    """What the operator said of their Coop."""

    keys: "tuple[RsaKey, ...]"
    mapping: Mapping


class CoopTaken(Shape):
    """What became of a callback."""

    state: Literal["kept", "known", "ignored"]
    """`kept`: it is a label now. `known`: the same body came before. `ignored`: see `reason`."""

    reason: Literal["not_mapped", "automatic", "other_item_type", "not_called_a_lure"] | None
    """Why it is no label. `not_mapped`: the mapping does not name the action and policies, or no
    appeals; `automatic`: a rule took the action, no person; `other_item_type`: the mapping says
    that such items are no ads; `not_called_a_lure`: an appeal of an ad that nobody called a
    lure."""

    feedback: str | None
    """Our id of the word, where there is one."""


def opened(settings: Settings) -> Coop | None:
    """The keys and the mapping that the settings name; ``None`` without both.

    Raises :class:`~service.errors.CoopError`.
    """
    keys, mapping = settings.coop_public_keys, settings.coop_mapping
    if keys is None and mapping is None:
        return None
    if keys is None or mapping is None:
        raise CoopError("set both LUREWATCH_COOP_PUBLIC_KEYS and LUREWATCH_COOP_MAPPING, or none")
    from service.integrations.coop_signature import public_keys

    return Coop(public_keys(keys), load(mapping))


@router.post(
    "/v1/feedback/coop", responses=problems(400, 401, 404, 413, 415, 422, 503, 504),
    openapi_extra={
        "requestBody": BODY,
        "parameters": [
            {
                "name": "Coop-Signature", "in": "header", "required": True,
                "schema": {"type": "string"},
                "description": "Base64: RSASSA-PKCS1-v1_5 with SHA-256 over the raw body.",
            }
        ],
    },
)  # fmt: skip
async def feedback(request: Request) -> CoopTaken:
    """Take a callback of ROOST's Coop: an action that a moderator took, or the answer to an appeal.
    It is verified by Coop's signature and needs no key of ours. The item's id is the `id` that the
    ad had, or our `ad_id`; the ad must be kept here. Of the moderator only a keyed hash is kept,
    of notes and reasons nothing. An equal body counts once."""
    coop: Coop | None = request.app.state.coop
    if coop is None:
        raise CoopClosed
    body = await request.body()
    from service.integrations.coop_signature import verify

    verify(coop.keys, request.headers.get("coop-signature"), body)
    callback = parsed(body)
    reason = ignored(callback, coop.mapping)
    if reason is not None:
        return taken("ignored", reason, None)
    runtime = runtime_of(request)
    word_id = id_of(runtime.vault, body)
    by = Who(request_id=request.state.request_id)
    try:
        state, reason = await runtime.database.write(
            take, runtime.vault, runtime.settings, coop.mapping, callback, word_id, by
        )
    except IntegrityError:  # the same body, just now, by another connection
        state = KNOWN
    return taken(state, reason, None if state == "ignored" else word_id)


def parsed(body: bytes) -> ActionCallback | AppealCallback:
    """The callback in a body.

    Raises :class:`~service.errors.BadJson`, or what FastAPI raises for a body of its own.
    """
    try:
        given: Any = orjson.loads(body)
    except orjson.JSONDecodeError:
        raise BadJson("it cannot be read: no JSON, or not UTF-8") from None
    appeal = isinstance(given, dict) and "appealId" in given
    try:
        return APPEAL.validate_python(given) if appeal else ACTION.validate_python(given)
    except ValidationError as error:
        found = error.errors(include_url=False, include_input=False)
        raise RequestValidationError(
            [{**one, "loc": ("body", *one["loc"])} for one in found]
        ) from None


def taken(state: str, reason: str | None, word: str | None) -> CoopTaken:
    """The answer."""
    return CoopTaken.model_validate({"state": state, "reason": reason, "feedback": word})
