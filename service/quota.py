"""How many ads a key may have scored in a minute.

Counted over a moving minute, in the memory of this process, by the key's id. What is being scored
is set aside first and counted when it has been: what the service itself refuses costs nothing, and
many requests at once get no more than one after another.
"""

import math
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from service.errors import KeyLimited, ServiceError
from service.window import MovingWindow

WINDOW_S = 60

POLICY = "ads"
"""Names the limit in the headers. The draft has units for requests and bytes, none for this."""


@dataclass(frozen=True, slots=True)
class Left:
    """What a key may still have scored."""

    limit: int
    window_s: int
    ads: int
    more_in_s: int | None
    """Seconds until there is more; ``None`` where nothing was asked yet."""

    def headers(self) -> dict[str, str]:
        """Of draft-ietf-httpapi-ratelimit-headers-10, sections 3 and 4.

        >>> Left(600, 60, 450, 12).headers()["RateLimit"]
        '"ads";r=450;t=12'
        """
        reset = "" if self.more_in_s is None else f";t={self.more_in_s}"
        return {
            "RateLimit-Policy": f'"{POLICY}";q={self.limit};w={self.window_s}',
            "RateLimit": f'"{POLICY}";r={self.ads}{reset}',
        }


@dataclass(slots=True)
class Use:
    """Ads of one request while they are scored."""

    ads: int
    """To be counted. Set it to 0 where nothing was new."""

    left: Left


class Quota:
    """Of one process. Touched on the event loop alone."""

    def __init__(self, window_s: int = WINDOW_S) -> None:
        """``window_s`` is for tests."""
        self._counted = MovingWindow(window_s)
        self._under_way: Counter[str] = Counter()

    @property
    def window_s(self) -> int:
        """Seconds within which ads are counted."""
        return round(self._counted.window_s)

    def left(self, key: str, limit: int) -> Left:
        """As it is now."""
        counted = self._counted.total(key)
        used = counted + self._under_way[key]
        more_in_s = self.window_s if used else None
        if counted:
            more_in_s = max(1, math.ceil(self._counted.free_in_s(key, counted - 1)))
        return Left(limit, self.window_s, max(0, limit - used), more_in_s)

    @contextmanager
    def use(self, key: str, limit: int, ads: int) -> Iterator[Use]:
        """Set ads aside, and count them at the end, unless the service refused. Raises
        :class:`~service.errors.KeyLimited`, with the time after which so many are taken, if nobody
        else comes first. ``ads`` is at most ``limit``."""
        left = self.left(key, limit)
        if ads > left.ads:
            raise KeyLimited(ads, left.ads, limit, self._free_in_s(key, limit - ads))
        self._under_way[key] += ads
        use = Use(ads, self.left(key, limit))
        try:
            yield use
        except ServiceError:
            use.ads = 0
            raise
        finally:
            self._under_way[key] -= ads
            if not self._under_way[key]:
                del self._under_way[key]
            if use.ads:
                self._counted.add(key, use.ads)

    def _free_in_s(self, key: str, most: int) -> int:
        """Whole seconds until no more than ``most`` are counted or under way."""
        left = most - self._under_way[key]
        return max(1, math.ceil(self._counted.free_in_s(key, left)))
