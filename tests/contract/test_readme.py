"""The README's requests are sent to the shipped bundle, and its answers are the real ones."""

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from fastapi.testclient import TestClient

from models import bundle
from service.app import create_app
from service.policy.load import parse
from service.settings import Settings

ROOT = Path(__file__).parents[2]
README = (ROOT / "README.md").read_text("utf-8")

CLOSE = 0.05
"""Scores differ a little between processors: int8 products are summed in another order."""

SAMPLE = re.compile(
    r"<!-- sample: (\w+) -->\n```sh\ncurl .*?-d '(.*?)'\n```\n\n```json\n(.*?)\n```", re.DOTALL
)
SAMPLES = {
    name: (json.loads(sent), json.loads(shown)) for name, sent, shown in SAMPLE.findall(README)
}


@pytest.fixture(scope="module")
def client() -> Iterator[TestClient]:
    with TestClient(create_app(Settings(bundle_dir=bundle.champion()))) as client:
        yield client


def test_both_samples_are_there() -> None:
    assert set(SAMPLES) == {"lure", "honest"}


@pytest.mark.parametrize("name", SAMPLES)
def test_an_answer_is_the_real_one(client: TestClient, name: str) -> None:
    sent, shown = SAMPLES[name]
    answer = client.post("/v1/score", json=sent)
    assert answer.status_code == 200
    (expected,), (given,) = shown["results"], answer.json()["results"]
    assert set(given) == set(expected)
    for field in ("id", "kind", "decision", "policy", "model", "windows"):
        assert given[field] == expected[field], field
    assert given["score"] == pytest.approx(expected["score"], abs=CLOSE)
    assert given["kinds"] == pytest.approx(expected["kinds"], abs=CLOSE)
    assert given["constant"] == pytest.approx(expected["constant"], abs=0.001)  # no product in it
    assert given["logit"] == pytest.approx(expected["logit"], abs=1.5)
    assert given["rest"] == pytest.approx(expected["rest"], abs=1.5)
    assert names(given["harms"], "harm") == names(expected["harms"], "harm")
    shown_indicators = {one["indicator"]: one for one in given["indicators"]}
    varying = {"strength": 0, "spans": []}
    for one in expected["indicators"]:  # cut short in the README
        found = shown_indicators[one["indicator"]]
        assert {**found, **varying} == {**one, **varying}
        assert all(any(meet(span, other) for other in found["spans"]) for span in one["spans"])
    for one in expected["evidence"]:  # where words are joined differs a little too
        assert any(meet(one["span"], other["span"]) for other in given["evidence"])


def meet(one: dict[str, Any], other: dict[str, Any]) -> bool:
    apart = one["start"] >= other["end"] or other["start"] >= one["end"]
    return one["field"] == other["field"] and not apart


def names(entries: list[dict[str, Any]], key: str) -> set[str]:
    return {entry[key] for entry in entries}


def test_the_policy_shown_is_taken(client: TestClient) -> None:
    (shown,) = re.findall(r"```yaml\n(version: 1.*?)```", README, re.DOTALL)
    points = bundle.load(bundle.champion()).calibration.operating_points
    policy = parse(shown.encode(), "README.md", points)
    assert policy.label == "our_dating_app/3"


@pytest.mark.parametrize("target", ["serve", "test", "train", "lint", "format", "gate", "evaluate"])
def test_commands_it_names_exist(target: str) -> None:
    assert re.search(rf"^{target}:", (ROOT / "Makefile").read_text(), re.MULTILINE)


def test_links_lead_somewhere() -> None:
    for link in re.findall(r"\]\(([^)#:]+)\)", README):
        assert (ROOT / link).exists(), link
