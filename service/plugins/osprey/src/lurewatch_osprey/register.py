"""What Osprey's asyncio worker loads: the entry point of the group ``osprey_async_plugin``."""

from collections.abc import Sequence
from typing import Any

from osprey.async_worker.adaptor.plugin_manager import hookimpl_osprey_async
from osprey.engine.udf.base import UDFBase

from .udfs import UDFS


@hookimpl_osprey_async
def register_udfs() -> Sequence[type[UDFBase[Any, Any]]]:
    """Every function."""
    return list(UDFS)
