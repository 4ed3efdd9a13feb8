"""The whole measurement, small: the service with a small bundle, and the bare session."""

import asyncio
import json
from pathlib import Path

import pytest

from models import bundle
from service.settings import unknown_variables
from tests.bench import contestants as who
from tests.bench import ndjson
from tests.bench.__main__ import main
from tests.bench.cells import FULL, OPEN, Cell, quick
from tests.bench.mix import Unique
from tests.bench.process import DidNotStart, Server, clean_environment
from tests.bench.rounds import Plan, Result, answers, run
from tests.bench.table import markdown, read
from tests.bench.texts import TooFewTexts, of_file
from tests.conftest import TinyRun
from tests.e2e.processes import ROOT, free_port

CELLS = (
    Cell("unique 1", "unique", 1, 6),
    Cell("unique 16", "unique", 4, 8),
    Cell("recorded 16", "recorded", 4, 12),
    Cell("unique 64 a request", "unique", 1, 8, per_request=4),
    Cell(OPEN.format(0.7), "recorded", 4, 8, share=0.7, seconds=0.5),
)


@pytest.fixture
def ads(tmp_path: Path) -> Path:
    path = tmp_path / "ads.jsonl"
    lines = [{"text": f"Picker {n} wanted, call <phone>", "language": "en-GB"} for n in range(30)]
    path.write_text("".join(json.dumps(line) + "\n" for line in lines))
    return path


def test_all_loads_are_measured_and_told(tiny_run: TinyRun, ads: Path, tmp_path: Path) -> None:
    loaded = bundle.load(tiny_run.bundle)
    broken = who.variant("broken:LUREWATCH_WORKERS=none")
    plan = Plan(
        contestants=[who.SERVED[0], broken], bare=True, cells=CELLS, rounds=1, repeats=0.3,
        seed=1, bundle=tiny_run.bundle, model=Path(), pythons={}, folder=tmp_path,
    )  # fmt: skip
    pool = of_file(ads, loaded)
    facts = dict.fromkeys(
        ("at", "commit", "processor", "processors", "memory_gb", "system", "python", "bundle",
         "onnxruntime", "texts"), "?",
    )  # fmt: skip
    out = tmp_path / "result.jsonl"
    result = Result(out, {**facts, "ours": [who.OURS], "missing": {}})
    asyncio.run(run(plan, Unique(pool, 1, as_it_comes=True), result))
    measured = read(out)
    assert measured.cells == [cell.name for cell in CELLS]
    for cell in CELLS:
        assert measured.failed(cell.name, who.OURS) == {}
        assert measured.pooled(cell.name, who.OURS)
        assert measured.field(cell.name, who.OURS, "processor_ms")[1] > 0
    assert measured.who("unique 1") == sorted(
        measured.who("unique 1"), key=lambda name: -measured.rate("unique 1", name)[1]
    )
    assert set(measured.who("unique 1")) == {who.OURS, who.BARE}
    assert who.BARE not in measured.who("unique 64 a request")
    assert "LUREWATCH_WORKERS" in measured.missing["broken"]
    assert measured.other("held", who.OURS, "rss_mb")[1] > 50
    assert 0 < measured.other("start", who.OURS, "seconds")[1] < 60
    assert "| ours |" in markdown(measured)


def test_a_long_stream_is_answered_in_order_and_weighed(tiny_run: TinyRun, tmp_path: Path) -> None:
    place = who.Place(free_port(), who.this_python(), Path(), tiny_run.bundle, tmp_path)
    ours = who.SERVED[0]
    environment = clean_environment(**ours.settings(place))
    url = f"http://127.0.0.1:{place.port}"
    with Server(ours.command(place), environment, tmp_path / "log", ROOT) as server:
        server.until(lambda: answers(ours, url + ours.path, ours.request(["a job"])))
        curve = asyncio.run(
            ndjson.stream(
                f"{url}/v1/score/stream", ["a job", "another"], 400, 0.1, server, lambda: 1.0,
                lambda _: None,
            )
        )  # fmt: skip
    assert curve.ads == 400
    assert len(curve.samples) == 201
    assert curve.most_mb > 50
    assert "400 ads" in ndjson.drawn(curve)
    ndjson.keep(curve, tmp_path / "curve.json")
    assert json.loads((tmp_path / "curve.json").read_text())["ads"] == 400


