"""Memory of a bundle that was replaced, back to the system.

The C library keeps what was freed for the next who asks in the same arena, and each change is made
in another thread, which has another arena: without this, a service that changed its bundle a few
times holds twice what it needs.
"""

import asyncio
import ctypes
import weakref
from contextlib import suppress

SOON_S = 1.0
"""After the last who held it: what it is made of is freed in that moment."""


def trim() -> bool:
    """Give back what is free; whether this C library can (glibc can)."""
    try:
        release = ctypes.CDLL(None).malloc_trim
    except (AttributeError, OSError, TypeError):
        return False
    release(0)
    return True


def trim_after(held: object) -> None:
    """As soon as nobody holds it any more. Call it on the event loop."""
    loop = asyncio.get_running_loop()

    def gone() -> None:
        with suppress(RuntimeError):  # the loop has ended, and with it the process
            loop.call_soon_threadsafe(loop.call_later, SOON_S, loop.run_in_executor, None, trim)

    weakref.finalize(held, gone).atexit = False
