"""The whole service over a small bundle, with everything turned on that can be."""

import base64
import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from Crypto.PublicKey import RSA
from fastapi import FastAPI
from nacl.public import PrivateKey

from service import access
from service.access import Scope
from service.app import create_app
from service.runtime import open_store
from service.settings import Settings
from tests.fuzz.targets import COOP_MAPPING
from tests.service.platforms.given import MAPPING

SECRET = "twenty-three-characters"
"""Signs events of platforms."""


def settings_of(folder: Path, bundle: Path, **more: Any) -> Settings:
    """Nothing is closed, so that no answer may be a 5xx. What is counted by the hour has room."""
    (folder / "mappings").mkdir(parents=True)
    (folder / "mappings" / "dating.yaml").write_bytes(MAPPING.read_bytes())
    (folder / "coop.yaml").write_text(COOP_MAPPING, "utf-8")
    (folder / "coop.pem").write_bytes(RSA.generate(2048).public_key().export_key())
    many = 10**9
    given: dict[str, Any] = {
        "bundle_dir": bundle, "data_dir": folder / "data", "workers": 1, "review_queue": True,
        "campaigns": True, "max_body_bytes": 100_000, "max_request_ads": 8,
        "max_request_chars": 50_000, "max_pending_submissions": many, "metrics": "open",
        "reports_public_key": base64.b64encode(bytes(PrivateKey.generate().public_key)).decode(),
        "reports_per_hour": many, "report_codes_per_hour": many, "checks_per_hour": many,
        "mastodon_webhook_secret": SECRET, "platform_webhook_secret": SECRET,
        "platform_mappings": folder / "mappings", "coop_mapping": folder / "coop.yaml",
        "coop_public_keys": folder / "coop.pem", "webhook_timeout_s": 0.2, "lease_s": 3600,
    }  # fmt: skip
    return Settings.model_validate(given | more)


@contextmanager
def application(folder: Path, bundle: Path, **more: Any) -> Iterator[tuple[FastAPI, str]]:
    """It, not started, and a key that opens everything."""
    settings = settings_of(folder, bundle, **more)
    database, _ = open_store(settings)
    name = f"fuzz-{secrets.token_hex(4)}"
    _, key = database.write_now(access.add, name, frozenset(Scope))
    database.close()
    yield create_app(settings), key
