"""Commands that are imported when they are asked for, so that a command line with many starts as
fast as the one that was typed. ``--help`` asks for all of them."""

from collections import UserDict
from collections.abc import Mapping
from importlib import import_module
from typing import Any

import typer
from typer.core import TyperGroup


class Commands(UserDict[str, Any]):
    """Commands by name, given as the place of each, ``module:function`` or ``module:app``."""

    def __getitem__(self, name: str) -> Any:
        found = self.data[name]
        if isinstance(found, str):
            found = self.data[name] = command(name, found)
        return found


def command(name: str, place: str) -> Any:
    """As typer makes it of a function, or of an app that has commands of its own."""
    module, _, attribute = place.partition(":")
    found = getattr(import_module(module), attribute)
    parent = typer.Typer(add_completion=False, rich_markup_mode=None)
    if isinstance(found, typer.Typer):
        parent.add_typer(found, name=name)
    else:
        parent.command(name)(found)
    return typer.main.get_group(parent).commands[name]


def group_of(places: Mapping[str, str]) -> type[TyperGroup]:
    """The kind of group that has these commands, in this order."""

    class Group(TyperGroup):
        def __init__(self, **given: Any) -> None:
            super().__init__(**given)
            self.commands = Commands(places)

    return Group
