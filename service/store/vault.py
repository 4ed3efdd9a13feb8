"""The one secret of an installation, and what is made from it: sealed texts, and hashes that nobody
can make without it.

Texts are sealed before they reach the database, so that neither its files, nor its log, nor a
backup holds a word of an ad; the key lies apart from it.
"""

import base64
import hashlib
import hmac
import os
import secrets
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import orjson
from nacl.exceptions import CryptoError
from nacl.secret import SecretBox

from service.errors import VaultError

KEY_BYTES = 32


class Vault:
    """Seals and hashes. Safe to call from several threads at once."""

    def __init__(self, key: bytes) -> None:
        if len(key) != KEY_BYTES:
            raise VaultError(f"the key has {len(key)} bytes, {KEY_BYTES} are needed")
        self._box = SecretBox(derived(key, "seal"))
        self._hash = derived(key, "hash")

    @classmethod
    def open(cls, secret: str | None, key_file: Path, may_make: bool) -> "Vault":
        """From the setting, or from the file; the file is made where it may be.

        Raises :class:`~service.errors.VaultError` for a key that cannot be read.
        """
        if secret is not None:
            return cls(decoded(secret, "LUREWATCH_SECRET_KEY"))
        try:
            if may_make and not key_file.exists():
                make(key_file)
        except OSError:
            raise VaultError(
                f"{key_file} cannot be made; let the user that runs this write there, or set "
                "LUREWATCH_SECRET_KEY to 32 random bytes in base64"
            ) from None
        try:
            return cls(decoded(key_file.read_text("ascii"), str(key_file)))
        except (OSError, UnicodeDecodeError):
            raise VaultError(
                f"{key_file} cannot be read; set LUREWATCH_SECRET_KEY to 32 random bytes in base64"
            ) from None

    def seal(self, value: Mapping[str, Any]) -> bytes:
        """A JSON object, so that only :meth:`unseal` gives it back (XSalsa20-Poly1305)."""
        return self.seal_bytes(orjson.dumps(value))

    def unseal(self, sealed: bytes) -> dict[str, Any]:
        """What was sealed. Raises :class:`~service.errors.VaultError` if it was changed, or sealed
        with another key."""
        found: dict[str, Any] = orjson.loads(self.unseal_bytes(sealed))
        return found

    def seal_bytes(self, value: bytes) -> bytes:
        """As :meth:`seal`, for bytes that must come back exactly."""
        return bytes(self._box.encrypt(value))

    def unseal_bytes(self, sealed: bytes) -> bytes:
        """The bytes."""
        try:
            return self._box.decrypt(sealed)
        except CryptoError:
            raise VaultError(
                "a row cannot be opened: it was sealed with another key, or damaged; "
                "LUREWATCH_SECRET_KEY must stay the same"
            ) from None

    def hashed(self, purpose: str, value: str | bytes) -> str:
        """Keyed hash (HMAC-SHA-256, 128 bits of it, hexadecimal). The same value has another hash
        for another purpose, so that two tables cannot be joined by it."""
        content = value.encode("utf-8", "surrogatepass") if isinstance(value, str) else value
        message = purpose.encode() + b"\0" + content
        return hmac.new(self._hash, message, hashlib.sha256).hexdigest()[:32]

    def author(self, author_id: str | None) -> str | None:
        """The hash by which an author's ads are found and erased."""
        return None if author_id is None else self.hashed("author", author_id)


def derived(key: bytes, purpose: str) -> bytes:
    """A key of its own for each purpose."""
    return hmac.new(key, b"lurewatch/" + purpose.encode(), hashlib.sha256).digest()


def decoded(text: str, where: str) -> bytes:
    """32 bytes from base64, with or without padding, of either alphabet."""
    plain = text.strip().replace("-", "+").replace("_", "/").rstrip("=")
    try:
        key = base64.b64decode(plain + "=" * (-len(plain) % 4), validate=True)
    except ValueError:
        key = b""
    if len(key) != KEY_BYTES:
        raise VaultError(
            f"{where} holds no key: 32 random bytes in base64 are needed, as from "
            "'python -m service new-key'"
        )
    return key


def new_key() -> str:
    """A key for the setting or the file."""
    return base64.b64encode(secrets.token_bytes(KEY_BYTES)).decode("ascii")


def make(path: Path) -> None:
    """Write a new key that its owner alone may read; one that another process wrote first stays."""
    path.parent.mkdir(parents=True, exist_ok=True)
    fresh = path.with_name(f"{path.name}.{secrets.token_hex(4)}")
    with os.fdopen(os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as stream:
        stream.write(new_key() + "\n")
        stream.flush()
        os.fsync(stream.fileno())
    try:
        os.link(fresh, path)
    except FileExistsError:
        pass
    finally:
        fresh.unlink()