def test_growth_is_that_of_the_second_half() -> None:
    samples = [ndjson.Sample(n, n, 100 + min(n, 50) + max(0, n - 50) * 2, 1) for n in range(101)]
    assert ndjson.Curve(tuple(samples), 100, 1.0).growth_mb == pytest.approx(100)


def test_a_server_that_goes_is_told_with_its_last_words(tmp_path: Path) -> None:
    command = [str(who.this_python()), "-c", "raise SystemExit('no wheel for this machine')"]
    with (
        Server(command, clean_environment(), tmp_path / "log", ROOT) as server,
        pytest.raises(DidNotStart, match="no wheel"),
    ):
        server.until(lambda: False)


def test_variants_are_read_and_wrong_ones_refused() -> None:
    made = who.variant("one thread:LUREWATCH_WORKERS=1,LUREWATCH_CACHE_MB=0")
    assert made.name == "one thread"
    assert made.environment == {"LUREWATCH_WORKERS": "1", "LUREWATCH_CACHE_MB": "0"}
    for wrong in ("one thread", ":LUREWATCH_WORKERS=1", "a:WORKERS=1"):
        with pytest.raises(who.NoSuchContestant):
            who.variant(wrong)
    with pytest.raises(who.NoSuchContestant, match="there are: ours"):
        who.chosen(["tei"])


def test_a_variant_with_a_registry_serves_its_champion() -> None:
    place = who.Place(1, Path("python"), Path("model"), Path("bundle"), Path("scratch"))
    plain = who.variant("plain:LUREWATCH_WORKERS=1").settings(place)
    assert plain["LUREWATCH_BUNDLE_DIR"] == "bundle"
    named = who.variant("theirs:LUREWATCH_REGISTRY=registry").settings(place)
    assert "LUREWATCH_BUNDLE_DIR" not in named
    both = who.variant("one:LUREWATCH_REGISTRY=registry,LUREWATCH_BUNDLE_DIR=name").settings(place)
    assert both["LUREWATCH_BUNDLE_DIR"] == "name"


def test_the_variant_that_remembers_nothing_has_settings_that_there_are() -> None:
    (unaided,) = who.chosen([who.UNAIDED])
    assert unaided.environment["LUREWATCH_CACHE_MB"] == "0"
    assert unknown_variables(unaided.environment) == []


def test_an_answer_about_fewer_texts_is_no_good_one() -> None:
    by_name = {one.name: one for one in who.SERVED}
    assert by_name["ours"].is_good(b'{"results": [{}, {}]}', 2)
    assert not by_name["ours"].is_good(b'{"results": [{}]}', 2)
    assert not by_name["infinity"].is_good(b'{"error": "overloaded"}', 1)
    assert not by_name["plain"].is_good(b"Internal Server Error", 1)


def test_wrong_lines_of_ones_own_are_named(tiny_run: TinyRun, tmp_path: Path) -> None:
    path = tmp_path / "ads.jsonl"
    path.write_text('{"text": "a job"}\n{"title": "no text"}\n')
    with pytest.raises(TooFewTexts, match=r"ads\.jsonl:2"):
        of_file(path, bundle.load(tiny_run.bundle))


def test_quick_asks_less_and_leaves_out_no_kind_of_load() -> None:
    small = quick(FULL)
    assert {(one.mix, one.callers, one.per_request) for one in small} == {
        (one.mix, one.callers, one.per_request) for one in FULL
    }
    assert sum(one.ads for one in small) < sum(one.ads for one in FULL) / 2


def test_the_command_refuses_what_it_cannot_do(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["run", "--only", "nobody"]) == 2
    assert "there are" in capsys.readouterr().err
    assert main(["table", "nowhere.jsonl"]) == 2
