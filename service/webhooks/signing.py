"""Signatures of the Standard Webhooks specification 1.0, and the secrets they are made with.

https://github.com/standard-webhooks/standard-webhooks/blob/main/spec/standard-webhooks.md
"""

import base64
import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from standardwebhooks import Webhook

PREFIX = "whsec_"
SECRET_BYTES = 32
"""The specification asks for 24 to 64."""

MAX_SECRETS = 4
"""In force at once; each adds 48 bytes to the header of every message."""


@dataclass(frozen=True, slots=True)
class Signing:
    """A secret that signs until ``ends_at``; ``None``: until it is replaced."""

    secret: str
    ends_at: datetime | None = None


def new_secret() -> str:
    """Such as ``whsec_…``, as receivers' libraries take it."""
    return PREFIX + base64.b64encode(secrets.token_bytes(SECRET_BYTES)).decode("ascii")


def rotated(held: Sequence[Signing], moment: datetime, overlap: timedelta) -> list[Signing]:
    """A new secret first; those before it sign beside it for ``overlap`` at most. Of more than
    :data:`MAX_SECRETS` the oldest ends at once."""
    end = moment + overlap
    old = [
        Signing(one.secret, end if one.ends_at is None else min(one.ends_at, end)) for one in held
    ]
    return in_force([Signing(new_secret()), *old], moment)[:MAX_SECRETS]


def in_force(held: Sequence[Signing], moment: datetime) -> list[Signing]:
    """Those that sign at that moment."""
    return [one for one in held if one.ends_at is None or one.ends_at > moment]


def headers(
    message: str, moment: datetime, body: bytes, held: Sequence[Signing]
) -> list[tuple[str, str]]:
    """The three headers of an attempt at ``moment``, signed with every secret in force."""
    text = body.decode("utf-8")
    signatures = [Webhook(one.secret).sign(message, moment, text) for one in in_force(held, moment)]
    return [
        ("webhook-id", message),
        ("webhook-timestamp", str(int(moment.timestamp()))),
        ("webhook-signature", " ".join(signatures)),
    ]


def packed(held: Sequence[Signing]) -> dict[str, Any]:
    """As JSON, to be sealed."""
    return {
        "secrets": [
            {"secret": one.secret, "ends_at": one.ends_at and one.ends_at.isoformat()}
            for one in held
        ]
    }


def unpacked(value: dict[str, Any]) -> list[Signing]:
    """What :func:`packed` made."""
    return [
        Signing(one["secret"], one["ends_at"] and datetime.fromisoformat(one["ends_at"]))
        for one in value["secrets"]
    ]
