"""Pages as answers: templates, and the headers that keep everything of others out.

The style stands in the page, so that one request on a slow connection shows all of it; the policy
allows it by its digest, and no other.
"""

import base64
import gzip
import hashlib
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from fastapi import Request, Response
from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup

FOLDER = Path(__file__).parent
STYLE = (FOLDER / "static" / "pages.css").read_text("utf-8")

_STYLE_DIGEST = base64.b64encode(hashlib.sha256(STYLE.encode()).digest()).decode()

POLICY = (
    "default-src 'none'; script-src 'self'; connect-src 'self'; img-src 'self'; "
    "manifest-src 'self'; worker-src 'self'; form-action 'self'; base-uri 'none'; "
    f"frame-ancestors 'none'; style-src 'sha256-{_STYLE_DIGEST}'"
)
"""Content Security Policy, level 3."""

HEADERS = {
    "Content-Security-Policy": POLICY,
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=()",
    "Cache-Control": "no-store",
    "Vary": "Accept-Language, Accept-Encoding",
}
"""``no-store``: nothing stays in the cache of a device that several people use, not even for its
back button."""

TEMPLATES = Environment(
    loader=FileSystemLoader(FOLDER / "templates"),
    autoescape=True,
    undefined=StrictUndefined,
    trim_blocks=True,
    lstrip_blocks=True,
)
TEMPLATES.globals["style"] = Markup(STYLE)


def page(
    request: Request, name: str, values: Mapping[str, Any], status: int = 200,
    headers: Mapping[str, str] | None = None,
) -> Response:  # fmt: skip
    """A template with its values, compressed where the browser takes that. Nothing secret stands
    beside what a caller sent, so its length tells nothing (BREACH)."""
    body = TEMPLATES.get_template(f"{name}.html.j2").render(values).encode()
    sent = {**HEADERS, **(headers or {})}
    if "gzip" in request.headers.get("accept-encoding", ""):
        body = gzip.compress(body, 6, mtime=0)
        sent["Content-Encoding"] = "gzip"
    return Response(body, status, sent, media_type="text/html")
