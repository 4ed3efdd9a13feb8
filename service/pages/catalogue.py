"""The sentences of the pages in the reader's language: gettext files under ``locale``.

``python -m service.pages`` writes them anew after a change of the English: what is translated
stays, what is new is empty, what is gone is dropped.
"""

from pathlib import Path

from service.pages.messages import SENTENCES
from service.sentences import Sentences
from service.translations import Domain

LOCALE = Path(__file__).parent / "locale"
DOMAIN = Domain(
    "pages",
    """\
# Sentences of Lurewatch's pages.
# msgctxt names the message; msgid is the English; msgstr is yours.
# Plain and calm, polite "you", no idioms, no verdicts; the reader may be frightened.""",
)


SAID = Sentences(DOMAIN, LOCALE, SENTENCES)
text, missing, write = SAID.text, SAID.missing, SAID.write
