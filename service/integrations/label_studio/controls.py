"""Reads a project's labelling configuration: which of its tags hold our labels, whatever their
names are.

A label is ours if its ``alias``, or its ``value``, is: ``task_based_job_scam``, ``Task based job
scam`` and, of an indicator, its English name are the same to us.
"""

import re
import xml.etree.ElementTree as ET
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from functools import cache
from xml.parsers import expat

from models.labels import HARMS, INDICATORS, KINDS, Kind
from service.indicators import FALLBACK, wording
from service.integrations.label_studio.labelling import labelling_config

PARTS = ("kind", "harms", "indicators")

MAX_DEPTH = 100
"""Levels of tags in tags; a labelling interface has ten."""


class ConfigError(Exception):
    """A labelling configuration that nothing can be done with. The message says what is missing."""


@dataclass(frozen=True, slots=True)
class Control:
    """A tag with labels of ours."""

    name: str
    ours: Mapping[str, str]
    """Our label by what Label Studio writes for it."""

    @property
    def theirs(self) -> dict[str, str]:
        """What Label Studio writes, by our label."""
        return {ours: theirs for theirs, ours in reversed([*self.ours.items()])}


@dataclass(frozen=True, slots=True)
class Controls:
    """What of a configuration is ours."""

    text: str
    """Name of the ``Text`` tag."""

    key: str
    """Field of a task's data that it shows."""

    kind: Control | None
    harms: Control | None
    indicators: Control | None
    missing: tuple[str, ...]
    """What would have to be added for all of our labels to have a place."""

    def named(self) -> dict[str, str | None]:
        """The tags by what they hold."""
        found: dict[str, str | None] = {"text": self.text}
        for part in PARTS:
            control: Control | None = getattr(self, part)
            found[part] = None if control is None else control.name
        return found


def read(config: str | None) -> Controls:
    """From XML. Raises :class:`ConfigError`."""
    root = parsed(config or "")
    texts = {tag.get("name", ""): tag.get("value", "") for tag in root.iter("Text")}
    shown = {name: value[1:] for name, value in texts.items() if name and re.match(r"\$\w", value)}
    if not shown:
        raise ConfigError(
            'a <Text> that shows a field of the data is missing, such as <Text name="text" '
            'value="$text"/>'
        )
    text, found = max(controls_of(root, shown).items(), key=lambda one: len(one[1]))
    if not found:
        raise ConfigError(
            f"no <Choices> or <Labels> for the text '{text}' holds labels of ours; "
            "'python -m service label-studio config' writes a configuration that does"
        )
    missing = tuple(
        words for part, labels in zip(PARTS, (KINDS, HARMS, INDICATORS), strict=True)
        for words in lacking(part, found.get(part), labels)
    )  # fmt: skip
    return Controls(
        text, shown[text], found.get("kind"), found.get("harms"), found.get("indicators"), missing
    )


def standard() -> Controls:
    """Of the configuration that comes ready."""
    return read(labelling_config())


def parsed(config: str) -> ET.Element:
    """The tree. Raises :class:`ConfigError`."""
    try:
        check(config)
        return ET.fromstring(config)
    except (expat.ExpatError, ET.ParseError, ValueError):
        raise ConfigError("it is no XML; copy it whole from Settings, Labeling Interface") from None


def check(config: str) -> None:
    """Refuses what would cost more than it is long: entities, which stand for others, and tags in
    tags without end. Raises :class:`ConfigError`, or ``expat.ExpatError``."""
    depth = 0

    def opened(name: str, attributes: Mapping[str, str]) -> None:
        nonlocal depth
        depth += 1
        if depth > MAX_DEPTH:
            raise ConfigError(f"tags stand in tags more than {MAX_DEPTH} levels deep")

    def closed(name: str) -> None:
        nonlocal depth
        depth -= 1

    def typed(*told: object) -> None:
        raise ConfigError("a document type or entities have no place in it; leave them out")

    parser = expat.ParserCreate()
    parser.StartElementHandler = opened
    parser.EndElementHandler = closed
    parser.StartDoctypeDeclHandler = typed
    parser.Parse(config, True)


def controls_of(root: ET.Element, texts: Collection[str]) -> dict[str, dict[str, Control]]:
    """By text: the tags on it that hold most of our labels, by :data:`PARTS`."""
    found: dict[str, dict[str, Control]] = {text: {} for text in texts}
    for tag in (*root.iter("Choices"), *root.iter("Labels")):
        name = tag.get("name")
        on = found.keys() & set(tag.get("toName", "").split(","))
        if not name or not on or tag.get("perRegion"):
            continue
        for part, control in of_tag(tag, name):
            for text in on:
                before = found[text].get(part)
                if before is None or len(control.ours) > len(before.ours):
                    found[text][part] = control
    return found


def of_tag(tag: ET.Element, name: str) -> Iterable[tuple[str, Control]]:
    """What one tag is for us, where it is anything."""
    sets: dict[str, tuple[str, ...]] = {"kind": KINDS, "harms": HARMS}
    if tag.tag == "Labels":
        sets = {"indicators": INDICATORS}
    for part, labels in sets.items():
        known = by_name(labels)
        ours = {}
        for one in tag.iter("Label" if tag.tag == "Labels" else "Choice"):
            alias, value = one.get("alias", ""), one.get("value", "")
            label = known.get(plain(alias)) or known.get(plain(value))
            if label is not None:
                ours[alias or value] = label
        # Other questions have an answer "other" too.
        if ours and (part != "kind" or Kind.LURE in ours.values()):
            yield part, Control(name, ours)


@cache
def by_name(labels: tuple[str, ...]) -> Mapping[str, str]:
    """Labels by the names that they may have, each as :func:`plain` makes it."""
    found = {plain(label): str(label) for label in labels}
    for indicator in INDICATORS:
        if indicator in found.values():
            found.setdefault(plain(wording(indicator, FALLBACK).name), str(indicator))
    return found


def plain(name: str) -> str:
    """Without case and signs.

    >>> plain("Task-based job scam ")
    'task_based_job_scam'
    """
    return re.sub(r"[^0-9a-z]+", "_", name.casefold()).strip("_")


def lacking(part: str, control: Control | None, labels: Iterable[str]) -> Iterable[str]:
    """What is missing of one part, in words."""
    if control is None:
        tag = "<Labels>" if part == "indicators" else "<Choices>"
        yield f"{tag} for {part}"
        return
    absent = [label for label in labels if label not in control.ours.values()]
    if absent:
        yield f"in '{control.name}': {', '.join(absent)}"
