"""Every figure that is counted as it happens, in a registry of its own: several applications in one
process do not meet."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, ProcessCollector

from models.ad import Ad
from service.observing import labels

if TYPE_CHECKING:
    from service.engine import Answer

REQUEST_SECONDS = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30)
STAGE_SECONDS = (0.0001, 0.001, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10)
SCORES = (0.01, 0.05, 0.1, 0.25, 0.5, 0.75, 0.9, 0.95, 0.99)
TOKENS = (16, 32, 64, 128, 256, 512, 1024, 2048, 4096, 8192)
WINDOWS = (1, 2, 3, 5, 10, 20, 50)
ADS = (1, 2, 4, 8, 16, 32, 64, 128, 256)


class Metrics:
    """What one process has seen."""

    def __init__(self, registry: CollectorRegistry | None = None) -> None:
        self.registry = registry or CollectorRegistry()
        self._http()
        self._calls()
        self._ads()
        self._behind()
        ProcessCollector(registry=self.registry)

    def _http(self) -> None:
        own = self.registry
        self.requests = Counter(
            "lurewatch_http_requests", "Requests answered; status 499: the caller went before.",
            ["method", "route", "status"], registry=own,
        )  # fmt: skip
        self.request_seconds = Histogram(
            "lurewatch_http_request_seconds", "From a request's head to the end of its answer.",
            ["method", "route"], buckets=REQUEST_SECONDS, registry=own,
        )  # fmt: skip
        self.in_flight = Gauge(
            "lurewatch_http_requests_in_flight", "Requests being answered now.", registry=own
        )
        self.refused = Counter(
            "lurewatch_refused", "Requests answered with a problem, by its type.",
            ["reason"], registry=own,
        )  # fmt: skip
        self.connections = Gauge(
            "lurewatch_connections", "Connections that are open now.", registry=own
        )
        self.closed = Counter(
            "lurewatch_connections_closed", "Connections that the service closed, by why.",
            ["reason"], registry=own,
        )  # fmt: skip

    def connection(self, change: int) -> None:
        """One more, or one less."""
        self.connections.inc(change)

    def connection_closed(self, reason: str) -> None:
        """By the service: :mod:`service.connections` says why."""
        self.closed.labels(reason).inc()

    def _calls(self) -> None:
        own = self.registry
        self.stage_seconds = Histogram(
            "lurewatch_stage_seconds", "Where the time goes: of an ad, or of a call.",
            ["stage"], buckets=STAGE_SECONDS, registry=own,
        )  # fmt: skip
        self.call_ads = Histogram(
            "lurewatch_call_ads", "Ads scored together, as a caller or a worker gave them.",
            buckets=ADS, registry=own,
        )  # fmt: skip

    def _ads(self) -> None:
        own = self.registry
        self.tokens = Histogram(
            "lurewatch_ad_tokens", "Tokens that the model read of an ad.",
            buckets=TOKENS, registry=own,
        )  # fmt: skip
        self.windows = Histogram(
            "lurewatch_ad_windows", "Windows that an ad was cut into.",
            buckets=WINDOWS, registry=own,
        )  # fmt: skip
        self.scores = Histogram(
            "lurewatch_score", "Calibrated probability that an ad is a lure.",
            ["platform", "language"], buckets=SCORES, registry=own,
        )  # fmt: skip
        self.decisions = Counter(
            "lurewatch_decisions", "Ads decided.",
            ["platform", "language", "decision"], registry=own,
        )  # fmt: skip
        self.dry_run_flips = Counter(
            "lurewatch_dry_run_flips", "Ads that the dry-run policy would have decided otherwise.",
            ["decision", "instead"], registry=own,
        )  # fmt: skip
        self.scripts = Counter(
            "lurewatch_ads_by_script", "Ads, by the script of most letters.",
            ["script"], registry=own,
        )  # fmt: skip
        self.kinds = Counter(
            "lurewatch_kinds", "Ads, by their likeliest kind.", ["kind"], registry=own
        )
        self.harms = Counter(
            "lurewatch_harms", "Lures, by each harm that is named.", ["harm"], registry=own
        )
        self.indicators = Counter(
            "lurewatch_indicators_shown", "Ads on which an indicator is shown.",
            ["indicator"], registry=own,
        )  # fmt: skip
        self.disguises = Counter(
            "lurewatch_disguises_undone", "Ads in which a disguise was undone.",
            ["disguise"], registry=own,
        )  # fmt: skip

        self.unscored = Counter(
            "lurewatch_unscored", "Ads that got no score, by why, and by what they got instead.",
            ["reason", "instead"], registry=own,
        )  # fmt: skip
        self.degraded = Counter(
            "lurewatch_degraded", "Ads answered without a part of the service.",
            ["part"], registry=own,
        )  # fmt: skip

    def _behind(self) -> None:
        own = self.registry
        self.submissions = Counter(
            "lurewatch_submissions", "Submissions accepted here, and finished here.",
            ["state"], registry=own,
        )  # fmt: skip
        self.webhooks = Counter(
            "lurewatch_webhook_attempts", "Messages sent from here, by what came of it.",
            ["outcome"], registry=own,
        )  # fmt: skip
        self.job_failures = Counter(
            "lurewatch_job_failures", "Background jobs that failed and were begun again.",
            ["background"], registry=own,
        )  # fmt: skip
        self.reloads = Counter(
            "lurewatch_reloads", "Times another bundle was to serve.", ["result"], registry=own
        )
        for result in ("changed", "refused"):
            self.reloads.labels(result)
        self.selftest_seconds = Gauge(
            "lurewatch_selftest_seconds", "Of the last self-test that was passed.", registry=own
        )

    def answered(self, ads: Sequence[Ad], answers: Sequence["Answer"]) -> None:
        """Ads that were answered together, in one order."""
        self.call_ads.observe(len(ads))
        for ad, answer in zip(ads, answers, strict=True):
            self._answered(ad, answer)

    def _answered(self, ad: Ad, answer: "Answer") -> None:
        said, reading, spent = answer.assessment, answer.reading, answer.spent
        stages = self.stage_seconds
        stages.labels("wait").observe(spent.wait_s)
        stages.labels("render").observe(spent.render_s)
        stages.labels("read").observe(spent.read_s)
        stages.labels("tokenise").observe(spent.tokenise_s)
        stages.labels("model").observe(spent.model_s)
        stages.labels("assess").observe(spent.assess_s)
        stages.labels("policy").observe(spent.policy_s)
        self.tokens.observe(said.tokens)
        self.windows.observe(said.windows)
        platform = labels.platform(ad)
        language = labels.language(ad.language or reading.language.tag)
        self.scores.labels(platform, language).observe(said.score)
        decision = answer.outcome.decision
        self.decisions.labels(platform, language, decision).inc()
        if answer.dry_run is not None and answer.dry_run.decision != decision:
            self.dry_run_flips.labels(decision, answer.dry_run.decision).inc()
        self.scripts.labels(labels.script(reading.language.script)).inc()
        self.kinds.labels(said.kind).inc()
        for harm in said.harms:
            self.harms.labels(harm).inc()
        for shown in said.indicators:
            self.indicators.labels(shown.indicator).inc()
        for disguise in reading.changed:
            self.disguises.labels(disguise).inc()
        for part in answer.degraded:
            self.degraded.labels(part).inc()
