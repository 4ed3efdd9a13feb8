"""What both clients share of a connection: its settings, and httpx's words in ours."""

import re
from typing import Any

import httpx

from service.client.calls import Call, Lost, Reply

KEY = re.compile("[!-~]+")
"""Signs that a header may carry, and no blank among them."""

NOT_SENT = (
    httpx.ConnectError, httpx.ConnectTimeout, httpx.PoolTimeout, httpx.ProxyError,
    httpx.UnsupportedProtocol, httpx.LocalProtocolError,
)  # fmt: skip
"""Failures before the service heard anything."""


def settings(base_url: str, key: str | None, timeout_s: float) -> dict[str, Any]:
    """Arguments of an httpx client. Raises ``ValueError`` for an address that is none, and for a
    key that no header can carry."""
    try:
        url = httpx.URL(base_url)
        url.host.encode("idna")  # what connecting asks: "a..b" is no host
    except (httpx.InvalidURL, UnicodeError):
        url = httpx.URL()
    if url.scheme not in ("http", "https") or not url.host:
        raise ValueError("base_url: give an address such as 'http://127.0.0.1:8000'")
    headers = {"Accept": "application/json", "User-Agent": "lurewatch-client/1"}
    if key := (key or "").strip():  # a file that holds one ends in a line feed
        if not KEY.fullmatch(key):
            raise ValueError("key: give it as 'python -m service keys add' prints it, 'lw_...'")
        headers["Authorization"] = f"Bearer {key}"
    return {"base_url": url, "headers": headers, "timeout": timeout_s}


def request(call: Call[Any]) -> dict[str, Any]:
    """Arguments of a request."""
    return {
        "method": call.method,
        "url": call.path,
        "params": dict(call.query) or None,
        "headers": dict(call.headers),
        "content": call.content,
    }


def reply(response: httpx.Response) -> Reply:
    """An answer that was read whole."""
    return Reply(response.status_code, response.headers, response.content)


def lost(error: httpx.RequestError) -> Lost:
    """A failure of the connection: its kind, since its message may hold an address with a key."""
    return Lost(type(error).__name__, sent=not isinstance(error, NOT_SENT))
