"""Files that replace others whole."""

import os
import secrets
from pathlib import Path


def replace(path: Path, text: str) -> None:
    """Put a text where another may be; until it is on disk, that one stays as it is. Raises
    ``OSError``."""
    target = path.resolve()  # a link stays one
    fresh = target.with_name(f".{target.name}.{secrets.token_hex(4)}")
    try:
        with fresh.open("x", encoding="utf-8", newline="") as stream:
            stream.write(text)
            stream.flush()
            os.fsync(stream.fileno())
        os.replace(fresh, target)
    finally:
        fresh.unlink(missing_ok=True)
