"""The labelling configuration that comes ready: kinds, harms and indicators by their names in a
language, and by ours in what Label Studio writes (``alias``)."""

import xml.etree.ElementTree as ET

from models.labels import HARMS, INDICATORS, KINDS
from service.indicators import FALLBACK, text, wording
from service.integrations.coop_card import HARMS as HARM_MEANINGS
from service.integrations.coop_card import KINDS as KIND_MEANINGS

TEXT, KIND, HARM, INDICATOR = "text", "kind", "harms", "indicators"
"""Names of the tags. The first one is also the field of a task's data that holds the words."""

STYLE = ".htx-text { white-space: pre-wrap; }"
"""Else line breaks are not shown, though they count."""

COLOURS = ("#b45309", "#0f766e", "#4338ca", "#9d174d", "#3f6212", "#0369a1", "#7c2d12", "#581c87")
"""Of indicators, by turns: neighbours are told apart."""


def labelling_config(language: str = FALLBACK) -> str:
    """XML for a project's labelling interface. ``language``: of the names shown, as
    :func:`service.indicators.pick` gave it; the hints of kinds and harms are English."""
    view = ET.Element("View")
    ET.SubElement(view, "Style").text = STYLE
    labels = ET.SubElement(view, "Labels", name=INDICATOR, toName=TEXT)
    for i, indicator in enumerate(INDICATORS):
        words = wording(indicator, language)
        ET.SubElement(
            labels, "Label", value=words.name, alias=indicator, hint=words.meaning,
            background=COLOURS[i % len(COLOURS)],
        )  # fmt: skip
    ET.SubElement(view, "Text", name=TEXT, value=f"${TEXT}")
    kinds = ET.SubElement(
        view, "Choices", name=KIND, toName=TEXT, choice="single-radio", required="true",
        requiredMessage="Say what the text is.",
    )  # fmt: skip
    for kind in KINDS:
        ET.SubElement(
            kinds, "Choice", value=text(f"kind.{kind}", language).text, alias=kind,
            hint=KIND_MEANINGS[kind],
        )  # fmt: skip
    harms = ET.SubElement(
        view, "Choices", name=HARM, toName=TEXT, choice="multiple",
        visibleWhen="choice-selected", whenTagName=KIND, whenChoiceValue=KINDS[0],
    )  # fmt: skip
    for harm in HARMS:
        ET.SubElement(
            harms, "Choice", value=text(f"harm.{harm}", language).text, alias=harm,
            hint=HARM_MEANINGS[harm],
        )  # fmt: skip
    ET.indent(view)
    return ET.tostring(view, "unicode") + "\n"
