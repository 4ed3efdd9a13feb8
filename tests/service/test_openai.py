"""``POST /v1/moderations`` by OpenAI's own client, over a real socket."""

from collections.abc import Iterator
from threading import Thread
from typing import Any

import openai
import pytest
from fastapi.testclient import TestClient

from service.api.examples import HONEST, LURE
from service.app import create_app
from service.integrations.openai import CATEGORIES
from service.settings import Settings
from tests.conftest import TinyRun
from tests.live import StubModel, live, stub_engine, until

SECRET = "xylophone-Жираф-秘密"
IMAGE = {"type": "image_url", "image_url": {"url": "https://example.com/a.png"}}


@pytest.fixture(scope="module")
def address(tiny_run: TinyRun) -> Iterator[str]:
    settings = Settings(bundle_dir=tiny_run.bundle, max_request_ads=4)
    with live(create_app(settings)) as url:
        yield url


@pytest.fixture
def official(address: str) -> Iterator[openai.OpenAI]:
    with openai.OpenAI(base_url=f"{address}/v1", api_key="unused", max_retries=0) as client:
        yield client


def test_a_string_has_one_result(official: openai.OpenAI) -> None:
    answer = official.moderations.create(input=LURE)
    assert answer.model == "tiny-1"
    assert answer.id.startswith("modr-")
    (result,) = answer.results
    found = result.to_dict()
    for part in ("categories", "category_scores", "category_applied_input_types"):
        assert list(found[part]) == list(CATEGORIES.values())  # type: ignore[call-overload]


def test_strings_have_a_result_each_in_order(official: openai.OpenAI) -> None:
    answer = official.moderations.create(input=[HONEST, LURE], model="lurewatch-latest")
    honest, lure = (one.to_dict()["category_scores"] for one in answer.results)
    alone = official.moderations.create(input=LURE, model="tiny-1").results[0]
    assert lure == alone.to_dict()["category_scores"]
    assert honest != lure


def test_parts_are_one_text(official: openai.OpenAI) -> None:
    parts: Any = [{"type": "text", "text": "Hiring"}, {"type": "text", "text": LURE}]
    (parted,) = official.moderations.create(input=parts).results
    (joined,) = official.moderations.create(input=f"Hiring\n{LURE}").results
    assert parted == joined


def test_an_unknown_model_is_not_found(official: openai.OpenAI) -> None:
    with pytest.raises(openai.NotFoundError) as caught:
        official.moderations.create(input="x", model="omni-moderation-latest")
    assert caught.value.code == "model_not_found"
    assert caught.value.param == "model"
    assert "tiny-1, lurewatch-latest" in str(caught.value)


@pytest.mark.parametrize(
    ("given", "code"),
    [
        ([IMAGE], "not_supported"),
        ([{"type": "text", "text": "x"}, IMAGE], "not_supported"),
        ([{"type": "text"}], "not_supported"),
        ([{"type": "video"}], "invalid_request"),
        ([{"type": "text", "text": "x"}, "y"], "invalid_request"),
        ([{"type": "text", "text": "x" * 15_000}] * 2, "batch_too_large"),
        (["x"] * 5, "batch_too_large"),
        ("x" * 20_001, "invalid_request"),
        ([], "empty_batch"),
        ("", "empty_ad"),
        (["x", " "], "empty_ad"),
        (7, "invalid_request"),
        ({"texts": ["x"]}, "invalid_request"),  # our inside is nobody's form
    ],
)
def test_refusals_are_what_its_client_knows(official: openai.OpenAI, given: Any, code: str) -> None:
    with pytest.raises(openai.BadRequestError) as caught:
        official.moderations.create(input=given)
    assert caught.value.code == code
    assert caught.value.param == "input"
    assert caught.value.type == "invalid_request_error"


def test_an_error_says_nothing_of_the_text(client: TestClient) -> None:
    bodies: list[Any] = [
        {"input": {SECRET: 1}}, {"input": [{"type": SECRET}]}, {"input": "x", SECRET: 1},
        {"input": "x", "model": SECRET}, {"input": [{"type": "text", "text": SECRET}, IMAGE]},
    ]  # fmt: skip
    for body in bodies:
        answer = client.post("/v1/moderations", json=body)
        assert answer.status_code in (400, 404)
        assert set(answer.json()["error"]) == {"message", "type", "param", "code"}
        assert SECRET not in answer.text


def test_what_never_reaches_the_endpoint_is_in_its_shape_too(client: TestClient) -> None:
    large = client.post("/v1/moderations", json={"input": "x" * 200_000})
    assert large.status_code == 413
    other = client.post("/v1/moderations", content=b"x", headers={"content-type": "text/plain"})
    assert other.status_code == 415
    for answer in (large, other, client.get("/v1/moderations")):
        assert answer.json()["error"]["type"] == "invalid_request_error"


def test_flagged_is_the_decision_of_the_policy() -> None:
    """The stub calls everything a lure, without a harm that is sure enough to be named."""
    settings = Settings()
    with TestClient(create_app(settings, lambda s: stub_engine(s, StubModel()))) as client:
        (result,) = client.post("/v1/moderations", json={"input": "x"}).json()["results"]
        body = {"ads": [{"text": "x"}]}
        (ours,) = client.post("/v1/score", json=body).json()["results"]
    assert ours["decision"] == "review"
    assert result["flagged"] is True
    assert result["categories"]["recruitment-lure"] is True
    score = result["category_scores"]["recruitment-lure"]
    assert score == ours["score"]
    for label, name in CATEGORIES.items():
        if label != "recruitment_lure":
            assert result["category_scores"][name] == pytest.approx(score / 2)


def test_overload_is_a_rate_limit_that_says_when_to_come_back() -> None:
    model = StubModel()
    model.gate.clear()
    settings = Settings(workers=1, max_queued_chars=20_000)
    app = create_app(settings, lambda s: stub_engine(s, model))
    with live(app) as url, openai.OpenAI(base_url=f"{url}/v1", api_key="k", max_retries=0) as asks:
        waiting = Thread(target=asks.moderations.create, kwargs={"input": "x" * 12_000})
        waiting.start()
        until(lambda: model.begun)
        with pytest.raises(openai.RateLimitError) as caught:
            asks.moderations.create(input="x" * 12_000)
        model.gate.set()
        waiting.join()
    assert int(caught.value.response.headers["retry-after"]) > 0
    assert caught.value.code == "rate_limit_exceeded"
