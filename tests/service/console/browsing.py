"""A reviewer's browser without scripts: follows forms as they stand in the page."""

import re
from dataclasses import replace
from html import unescape
from typing import Any

from fastapi.testclient import TestClient

from service.console.gate import COOKIE
from service.console.shift import opened, sealed

SHARE = 1.0
ACTIONS = """
[all]
decision_visibility = ["DECISION_VISIBILITY_CONTENT_REMOVED"]
territorial_scope = ["EU"]
incompatible_content_ground = "Terms of use, section 4.2"
"""
"""What the platform says of its decisions, for statements of reasons."""

TOKEN = re.compile(r'name="token" value="([^"]+)"')
AD = re.compile(r'name="ad" value="(ad_[0-9a-f]{32})"')
HEADING = re.compile(r"<h1[^>]*>(.*?)</h1>", re.DOTALL)


class Reviewer:
    """One who is signed in, with cookies of their own."""

    def __init__(self, client: TestClient, name: str = "ana", key: str = "") -> None:
        self.client = TestClient(client.app)
        self.client.headers.update({"Accept-Language": "en"})
        given = {"name": name} | ({"key": key} if key else {})
        answer = self.client.post("/review/sign-in", data=given, follow_redirects=False)
        assert answer.status_code == 303, answer.text

    def open(self, path: str = "/review", **query: str) -> str:
        """The page at an address."""
        answer = self.client.get(path, params=query or None)
        assert answer.status_code == 200, (path, answer.status_code)
        return answer.text

    def send(self, path: str, page: str = "", **fields: Any) -> Any:
        """A form, with the token of the page that it stands in."""
        found = TOKEN.search(page or self.open("/review/settings"))
        assert found
        data = {"token": unescape(found[1]), **fields}
        return self.client.post(path, data=data, follow_redirects=False)

    def sat(self, minutes: float) -> None:
        """As if they had begun, or come back from a break, so long ago."""
        vault = self.client.app.state.runtime().vault  # type: ignore[attr-defined]
        shift = opened(self.client.cookies[COOKIE], vault)
        assert shift is not None
        self.client.cookies.clear()
        earlier = replace(shift, sitting=shift.sitting - minutes * 60)
        self.client.cookies.set(
            COOKIE, sealed(earlier, vault), domain="testserver.local", path="/review"
        )

    def decide(self, kind: str = "lure", **fields: Any) -> str:
        """The ad on the desk; gives its id."""
        page = self.open()
        ad = ad_on(page)
        answer = self.send("/review/decide", page, ad=ad, kind=kind, **fields)
        assert answer.headers["location"] == "/review?done=kept"
        return ad


def ad_on(page: str) -> str:
    """Id of the ad on the desk."""
    found = AD.search(page)
    assert found, heading(page)
    return found[1]


def heading(page: str) -> str:
    """Of a page."""
    found = HEADING.search(page)
    assert found
    return unescape(found[1]).strip()
