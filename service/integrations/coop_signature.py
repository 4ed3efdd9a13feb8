"""Coop's signature over what it sends: RSASSA-PKCS1-v1_5 with SHA-256 over the raw body, base64 in
the header ``Coop-Signature`` (docs/development/api-auth.md of github.com/roostorg/coop, 1.0.2).

The signature covers neither a time nor an id; see :mod:`service.integrations.coop_words` for what
that means.
"""

import base64
import re
from collections.abc import Sequence
from pathlib import Path

from Crypto.Hash import SHA256
from Crypto.PublicKey import RSA
from Crypto.PublicKey.RSA import RsaKey
from Crypto.Signature import pkcs1_15

from service.errors import CoopError, CoopSignatureWrong

PEM = re.compile(r"-----BEGIN PUBLIC KEY-----([A-Za-z0-9+/=\s]*)-----END PUBLIC KEY-----", re.ASCII)

MIN_BITS = 2048
"""Of a key; Coop makes keys of this size."""


def public_keys(path: Path) -> tuple[RsaKey, ...]:
    """The keys in a file, one PEM block after another: two while a key is being replaced.

    Raises :class:`~service.errors.CoopError`.
    """
    try:
        text = path.read_text("utf-8")
    except (OSError, UnicodeDecodeError) as error:
        reason = error.strerror if isinstance(error, OSError) else "not text"
        raise CoopError(f"LUREWATCH_COOP_PUBLIC_KEYS: {path}: {reason}") from None
    if "PRIVATE KEY" in text:
        raise CoopError(
            f"LUREWATCH_COOP_PUBLIC_KEYS: {path} holds a private key; give the public one that "
            "Coop shows under Settings, API Keys"
        )
    blocks = PEM.findall(text)
    if not blocks:
        raise CoopError(
            f"LUREWATCH_COOP_PUBLIC_KEYS: {path} holds no '-----BEGIN PUBLIC KEY-----' block"
        )
    return tuple(public_key(block, f"{path}, key {i}") for i, block in enumerate(blocks, 1))


def public_key(block: str, where: str) -> RsaKey:
    """One key, from the base64 between the lines of a PEM block."""
    try:
        key = RSA.import_key(base64.b64decode("".join(block.split()), validate=True))
    except (ValueError, IndexError, TypeError):
        raise CoopError(f"LUREWATCH_COOP_PUBLIC_KEYS: {where} is no RSA public key") from None
    if key.size_in_bits() < MIN_BITS:
        raise CoopError(
            f"LUREWATCH_COOP_PUBLIC_KEYS: {where} has {key.size_in_bits()} bits, at least "
            f"{MIN_BITS} are needed"
        )
    return key


def verify(keys: Sequence[RsaKey], header: str | None, body: bytes) -> None:
    """Pass where one of the keys signed the body.

    Raises :class:`~service.errors.CoopSignatureWrong`.
    """
    if not header:
        raise CoopSignatureWrong("the header `Coop-Signature` is missing")
    try:
        signature = base64.b64decode(header, validate=True)
    except ValueError:
        raise CoopSignatureWrong("the header `Coop-Signature` is not base64") from None
    if not any(signed(key, signature, body) for key in keys):
        raise CoopSignatureWrong(
            "the header `Coop-Signature` does not fit the body: send the body byte for byte as "
            "Coop sent it, and give this service the key that Coop shows under Settings, API Keys"
        )


def signed(key: RsaKey, signature: bytes, body: bytes) -> bool:
    """Whether the key signed the body."""
    try:
        pkcs1_15.new(key).verify(SHA256.new(body), signature)
    except ValueError:
        return False
    return True
