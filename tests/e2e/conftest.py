"""The browser that tests of pages and console drive, and the engine that those of streams ask."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, sync_playwright

from service.engine import Engine
from service.settings import Settings
from tests.e2e.browser import chromium
from tests.live import StubModel, stub_engine


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with sync_playwright() as playwright:
        # No sandbox, which the root of a container has none of; the pages are our own.
        path = chromium(playwright)
        found = playwright.chromium.launch(executable_path=path, args=["--no-sandbox"])
        yield found
        found.close()


@pytest.fixture(scope="module")
def engine() -> Iterator[Engine]:
    made = stub_engine(Settings(workers=1), StubModel())
    yield made
    made.scorer.close()
