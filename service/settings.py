"""Settings of the service, read once from ``LUREWATCH_*`` environment variables."""

import os
from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, Literal

from pydantic import AfterValidator, BeforeValidator, Field, SecretStr, ValidationInfo
from pydantic_settings import BaseSettings, NoDecode, SettingsConfigDict

from models import bundle
from service.clients import Networks, in_parts
from service.policy.load import DEFAULT
from service.reports.sealing import PublicKeyText

PREFIX = "LUREWATCH_"

Origin = Annotated[str, Field(pattern=r"^https?://[A-Za-z0-9.-]+(:\d{1,5})?$")]
Origins = Annotated[tuple[Origin, ...], NoDecode, BeforeValidator(in_parts)]
"""A setting such as ``https://a.example, https://b.example:8443``; nothing stands for all."""

Host = Annotated[str, Field(pattern=r"^[a-z0-9_.-]{1,253}$")]
Hosts = Annotated[
    tuple[Host, ...], NoDecode, BeforeValidator(lambda given: in_parts(lowered(given)))
]
"""A setting such as ``desk.example.com, desk.example.org``: names without a port."""

LOOPBACK = ("127.0.0.1", "::1", "localhost")

LEAST_SECRET_CHARS = 16
"""Of a secret that signs: no one guesses 64 bits in hexadecimal. Mastodon makes 40 characters."""


MOST_DAYS = 36_500
"""That anything is kept: with as many that a date leaves the calendar, nothing would be erased."""


def long_enough(secret: SecretStr) -> SecretStr:
    """The same secret, if it protects anything: whoever knows that a variable was left empty can
    sign with the empty secret."""
    given = len(secret.get_secret_value().strip())
    if given < LEAST_SECRET_CHARS:
        raise ValueError(
            f"a secret of {given} characters protects nothing, {LEAST_SECRET_CHARS} at least are "
            "needed; remove the variable where no such events are taken"
        )
    return secret


SigningSecret = Annotated[SecretStr, AfterValidator(long_enough)]
"""A setting that is refused at start rather than when the first forged event is taken."""


def lowered(given: object) -> object:
    """A text in small letters: hosts' names differ in nothing else."""
    return given.lower() if isinstance(given, str) else given


def in_registry(given: Path, info: ValidationInfo) -> Path:
    """The folder of a bundle that may be given by its name alone."""
    return bundle.folder_of(given, info.data.get("registry"))


BundleFolder = Annotated[Path, AfterValidator(in_registry)]
"""A setting such as ``/srv/bundles/ours-2``, or ``ours-2`` where that is one of the registry."""


def processors() -> int:
    """How many this process may use, where the system can tell; else how many there are."""
    if hasattr(os, "sched_getaffinity"):
        return min(64, len(os.sched_getaffinity(0)))
    return min(64, os.cpu_count() or 1)


