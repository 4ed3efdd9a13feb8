"""What ROOST's Pigeon asks of a classifier."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from fastapi.testclient import TestClient

from service.access import Scope, add
from service.api.examples import LURE
from service.app import create_app
from service.integrations.labels import LABELS
from service.settings import Settings
from service.store import Database
from tests.live import StubModel, stub_engine


def classify(client: TestClient, **body: object) -> Any:
    return client.post("/v1/classify", json={"model": "lurewatch", "input": {"text": LURE}} | body)


def test_the_spec_names_what_classify_gives(client: TestClient) -> None:
    (spec,) = client.get("/v1/modelspecs").json()["modelspecs"]
    assert spec["kind"] == "classifier"
    assert spec["inputTypes"] == ["text"]
    assert spec["version"] == "tiny-1"
    assert {label["valueType"] for label in spec["labels"]} == {"score"}
    answer = classify(client, model=spec["id"])
    assert answer.status_code == 200
    assert answer.json()["model"] == spec["version"]
    results = answer.json()["results"]
    assert [one["label"] for one in results] == [label["id"] for label in spec["labels"]]
    assert [one["label"] for one in results] == list(LABELS)
    score = client.post("/v1/score", json={"ads": [{"text": LURE}]}).json()["results"][0]["score"]
    assert results[0]["score"] == score


def test_a_version_may_be_pinned(client: TestClient) -> None:
    assert classify(client, model="tiny-1").status_code == 200


@pytest.mark.parametrize(
    ("body", "status", "kind"),
    [
        ({"model": "another"}, 404, "unknown-model"),
        ({"policy": "Refuse what promises easy money."}, 422, "not-supported"),
        ({"input": {"text": "x", "mediaUrl": "https://example.com/a.png"}}, 422, "not-supported"),
        ({"input": {"text": " "}}, 422, "empty-ad"),
        ({"input": {}}, 422, "invalid-request"),
    ],
)
def test_refusals_are_problems_with_a_detail(
    client: TestClient, body: dict[str, object], status: int, kind: str
) -> None:
    answer = classify(client, **body)
    assert answer.status_code == status
    assert answer.json()["type"] == f"/problems/{kind}"
    assert isinstance(answer.json()["detail"], str)
    assert "example.com" not in answer.text


@pytest.fixture
def guarded(tmp_path: Path) -> Iterator[TestClient]:
    settings = Settings(data_dir=tmp_path, authentication="on")
    with TestClient(create_app(settings, lambda s: stub_engine(s, StubModel()))) as client:
        yield client


def test_a_key_is_asked_for_where_keys_are(guarded: TestClient, tmp_path: Path) -> None:
    database = Database(f"sqlite:///{tmp_path / 'lurewatch.db'}")
    _, key = database.write_now(add, "pigeon", [Scope.SCORE])
    _, other = database.write_now(add, "reviewer", [Scope.REVIEW])
    database.close()
    for given, status in (("", 401), ("lw_wrong", 401), (other, 403), (key, 200)):
        headers = {"Authorization": f"Bearer {given}"} if given else {}
        assert guarded.get("/v1/modelspecs", headers=headers).status_code == status
        body = {"model": "lurewatch", "input": {"text": "x"}}
        assert guarded.post("/v1/classify", json=body, headers=headers).status_code == status
        moderation = guarded.post("/v1/moderations", json={"input": "x"}, headers=headers)
        assert moderation.status_code == status
        assert ("error" in moderation.json()) == (status != 200)
        assert guarded.post("/predict", json={"inputs": "x"}, headers=headers).status_code == status
