"""The order to stop, as those hear it who would go on for long."""

import asyncio


class Ending:
    """Given once, heard on any event loop."""

    def __init__(self) -> None:
        self._given = False
        self._waiting: set[asyncio.Future[None]] = set()

    def give(self) -> None:
        """Tell all who listen now, and all who will. From any thread."""
        self._given = True
        for one in list(self._waiting):
            one.get_loop().call_soon_threadsafe(tell, one)

    def heard(self) -> "asyncio.Future[None]":
        """Done when the order is given. Cancel it to listen no more."""
        found: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._waiting.add(found)
        found.add_done_callback(self._waiting.discard)
        if self._given:
            tell(found)
        return found


def tell(one: "asyncio.Future[None]") -> None:
    """It may have been cancelled since."""
    if not one.done():
        one.set_result(None)
