"""The table of attacks. All are pure: text, language, strength and generator give the attacked ad.

They stand for what writers of lures do on platforms, not for the worst that can be done; for that
there is :mod:`evaluation.robustness.search`.
"""

import random
from collections.abc import Callable
from dataclasses import dataclass

from evaluation.robustness import context, letters, wording
from evaluation.robustness.material import available, own, read
from evaluation.robustness.romanise import SCRIPTS as ROMANISED
from evaluation.robustness.romanise import romanised
from evaluation.robustness.words import on_words, script_of
from models.ad import Ad

STRENGTHS = (0.25, 0.5, 1.0)

Change = Callable[[str, str, float, random.Random], str | Ad]
"""Text, BCP 47 tag, strength above 0 and at most 1, generator."""


@dataclass(frozen=True, slots=True)
class Attack:
    """One way to hide a lure."""

    name: str
    description: str
    change: Change

    scripts: frozenset[str] | None = None
    """Those of most of a text's letters in which it can be done; ``None``: any."""

    languages: frozenset[str] | None = None
    """Those that have the texts for it, as :func:`~evaluation.robustness.material.own` names them;
    ``None``: any."""

    keeps_label: bool = True
    """Whether the result is a lure still. A quoted lure is not: flagging it is the mistake."""

    def applies(self, text: str, language: str) -> bool:
        """Whether it can be done to that text at all."""
        return (self.scripts is None or script_of(text) in self.scripts) and (
            self.languages is None or own(language) in self.languages
        )

    def on(self, text: str, language: str, strength: float, seed: int) -> Ad:
        """The attacked ad, the same for the same arguments."""
        rng = random.Random(f"{seed}:{self.name}:{text}")
        done = self.change(text, language, strength, rng)
        return Ad(text=done) if isinstance(done, str) else done


def _by_word(change: Callable[[str, random.Random], str]) -> Change:
    """An attack on a share of the words."""
    return lambda text, _, strength, rng: on_words(text, strength, rng, change)


LATIN_CYRILLIC = frozenset({"LATIN", "CYRILLIC"})
ALPHABETIC = LATIN_CYRILLIC | frozenset(
    {
        "GREEK", "ARABIC", "HEBREW", "DEVANAGARI", "BENGALI", "TAMIL", "SINHALA", "ETHIOPIC",
        "THAI", "LAO", "KHMER", "MYANMAR",
    }
)  # fmt: skip
"""Scripts in which a letter can be mistyped by itself."""

SWITCHED = frozenset(name for name in available() if read(name).switches)
REWORDED = frozenset(name for name in available() if read(name).rewordings)

ATTACKS: tuple[Attack, ...] = (
    Attack(
        "look-alike letters",
        "Letters of another script that look the same.",
        _by_word(letters.alike),
        scripts=LATIN_CYRILLIC | {"ARABIC"},
    ),
    Attack(
        "rare look-alikes",
        "Look-alikes that few tables hold: Armenian and rare Latin letters.",
        _by_word(letters.rare_alike),
        scripts=LATIN_CYRILLIC,
    ),
    Attack("zero-width", "Invisible characters between letters.", _by_word(letters.zero_width)),
    Attack("spaced letters", "A separator between all letters.", _by_word(letters.spaced)),
    Attack(
        "rare separators",
        "A separator that few filters know between all letters.",
        _by_word(letters.rarely_spaced),
    ),
    Attack(
        "letters in brackets", "Every letter in brackets of its own.", _by_word(letters.bracketed)
    ),
    Attack("marks on letters", "A stroke, line or dots on every letter.", _by_word(letters.marked)),
    Attack(
        "markup inside words",
        "Tags, emphasis and character references inside words.",
        _by_word(letters.marked_up),
    ),
    Attack("split words", "A space inside words.", _by_word(letters.split)),
    Attack(
        "leetspeak",
        "Digits and signs for letters.",
        _by_word(letters.leet),
        scripts=LATIN_CYRILLIC,
    ),
    Attack(
        "emoji for letters",
        "Emoji in the place of letters.",
        _by_word(letters.emoji_letters),
        scripts=LATIN_CYRILLIC,
    ),
    Attack("emoji inside words", "An emoji inside words.", _by_word(letters.sprinkled)),
    Attack(
        "typos",
        "Letters swapped, left out or doubled.",
        _by_word(letters.typo),
        scripts=ALPHABETIC,
    ),
    Attack(
        "romanisation",
        "Words in Latin letters.",
        _by_word(romanised),
        scripts=ROMANISED,
    ),
    Attack(
        "code-switching",
        "Everyday words and fillers in another language.",
        wording.code_switched,
        languages=SWITCHED,
    ),
    Attack(
        "rewording",
        "Stock phrases said in another way, as a paraphrasing machine would.",
        wording.reworded,
        languages=REWORDED,
    ),
    Attack("padding before", "Honest text, then the lure.", context.padded_before),
    Attack("padding after", "The lure, then honest text.", context.padded_after),
    Attack("inside an honest ad", "The lure in the middle of honest ads.", context.inside_ad),
    Attack("over chat turns", "The lure cut into turns of a chat.", context.over_turns),
    Attack(
        "among chat turns",
        "The lure cut into turns, with everyday talk between them.",
        context.among_turns,
    ),
    Attack("posing as a warning", "A lure that warns of other lures.", context.posing),
    Attack(
        "warning around",
        "The lure quoted by someone who warns of it.",
        context.warned_of,
        keeps_label=False,
    ),
)
