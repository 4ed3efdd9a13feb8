"""Headers that keep others out of what is answered; on every answer, whoever makes it.

After the OWASP Secure Headers Project and its REST Security Cheat Sheet. What an answer says itself
stands: the pages for people have a policy of their own (:mod:`service.pages.html`).
"""

from collections.abc import Sequence
from typing import Any

from starlette.datastructures import Headers, MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from service.clients import Network, parsed

EVERYWHERE = {
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Cache-Control": "no-store",  # a score belongs to whoever asked, and to no cache on the way
}

OF_DATA = "default-src 'none'; frame-ancestors 'none'"
"""Content Security Policy of what no browser should show."""

OF_DOCS = (
    "default-src 'self'; script-src 'self' 'unsafe-inline'; style-src 'self' 'unsafe-inline'; "
    "img-src 'self' data:; object-src 'none'; base-uri 'none'; frame-ancestors 'none'"
)
"""Of /docs, whose page starts its script in a line."""

LOADED = ("text/javascript", "application/javascript", "text/css", "image/", "font/")
"""What pages load. A policy on a service worker's script would bind what the worker fetches."""

DAY_S = 86_400

CORS: dict[str, Any] = {
    "allow_methods": ["GET", "POST", "PUT", "PATCH", "DELETE"],
    "allow_headers": [
        "Authorization", "Content-Type", "Idempotency-Key", "X-Request-Id", "traceparent",
    ],
    "expose_headers": [
        "X-Request-ID", "Retry-After", "Location", "RateLimit", "RateLimit-Policy",
    ],
    "max_age": 600,
}  # fmt: skip
"""What pages of the origins that the operator names may send and read."""


class SafeHeaders:
    """The outermost layer."""

    def __init__(self, app: ASGIApp, hsts_days: int, trusted: Sequence[Network]) -> None:
        """``hsts_days``: how long browsers keep to https once they came so; 0 for never."""
        self.app = app
        self._hsts = f"max-age={hsts_days * DAY_S}" if hsts_days else ""
        self._trusted = trusted

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """One request."""
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        secure = bool(self._hsts) and self.is_secure(scope)

        async def sending(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                for name, value in EVERYWHERE.items():
                    headers.setdefault(name, value)
                if policy := policy_for(headers.get("content-type", "")):
                    headers.setdefault("Content-Security-Policy", policy)
                if secure:  # never over http (RFC 6797, section 7.2)
                    headers["Strict-Transport-Security"] = self._hsts
            await send(message)

        await self.app(scope, receive, sending)

    def is_secure(self, scope: Scope) -> bool:
        """Whether the caller came by https, to us or to a proxy that we trust."""
        if scope["scheme"] == "https":
            return True
        client = scope.get("client")
        peer = parsed(client[0]) if client else None
        if peer is None or not any(peer in network for network in self._trusted):
            return False
        told = Headers(scope=scope).get("x-forwarded-proto", "")
        return told.rpartition(",")[2].strip().lower() == "https"


def policy_for(media_type: str) -> str:
    """The policy of an answer that has none."""
    if media_type.startswith("text/html"):
        return OF_DOCS
    return "" if media_type.startswith(LOADED) else OF_DATA
