"""How far two bundles disagree, counted by slice. Holds numbers alone: no text and no id."""

from collections import Counter
from dataclasses import dataclass, field

from models.ad import Ad
from service.engine import Answer
from service.language_tags import primary
from service.policy.decisions import SEVERITY, Decision

MAX_VALUES = 300
"""Values of a slice that are kept apart; ads of others are counted under :data:`OTHERS`. Languages
are detected or told by callers, who may tell anything."""

OTHERS = "others"
SLICES = ("all", "language", "platform", "surface")


@dataclass(slots=True)
class Compared:
    """Of the ads of one slice."""

    ads: int = 0
    stricter: int = 0
    """Ads on which the challenger decides more strictly than the champion."""

    milder: int = 0
    change: float = 0.0
    """Sum of challenger's score minus champion's."""

    absolute_change: float = 0.0
    largest_change: float = 0.0
    decisions: Counter[tuple[Decision, Decision]] = field(default_factory=Counter)
    """Champion's and challenger's."""

    def add(self, champion: Answer, challenger: Answer) -> None:
        """One ad that both have read."""
        before, after = champion.outcome.intended, challenger.outcome.intended
        self.ads += 1
        self.stricter += SEVERITY[after] > SEVERITY[before]
        self.milder += SEVERITY[after] < SEVERITY[before]
        change = challenger.assessment.score - champion.assessment.score
        self.change += change
        self.absolute_change += abs(change)
        self.largest_change = max(self.largest_change, abs(change))
        self.decisions[before, after] += 1


class Tally:
    """All slices, since one champion began to be compared."""

    def __init__(self, champion: str) -> None:
        self.champion = champion
        self.slices: dict[str, dict[str, Compared]] = {name: {} for name in SLICES}

    def add(self, ad: Ad, champion: Answer, challenger: Answer) -> None:
        """One ad that both have read."""
        language = ad.language or champion.reading.language.tag
        values = {
            "all": "all",
            "language": primary(language),
            "platform": ad.platform or "not given",
            "surface": ad.surface or "not given",
        }
        for name, value in values.items():
            known = self.slices[name]
            key = str(value) if value in known or len(known) < MAX_VALUES else OTHERS
            known.setdefault(key, Compared()).add(champion, challenger)
