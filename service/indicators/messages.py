"""Every message of the catalogues: the wording of indicators, the labels, the few sentences."""

from collections.abc import Iterator

from models.labels import Harm, Kind
from service.indicators.catalogue import CATALOGUE
from service.translations import Message

GENERAL = {
    "verify": "Indicators present, verify.",
    "nothing": "Nothing we recognise; still check.",
    "too_little": "Too little to say.",
    "possible_harms": "What an offer like this can lead to",
    "source": "Source: {source}",
}
"""Sentences of an answer. ``{source}`` becomes a citation, whose title stays as published."""

KIND_LABELS = {
    Kind.LURE: "Looks like a deceptive offer",
    Kind.RECRUITMENT: "Looks like an ordinary offer",
    Kind.ABOUT_LURES: "Warning or report about such offers",
    Kind.OTHER_SCAM: "Looks like a scam without a job",
    Kind.OTHER: "Something else",
    Kind.INSUFFICIENT: "Too little to say",
}

HARM_LABELS = {
    Harm.FORCED_CRIMINALITY: "Being forced to commit fraud",
    Harm.SEXUAL_EXPLOITATION: "Sexual exploitation",
    Harm.FORCED_LABOUR: "Forced labour",
    Harm.DEBT_BONDAGE_FEE_ABUSE: "Debts from recruitment fees",
    Harm.TASK_SCAM: "Losing deposits to online tasks",
    Harm.ADVANCE_FEE: "Paying fees for a job that does not exist",
    Harm.MONEY_MULE: "Moving money for criminals",
    Harm.CRIMINAL_LABOUR: "Being used to commit crimes",
    Harm.IDENTITY_THEFT: "Theft of identity or accounts",
    Harm.EMPLOYER_IMPERSONATION: "A false employer under a real name",
    Harm.MLM_PYRAMID: "Pyramid selling",
    Harm.ROMANCE_ASSISTED: "Abuse of affection or trust",
}

DECISION_LABELS = {
    "allow": "No action needed",
    "nudge": "Show the reader a note",
    "review": "A person should look at it",
    "block": "Do not show it",
}


def messages() -> Iterator[Message]:
    """All messages, in the order of the catalogues."""
    for indicator, entry in CATALOGUE.items():
        yield Message(f"{indicator}.name", entry.name, "Label, two to four words.")
        yield Message(f"{indicator}.meaning", entry.meaning, "What the words of the offer do.")
        yield Message(f"{indicator}.honest", entry.honest, "What an honest offer shows instead.")
    for name, english in GENERAL.items():
        kept = "Keep {source} as it is." if "{" in english else "Shown with an answer."
        yield Message(f"general.{name}", english, kept)
    for kind, english in KIND_LABELS.items():
        yield Message(f"kind.{kind}", english, "Label: what a text looks like.")
    for harm, english in HARM_LABELS.items():
        yield Message(f"harm.{harm}", english, "Label: what a deceptive offer can lead to.")
    for decision, english in DECISION_LABELS.items():
        yield Message(f"decision.{decision}", english, "Label: what the platform is advised to do.")
