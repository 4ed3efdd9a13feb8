"""The catalogue files of help and rights; ``python -m service.help`` writes them."""

from pathlib import Path

from service.indicators.languages import FALLBACK, LANGUAGES
from service.translations import Domain, Message

LOCALE = Path(__file__).parent / "locale"
DOMAIN = Domain(
    "help",
    """\
# Labels of help and rights, and the general standards.
# msgctxt names the message; msgid is the English; msgstr is yours.
# One plain sentence each, at most 250 characters, polite "you", no idioms.""",
)


def po_path(language: str) -> Path:
    """Where the catalogue of a language lies."""
    return DOMAIN.path(LOCALE, language)


def write(messages: list[Message], locale: Path = LOCALE) -> None:
    """Write the template and every language's file."""
    DOMAIN.write(locale, messages, (one for one in LANGUAGES if one != FALLBACK))
