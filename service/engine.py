"""A loaded bundle and the threads that run it: what every way of asking shares."""

from collections.abc import Sequence
from dataclasses import dataclass

from models import bundle
from models.ad import Ad
from models.inference import Model
from models.rendering import render
from service.assessment import Assessment, assess
from service.scoring.scorer import Scored, Scorer
from service.settings import Settings

WARM_UP = Ad(text="Is this offer real? They pay the ticket and want my passport first.")


@dataclass(frozen=True, slots=True)
class Engine:
    """Scores ads with one bundle."""

    bundle: bundle.Bundle
    scorer: Scorer

    @classmethod
    def start(cls, settings: Settings) -> "Engine":
        """Load, check and warm the bundle. Raises :class:`~models.errors.BundleError`."""
        loaded = bundle.load(settings.bundle_dir)
        limits = loaded.manifest.limits
        model = Model(loaded.read_model(), loaded.tokenizer, limits)
        rendering = loaded.manifest.rendering
        model.logits(render(WARM_UP, rendering))
        scorer = Scorer(model, settings.workers, settings.max_queued_chars, rendering)
        return cls(loaded, scorer)

    @property
    def name(self) -> str:
        """The bundle's."""
        return self.bundle.manifest.name

    async def assess(self, ads: Sequence[Ad]) -> list[Assessment]:
        """In order."""
        return self._assess(await self.scorer.score(ads))

    def assess_now(self, ads: Sequence[Ad]) -> list[Assessment]:
        """The same, waiting."""
        return self._assess(self.scorer.score_now(ads))

    def _assess(self, scored: Sequence[Scored]) -> list[Assessment]:
        return [assess(one, self.bundle.calibration) for one in scored]
