"""One service with a review queue for each kind of database and file of tests, emptied between
them."""

from collections.abc import Iterator

import pytest
from fastapi.testclient import TestClient

from service.store import Database
from tests.service.desk import KINDS, desk, desk_settings, emptied, url_of


@pytest.fixture(scope="module", params=KINDS)
def url(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> str:
    return url_of(request, tmp_path_factory)


@pytest.fixture(scope="module")
def served(url: str) -> Iterator[TestClient]:
    with desk(desk_settings(url, webhook_private_targets=True)) as client:
        yield client


@pytest.fixture
def database(served: TestClient) -> Database:
    """The service's own, empty."""
    return emptied(served)


@pytest.fixture
def client(served: TestClient, database: Database) -> TestClient:
    return served
