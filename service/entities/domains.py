"""Registered domains by the public suffix list that tldextract carries: nothing is fetched."""

import re
from functools import cache
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import tldextract

_ADDRESS = re.compile(r"(?:\d{1,3}\.){3}\d{1,3}")


@cache
def suffixes() -> "tldextract.TLDExtract":
    """Opened when the first ad that names a host comes: with it comes ``requests``."""
    import tldextract

    return tldextract.TLDExtract(suffix_list_urls=(), cache_dir=None)


def registered_domain(host: str) -> str | None:
    """``example.co.uk`` of ``jobs.example.co.uk``; ``None`` where no public suffix ends it."""
    parts = suffixes()(host)
    return f"{parts.domain}.{parts.suffix}" if parts.domain and parts.suffix else None


def has_suffix(host: str) -> bool:
    """Whether ``host`` is a registered domain or lies under one."""
    return registered_domain(host) is not None


def is_address(host: str) -> bool:
    """Whether it is an IP address, version 4."""
    return bool(_ADDRESS.fullmatch(host)) and all(int(n) < 256 for n in host.split("."))
