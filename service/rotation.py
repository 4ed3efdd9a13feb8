"""One key after another: the new one is in force at once, the old one ends a while later."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy.orm import Session

from service.access import Scope, add
from service.errors import RotationError
from service.store.base import now
from service.store.tables import ApiKey


@dataclass(frozen=True, slots=True)
class Rotated:
    """A key in the place of another."""

    id: str
    key: str
    """The key itself, which is nowhere kept."""

    scopes: tuple[Scope, ...]
    ends_at: datetime | None
    """When it ends itself."""

    old_ends_at: datetime


def rotate(
    session: Session, key_id: str, overlap: timedelta, life: timedelta | None = None
) -> Rotated:
    """A key with the name, scopes and limit of one that is in force, which ends after ``overlap``,
    or when it would have ended. ``life`` is that of the new key; default: as long as the old one's
    was to be. Raises :class:`~service.errors.RotationError`.
    """
    moment = now()
    row = session.get(ApiKey, key_id, with_for_update=True)
    if row is None or not in_force(row, moment):
        raise RotationError(f"{key_id}: no such key in force; 'python -m service keys list'")
    if row.replaced_by is not None:
        raise RotationError(f"{key_id}: {row.replaced_by} took its place already; rotate that")
    if life is None and row.expires_at is not None:
        life = row.expires_at - row.created_at
    ends_at = None if life is None else moment + life
    scopes = tuple(map(Scope, row.scopes))
    new_id, key = add(session, row.name, scopes, ends_at, row.ads_per_minute)
    old_ends_at = moment + overlap
    if row.expires_at is not None:
        old_ends_at = min(old_ends_at, row.expires_at)
    row.expires_at, row.replaced_by = old_ends_at, new_id
    return Rotated(new_id, key, scopes, ends_at, old_ends_at)


def in_force(row: ApiKey, moment: datetime) -> bool:
    """Whether the key opens anything."""
    return row.revoked_at is None and (row.expires_at is None or row.expires_at > moment)
