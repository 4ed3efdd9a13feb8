"""What the pages load from here: script, icons, manifest and the worker that keeps the advice."""

from pathlib import Path

import orjson
from fastapi import APIRouter, Request, Response
from fastapi.responses import FileResponse

from service.edge import ICONS
from service.errors import UnknownId
from service.pages.context import Page
from service.pages.html import FOLDER

router = APIRouter(include_in_schema=False)

STATIC = FOLDER / "static"
TYPES = {
    "pages.js": "text/javascript; charset=utf-8",
    "icon.svg": "image/svg+xml",
    "icon-192.png": "image/png",
    "icon-512.png": "image/png",
}
"""Served under ``/pages/``, each under its own name alone."""

KEPT = {"Cache-Control": "public, max-age=3600", "X-Content-Type-Options": "nosniff"}


@router.get("/pages/{name}")
async def asset(name: str) -> FileResponse:
    """One of :data:`TYPES`."""
    if name not in TYPES:
        raise UnknownId("address")
    return FileResponse(STATIC / name, media_type=TYPES[name], headers=KEPT)


async def icon() -> FileResponse:
    """For browsers that ask for one by themselves."""
    return await asset("icon-192.png")


for address in ICONS:
    router.get(address)(icon)


@router.get("/worker.js")
async def worker() -> FileResponse:
    """Stands at the root, or it could not answer for the pages there."""
    path: Path = STATIC / "worker.js"
    return FileResponse(path, media_type="text/javascript", headers={"Cache-Control": "no-cache"})


@router.get("/manifest.webmanifest")
async def manifest(request: Request) -> Response:
    """A web app manifest (W3C), in the reader's language."""
    page = Page(request)
    icons = [
        {"src": f"/pages/icon-{size}.png", "sizes": f"{size}x{size}", "type": "image/png"}
        for size in (192, 512)
    ]
    body = {
        "name": page.plain("page.title"),
        "short_name": page.plain("page.check"),
        "lang": page.language,
        "dir": page.direction,
        "id": "/",
        "start_url": page.link("/"),
        "scope": "/",
        "display": "standalone",
        "background_color": "#ffffff",
        "theme_color": "#0b4f6c",
        "icons": icons,
    }
    headers = {"Cache-Control": "no-cache", "Vary": "Accept-Language"}
    return Response(orjson.dumps(body), headers=headers, media_type="application/manifest+json")
