"""Who is signed in: a session sealed by the vault, in a cookie that no script can read.

It names the key by its id and the reviewer by a hash, so that the cookie holds neither. Whether the
key is still in force, and nobody signed out, is asked of the database at each request.
"""

import base64
import binascii
import secrets
import time
from dataclasses import asdict, dataclass, replace
from datetime import UTC, datetime
from hmac import compare_digest
from typing import Any

from sqlalchemy import exists, select
from sqlalchemy.orm import Session

from service.access import OPEN, Caller, Scope
from service.errors import VaultError
from service.settings import Settings
from service.store import Vault
from service.store.base import now
from service.store.tables import ApiKey, AuditEntry

PURPOSE = "console/1"
"""Sealed along, so that nothing else that the vault sealed passes for a session."""

NONCE_CHARS = 16


@dataclass(frozen=True, slots=True)
class Shift:
    """One reviewer's session."""

    id: str
    key: str | None
    """Id of the key; ``None`` where none is asked for."""

    reviewer: str
    """Keyed hash, as feedback has it."""

    began: float
    """Seconds since the epoch; so are the next two."""

    until: float
    sitting: float
    """When the reviewer began, or came back from the last break."""

    language: str
    blur: bool = True
    """Each text is covered until it is uncovered."""

    calm: bool = False
    """Texts without colour: emoji are pictures too."""

    keys: bool = True
    """Single keys decide (WCAG 2.1.4: they can be turned off)."""

    hidden: tuple[str, ...] = ()
    """Harms of which no ad is given."""

    @property
    def began_at(self) -> datetime:
        """The same as a moment."""
        return datetime.fromtimestamp(self.began, UTC)

    @property
    def sitting_at(self) -> datetime:
        """The same as a moment."""
        return datetime.fromtimestamp(self.sitting, UTC)


def begin(key: str | None, reviewer: str, language: str, settings: Settings) -> Shift:
    """A new one. ``reviewer``: a hash."""
    moment = time.time()
    return Shift(
        id=secrets.token_hex(16),
        key=key,
        reviewer=reviewer,
        began=moment,
        until=moment + settings.console_hours * 3600,
        sitting=moment,
        language=language,
    )


def rested(shift: Shift) -> Shift:
    """The same after a break."""
    return replace(shift, sitting=time.time())


def sealed(shift: Shift, vault: Vault) -> str:
    """For the cookie."""
    box = vault.seal({"purpose": PURPOSE, **asdict(shift)})
    return base64.urlsafe_b64encode(box).decode("ascii")


def opened(cookie: str, vault: Vault) -> Shift | None:
    """From the cookie; ``None`` for one that is not ours, was changed, or has ended."""
    try:
        found: dict[str, Any] = vault.unseal(base64.urlsafe_b64decode(cookie))
    except (VaultError, binascii.Error, ValueError):
        return None
    if found.pop("purpose", None) != PURPOSE or found["until"] <= time.time():
        return None
    return Shift(**{**found, "hidden": tuple(found["hidden"])})


def caller_of(session: Session, shift: Shift, asks_for_keys: bool) -> Caller | None:
    """Who that is now; ``None`` once the key has ended, or the session was signed out."""
    left = exists().where(AuditEntry.act == shift.id, AuditEntry.action == "sign_out")
    if session.scalar(select(left)):
        return None
    if shift.key is None:
        return None if asks_for_keys else Caller(None, OPEN)
    row = session.get(ApiKey, shift.key)
    if row is None or row.revoked_at is not None:
        return None
    if row.expires_at is not None and row.expires_at <= now():
        return None
    caller = Caller(row.id, frozenset(map(Scope, row.scopes)))
    return caller if Scope.REVIEW in caller.scopes else None


def token(shift: Shift, vault: Vault) -> str:
    """For the forms of a page, so that nobody else's page can send one. Another in every answer:
    its length under compression tells nothing beside words of others (BREACH)."""
    nonce = secrets.token_hex(NONCE_CHARS // 2)
    return nonce + vault.hashed(PURPOSE, nonce + shift.id)


def fits(given: str, shift: Shift, vault: Vault) -> bool:
    """Whether a form carries a token of this session."""
    nonce, rest = given[:NONCE_CHARS], given[NONCE_CHARS:]
    return compare_digest(
        rest.encode("utf-8", "replace"), vault.hashed(PURPOSE, nonce + shift.id).encode()
    )
