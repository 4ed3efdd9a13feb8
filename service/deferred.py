"""Modules that few services need, imported when one does, and not on the event loop: an import of a
third of a second would hold up every request."""

import asyncio
import sys
from importlib import import_module


async def imported(*names: str) -> None:
    """From here on an ``import`` of these modules takes no time."""
    for name in names:
        if name not in sys.modules:
            await asyncio.to_thread(import_module, name)
