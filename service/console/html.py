"""Pages of the console as answers: templates, static files, and the headers that keep everything of
others out.

Nothing inline: script, style and htmx come from here under addresses that change with their
content, so that a browser asks for each once.
"""

import gzip
import hashlib
import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from fastapi import Request, Response
from jinja2 import Environment, FileSystemLoader, StrictUndefined

FOLDER = Path(__file__).parent
TYPES = {
    "console.css": "text/css; charset=utf-8",
    "console.js": "text/javascript; charset=utf-8",
    "htmx.min.js": "text/javascript; charset=utf-8",
    "icon.svg": "image/svg+xml",
}
"""htmx 2.0.11 as its authors publish it, its licence (Zero-Clause BSD) beside it. The packages that
carry it bring another web framework along."""

SHARED = FOLDER.parent / "pages" / "static"
"""Of the checker: the icon."""

STATIC = {
    name: ((SHARED if name == "icon.svg" else FOLDER / "static") / name).read_bytes()
    for name in TYPES
}
ADDRESSES = {
    name: f"/review/static/{hashlib.sha256(content).hexdigest()[:16]}/{name}"
    for name, content in STATIC.items()
}

HTMX = {
    "allowEval": False,
    "allowScriptTags": False,
    "historyCacheSize": 0,
    "historyRestoreAsHxRequest": False,
    "includeIndicatorStyles": False,
    "refreshOnHistoryMiss": True,
    "reportValidityOfForms": True,
    "responseHandling": [{"code": "204", "swap": False}, {"code": "[2345]..", "swap": True}],
    "selfRequestsOnly": True,
    "timeout": 30_000,
}
"""No word of an ad is kept in the browser's storage, and nothing is evaluated."""

POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; "
    "img-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
)
"""Content Security Policy, level 3."""

HEADERS = {
    "Content-Security-Policy": POLICY,
    # Forms carry `Origin` only under a policy that is not `no-referrer` (Fetch, section 3.1).
    "Referrer-Policy": "same-origin",
    "X-Content-Type-Options": "nosniff",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=()",
    "Cache-Control": "no-store",
    "Vary": "Accept-Language, Accept-Encoding, Cookie",
}

TEMPLATES = Environment(
    loader=FileSystemLoader(FOLDER / "templates"),
    autoescape=True,
    undefined=StrictUndefined,
    trim_blocks=True,
    lstrip_blocks=True,
)
TEMPLATES.globals["addresses"] = ADDRESSES
TEMPLATES.globals["htmx"] = json.dumps(HTMX)


def page(
    request: Request, name: str, values: Mapping[str, Any], status: int = 200,
    headers: Mapping[str, str] | None = None,
) -> Response:  # fmt: skip
    """A template with its values, compressed where the browser takes that."""
    body = TEMPLATES.get_template(f"{name}.html.j2").render(values).encode("utf-8", "replace")
    sent = {**HEADERS, **(headers or {})}
    return packed(request, body, status, sent, "text/html")


def static(request: Request, digest: str, name: str) -> Response | None:
    """A file of :data:`TYPES` by its address; ``None`` where that is not its address now."""
    if ADDRESSES.get(name) != f"/review/static/{digest}/{name}":
        return None
    headers = {
        "Cache-Control": "public, max-age=31536000, immutable",
        "Vary": "Accept-Encoding",
        "X-Content-Type-Options": "nosniff",
    }
    return packed(request, STATIC[name], 200, headers, TYPES[name])


def packed(
    request: Request, body: bytes, status: int, headers: dict[str, str], media_type: str
) -> Response:
    """Compressed, if it may be."""
    if "gzip" in request.headers.get("accept-encoding", ""):
        body = gzip.compress(body, 6, mtime=0)
        headers["Content-Encoding"] = "gzip"
    return Response(body, status, headers, media_type=media_type)
