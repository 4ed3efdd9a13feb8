"""One service with the console for each kind of database, emptied between tests."""

from collections.abc import Iterator

import pytest
from fastapi.testclient import TestClient

from service.limiting import HOUR_S
from service.store import Database
from service.window import MovingWindow
from tests.service.console.browsing import ACTIONS, SHARE
from tests.service.desk import KINDS, desk, desk_settings, emptied, url_of


@pytest.fixture(scope="module", params=KINDS)
def url(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> str:
    return url_of(request, tmp_path_factory)


@pytest.fixture(scope="module")
def served(url: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[TestClient]:
    actions = tmp_path_factory.mktemp("statements") / "actions.toml"
    actions.write_text(ACTIONS)
    more = {"campaigns": True, "console_batch": 3, "keep_audit_days": 7, "statements": actions}
    with desk(desk_settings(url, **more)) as client:
        yield client


@pytest.fixture(scope="module")
def served_twice(url: str) -> Iterator[TestClient]:
    """Every ad is judged by two."""
    with desk(desk_settings(url, campaigns=True, double_review_share=SHARE)) as client:
        yield client


@pytest.fixture
def database(served: TestClient) -> Database:
    """The service's own, empty."""
    return emptied(served)


@pytest.fixture
def client(served: TestClient, database: Database) -> TestClient:
    served.app.state.runtime().limiter._counted = MovingWindow(HOUR_S)  # type: ignore[attr-defined]
    return served


@pytest.fixture
def twice(served_twice: TestClient) -> TestClient:
    emptied(served_twice)
    return served_twice
