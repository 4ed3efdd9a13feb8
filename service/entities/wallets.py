"""Wallet addresses whose checksum holds: a random string passes with a chance of one in 2³⁰
(bech32) or 2³² (Base58Check), so that nothing else is asked of them.

Three forms say less: an Ethereum address in one case carries no checksum, 40 hexadecimal digits
after ``0x`` are its sign; a Solana address is a bare key, it counts only where the text names the
coin; TON has 16 bits of checksum and two fixed letters.
"""

import base64
import binascii
import re
from collections.abc import Callable, Iterator

import base58
import bech32

from service.entities.entity import Chain, EntityType
from service.entities.reading import Found, Reading

_BASE58 = "[1-9A-HJ-NP-Za-km-z]"
_ALONE, _END = r"(?<![A-Za-z0-9])", r"(?![A-Za-z0-9])"
_LONG_RUN = re.compile(r"[\w-]{25}", re.ASCII)
_SOLANA_NAMED = re.compile(r"\bsol(?:ana)?\b|phantom")


def _base58check(alphabet: bytes, *versions: int) -> Callable[[str], bool]:
    """Check for 20 bytes after one of the version bytes, and four of double SHA-256 after them."""

    def check(address: str) -> bool:
        try:
            decoded = base58.b58decode_check(address, alphabet=alphabet)
        except ValueError:
            return False
        return len(decoded) == 21 and decoded[0] in versions

    return check


BECH32, BECH32M = 1, 0x2BC830A3
"""Remainders of the two checksums (Bitcoin Improvement Proposals 173 and 350)."""


def _segwit(address: str) -> bool:
    """Witness program with the checksum of its version."""
    address = address.lower()
    prefix, _, data = address.rpartition("1")
    values = [bech32.CHARSET.find(char) for char in data]
    if len(values) < 7 or min(values) < 0:
        return False
    remainder = bech32.bech32_polymod(bech32.bech32_hrp_expand(prefix) + values)
    program = bech32.convertbits(values[1:-6], 5, 8, False)
    expected = BECH32 if values[0] == 0 else BECH32M
    return remainder == expected and program is not None and 2 <= len(program) <= 40


def _ethereum(address: str) -> bool:
    """Capitals as Ethereum Improvement Proposal 55 sets them, or one case throughout."""
    digits = address[2:]
    if digits in (digits.lower(), digits.upper()):
        return len(set(digits.lower())) > 6  # not zeros, not a pattern typed by hand
    from Crypto.Hash import keccak  # a compiler's grammar comes with it

    digest = keccak.new(data=digits.lower().encode(), digest_bits=256).hexdigest()
    return all(
        digit == (digit.upper() if int(nibble, 16) >= 8 else digit.lower())
        for digit, nibble in zip(digits, digest, strict=False)
    )


def _ton(address: str) -> bool:
    """Two bytes, 32 of account, CRC-16/XMODEM (TON Enhancement Proposal 2)."""
    decoded = base64.urlsafe_b64decode(address.replace("+", "-").replace("/", "_"))
    return binascii.crc_hqx(decoded[:-2], 0) == int.from_bytes(decoded[-2:], "big")


def _key(address: str) -> bool:
    return len(base58.b58decode(address)) == 32


_BITCOIN = base58.BITCOIN_ALPHABET
_tron = _base58check(_BITCOIN, 0x41)
FORMS: tuple[tuple[Chain, str, Callable[[str], bool]], ...] = (
    (Chain.BITCOIN, f"[13]{_BASE58}{{25,34}}", _base58check(_BITCOIN, 0x00, 0x05)),
    (Chain.BITCOIN, "(?:bc1[ac-hj-np-z02-9]{11,71}|BC1[AC-HJ-NP-Z02-9]{11,71})", _segwit),
    (Chain.ETHEREUM, "0[xX][0-9a-fA-F]{40}", _ethereum),
    (Chain.TRON, f"T{_BASE58}{{33}}", _tron),
    (Chain.LITECOIN, f"[LM]{_BASE58}{{25,34}}", _base58check(_BITCOIN, 0x30, 0x32)),
    (Chain.LITECOIN, "ltc1[ac-hj-np-z02-9]{11,71}", _segwit),
    (Chain.DOGECOIN, f"[DA9]{_BASE58}{{25,34}}", _base58check(_BITCOIN, 0x1E, 0x16)),
    (Chain.RIPPLE, f"r{_BASE58}{{24,34}}", _base58check(base58.RIPPLE_ALPHABET, 0x00)),
    (Chain.TON, "[EUk0]Q[A-Za-z0-9_+/-]{46}", _ton),
    (Chain.SOLANA, f"{_BASE58}{{32,44}}", _key),
)
_FORMS = [(c, re.compile(f"{_ALONE}(?:{form}){_END}"), check) for c, form, check in FORMS]

_GAP = r"[ \-.·]?"
_APART = [
    (Chain.TRON, re.compile(f"{_ALONE}T(?:{_GAP}{_BASE58}){{33}}{_END}"), _tron),
    (
        Chain.ETHEREUM,
        re.compile(f"{_ALONE}0{_GAP}[xX](?:{_GAP}[0-9a-fA-F]){{40}}{_END}"),
        _ethereum,
    ),
]
_NOT_GAP = re.compile(r"[^ \-.·]")


def find_wallets(reading: Reading) -> Iterator[Found]:
    """Addresses in one piece, then Tron and Ethereum addresses set apart by spaces."""
    text = reading.latin
    if _LONG_RUN.search(text):
        for chain, form, check in _FORMS:
            if chain is Chain.SOLANA and not _SOLANA_NAMED.search(reading.lower):
                continue
            for match in form.finditer(text):
                if check(match.group()):
                    yield _found(chain, match, match.group())
    for chain, form, check in _APART:
        for match in form.finditer(text):
            address = "".join(_NOT_GAP.findall(match.group()))
            if len(address) < len(match.group()) and _mixed(address) and check(address):
                yield _found(chain, match, address)


def _mixed(address: str) -> bool:
    """Whether it has digits and letters, as prose in which a word begins with T has not."""
    return sum(char.isdigit() for char in address) >= 3


def _found(chain: Chain, match: re.Match[str], address: str) -> Found:
    return Found(EntityType.WALLET, *match.span(), f"{chain}:{address}", chain=chain)
