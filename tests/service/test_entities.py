"""Entities over a table of texts, in disguise and at their limits. All contacts are invented."""

import base64
import binascii
import random
from dataclasses import dataclass
from pathlib import Path

import base58
import bech32
from Crypto.Hash import keccak

from models.ad import Ad
from models.rendering import render
from service.entities import Entity, find
from service.entities.wallets import BECH32, BECH32M

TABLE = Path(__file__).with_name("entities_table.tsv")
Triple = tuple[str, str, str]


def seeded(name: str, size: int) -> bytes:
    """Bytes that stand for a key nobody has."""
    return random.Random(name).randbytes(size)


def base58check(version: int, name: str, alphabet: bytes = base58.BITCOIN_ALPHABET) -> str:
    return base58.b58encode_check(bytes([version]) + seeded(name, 20), alphabet).decode()


def segwit(prefix: str, version: int, size: int, constant: int) -> str:
    program = bech32.convertbits(seeded(f"{prefix}{version}", size), 8, 5)
    assert program is not None
    data = [version, *program]
    expanded = bech32.bech32_hrp_expand(prefix) + data
    polymod = bech32.bech32_polymod([*expanded, 0, 0, 0, 0, 0, 0]) ^ constant
    checksum = [(polymod >> 5 * (5 - i)) & 31 for i in range(6)]
    return f"{prefix}1" + "".join(bech32.CHARSET[value] for value in data + checksum)


def ethereum() -> str:
    digits = seeded("ethereum", 20).hex()
    digest = keccak.new(data=digits.encode(), digest_bits=256).hexdigest()
    return "0x" + "".join(
        digit.upper() if int(nibble, 16) >= 8 else digit
        for digit, nibble in zip(digits, digest, strict=False)
    )


def ton() -> str:
    body = b"\x11\x00" + seeded("ton", 32)
    checksum = binascii.crc_hqx(body, 0).to_bytes(2, "big")
    return base64.urlsafe_b64encode(body + checksum).decode()


def broken(address: str) -> str:
    """With one character, near the end, in the other case or another digit."""
    at = next(i for i in range(len(address) - 3, 0, -1) if address[i].isalpha())
    return address[:at] + ("2" if address[at] != "2" else "3") + address[at + 1 :]


def wallets() -> dict[str, str]:
    """Addresses of every chain by the names that the table has for them."""
    good = {
        "btc": base58check(0x00, "btc"),
        "btc3": base58check(0x05, "btc3"),
        "bech32": segwit("bc", 0, 20, BECH32),
        "taproot": segwit("bc", 1, 32, BECH32M),
        "eth": ethereum(),
        "eth_lower": ethereum().lower(),
        "tron": base58check(0x41, "tron"),
        "ltc": base58check(0x30, "ltc"),
        "ltc_segwit": segwit("ltc", 0, 20, BECH32),
        "doge": base58check(0x1E, "doge"),
        "xrp": base58check(0x00, "xrp", base58.RIPPLE_ALPHABET),
        "ton": ton(),
        "sol": base58.b58encode(seeded("solana", 32)).decode(),
    }
    return (
        good
        | {
            f"{name}_broken": broken(address)
            for name, address in good.items()
            if name != "eth_lower"
        }
        | {"eth_broken": ethereum()[:-12] + ethereum()[-12:].swapcase()}
    )


WALLETS = wallets()


@dataclass(frozen=True)
class Line:
    """A text of the table and what it holds."""

    part: str
    language: str
    text: str
    expected: frozenset[Triple]


def filled(cell: str) -> str:
    for name, address in WALLETS.items():
        cell = cell.replace(f"{{{name}}}", address)
    return cell.replace("\\n", "\n")


def table() -> list[Line]:
    """Columns: part, language, text, then for each entity ``type quote -> value``."""
    lines = []
    for row in TABLE.read_text("utf-8").splitlines():
        part, language, *cells = map(filled, row.split("\t"))
        text, *entities = cells
        expected = set()
        for entity in entities:
            kind, rest = entity.split(" ", 1)
            quote, value = rest.rsplit(" -> ", 1)
            assert quote in text, row
            expected.add((kind, quote, value))
        lines.append(Line(part, language, text, frozenset(expected)))
    return lines


def entities(text: str, language: str | None = None, region: str | None = None) -> list[Entity]:
    ad = Ad(text)
    return list(find(render(ad), ad, language, region))


def quoted(text: str, entity: Entity) -> str:
    return "".join(text[place.start : place.end] for place in entity.places)


def triples(text: str, language: str | None = None) -> frozenset[Triple]:
    return frozenset((e.type.value, quoted(text, e), e.value) for e in entities(text, language))
