"""Requests that a page of another site has a browser send.

Where no key is asked for, whoever reaches the port is trusted, and so does every page that is open
in a browser of this machine. Two headers that no script can set tell it from a program of one's
own. A page that leads its own name to this machine, for the browser to take us for that page's site
(DNS rebinding), sends that name as ``Host``. A page that asks us by our own name is told by
``Sec-Fetch-Site`` (Fetch Metadata, W3C) or ``Origin`` (RFC 6454).

What proxies add (``X-Forwarded-Host``) is no help: scripts can set that, and a browser on this
machine comes from the same address as a proxy on it.
"""

from urllib.parse import urlsplit

from fastapi import Request

from service.clients import parsed
from service.errors import ForeignHost, ForeignPage
from service.settings import LOOPBACK, Settings

EMBEDDED = ("object", "embed")
"""What takes a document into a page, though the browser calls it going there."""


def check(request: Request, settings: Settings) -> None:
    """Before a caller without a key is trusted. Raises :class:`~service.errors.ForeignHost` or
    :class:`~service.errors.ForeignPage`."""
    check_host(request, settings)
    ours = from_us(request) or request.headers.get("origin") in settings.cors_origins
    if not ours and not is_visit(request):
        raise ForeignPage


def check_host(request: Request, settings: Settings) -> None:
    """The same by the name alone, where other pages may lead here. Raises
    :class:`~service.errors.ForeignHost`."""
    if not is_known(request.headers.get("host", ""), settings):
        raise ForeignHost


def is_known(host: str, settings: Settings) -> bool:
    """Whether ``Host`` is one that no page of another site can have: an address, which leads
    nowhere else; this machine's own name (RFC 6761, section 6.3); or one that the operator named.
    Beyond this machine also a name without a dot, as containers of one network have: nobody can
    register one. What sends none is no browser."""
    if not host or parsed(host) is not None:
        return True
    name = host.partition(":")[0].rstrip(".").lower()
    if name == "localhost" or name.endswith(".localhost") or name in settings.allowed_hosts:
        return True
    return "." not in name and settings.host not in LOOPBACK


def from_us(request: Request) -> bool:
    """Whether a page of this service sent it, or no page did, as far as the browser says. What says
    nothing is no browser of today."""
    site = request.headers.get("sec-fetch-site")
    if site is not None:
        return site in ("same-origin", "none")
    origin = request.headers.get("origin")
    if origin is None:
        return True
    _, host = split(origin)
    return bool(host) and host == request.headers.get("host")


def is_visit(request: Request) -> bool:
    """Whether somebody followed a link: the page that it stood on reads nothing of the answer, and
    reading changes nothing."""
    headers = request.headers
    going = request.method == "GET" and headers.get("sec-fetch-mode") == "navigate"
    return going and headers.get("sec-fetch-dest") not in EMBEDDED


def split(origin: str) -> tuple[str, str]:
    """Scheme, and host with port; both empty where it is no origin.

    >>> split("https://example.org:8443"), split("http://[")
    (('https', 'example.org:8443'), ('', ''))
    """
    try:
        found = urlsplit(origin)
    except ValueError:
        return "", ""
    return found.scheme, found.netloc
