"""What an answer says beside the score: language, disguises, entities, reasons, words."""

import json
import re
from collections.abc import Iterator
from html import unescape
from pathlib import Path
from typing import Any

import pytest
from fastapi.testclient import TestClient

import service
from models.labels import INDICATORS, Kind
from models.rendering import Located
from service.__main__ import main
from service.api.results import indicator
from service.api.schemas import Span
from service.app import create_app
from service.assessment import Assessment, Shown
from service.drawn import marked
from service.indicators import languages
from service.settings import Settings
from service.statement import MAX_FACTS, draft
from tests.conftest import TinyRun

TEXT = (
    "Packers wanted at the fish market, 1,200 USD a month. Write to @fisher_boss_01 on Telegram or "
    "call +1 202 555 0143, wоrk starts on Monday."
)


def ask(client: TestClient, ad: dict[str, Any], **more: Any) -> dict[str, Any]:
    headers = more.pop("headers", {})
    answer = client.post("/v1/score", json={"ads": [ad], **more}, headers=headers)
    assert answer.status_code == 200, answer.text
    (result,) = answer.json()["results"]
    assert isinstance(result, dict)
    return result


def test_language_and_disguises_are_told(client: TestClient) -> None:
    result = ask(client, {"text": TEXT})
    assert result["language"]["tag"] == "en"
    assert result["language"]["script"] == "Latn"
    assert result["rendering"] == {"changed": ["look_alike_letters"]}
    assert ask(client, {"text": "DM me"})["language"]["tag"] == "und"


def test_entities_come_with_types_and_places_and_values_only_when_asked(client: TestClient) -> None:
    plain = ask(client, {"text": TEXT})["entities"]
    assert {one["type"] for one in plain} == {"amount", "handle", "phone"}
    assert all(one["value"] is None and one["amount"] is None for one in plain)
    asked = ask(client, {"text": TEXT}, entity_values=True)["entities"]
    by_type = {one["type"]: one for one in asked}
    assert by_type["phone"]["value"] == "+12025550143"
    assert by_type["handle"]["service"] == "telegram"
    assert by_type["amount"]["amount"] == {
        "low": "1200", "high": "1200", "currency": "USD", "period": "month",
    }  # fmt: skip
    span = by_type["phone"]["spans"][0]
    assert TEXT[span["start"] : span["end"]] == "+1 202 555 0143"


def test_own_turns_are_taken_and_their_contacts_left_alone(client: TestClient) -> None:
    thread = ["Call me: +1 202 555 0143", {"text": "Mine is +1 202 555 0199", "role": "own"}]
    result = ask(client, {"text": "Come tomorrow", "thread": thread}, entity_values=True)
    assert [one["value"] for one in result["entities"]] == ["+12025550143"]
    assert {one["span"]["field"] for one in result["evidence"]} <= {"text", "thread/0"}


@pytest.mark.parametrize("turn", [7, {"role": "own"}, {"text": "x", "role": "boss"}])
def test_a_wrong_turn_is_named(client: TestClient, turn: object) -> None:
    answer = client.post("/v1/score", json={"ads": [{"text": "x", "thread": ["y", turn]}]})
    assert answer.status_code == 422
    places = [one["pointer"] for one in answer.json()["errors"]]
    assert all(place.startswith("/ads/0/thread/1") for place in places)


@pytest.mark.parametrize("language", languages())
def test_an_indicator_comes_in_words_with_its_source(language: str) -> None:
    shown = Shown(INDICATORS[20], 0.9, (Located("text", 0, 4),))
    told = indicator(shown, language)
    assert told.language == language
    assert told.direction == ("rtl" if language in ("ar", "ur") else "ltr")
    assert told.meaning
    assert told.honest
    assert told.source.year > 1990


def test_the_language_of_the_words_is_asked_for_or_accepted(client: TestClient) -> None:
    """Whatever the tiny bundle shows: the request is taken, and a wrong tag is refused."""
    headers = {"Accept-Language": "xx, th;q=0.8"}
    for one in ask(client, {"text": TEXT}, headers=headers)["indicators"]:
        assert one["language"] == "th"
    for one in ask(client, {"text": TEXT}, answer_language="pt-AO")["indicators"]:
        assert one["language"] == "pt"
    wrong = client.post("/v1/score", json={"ads": [{"text": "x"}], "answer_language": "??"})
    assert wrong.status_code == 422


