"""The bundle in this repository: whole, small enough, and right on plain cases it never saw."""

import pytest

from models import bundle
from models.ad import Ad
from models.labels import Kind
from service.api.examples import HONEST, LURE
from service.engine import Engine

MAX_BYTES = 90 * 10**6

WARNING = (
    "Our office has had three calls this week about the same post: chat support near Poipet, "
    "1,600 USD, free room, tourist visa. Two people who went are not answering. If you were sent "
    "it, do not travel and do not send your passport; call us or the ministry's hotline."
)


def test_it_fits_in_git() -> None:
    folder = bundle.champion()
    assert sum(path.stat().st_size for path in folder.iterdir()) <= MAX_BYTES


def test_it_says_what_it_was_trained_on(champion_engine: Engine) -> None:
    manifest = champion_engine.bundle.manifest
    int8 = manifest.figures["int8"]
    assert manifest.name == bundle.champion().name
    assert "written" in manifest.data["sources"]
    assert int8["score_change_p99"] <= 0.05
    assert abs(int8["auroc_int8"] - int8["auroc_float32"]) <= 0.005


@pytest.mark.parametrize(
    ("text", "kind"),
    [(LURE, Kind.LURE), (HONEST, Kind.RECRUITMENT), (WARNING, Kind.ABOUT_LURES)],
)
def test_plain_cases(champion_engine: Engine, text: str, kind: Kind) -> None:
    (assessment,) = champion_engine.assess_now([Ad(text)])
    assert assessment.kind == kind


def test_a_lure_shows_its_signs(champion_engine: Engine) -> None:
    (assessment,) = champion_engine.assess_now([Ad(LURE)])
    assert assessment.indicators
    for shown in assessment.indicators:
        for place in shown.spans:
            assert LURE[place.start : place.end].strip()
