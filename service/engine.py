"""A loaded bundle, the threads that run it and the policy that decides: what every way of asking
shares."""

import logging
import time
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field, replace
from itertools import count as numbers

from models import bundle
from models.ad import Ad
from models.embedding import Background
from models.inference import Model
from models.renderer import Renderer
from models.rendering import Rendered
from service.assessment import Assessment, assess
from service.campaigns.seen import Seen
from service.giving_back import give_back
from service.incidents.matching import Match
from service.missing import NoScore, Part
from service.observing.stages import stage
from service.policy.decide import Outcome, decide
from service.policy.facts import language_of, of_assessment
from service.policy.load import load as load_policy
from service.policy.model import Policy
from service.reading import Reading, read
from service.scoring.memory import Remembering
from service.scoring.scorer import Scored, Scorer
from service.scoring.spent import NOTHING, Spent
from service.settings import Settings

NUMBERS = numbers()

WARM_UP = Ad(text="Is this offer real? They pay the ticket and want my passport first.")

Count = Callable[[Sequence[Scored]], Awaitable[Sequence[Seen | None] | None]]
"""Gives the campaign of each ad, where it has one, and counts the ad in it; ``None``: it could
not."""

Compare = Callable[[Sequence[Scored]], Awaitable[Sequence[tuple[Match, ...]] | None]]
"""Gives how like the live incidents each ad is; ``None``: it could not."""

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Answer:
    """Everything the service says of one ad."""

    assessment: Assessment
    reading: Reading
    outcome: Outcome
    dry_run: Outcome | None
    """What the other policy would have done, where one is set."""

    campaign: Seen | None = None
    """Where campaigns are counted, and the ad says enough to have one."""

    incidents: tuple[Match, ...] = ()
    """Every live incident, near-duplicates and the likest first."""

    spent: Spent = NOTHING
    degraded: tuple[Part, ...] = ()
    """What could not be done for it."""


@dataclass(frozen=True, slots=True)
class Known:
    """What is known of ads that were scored, before they are decided."""

    seen: Sequence[Seen | None]
    like: Sequence[tuple[Match, ...]]
    degraded: tuple[Part, ...]


