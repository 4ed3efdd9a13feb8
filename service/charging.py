"""Requests that have ads scored, against the limit of their key."""

from collections.abc import Iterator
from contextlib import contextmanager

from fastapi import Request

from service.access import Caller
from service.errors import BatchTooLarge, KeyLimited
from service.quota import Use
from service.runtime import runtime_of
from service.settings import Settings


def limit_of(caller: Caller, settings: Settings) -> int:
    """Ads in a minute; 0: no limit. Whoever needs no key has none."""
    if caller.id is None:
        return 0
    own = caller.ads_per_minute
    return settings.key_ads_per_minute if own is None else own


@contextmanager
def charged(
    request: Request, caller: Caller, ads: int, place: str = "/ads"
) -> Iterator[Use | None]:
    """Ads are scored within, and counted for the key; ``None`` where it has no limit. The answer,
    whatever its form, says in its headers what is left (:mod:`service.edge` puts them there).

    Raises :class:`~service.errors.KeyLimited`, or :class:`~service.errors.BatchTooLarge` for more
    ads than the whole limit, which could never pass. ``place``: where they stand in the request.
    """
    runtime = runtime_of(request)
    limit = limit_of(caller, runtime.settings)
    if not limit or caller.id is None or not ads:
        yield None
        return
    quota = runtime.quota
    request.state.headers = quota.left(caller.id, limit).headers()
    if ads > limit:
        raise BatchTooLarge(ads, limit, "ads", place, "in a minute with this key")
    try:
        with quota.use(caller.id, limit, ads) as use:
            request.state.headers = use.left.headers()
            yield use
    except KeyLimited:
        noted = getattr(request.state, "noted", {})
        request.state.noted = {**noted, "key": caller.id}  # so that the log says whose it is
        raise