POLICY = """
version: 1
name: strict
revision: 7
mode: {mode}
thresholds:
  default: {{nudge: 0.0, review: 0.0, block: never}}
rules: []
"""


@pytest.fixture
def strict(tiny_run: TinyRun, tmp_path: Path) -> Iterator[TestClient]:
    path = tmp_path / "strict.yaml"
    path.write_text(POLICY.format(mode="observe"))
    other = tmp_path / "other.yaml"
    other.write_text(POLICY.format(mode="enforce").replace("strict", "other"))
    settings = Settings(bundle_dir=tiny_run.bundle, policy=path, dry_run_policy=other)
    with TestClient(create_app(settings)) as client:
        yield client


def test_a_policy_that_observes_and_one_that_is_tried(strict: TestClient) -> None:
    result = ask(strict, {"text": TEXT}, statement_of_reasons=True)
    assert (result["policy"], result["decision"], result["observed"]) == (
        "strict/7", "allow", "review",
    )  # fmt: skip
    assert result["dry_run"]["policy"] == "other/7"
    assert result["dry_run"]["decision"] == "review"
    assert result["dry_run"]["reasons"] == [
        {"reason": "score_at_review", "rule": None, "decision": "review"}
    ]
    assert result["statement_of_reasons"] is None, "nothing is restricted"
    assert strict.get("/v1/model").json()["policy"] == "strict/7"


def test_a_statement_of_reasons_quotes_nothing_and_names_what_is_left(
    tiny_run: TinyRun, tmp_path: Path
) -> None:
    path = tmp_path / "strict.yaml"
    path.write_text(POLICY.format(mode="enforce"))
    with TestClient(create_app(Settings(bundle_dir=tiny_run.bundle, policy=path))) as client:
        statement = ask(client, {"text": TEXT}, statement_of_reasons=True)["statement_of_reasons"]
    assert statement["automated_decision"] == "AUTOMATED_DECISION_PARTIALLY"
    assert statement["category"] == "STATEMENT_CATEGORY_SCAMS_AND_FRAUD"
    assert "fish market" not in json.dumps(statement)
    assert "clause_of_terms" in statement["to_complete"]


def test_the_facts_of_a_statement_fit_and_never_conclude() -> None:
    shown = tuple(Shown(one, 0.9, ()) for one in INDICATORS)
    assessment = Assessment(0.97, Kind.LURE, {}, {}, (), 0.0, 0.0, 0.0, shown, 1, 1)
    made = draft(assessment, "block", "bundle-1", "p/1")
    assert len(made.facts) <= MAX_FACTS
    assert "indicators are present" in made.facts
    assert made.automated_decision == "AUTOMATED_DECISION_FULLY"
    assert "traffick" not in made.facts


def test_a_drawn_text_loses_nothing_and_runs_nothing() -> None:
    text = "<script>pay</script> & \u202efee"
    spans = [Span(field="text", start=8, end=11), Span(field="title", start=0, end=5)]
    entity = [Span(field="text", start=9, end=13)]
    found = marked(text, spans, entity)
    assert found.startswith('&lt;script&gt;<mark class="i">p</mark><mark class="i e">ay</mark>')
    assert '<mark class="e">&lt;/</mark>' in found
    assert unescape(re.sub("</?mark[^>]*>", "", found)) == text


def test_the_ten_scripts_are_drawn(
    tiny_run: TinyRun, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("LUREWATCH_BUNDLE_DIR", str(tiny_run.bundle))
    examples = Path(service.__file__).parent / "examples" / "ten_scripts.jsonl"
    out = tmp_path / "page.html"
    assert main(["draw", str(examples), "--out", str(out), "--language", "sw"]) == 0
    page = out.read_text("utf-8")
    assert page.count("<article>") == 10
    assert not re.search("(?:src|href)=", page)
    assert main(["draw", str(tmp_path / "none"), "--out", str(out)]) == 2
