"""Settings for a command: from the environment, misspelt variables refused."""

import os
from typing import Any

from pydantic import ValidationError

from service.commands.errors import UsageError
from service.settings import PREFIX, Settings, unknown_variables


def read_settings(**given: Any) -> Settings:
    """From the environment, with what the command line gives on top."""
    unknown = unknown_variables(os.environ)
    if unknown:
        raise UsageError(f"{', '.join(unknown)}: no such setting; 'python -m service settings'")
    try:
        return Settings(**{k: v for k, v in given.items() if v is not None})
    except ValidationError as error:
        places = [f"{PREFIX}{str(e['loc'][0]).upper()}: {e['msg']}" for e in error.errors()]
        raise UsageError("; ".join(places)) from None
