"""Sealing what people report, so that only the operator's private key opens it.

libsodium's sealed box: an ephemeral key for every part, forgotten at once, so that not even the
process that sealed it can open it again (https://doc.libsodium.org/public-key_cryptography/sealed_boxes).
"""

import base64
from collections.abc import Mapping
from typing import Annotated, Any

import orjson
from nacl.public import PublicKey, SealedBox
from pydantic import AfterValidator

SMALLEST = 1024
"""Bytes of the smallest size class. Each is twice the one before."""

PRIVATE = "lurewatch-reports-private-key:"
"""What a private key's file begins with, so that nobody takes it for the public one."""


def seal(public_key: str, said: Mapping[str, Any]) -> bytes:
    """A JSON object, sealed. Its length tells the size class alone."""
    return bytes(SealedBox(to_public_key(public_key)).encrypt(padded(orjson.dumps(said))))


def padded(content: bytes) -> bytes:
    """JSON, filled up with spaces, which JSON ignores, to the next power of two from 1,024 bytes.

    >>> len(padded(b"{}")), len(padded(b"a" * 1025))
    (1024, 2048)
    """
    return content.ljust(max(SMALLEST, 1 << (len(content) - 1).bit_length()))


def to_public_key(text: str) -> PublicKey:
    """From base64. Raises ``ValueError`` for anything but 32 bytes that can seal."""
    if text.startswith(PRIVATE):
        raise ValueError(
            "this is the private key; set the public one, and make a new pair if others saw this"
        )
    try:
        key = PublicKey(base64.b64decode(text.strip(), validate=True))
        SealedBox(key).encrypt(b"")  # some numbers are no key
    except Exception:
        raise ValueError(
            "no public key: 32 bytes in base64 are needed, as from "
            "'python -m service reports new-key'"
        ) from None
    return key


def checked(text: str) -> str:
    """The same text, if it is a public key."""
    to_public_key(text)
    return text


PublicKeyText = Annotated[str, AfterValidator(checked)]
"""A setting that is refused at start rather than when the first person reports something."""