class Settings(BaseSettings):
    """Every knob, with its unit and the reason for its default."""

    model_config = SettingsConfigDict(
        env_prefix=PREFIX, frozen=True, extra="forbid", use_attribute_docstrings=True
    )

    registry: Path | None = None
    """Folder of bundles whose file `champion` names the one to serve; `python -m models` changes
    it. Default: the bundles that come with this code."""

    bundle_dir: BundleFolder = Field(
        default_factory=lambda given: bundle.champion(given.get("registry"))
    )
    """Folder of the bundle to serve, or its name in the registry, whatever `champion` says there.
    Default: the champion."""

    shadow_bundle: BundleFolder | None = None
    """Folder, or name in the registry, of a bundle that is asked beside the one that serves, and
    decides nothing: how far the two disagree stands in `GET /v1/model/shadow`. It costs the time of
    scoring that share again."""

    shadow_share: float = Field(0.1, gt=0, le=1)
    """Share of the ads that the shadow bundle reads too. While it is behind it leaves ads out."""

    policy: Path = DEFAULT
    """Policy file that decides. Default: service/policy/default.yaml, which rests on the bundle's
    operating points and never blocks."""

    dry_run_policy: Path | None = None
    """A second policy file, which decides nothing: each result says under `dry_run` what it would
    have done."""

    host: str = "127.0.0.1"
    """Address to listen on. The default is reached from this machine alone. Elsewhere
    keys are asked for (`authentication`), and go in the clear unless a proxy before it has TLS."""

    port: int = Field(8000, ge=0, le=65535)
    """TCP port to listen on."""

    workers: int = Field(default_factory=processors, ge=1, le=64)
    """Ads scored at the same time, one thread each. Default: the processors this process may
    use. Two ads on two threads beat one ad on two: no thread waits for another."""

    threads_alone: int = Field(default_factory=lambda: min(2, processors()), ge=1, le=16)
    """Threads for one ad when nothing else is to be done: it is answered sooner, for more processor
    time; never more than `workers`. Default: 2, where there are so many. 1 saves 30 MB, 65 as
    resident pages are counted."""

    max_request_ads: int = Field(256, ge=1)
    """Ads in one request. 256 ads of 64 tokens take about two seconds on two cores."""

    max_request_chars: int = Field(200_000, ge=20_000)
    """Characters of all ads of one request together, earlier turns included: ten of the longest
    ads. Two cores read 10,000 to 20,000 characters of ordinary text a second, fewer of text that
    falls into single letters, so the longest request can take them a quarter of a minute."""

    max_body_bytes: int = Field(4 * 2**20, ge=1024)
    """Bytes of one request, or of one line of a stream. 200,000 characters can have 2.4 MB where
    all are escaped."""

    max_queued_chars: int = Field(500_000, ge=20_000)
    """Characters waiting for the model. More are refused with 429 and the time to come back after.
    Requests take turns, so a short one does not wait for the whole of a long one. Counted in
    characters because they are what takes time: one ad of 20,000 costs as much as a hundred short
    ones."""

    cache_mb: int = Field(64, ge=0, le=65536)
    """Megabytes of what the model said of the last texts, about a thousand of usual length: one
    that reads the same is not read again, whoever sends it. No text is kept, only its keyed hash.
    0: every text is read."""

    stream_idle_s: float = Field(60.0, gt=0)
    """How long the caller of `POST /v1/score/stream` may send nothing while no answer is owed to
    them, in seconds; then the stream is closed."""

    slow_caller_s: float = Field(60.0, gt=0)
    """How long a request may take to arrive whole, and how long a caller may take nothing of an
    answer that waits for them, in seconds; then the connection is closed. Whoever takes it slowly
    stays. The body of `POST /v1/score/stream` may arrive as slowly as it likes, see
    `stream_idle_s`."""

    max_connections: int = Field(1000, ge=1)
    """Connections open at the same time, in each process. For one more the one that has been silent
    longest is closed; where all are being answered the new one gets 503."""

    data_dir: Path = Path("lurewatch-data")
    """Folder of what the service keeps where no database is named: a SQLite file, and the key that
    seals what is in it. Default: in the folder it is started from."""

    database: SecretStr | None = None
    """URL of the database, `postgresql://…` or `sqlite:///…`. Default: a SQLite file in
    `data_dir`. Several service processes may share one."""

    broker: SecretStr | None = None
    """Address of the broker for `python -m service consume`, `kafka://…` or `nats://…`, where the
    command gives none: an address with a password is seen by others on a command line."""

    secret_key: SecretStr | None = None
    """32 random bytes in base64 (`python -m service new-key`) that seal texts and hash author ids.
    Default: the file `key` in `data_dir`, made at the first start. The same for every process on
    one database; what was sealed with another cannot be opened."""

    authentication: Literal["auto", "on", "off"] = "auto"
    """Whether scoring, reviewing and administration ask for a key (`python -m service keys`).
    `auto`: only where the service listens on more than this machine. Reading reports always does.
    """

    allowed_hosts: Hosts = ()
    """Names by which it is asked where no key is, with commas between them and without a port,
    such as `desk.example.com`: what a proxy passes on as `Host`. Default: addresses and
    `localhost`, and, where it listens on more than this machine, names without a dot. Any other may
    be the name of a site whose page has your browser ask; what needs no key anywhere is answered
    under each."""

    key_ads_per_minute: int = Field(0, ge=0)
    """Ads that one key may have scored over HTTP in any minute, counted by each process for itself:
    with four of them a key may have four times as many. Below `max_request_ads` it is also the most
    of one request. A stream waits, other requests get 429. A key may have a limit of its own
    (`python -m service keys limit`). 0: no limit. Where no key is asked for there is none."""

    review_queue: bool = False
    """Keep ads that a reviewer should see, with their text: contacts redacted, sealed, erased after
    `keep_queue_days`. Off: no text is kept beyond its answer."""

    queue_from: Literal["nudge", "review", "block"] = "review"
    """The least decision that brings an ad into the review queue."""

    double_review_share: float = Field(0.0, ge=0, le=1)
    """Share of the ads in the queue that two reviewers judge, drawn by the ad's id: how often they
    agree says how far the labels can be trusted. 0.05 is one in twenty."""

    console: bool = True
    """Serve the reviewers' console at `/review` where the review queue is on."""

    console_hours: int = Field(10, ge=1, le=24)
    """How long one is signed in to the console, in hours: a shift and a little more."""

    console_batch: int = Field(50, ge=0)
    """Ads that one judges in the console before it proposes a break. 0: none is proposed."""

    console_break_minutes: int = Field(50, ge=0)
    """Minutes after which it proposes a break, however many ads were judged. 0: none is."""

    campaigns: bool = False
    """Count ads that share a template or a contact, by keyed hashes of both. It costs a write to
    the database for each request."""

    keep_results_hours: int = Field(72, ge=1, le=24 * MOST_DAYS)
    """How long the answer to a submission is kept, in hours."""

    keep_queue_days: int = Field(30, ge=1, le=MOST_DAYS)
    """How long an ad in the review queue is kept with its text, in days."""

    keep_feedback_days: int = Field(730, ge=1, le=MOST_DAYS)
    """How long feedback is kept, with the redacted text it is about, in days."""

    keep_audit_days: int = Field(730, ge=1, le=MOST_DAYS)
    """How long the audit trail is kept, in days: who decided, undid, erased, made a key, and when.
    It holds ids and labels, no text."""

    keep_reports_days: int = Field(730, ge=1, le=MOST_DAYS)
    """How long reports from people are kept, in days."""

    keep_campaign_days: int = Field(90, ge=1, le=MOST_DAYS)
    """How long a campaign is remembered after its last ad, in days."""

    max_pending_submissions: int = Field(10_000, ge=1)
    """Submissions that wait to be scored. More are refused with 429."""

    lease_s: int = Field(60, ge=1, le=24 * 3600)
    """How long a worker holds a submission, or a consumer messages of a stream, without a sign of
    life, in seconds; then another takes them. What a killed process held waits so long. Over Kafka
    45 at most."""

    webhook_private_targets: bool = False
    """Also send webhooks over plain http and to private addresses: for a receiver in one's own
    network. Anyone who may register an endpoint can then reach that network."""

    webhook_timeout_s: float = Field(15.0, gt=0)
    """How long a webhook's receiver may take to answer, in seconds."""

    reports_public_key: PublicKeyText | None = None
    """Public key, base64, with which reports from people are sealed (`python -m service reports
    new-key`). Without it none are taken. The private key is never given to the service."""

    reports_per_hour: int = Field(10, ge=1)
    """Reports taken from one network address in an hour, by each process."""

    report_codes_per_hour: int = Field(30, ge=1)
    """Additions and withdrawals taken from one network address in an hour, by each process, with a
    right code or a wrong one."""

    coop_public_keys: Path | None = None
    """File with the webhook signature verification key that ROOST's Coop shows under Settings, API
    Keys; two, one after the other, while it is replaced. Goes with `coop_mapping`."""

    coop_mapping: Path | None = None
    """YAML file that says which of Coop's actions and policies mean which kind. With
    `coop_public_keys` it opens `POST /v1/feedback/coop`."""

    statements: Path | None = None
    """TOML file that says what your platform does by decision, for drafts of statements of reasons
    (EU Digital Services Act). Default: each request says it."""

    checker: bool = True
    """Serve the pages for people at `/`: check an offer, advice, help, and reports where they are
    taken. What is pasted there is answered and forgotten, whatever else is kept."""

    checks_per_hour: int = Field(300, ge=1)
    """Texts checked at `/` for one network address in an hour, by each process. Many telephones
    share one address; one that probes the model with thousands of wordings does not need more."""

    checker_exit: str = Field("https://www.wikipedia.org/", pattern="^https://")
    """Where the pages' button to leave quickly goes: something that nobody wonders at."""

    help_file: Path | None = None
    """TOML file of help lines, portals and rules of yours, which add to those that come with the
    service or replace them (`python -m service help check`). Default: only those."""

    mastodon_webhook_secret: SigningSecret | None = None
    """The signing secret that a Mastodon server shows for its webhook, 16 characters at least. It
    opens `POST /v1/platforms/mastodon`. An empty one is refused at start."""

    platform_mappings: Path | None = None
    """Folder of mapping files, `NAME.yaml`, that say where the words of an ad stand in the events
    of an in-house platform. With `platform_webhook_secret` it opens
    `POST /v1/platforms/generic/NAME`."""

    platform_webhook_secret: SigningSecret | None = None
    """Signs what in-house platforms send; 16 characters at least, such as what
    `python -m service new-key` prints. Goes with `platform_mappings`. An empty one is refused at
    start."""

    platform_results_webhook: str | None = Field(None, pattern=r"^[a-z0-9][a-z0-9_-]{0,63}$")
    """Name of a registered webhook that is told the results of what platforms sent. Default: they
    are only kept, as those of other submissions. An empty one is refused at start; for one that is
    not registered, or is disabled, they are dead letters, and the log says so at start."""

    metrics: Literal["auto", "open", "off"] = "auto"
    """Who may read `GET /metrics`. `auto`: holders of a key with scope `metrics` or `admin` where
    keys are asked for, else anyone. `open`: anyone who reaches the port, for a network that lets
    only the scraper do so."""

    traces: str | None = Field(None, pattern=r"^https?://[^@\s]+$")
    """Address of an OpenTelemetry collector that takes OTLP over HTTP, such as
    `http://localhost:4318`; needs `pip install 'lurewatch[otel]'`. Default: no traces."""

    traces_share: float = Field(0.0, ge=0, le=1)
    """Share of the requests and submissions that are traced where the caller's `traceparent` does
    not say. 0: only those whose callers ask for it."""

    cors_origins: Origins = ()
    """Origins whose pages may read answers in a browser, with commas between them, such as
    `https://desk.example.com`. No cookie is ever taken; a key in a page is everyone's who opens
    it. Default: none."""

    hsts_days: int = Field(365, ge=0)
    """How long a browser that came by https keeps to it, in days (Strict-Transport-Security). Told
    only where it did come so, to the service or to a proxy of `trusted_proxies`. 0: never."""

    log_level: Literal["info", "warning", "error"] = "info"
    """The least of the lines that are written. `info` has one for each request."""

    trusted_proxies: Networks = ()
    """Addresses or networks of proxies in front, with commas between them, such as
    `127.0.0.1,10.0.0.0/8`: whom they name last in `X-Forwarded-For` is the caller. Default: none,
    so that behind a proxy all callers count as one."""

    @property
    def database_url(self) -> str:
        """Of the database that is used."""
        if self.database is not None:
            return self.database.get_secret_value()
        return f"sqlite:///{self.data_dir / 'lurewatch.db'}"

    @property
    def asks_for_keys(self) -> bool:
        """Whether scoring, reviewing and administration need a key."""
        if self.authentication == "auto":
            return self.host not in LOOPBACK
        return self.authentication == "on"


def unknown_variables(environment: Mapping[str, str]) -> list[str]:
    """``LUREWATCH_*`` variables that name no setting: a misspelt one is silent otherwise."""
    known = {f"{PREFIX}{name}".upper() for name in Settings.model_fields}
    return sorted(
        name
        for name in environment
        if name.upper().startswith(PREFIX) and name.upper() not in known
    )
