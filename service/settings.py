"""Settings of the service, read once from ``LUREWATCH_*`` environment variables."""

import os
from collections.abc import Mapping
from pathlib import Path

from pydantic import Field
from pydantic_settings import BaseSettings, SettingsConfigDict

from models import bundle
from service.policy.load import DEFAULT

PREFIX = "LUREWATCH_"


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

    bundle_dir: Path = Field(default_factory=bundle.champion)
    """Folder of the bundle to serve. Default: the one that the file models/champion names."""

    policy: Path = DEFAULT
    """Policy file that decides. Default: service/policy/default.yaml, which rests on the bundle's
    operating points and never blocks."""

    dry_run_policy: Path | None = None
    """A second policy file, which decides nothing: each result says under `dry_run` what it would
    have done."""

    host: str = "127.0.0.1"
    """Address to listen on. The default is reached from this machine alone; there is no
    authentication yet, so put whatever faces a network behind a proxy that has it."""

    port: int = Field(8000, ge=0, le=65535)
    """TCP port to listen on."""

    workers: int = Field(default_factory=processors, ge=1, le=64)
    """Ads scored at the same time, one thread each. Default: the processors this process may
    use. Two ads on two threads beat one ad on two: no thread waits for another."""

    max_request_ads: int = Field(256, ge=1)
    """Ads in one request. 256 ads of 64 tokens take about two seconds on two cores."""

    max_request_chars: int = Field(200_000, ge=20_000)
    """Characters of all ads of one request together, earlier turns included: ten of the longest
    ads. Two cores read 10,000 to 20,000 characters of ordinary text a second, fewer of text that
    falls into single letters, so the longest request can take them a quarter of a minute."""

    max_body_bytes: int = Field(4 * 2**20, ge=1024)
    """Bytes of one request. 200,000 characters can have 2.4 MB where all are escaped."""

    max_queued_chars: int = Field(500_000, ge=20_000)
    """Characters waiting for the model. More are refused with 429 and the time to come back after.
    Requests take turns, so a short one does not wait for the whole of a long one. Counted in
    characters because they are what takes time: one ad of 20,000 costs as much as a hundred short
    ones."""


def unknown_variables(environment: Mapping[str, str]) -> list[str]:
    """``LUREWATCH_*`` variables that name no setting: a misspelt one is silent otherwise."""
    known = {f"{PREFIX}{name}".upper() for name in Settings.model_fields}
    return sorted(
        name
        for name in environment
        if name.upper().startswith(PREFIX) and name.upper() not in known
    )
