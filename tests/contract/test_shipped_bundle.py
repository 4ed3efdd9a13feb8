"""The bundles in this repository: whole, small enough, and right on plain cases they never saw."""

from collections.abc import Iterator

import pytest

from models import bundle
from models.ad import Ad
from models.labels import Kind
from service.api.examples import HONEST, LURE
from service.engine import Engine
from service.settings import Settings

MAX_BYTES = 90 * 10**6
SHIPPED = sorted(one.parent for one in bundle.bundles_dir().glob(f"*/{bundle.MANIFEST}"))

WARNING = (
    "Our office has had three calls this week about the same post: chat support near Poipet, "
    "1,600 USD, free room, tourist visa. Two people who went are not answering. If you were sent "
    "it, do not travel and do not send your passport; call us or the ministry's hotline."
)


@pytest.fixture(scope="module", params=SHIPPED, ids=lambda path: str(path.name))
def engine(request: pytest.FixtureRequest) -> Iterator[Engine]:
    engine = Engine.start(Settings(bundle_dir=request.param))
    yield engine
    engine.scorer.close()


def test_the_champion_is_one_of_them() -> None:
    assert bundle.champion() in SHIPPED


def test_it_fits_in_git(engine: Engine) -> None:
    assert sum(path.stat().st_size for path in engine.bundle.path.iterdir()) <= MAX_BYTES


def test_it_says_what_it_was_trained_on(engine: Engine) -> None:
    manifest = engine.bundle.manifest
    int8 = manifest.figures["int8"]
    assert manifest.name == engine.bundle.path.name
    assert "written" in manifest.data["sources"]
    assert int8["score_change_p99"] <= 0.05
    assert abs(int8["auroc_int8"] - int8["auroc_float32"]) <= 0.005


@pytest.mark.parametrize(
    ("text", "kind"),
    [(LURE, Kind.LURE), (HONEST, Kind.RECRUITMENT), (WARNING, Kind.ABOUT_LURES)],
)
def test_plain_cases(engine: Engine, text: str, kind: Kind) -> None:
    (assessment,) = engine.assess_now([Ad(text)])
    assert assessment.kind == kind


def test_a_lure_shows_its_signs(engine: Engine) -> None:
    (assessment,) = engine.assess_now([Ad(LURE)])
    assert assessment.indicators
    for shown in assessment.indicators:
        for place in shown.spans:
            assert LURE[place.start : place.end].strip()
