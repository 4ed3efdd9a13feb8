"""The catalogue files of the indicators' wording; ``python -m service.indicators`` writes them."""

from pathlib import Path
from typing import TYPE_CHECKING

from service.indicators.languages import FALLBACK, LANGUAGES
from service.indicators.messages import messages
from service.translations import Domain

if TYPE_CHECKING:
    from babel.messages.catalog import Catalog

LOCALE = Path(__file__).parent / "locale"
DOMAIN = Domain(
    "indicators",
    """\
# Wording of Lurewatch's indicators.
# msgctxt names the message; msgid is the English; msgstr is yours.
# One plain sentence each, at most 200 characters, polite "you", no idioms, no verdicts.""",
)
TEMPLATE = DOMAIN.template(LOCALE)


def po_path(language: str) -> Path:
    """Where the catalogue of a language lies."""
    return DOMAIN.path(LOCALE, language)


def write() -> None:
    """Write the template and every language's file."""
    DOMAIN.write(LOCALE, list(messages()), (one for one in LANGUAGES if one != FALLBACK))


def read(language: str) -> "Catalog":
    """The catalogue of a language. Raises ``FileNotFoundError`` where there is none."""
    return DOMAIN.read(LOCALE, language)
