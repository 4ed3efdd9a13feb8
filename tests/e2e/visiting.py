"""A person's browser, and what it did: for tests of pages in a real Chromium."""

import re
from typing import Any

from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, BrowserContext, Page, ViewportSize

NARROW: ViewportSize = {"width": 320, "height": 640}
WIDE: ViewportSize = {"width": 1280, "height": 900}


NAMED = (
    "button", "checkbox", "combobox", "heading", "img", "link", "navigation", "region", "search",
    "textbox",
)  # fmt: skip
"""Roles that say nothing without a name."""

NAMELESS = re.compile(rf"- '?({'|'.join(NAMED)})\b(?! \")")


class Visit:
    """One window."""

    def __init__(self, browser: Browser, address: str, **options: Any) -> None:
        self.address = address
        self.context: BrowserContext = browser.new_context(base_url=address, **options)
        self.page: Page = self.context.new_page()
        self.complaints: list[str] = []
        self.asked: list[str] = []
        self.page.on("console", lambda message: self.complaints.append(message.text))
        self.page.on("pageerror", lambda error: self.complaints.append(str(error)))
        self.page.on("dialog", lambda dialog: self.complaints.append(dialog.message))
        self.context.on("request", lambda request: self.asked.append(request.url))

    def overflow(self) -> int:
        """Pixels by which the page is wider than the screen."""
        return int(
            self.page.evaluate(
                "document.documentElement.scrollWidth - document.documentElement.clientWidth"
            )
        )

    def violations(self, contrast: bool = True) -> list[str]:
        """What axe finds, as rule and place. ``contrast`` takes most of the time."""
        rules = {} if contrast else {"color-contrast": {"enabled": False}}
        options = {"resultTypes": ["violations"], "rules": rules}
        found = Axe().run(self.page, options=options).response["violations"]
        return [f"{one['id']}: {node['html'][:200]}" for one in found for node in one["nodes"]]

    def nameless(self) -> list[str]:
        """Lines of what a screen reader is given that have no name and need one."""
        lines = self.page.locator("body").aria_snapshot().splitlines()
        assert len(lines) > 5, lines
        return [line.strip() for line in lines if NAMELESS.match(line.strip())]
