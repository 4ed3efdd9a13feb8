"""YAML text to plain data, with the line and column of every value.

A policy needs words, numbers, lists and mappings, so nothing else is read: tags could name code,
aliases can blow up a small file, and of two equal keys one is silently lost. Plain words are
resolved by YAML 1.2's core schema (YAML 1.2.2, section 10.3.2), where ``no`` is Norwegian and not
``false``.
"""

import re
from dataclasses import dataclass, field
from typing import Any

import yaml
from yaml.events import AliasEvent, NodeEvent
from yaml.nodes import MappingNode, Node, ScalarNode, SequenceNode
from yaml.reader import ReaderError

from service.policy.errors import Wrong

MAX_BYTES = 64 * 1024
"""Of one file: some 1,500 lines."""

MAX_DEPTH = 12
"""Levels of lists and mappings; a policy needs seven."""

MAX_VALUES = 8_000
"""Keys and values: half a second of reading."""

Loc = tuple[str | int, ...]
"""Path of keys and positions from the top of the file."""

TRUE = re.compile(r"true|True|TRUE")
FALSE = re.compile(r"false|False|FALSE")
NULL = re.compile(r"null|Null|NULL|~|")
WHOLE = re.compile(r"[-+]?[0-9]{1,18}")
NUMBER = re.compile(r"[-+]?(\.[0-9]+|[0-9]+(\.[0-9]*)?)([eE][-+]?[0-9]+)?")


@dataclass(frozen=True, slots=True)
class Source:
    """What a file holds, and where."""

    data: Any
    """Dictionaries, lists, words, numbers and booleans."""

    values: dict[Loc, tuple[int, int]] = field(default_factory=dict)
    """Line and column, both from 1, at which a value begins."""

    keys: dict[Loc, tuple[int, int]] = field(default_factory=dict)
    """The same for the name of a field."""

    wrongs: list[Wrong] = field(default_factory=list)
    """What can be told before the fields are looked at: doubled, empty and strange keys."""

    def nearest(self, loc: Loc) -> tuple[int, int]:
        """Line and column of a value, or of the nearest thing around it that is there."""
        while loc not in self.values:
            loc = loc[:-1]
        return self.values[loc]


class _Refusing(yaml.SafeLoader):
    """Composes nodes, and stops at what a policy does not need, before it is built."""

    depth = 0
    seen = 0

    def compose_node(self, parent: Node | None, index: int) -> Node | None:
        event: NodeEvent = self.peek_event()  # type: ignore[no-untyped-call]
        self.seen += 1
        self.depth += 1
        if isinstance(event, AliasEvent) or event.anchor is not None:
            refuse(event, "anchors and aliases (`&`, `*`) are not read; write the value out")
        if getattr(event, "tag", None) is not None:
            refuse(event, "tags (`!`) are not read; write a plain value, or quote it")
        if self.depth > MAX_DEPTH:
            refuse(event, f"nested more than {MAX_DEPTH} levels deep")
        if self.seen > MAX_VALUES:
            refuse(event, f"more than {MAX_VALUES} keys and values")
        node = super().compose_node(parent, index)
        self.depth -= 1
        return node


class _Stop(Exception):
    """The reading ends here."""


def refuse(event: NodeEvent, why: str) -> None:
    """Stop reading here."""
    raise _Stop(Wrong(*place(event), "", why))


def read(content: bytes) -> Source:
    """Plain data of a YAML file. What stops the reading is in ``wrongs``, with no data."""
    if len(content) > MAX_BYTES:
        return Source(None, wrongs=[Wrong(1, 1, "", f"the file has more than {MAX_BYTES} bytes")])
    try:
        node = yaml.compose(content.decode("utf-8-sig"), Loader=_Refusing)
    except UnicodeDecodeError as error:
        return Source(None, wrongs=[Wrong(*end(content[: error.start]), "", "not UTF-8")])
    except ReaderError as error:
        before = content.decode("utf-8-sig")[: error.position].encode()
        return Source(None, wrongs=[Wrong(*end(before), "", "a control character stands here")])
    except yaml.MarkedYAMLError as error:
        return Source(None, wrongs=[syntax(error)])
    except _Stop as stop:
        return Source(None, wrongs=[stop.args[0]])
    if node is None:
        return Source(None, wrongs=[Wrong(1, 1, "", "the file is empty")])
    source = Source(None)
    return Source(plain(node, (), source), source.values, source.keys, source.wrongs)


def syntax(error: yaml.MarkedYAMLError) -> Wrong:
    """What the YAML parser says, at the place it means."""
    mark = error.problem_mark or error.context_mark
    words = " ".join(filter(None, (error.context, error.problem)))
    return Wrong(mark.line + 1, mark.column + 1, "", words) if mark else Wrong(1, 1, "", words)


def plain(node: Node, loc: Loc, source: Source) -> Any:
    """The data of a node; places and what is wrong go to ``source``."""
    source.values[loc] = place(node)
    if isinstance(node, MappingNode):
        return mapping(node, loc, source)
    if isinstance(node, SequenceNode):
        return [plain(item, (*loc, i), source) for i, item in enumerate(node.value)]
    assert isinstance(node, ScalarNode)
    value = node.value if node.style else scalar(node.value)
    if value is None:
        said = "no value: give one, or leave the field out"
        source.wrongs.append(Wrong(*place(node), dotted(loc), said))
    return value


def mapping(node: MappingNode, loc: Loc, source: Source) -> dict[str, Any]:
    """The fields of a mapping; of a doubled one the first counts."""
    found: dict[str, Any] = {}
    for key, value in node.value:
        if not isinstance(key, ScalarNode):
            source.wrongs.append(Wrong(*place(key), dotted(loc), "a field's name is one word"))
            continue
        name = key.value
        if name in found:
            line = source.keys[(*loc, name)][0]
            said = f"given twice; first on line {line}"
            source.wrongs.append(Wrong(*place(key), dotted((*loc, name)), said))
            continue
        source.keys[(*loc, name)] = place(key)
        found[name] = plain(value, (*loc, name), source)
    return found


def place(found: NodeEvent | Node) -> tuple[int, int]:
    """Line and column, from 1, at which something begins."""
    mark: Any = found.start_mark
    return mark.line + 1, mark.column + 1


def end(before: bytes) -> tuple[int, int]:
    """Line and column, from 1, right after these bytes."""
    line = before[before.rfind(b"\n") + 1 :].decode("utf-8", "replace")
    return before.count(b"\n") + 1, len(line) + 1


def scalar(word: str) -> str | int | float | bool | None:
    """A plain word as YAML 1.2's core schema reads it, without its octal and hexadecimal numbers,
    infinities and NaN, which no field takes."""
    if NULL.fullmatch(word):
        return None
    if TRUE.fullmatch(word):
        return True
    if FALSE.fullmatch(word):
        return False
    if WHOLE.fullmatch(word):
        return int(word)
    return float(word) if NUMBER.fullmatch(word) else word


def dotted(loc: Loc) -> str:
    """A path as people write it, such as ``rules[2].when.kind``."""
    path = ""
    for step in loc:
        path += f"[{step}]" if isinstance(step, int) else f".{step}" if path else step
    return path
