"""The card that Coop shows says what the shipped bundle says, and every number is the bundle's."""

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from models.bundle import Bundle
from models.labels import Harm as HarmName
from models.labels import Kind as KindName
from service.__main__ import main
from service.commands.plugin import written
from service.errors import CoopError
from service.integrations.coop_card import HARMS, KINDS, card
from tests import live

CARD = Path(__file__).parents[3] / "service" / "plugins" / "coop" / "src" / "modelcard.json"


@pytest.fixture
def champion() -> Bundle:
    return live.champion()


def words_of(told: dict[str, Any], name: str) -> str:
    """Everything that a section says."""
    (found,) = (one for one in told["modelCard"]["sections"] if one["id"] == name)
    return json.dumps(found, ensure_ascii=False)


def test_the_plugin_carries_the_card_of_the_shipped_bundle(champion: Bundle) -> None:
    renew = "python -m service plugin coop --out service/plugins/coop/src/modelcard.json"
    assert CARD.read_text("utf-8") == written(card(champion)), renew


def test_the_command_writes_it(
    tmp_path: Path, champion: Bundle, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("models.bundle.load", lambda path: champion)  # loaded once is enough
    assert main(["plugin", "coop", "--out", str(tmp_path / "card.json")]) == 0
    assert (tmp_path / "card.json").read_text("utf-8") == written(card(champion))
    assert main(["plugin", "coop", "--out", str(tmp_path / "no" / "card.json")]) == 2


def test_every_label_has_words() -> None:
    assert set(KINDS) == set(KindName)
    assert set(HARMS) == set(HarmName)


def test_thresholds_are_those_of_the_strictest_and_the_widest_point(champion: Bundle) -> None:
    points = {one.name: one.threshold for one in champion.calibration.operating_points}
    thresholds = card(champion)["thresholds"]
    assert thresholds["highPrecision"] == pytest.approx(points["high_precision"], abs=1e-4)
    assert thresholds["highRecall"] == pytest.approx(points["high_recall"], abs=1e-4)
    assert thresholds["highPrecision"] > thresholds["highRecall"]


def test_figures_come_from_the_bundle(champion: Bundle) -> None:
    told = card(champion)
    data, figures = champion.manifest.data, champion.manifest.figures
    assert f"{data['rows']:,}" in words_of(told, "trainingData")
    assert all(f"Source {name}" in words_of(told, "trainingData") for name in data["sources"])
    assert figures["held_out"]
    for found in figures["held_out"].values():
        assert f"{found['auroc']:.4f}" in words_of(told, "performanceBenchmarks")
    said = " ".join(champion.card.split())
    limits = json.loads(words_of(told, "biasAndLimitations"))["fields"]
    bullets = [one["value"] for one in limits if one["label"].startswith("Limit ")]
    assert len(bullets) >= 3
    assert all(one in said for one in bullets)


def test_a_bundle_with_few_figures_has_a_card_too(champion: Bundle) -> None:
    bare = champion.manifest.model_copy(update={"data": {}, "figures": {}})
    told = card(replace(champion, manifest=bare, card="# nothing"))
    assert len(told["modelCard"]["sections"]) == 7
    assert "Held-out" not in words_of(told, "performanceBenchmarks")


def test_without_the_two_points_there_is_no_card(champion: Bundle) -> None:
    point = champion.calibration.operating_points[0]
    lone = champion.calibration.model_copy(update={"operating_points": (point,)})
    with pytest.raises(CoopError, match="no operating point high_recall"):
        card(replace(champion, calibration=lone))
