"""The English of every label, and of the sentences on age, gaps and limits; with the principles of
the shipped file they are the message ids of the translation catalogues under ``locale``."""

from collections.abc import Iterator

from service.translations import Message

GENERAL = {
    "help": "Who can help",
    "portals": "Check the agency or the job",
    "rights": "Your rights",
    "choose_country": "Country",
    "origin": "Country you come from",
    "destination": "Country of the job",
    "source": "Source: {source}",
    "checked": "Checked: {date}",
    "published": "Published: {date}",
    "stale": "This is old and may have changed. Check it before you rely on it.",
    "undated": "The source shows no date. Check it before you rely on it.",
    "empty": (
        "We found no published number for this country. Ask your embassy, a trade union or an "
        "organisation of migrants."
    ),
    "caution": "Numbers change. If nobody answers, try another one.",
    "no_rules": "We found no published rule for these countries. Read the general standards.",
    "not_legal_advice": "This is general information, not legal advice.",
}
HOTLINES = {
    "emergency": "Emergency",
    "trafficking": "Help line against human trafficking",
    "migrant_workers": "Help line for migrant workers",
    "consular": "Help for citizens abroad",
    "scam": "Help against scams",
    "support": "Other help line",
}
PORTALS = {
    "licensed_agencies": "See whether an agency is licensed",
    "job_portal": "See whether a job is registered",
    "complaints": "Make a complaint",
    "advice": "Official advice",
}
TOPICS = {
    "fees": "Fees",
    "contract": "Contract",
    "documents": "Passport and papers",
    "wages": "Wages",
    "freedom": "Freedom to leave",
    "complaint": "Complaints",
}


def labels() -> Iterator[Message]:
    """All but the principles."""
    for key, english in GENERAL.items():
        kept = "Keep what stands in braces." if "{" in english else "Heading or short sentence."
        yield Message(f"general.{key}", english, kept)
    for key, english in HOTLINES.items():
        yield Message(f"hotline.{key}", english, "Label above telephone numbers.")
    for key, english in PORTALS.items():
        yield Message(f"portal.{key}", english, "Label above an address on the web.")
    for key, english in TOPICS.items():
        yield Message(f"topic.{key}", english, "Label, one to three words.")
