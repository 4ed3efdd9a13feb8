"""Who may call what: keys with scopes.

Where the service listens on this machine alone, scoring, reviewing and administration are open, but
not to pages of other sites (:mod:`service.foreign`); reading what people reported never is.
"""

import hashlib
import secrets
from collections.abc import Awaitable, Callable, Collection
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Annotated

from fastapi import Depends, Request, Security
from fastapi.openapi.models import HTTPBearer
from fastapi.openapi.models import SecurityBase as Scheme
from fastapi.security.base import SecurityBase
from sqlalchemy import select
from sqlalchemy.orm import Session

from service.errors import Forbidden, Unauthenticated
from service.foreign import check
from service.runtime import Runtime, runtime_of
from service.store.base import new_id, now
from service.store.tables import ApiKey


class Scope(StrEnum):
    """What a key is for."""

    SCORE = "score"
    REVIEW = "review"
    REPORTS = "reports"
    ADMIN = "admin"
    METRICS = "metrics"


OPEN = frozenset({Scope.SCORE, Scope.REVIEW, Scope.ADMIN, Scope.METRICS})
"""What needs no key where none is asked for."""

PREFIX = "lw_"


class Carried(SecurityBase):
    """How a key is carried, for the OpenAPI document alone: it is read, and refused, elsewhere."""

    def __init__(self, name: str, how: Scheme) -> None:
        self.scheme_name = name
        self.model = how

    async def __call__(self) -> None:
        """Nothing: what FastAPI has for this would refuse by itself, and in another form."""


BEARER = Carried(
    "key",
    HTTPBearer(
        description="A key of `python -m service keys add`; each operation names the scope that it "
        "must have. Where the service listens on its own machine alone, none is asked for but to "
        "read reports."
    ),
)


@dataclass(frozen=True, slots=True)
class Caller:
    """Who asks."""

    id: str | None
    """Of the key; ``None`` without one."""

    scopes: frozenset[Scope]
    ends_at: datetime | None = None
    """When the key ends; ``None``: never."""

    ads_per_minute: int | None = None
    """The key's own limit, as :attr:`~service.store.tables.ApiKey.ads_per_minute`."""


def needs(scope: Scope, *others: Scope) -> Callable[[Request], Awaitable[Caller]]:
    """A dependency of endpoints: the caller, if it has the scope, or one of the others.

    Raises :class:`~service.errors.Unauthenticated` or :class:`~service.errors.Forbidden`; where no
    key is asked for, as :func:`service.foreign.check`.
    """

    async def caller(
        request: Request,
        _: Annotated[None, Security(BEARER, scopes=[scope, *others])] = None,
    ) -> Caller:
        runtime = runtime_of(request)
        given = request.headers.get("authorization", "").partition(" ")[2]
        if not given and scope in OPEN and not runtime.settings.asks_for_keys:
            check(request, runtime.settings)
            return Caller(None, OPEN)
        return await holder(runtime, bearer(request), scope, *others)

    return caller


def bearer(request: Request) -> str:
    """The key in ``Authorization: Bearer``; empty where there is none."""
    kind, _, key = request.headers.get("authorization", "").partition(" ")
    return key.strip() if kind.lower() == "bearer" else ""


def with_key(
    scope: Scope, find: Callable[[Request], str] = bearer, carried: Carried = BEARER
) -> Callable[[Request], Awaitable[Caller]]:
    """The same for what many programs call: where no key is asked for, whatever is sent is ignored,
    since clients of other protocols always send one. ``carried``: where ``find`` looks first.
    Raises as :func:`needs`.
    """

    async def caller(
        request: Request, _: Annotated[None, Security(carried, scopes=[scope])] = None
    ) -> Caller:
        runtime = runtime_of(request)
        if not runtime.settings.asks_for_keys:
            check(request, runtime.settings)
            return Caller(None, OPEN)
        return await holder(runtime, find(request), scope)

    return caller


Scoring = Annotated[Caller, Depends(with_key(Scope.SCORE))]
"""Who has ads scored."""


async def holder(runtime: Runtime, key: str, scope: Scope, *others: Scope) -> Caller:
    """Who holds a key with the scope, or one of the others. Raises as :func:`needs`."""
    if not key:
        raise Unauthenticated
    found = await found_for(runtime, key, scope)
    if found.scopes.isdisjoint((scope, *others)):
        raise Forbidden(scope)
    return found


async def found_for(runtime: Runtime, key: str, scope: Scope) -> Caller:
    """The key's owner; for scoring as the database had it a few seconds ago, so that it is asked
    seldom, and may be away for so long."""
    known, name = runtime.known_keys, digest(key)
    found = known.get(name) if scope == Scope.SCORE else None
    if found is None:
        read_at = known.clock()
        found = await runtime.database.read(look_up, key)
        if scope == Scope.SCORE:
            known.put(name, found, read_at)
    runtime.key_use.seen(found.id)
    return found


def look_up(session: Session, key: str) -> Caller:
    """The key's owner. Found by its digest: equal bytes are compared by the database's index, and
    what an attacker would learn from its time is about a digest that they cannot invert."""
    row = session.scalar(select(ApiKey).where(ApiKey.digest == digest(key)))
    ended = row is not None and row.expires_at is not None and row.expires_at <= now()
    if row is None or row.revoked_at is not None or ended:
        raise Unauthenticated
    return Caller(row.id, frozenset(map(Scope, row.scopes)), row.expires_at, row.ads_per_minute)


def add(
    session: Session, name: str, scopes: Collection[Scope], expires_at: datetime | None = None,
    ads_per_minute: int | None = None,
) -> tuple[str, str]:  # fmt: skip
    """A new key; gives its id and the key itself, which is nowhere kept."""
    key = PREFIX + secrets.token_urlsafe(32)
    row = ApiKey(
        id=new_id("key"),
        name=name,
        digest=digest(key),
        scopes=sorted(scopes),
        created_at=now(),
        expires_at=expires_at,
        revoked_at=None,
        ads_per_minute=ads_per_minute,
        last_used=None,
        replaced_by=None,
    )
    session.add(row)
    return row.id, key


def revoke(session: Session, key_id: str) -> bool:
    """End a key; false where there is none with that id."""
    row = session.get(ApiKey, key_id)
    if row is None:
        return False
    row.revoked_at = row.revoked_at or now()
    return True


def set_limit(session: Session, key_id: str, ads_per_minute: int | None) -> bool:
    """Give a key a limit of its own, 0 for none, ``None`` for that of the setting; false where
    there is none with that id."""
    row = session.get(ApiKey, key_id)
    if row is None:
        return False
    row.ads_per_minute = ads_per_minute
    return True


def digest(key: str) -> str:
    """Of a key, as it is kept."""
    return hashlib.sha256(key.encode("utf-8", "replace")).hexdigest()
