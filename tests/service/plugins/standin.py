"""As much of Osprey as the plugin imports, written by us after the source of version 1.1.0.

Osprey is not on the package index, so tests that must run anywhere cannot have it. The stand-in
checks nothing of the rules engine: what was run through Osprey itself is told in
service/guides/roost.md.
"""

import abc
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from types import ModuleType
from typing import Any, Generic, TypeVar

import pluggy

PLUGIN = Path(__file__).parents[3] / "service" / "plugins" / "osprey"

Given = TypeVar("Given")
Found = TypeVar("Found")
Helper = TypeVar("Helper")


class ArgumentsBase:
    """Values by name."""

    def __init__(self, **values: Any) -> None:
        vars(self).update(values)


class UDFBase(abc.ABC, Generic[Given, Found]):
    """A function of the rules."""

    category: str | None = None


class AsyncUDFBase(UDFBase[Given, Found]):
    """One that waits."""

    @abc.abstractmethod
    async def async_execute(self, execution_context: Any, arguments: Given) -> Found: ...


class HasHelper(abc.ABC, Generic[Helper]):
    """A function that needs something made once."""

    @classmethod
    @abc.abstractmethod
    def create_provider(cls) -> Helper: ...


class ExpectedUdfException(Exception):
    """Leaves out what depends on the function."""


class ExecutionContext:
    """Of one action."""

    def __init__(self, helper: Any) -> None:
        self.helper = helper

    def get_udf_helper(self, udf: Any) -> Any:
        return self.helper


class UdfCategories:
    """Some of them."""

    STRING = "String"


MODULES: dict[str, dict[str, Any]] = {
    "osprey.async_worker.adaptor.interfaces": {"AsyncUDFBase": AsyncUDFBase},
    "osprey.async_worker.adaptor.plugin_manager": {
        "hookimpl_osprey_async": pluggy.HookimplMarker("osprey_async_plugin")
    },
    "osprey.engine.executor.execution_context": {
        "ExecutionContext": ExecutionContext, "ExpectedUdfException": ExpectedUdfException,
    },
    "osprey.engine.executor.udf_execution_helpers": {"HasHelper": HasHelper},
    "osprey.engine.stdlib.udfs.categories": {"UdfCategories": UdfCategories},
    "osprey.engine.udf.arguments": {"ArgumentsBase": ArgumentsBase},
    "osprey.engine.udf.base": {"UDFBase": UDFBase},
}  # fmt: skip


@contextmanager
def standing_in() -> Iterator[None]:
    """While it stands, the plugin's package and what it imports of Osprey can be imported."""
    before = set(sys.modules)
    for name, values in MODULES.items():
        steps = name.split(".")
        for i in range(1, len(steps) + 1):
            sys.modules.setdefault(".".join(steps[:i]), ModuleType(".".join(steps[:i])))
        vars(sys.modules[name]).update(values)
    sys.path.insert(0, str(PLUGIN / "src"))
    try:
        yield
    finally:
        sys.path.remove(str(PLUGIN / "src"))
        for name in set(sys.modules) - before:
            if name.split(".")[0] in ("osprey", "lurewatch_osprey"):
                del sys.modules[name]
