"""Reads a project's labelling configuration: which of its tags hold our labels, whatever their
names are.

A label is ours if its ``alias``, or its ``value``, is: ``task_based_job_scam``, ``Task based job
scam`` and, of an indicator, its English name are the same to us.
"""

import re
import xml.etree.ElementTree as ET
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from models.labels import HARMS, INDICATORS, KINDS, Kind
from service.indicators import FALLBACK, wording
from service.integrations.label_studio.labelling import labelling_config

PARTS = ("kind", "harms", "indicators")


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
    candidates = [
        (text, controls_of(root, text)) for text in shown
    ]  # fmt: skip
    if not candidates:
        raise ConfigError(
            'a <Text> that shows a field of the data is missing, such as <Text name="text" '
            'value="$text"/>'
        )
    text, found = max(candidates, key=lambda one: len(one[1]))
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
    if "<!" in re.sub(r"<!--.*?-->", "", config, flags=re.DOTALL):
        raise ConfigError("a document type or entities have no place in it; leave them out")
    try:
        return ET.fromstring(config)
    except (ET.ParseError, ValueError):
        raise ConfigError("it is no XML; copy it whole from Settings, Labeling Interface") from None


def controls_of(root: ET.Element, text: str) -> dict[str, Control]:
    """The tags on a text that hold most of our labels, by :data:`PARTS`."""
    found: dict[str, Control] = {}
    for tag in (*root.iter("Choices"), *root.iter("Labels")):
        name = tag.get("name")
        if not name or text not in tag.get("toName", "").split(",") or tag.get("perRegion"):
            continue
        for part, control in of_tag(tag, name):
            before = found.get(part)
            if before is None or len(control.ours) > len(before.ours):
                found[part] = control
    return found


def of_tag(tag: ET.Element, name: str) -> Iterable[tuple[str, Control]]:
    """What one tag is for us, where it is anything."""
    sets: dict[str, Iterable[str]] = {"kind": KINDS, "harms": HARMS}
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


def by_name(labels: Iterable[str]) -> dict[str, str]:
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
