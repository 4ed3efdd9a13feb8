"""``python -m service settings``, ``openapi`` and ``new-key``: what is printed, and no more."""

import json

from service.commands.settings import read_settings
from service.settings import PREFIX, Settings
from service.store.vault import new_key as new_vault_key


def settings() -> None:
    """Every setting: variable, default, meaning."""
    for name, field in Settings.model_fields.items():
        default = "computed" if field.default_factory else field.default
        words = " ".join((field.description or "").split())
        print(f"{PREFIX}{name.upper()}  [{default}]\n    {words}")


def openapi() -> None:
    """Print the OpenAPI document."""
    from service.app import create_app

    print(json.dumps(create_app(read_settings()).openapi(), indent=1))


def new_key() -> None:
    """Print a new key for LUREWATCH_SECRET_KEY: 32 random bytes in base64."""
    print(new_vault_key())