@dataclass(frozen=True, slots=True)
class Engine:
    """Scores ads with one bundle, and decides by one policy."""

    bundle: bundle.Bundle
    scorer: Scorer
    policy: Policy
    dry_run: Policy | None = None
    background: Background | None = None
    """What incidents are measured by; bundles of the first format have none."""

    memory: Remembering | None = None
    """Of texts that were read a short while ago; ``None`` where nothing is remembered."""

    number: int = field(default_factory=NUMBERS.__next__, compare=False)
    """Later engines have larger ones, whatever their bundles are called."""

    @classmethod
    def start(cls, settings: Settings) -> "Engine":
        """Load, check and warm the bundle and the policies. Raises
        :class:`~models.errors.BundleError` or :class:`~service.policy.errors.PolicyError`."""
        loaded = bundle.load(settings.bundle_dir)
        points = loaded.calibration.operating_points
        policy = load_policy(settings.policy, points)
        dry_run = load_policy(settings.dry_run_policy, points) if settings.dry_run_policy else None
        limits = loaded.manifest.limits
        stays = loaded.stays()
        model = Model(
            loaded.read_light_model() if stays else loaded.read_model(),
            loaded.tokenizer, limits,
            folder=loaded.path.resolve() if stays else None,
            alone=min(settings.threads_alone, settings.workers),
            ngrams=loaded.ngrams(),
        )  # fmt: skip
        render = Renderer.of(loaded)
        rendered = render(WARM_UP)
        model.logits(rendered)
        read(WARM_UP, rendered)
        memory = Remembering(model, settings.cache_mb * 2**20) if settings.cache_mb else None
        scorer = Scorer(memory or model, settings.workers, settings.max_queued_chars, render)
        model.spread, model.is_alone = scorer.spread, scorer.is_alone
        background = loaded.background()
        give_back()
        return cls(loaded, scorer, policy, dry_run, background, memory)

    @property
    def name(self) -> str:
        """The bundle's."""
        return self.bundle.manifest.name

    def render(self, ad: Ad) -> Rendered:
        """An ad as it is read to be scored."""
        return self.scorer.render(ad)

    async def answer(
        self, ads: Sequence[Ad], count: Count | None = None, compare: Compare | None = None,
        until: float | None = None, remember: bool = True,
    ) -> list[Answer]:  # fmt: skip
        """In order: scored, then counted and compared with incidents, where ``count`` and
        ``compare`` are given, then decided. ``until``, ``remember``, and what is raised: see
        :meth:`service.scoring.scorer.Scorer.score`."""
        with stage("score") as said:
            scored = await self.scorer.score(ads, read, until, remember)
            said(ads=len(ads), **counts_of(scored))
        beside = await self._beside(scored, count, compare)
        with stage("decide"):
            each = zip(ads, scored, beside.seen, beside.like, strict=True)
            return [self._answer(*one, beside.degraded) for one in each]

    async def attempt(
        self, ads: Sequence[Ad], count: Count | None = None, compare: Compare | None = None,
        until: float | None = None,
    ) -> list[Answer | NoScore]:  # fmt: skip
        """The same of the ads that can be answered in time; see
        :meth:`service.scoring.scorer.Scorer.attempt`."""
        with stage("score") as said:
            tried = await self.scorer.attempt(ads, read, until)
            scored = [one for one in tried if isinstance(one, Scored)]
            said(ads=len(scored), **counts_of(scored))
        if not scored:
            return [one for one in tried if isinstance(one, NoScore)]
        beside = await self._beside(scored, count, compare)
        known = zip(beside.seen, beside.like, strict=True)
        with stage("decide"):
            return [
                one if isinstance(one, NoScore) else self._tried(ad, one, *next(known), beside)
                for ad, one in zip(ads, tried, strict=True)
            ]

    async def _beside(
        self, scored: Sequence[Scored], count: Count | None, compare: Compare | None
    ) -> Known:
        seen: Sequence[Seen | None] | None = [None] * len(scored)
        like: Sequence[tuple[Match, ...]] | None = [()] * len(scored)
        degraded: list[Part] = []
        if count is not None:
            with stage("campaigns") as said:
                seen = await count(scored)
                said(ads_in_campaigns=sum(one is not None for one in seen or ()))
        if compare is not None:
            with stage("incidents") as said:
                like = await compare(scored)
                said(matches=sum(map(len, like or ())))
        if seen is None:
            seen = [None] * len(scored)
            degraded.append("campaigns")
        if like is None:
            like = [()] * len(scored)
            degraded.append("incidents")
        return Known(seen, like, tuple(degraded))

    def answer_now(self, ads: Sequence[Ad]) -> list[Answer]:
        """The same, waiting."""
        scored = self.scorer.score_now(ads, read)
        return [self._answer(ad, one) for ad, one in zip(ads, scored, strict=True)]

    def begin(self, ad: Ad) -> Callable[[], Answer]:
        """Begin to score one ad; what is given back waits for its answer."""
        scored = self.scorer.begin(ad, read)
        return lambda: self._answer(ad, scored.result())

    def assess_now(self, ads: Sequence[Ad]) -> list[Assessment]:
        """What the model says alone, waiting: for measurements."""
        calibration = self.bundle.calibration
        return [assess(one, calibration) for one in self.scorer.score_now(ads)]

    def _tried(
        self, ad: Ad, scored: Scored, seen: Seen | None, like: tuple[Match, ...], beside: Known
    ) -> Answer | NoScore:
        try:
            return self._answer(ad, scored, seen, like, beside.degraded)
        except Exception:
            log.exception("ad not decided")
            return NoScore("internal")

    def _answer(
        self,
        ad: Ad,
        scored: Scored,
        campaign: Seen | None = None,
        incidents: tuple[Match, ...] = (),
        degraded: tuple[Part, ...] = (),
    ) -> Answer:
        began = time.perf_counter()
        assessment = assess(scored, self.bundle.calibration)
        assessed = time.perf_counter()
        assert scored.reading is not None
        facts = of_assessment(
            assessment,
            platform=ad.platform,
            surface=ad.surface,
            language=language_of(ad.language, scored.reading.language.tag),
            entities=scored.reading.entities,
            copies=1 if campaign is None else campaign.copies,
            incidents=incidents,
        )
        outcome = decide(self.policy, facts)
        dry_run = None if self.dry_run is None else decide(self.dry_run, facts)
        spent = replace(
            scored.spent,
            assess_s=assessed - began,
            policy_s=time.perf_counter() - assessed,
        )
        return Answer(
            assessment, scored.reading, outcome, dry_run, campaign, incidents, spent, degraded
        )


def counts_of(scored: Sequence[Scored]) -> dict[str, float]:
    """Of a call, for whoever watches; seconds are sums over ads that ran side by side."""
    return {
        "tokens": sum(one.logits.token_count for one in scored),
        "windows": sum(one.logits.windows for one in scored),
        "wait_s_at_most": max((one.spent.wait_s for one in scored), default=0.0),
        "render_s": sum(one.spent.render_s for one in scored),
        "read_s": sum(one.spent.read_s for one in scored),
        "tokenise_s": sum(one.spent.tokenise_s for one in scored),
        "model_s": sum(one.spent.model_s for one in scored),
    }
