"""How often one network address may ask, without keeping the address.

What is counted is a hash with a salt that is drawn when the process starts and is nowhere written:
nothing maps back, and nothing outlives the process.
"""

import hashlib
import math
import secrets

from service.clients import Address, place
from service.errors import RateLimited
from service.window import MovingWindow

HOUR_S = 3600


class Limiter:
    """Counts over a moving hour, in the memory of this process."""

    def __init__(self, window_s: int = HOUR_S) -> None:
        """``window_s`` is for tests."""
        self._salt = secrets.token_bytes(32)
        self._counted = MovingWindow(window_s)

    def take(self, what: str, per_hour: int, address: Address | None) -> None:
        """Count one. Raises :class:`~service.errors.RateLimited` above ``per_hour``, with the time
        after which one more is taken; what is refused does not count."""
        who = hashlib.blake2b(place(address), key=self._salt, digest_size=16).hexdigest()
        name = f"{what} {who}"
        if self._counted.total(name) >= per_hour:
            free_in_s = self._counted.free_in_s(name, per_hour - 1)
            raise RateLimited(f"{per_hour} {what} an hour", max(1, math.ceil(free_in_s)))
        self._counted.add(name)
