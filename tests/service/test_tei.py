"""``POST /predict`` as Text Embeddings Inference has it."""

import json
import math
from typing import Any

import pytest
from fastapi.testclient import TestClient

from service.api.examples import HONEST, LURE
from service.integrations.labels import LABELS

SECRET = "xylophone-Жираф-秘密"


def post(client: TestClient, **body: object) -> Any:
    headers = {"content-type": "application/json"}  # written so that any string can be
    return client.post("/predict", content=json.dumps(body), headers=headers)


def ours(client: TestClient, text: str) -> Any:
    return client.post("/v1/score", json={"ads": [{"text": text}]}).json()["results"][0]


def test_one_text_is_answered_by_one_list_sorted(client: TestClient) -> None:
    answer = post(client, inputs=LURE)
    assert answer.status_code == 200
    assert answer.headers["x-model"] == "tiny-1"
    found = {one["label"]: one["score"] for one in answer.json()}
    assert set(found) == set(LABELS)
    assert list(found.values()) == sorted(found.values(), reverse=True)
    result = ours(client, LURE)
    assert found["recruitment_lure"] == result["score"]
    for one in result["harms"]:
        assert found[one["harm"]] == pytest.approx(one["probability"] * result["score"])


def test_a_batch_is_answered_in_order(client: TestClient) -> None:
    first, second = post(client, inputs=[[HONEST], [LURE]]).json()
    assert first == post(client, inputs=HONEST).json()
    assert second == post(client, inputs=[LURE]).json()


def test_a_raw_score_is_the_logit_of_the_probability(client: TestClient) -> None:
    raw = post(client, inputs=LURE, raw_scores=True).json()
    plain = {one["label"]: one["score"] for one in post(client, inputs=LURE).json()}
    for one in raw:
        assert 1 / (1 + math.exp(-one["score"])) == pytest.approx(plain[one["label"]])
    lure = next(one["score"] for one in raw if one["label"] == "recruitment_lure")
    assert lure == pytest.approx(ours(client, LURE)["logit"])


def test_labels_do_not_share_one_sum(client: TestClient) -> None:
    scores = [one["score"] for one in post(client, inputs=LURE).json()]
    lure = max(scores)
    assert all(score <= lure for score in scores)
    assert sum(scores) != pytest.approx(1, abs=1e-3)


def test_fields_that_are_not_known_are_left_alone(client: TestClient) -> None:
    assert post(client, inputs="a job", parameters={}).status_code == 200


def test_a_long_text_is_cut_only_where_that_is_asked_for(client: TestClient) -> None:
    text = HONEST + " word" * 4000
    refused = post(client, inputs=text)
    assert refused.status_code == 422
    assert refused.json()["error_type"] == "validation"
    right = post(client, inputs=text, truncate=True)
    assert right.json() == post(client, inputs=text[:20_000]).json()
    left = post(client, inputs=text, truncate=True, truncation_direction="Left")
    assert left.json() == post(client, inputs=text[-20_000:]).json()


@pytest.mark.parametrize(
    ("inputs", "status", "kind"),
    [
        (["one", "two"], 422, "validation"),  # a pair, as TEI reads it
        ([["one", "two"]], 422, "validation"),
        ([["one"], []], 422, "validation"),
        ([["one"], "two"], 422, "validation"),
        (7, 422, "validation"),
        ({"single": True, "rows": [["x"]]}, 422, "validation"),  # our inside is nobody's form
        ([], 400, "empty"),
        ("", 400, "empty"),
        ([["one"], [" "]], 400, "empty"),
        ([["one"]] * 5, 422, "validation"),
        ("\ud800", 422, "validation"),
    ],
)
def test_refusals_are_in_its_shape(
    client: TestClient, inputs: object, status: int, kind: str
) -> None:
    answer = post(client, inputs=inputs)
    assert answer.status_code == status
    assert set(answer.json()) == {"error", "error_type"}
    assert answer.json()["error_type"] == kind
    assert "application/json" in answer.headers["content-type"]


def test_what_never_reaches_the_endpoint_is_in_its_shape_too(client: TestClient) -> None:
    plain = client.post("/predict", content=b"x", headers={"content-type": "text/plain"})
    assert plain.status_code == 415
    large = client.post("/predict", json={"inputs": "x" * 200_000})
    assert large.status_code == 413
    broken = client.post("/predict", content=b"{", headers={"content-type": "application/json"})
    assert broken.status_code == 400
    for answer in (plain, large, broken, client.get("/predict")):
        assert set(answer.json()) == {"error", "error_type"}


def test_an_error_says_nothing_of_the_text(client: TestClient) -> None:
    for body in ({"inputs": [SECRET, SECRET]}, {"inputs": {SECRET: 1}}, {SECRET: 1, "inputs": 3}):
        assert SECRET not in client.post("/predict", json=body).text
