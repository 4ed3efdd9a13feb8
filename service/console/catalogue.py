"""The sentences of the console in the reviewer's language: gettext files under ``locale``.

``python -m service.console`` writes them anew after a change of the English.
"""

from pathlib import Path

from service.console.messages import SENTENCES
from service.sentences import Sentences
from service.translations import Domain

LOCALE = Path(__file__).parent / "locale"
DOMAIN = Domain(
    "console",
    """\
# Sentences of Lurewatch's console for reviewers.
# msgctxt names the message; msgid is the English; msgstr is yours.
# Few words, polite, no verdicts. Keep what stands in braces.""",
)


SAID = Sentences(DOMAIN, LOCALE, SENTENCES)
text, missing, write = SAID.text, SAID.missing, SAID.write
