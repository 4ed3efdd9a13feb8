"""The operator's side of the sealed box: the key pair, and opening. Used by the command alone; the
service never has the private key."""

import base64
import os
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import orjson
from nacl.exceptions import CryptoError
from nacl.public import PrivateKey, SealedBox

from service.errors import OperatorError
from service.reports.sealing import PRIVATE


class KeyFileError(OperatorError):
    """A private key that cannot be written or read."""


def make_pair(path: Path) -> str:
    """Write a new private key that its owner alone may read; gives the public key in base64.

    Raises :class:`KeyFileError` where the file is there already: it may open reports.
    """
    private = PrivateKey.generate()
    try:
        handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except OSError as error:
        raise KeyFileError(f"{path}: {error.strerror}; nothing was written") from None
    with os.fdopen(handle, "w", encoding="ascii") as stream:
        stream.write(PRIVATE + base64.b64encode(bytes(private)).decode("ascii") + "\n")
        stream.flush()
        os.fsync(stream.fileno())
    return base64.b64encode(bytes(private.public_key)).decode("ascii")


def read_private_key(path: Path) -> PrivateKey:
    """From its file. Raises :class:`KeyFileError`."""
    try:
        text = path.read_text("ascii").strip()
    except OSError as error:
        raise KeyFileError(f"{path}: {error.strerror}") from None
    except UnicodeDecodeError:
        text = ""
    try:
        return PrivateKey(base64.b64decode(text.removeprefix(PRIVATE), validate=True))
    except Exception:
        raise KeyFileError(
            f"{path} holds no private key as from 'python -m service reports new-key'"
        ) from None


def opened(keys: Sequence[PrivateKey], sealed: bytes) -> dict[str, Any] | None:
    """What was said; ``None`` where none of the keys fits, or the bytes were changed."""
    for key in keys:
        try:
            found: dict[str, Any] = orjson.loads(SealedBox(key).decrypt(sealed))
        except CryptoError:
            continue
        return found
    return None
