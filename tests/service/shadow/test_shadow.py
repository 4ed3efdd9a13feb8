"""A challenger beside the bundle that serves: what is counted, and that nobody waits for it."""

import asyncio
import time
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from fastapi.testclient import TestClient
from hypothesis import given
from hypothesis import strategies as st

from models.ad import Ad, Platform
from models.intervals import wilson
from service.app import create_app
from service.campaigns.seen import Seen
from service.changeover import selftest
from service.engine import Answer, Engine
from service.settings import Settings
from service.shadow import tally
from service.shadow.report import disagreement
from service.shadow.shadow import WAITING_CHARS, Shadow
from service.shadow.tally import Compared, Tally
from tests.conftest import TinyRun
from tests.live import WAIT_S, StubModel, stub_engine
from tests.service.registry import Registry

TEXTS = [f"Seasonal work {i}, room free, contract before travel" for i in range(6)]


@pytest.fixture
def registry(tmp_path: Path, tiny_run: TinyRun) -> Registry:
    made = Registry(tmp_path / "registry", tiny_run.bundle)
    for name in ("one", "two", "challenger"):
        made.add(name)
    made.promote("one")
    return made


@pytest.fixture
def client(registry: Registry) -> Iterator[TestClient]:
    challenger = registry.folder / "challenger"
    settings = Settings(registry=registry.folder, shadow_bundle=challenger, shadow_share=1)
    with TestClient(create_app(settings)) as client:
        yield client


def score(client: TestClient, **fields: str) -> None:
    ads = [{"text": text, **fields} for text in TEXTS]
    assert client.post("/v1/score", json={"ads": ads}).status_code == 200


def report(client: TestClient, ads: int) -> Any:
    """As soon as so many ads are compared."""
    end = time.monotonic() + WAIT_S
    while True:
        found = client.get("/v1/model/shadow").json()
        counted = [one["ads"] for one in found["slices"] if one["slice"] == "all"]
        if counted == [ads]:
            return found
        assert time.monotonic() < end, found
        time.sleep(0.05)


def test_disagreement_is_told_by_slice(client: TestClient) -> None:
    score(client, platform="dating", language="sw-KE")
    score(client, language="sw")
    found = report(client, 12)
    assert (found["champion"], found["challenger"]) == ("one", "challenger")
    by_slice = {(one["slice"], one["value"]): one for one in found["slices"]}
    assert by_slice["language", "sw"]["ads"] == 12
    assert by_slice["platform", "dating"]["ads"] == by_slice["platform", "not given"]["ads"] == 6
    everything = by_slice["all", "all"]
    assert everything["agreement"] == 1, "it is the same bundle under another name"
    assert everything["largest_change"] == 0
    assert sum(everything["decisions"].values()) == 12
    assert (found["left_out"], found["failed"]) == (0, 0)


def test_under_another_champion_it_begins_anew(client: TestClient, registry: Registry) -> None:
    score(client)
    report(client, 6)
    registry.promote("two")
    assert client.post("/v1/model/reload").json()["after"] == "two"
    score(client)
    assert report(client, 6)["champion"] == "two"


def test_without_one_there_is_nothing_to_tell(tiny_run: TinyRun) -> None:
    with TestClient(create_app(Settings(bundle_dir=tiny_run.bundle))) as client:
        answer = client.get("/v1/model/shadow")
        assert answer.status_code == 404
        assert "LUREWATCH_SHADOW_BUNDLE" in answer.json()["detail"]


def answered(engine: Engine, score: float, decision: str) -> Answer:
    """An answer that says so."""
    (answer,) = engine.answer_now([Ad(text="a job")])
    assessment = replace(answer.assessment, score=score)
    outcome = replace(answer.outcome, decision=decision)  # type: ignore[arg-type]
    return replace(answer, assessment=assessment, outcome=outcome)


@pytest.fixture
def stub() -> Iterator[Engine]:
    engine = stub_engine(Settings(workers=1), StubModel())
    yield engine
    engine.scorer.close()


def test_stricter_and_milder_are_told_apart(stub: Engine) -> None:
    counted = Tally("one")
    ad = Ad(text="a job", platform=Platform.GAMING)
    for before, after in (("allow", "review"), ("review", "nudge"), ("nudge", "nudge")):
        counted.add(ad, answered(stub, 0.2, before), answered(stub, 0.5, after))
    counted.add(ad, answered(stub, 0.9, "review"), answered(stub, 0.1, "allow"))
    told = disagreement("all", "all", counted.slices["all"]["all"])
    assert (told.ads, told.agreed, told.stricter, told.milder) == (4, 1, 1, 2)
    assert told.agreement == 0.25
    assert told.mean_change == pytest.approx((3 * 0.3 - 0.8) / 4, abs=1e-4)
    assert told.mean_absolute_change == pytest.approx((3 * 0.3 + 0.8) / 4, abs=1e-4)
    assert told.largest_change == pytest.approx(0.8)
    assert told.decisions["review>allow"] == 1
    assert counted.slices["platform"].keys() == {"gaming"}


def test_values_that_callers_invent_do_not_grow_without_end(
    stub: Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(tally, "MAX_VALUES", 3)
    counted, answer = Tally("one"), answered(stub, 0.5, "nudge")
    for i in range(10):
        counted.add(Ad(text="x", language=f"l{i}"), answer, answer)
    languages = counted.slices["language"]
    assert set(languages) == {"l0", "l1", "l2", "others"}
    assert languages["others"].ads == 7


def test_what_finds_no_room_is_left_out_and_counted(stub: Engine) -> None:
    shadow = Shadow(stub, share=1.0)
    answer = answered(stub, 0.5, "nudge")
    ad = Ad(text="x" * 20_000)
    for _ in range(WAITING_CHARS // 20_000 + 7):
        shadow.offer(stub, [ad], [answer])
    assert shadow.left_out == 7


def test_what_an_old_stream_is_still_answered_harms_no_comparison(stub: Engine) -> None:
    shadow = Shadow(stub, share=1.0)
    answer = answered(stub, 0.5, "nudge")

    def renamed(name: str) -> Engine:
        """A later engine of another bundle; a change back to a bundle makes a new one too."""
        manifest = stub.bundle.manifest.model_copy(update={"name": name})
        return Engine(replace(stub.bundle, manifest=manifest), stub.scorer, stub.policy)

    one, two, one_again = (renamed(name) for name in ("one", "two", "one"))
    for serving, old in ((two, one), (one_again, two)):
        for _ in range(5):
            shadow.offer(serving, [Ad(text="a job")], [answer])
            shadow.offer(old, [Ad(text="a job")], [answer])
        assert shadow.tally.champion == serving.name
        assert len(shadow._waiting) == 5
    assert shadow.left_out == 10


def test_a_challenger_that_fails_harms_nobody() -> None:
    class Broken(StubModel):
        def logits(self, rendered: Any) -> Any:
            raise ZeroDivisionError

    async def offer_and_run(shadow: Shadow, answer: Answer) -> None:
        stop = asyncio.Event()
        job = asyncio.create_task(shadow.run(stop))
        shadow.offer(engine, [Ad(text="a job")] * 3, [answer] * 3)
        while shadow.failed < 3:
            await asyncio.sleep(0.01)
        stop.set()
        await job

    engine = stub_engine(Settings(workers=1), StubModel())
    shadow = Shadow(stub_engine(Settings(workers=1), Broken()), share=1.0)
    asyncio.run(offer_and_run(shadow, answered(engine, 0.5, "nudge")))
    assert shadow.tally.slices["all"] == {}
    for one in (engine, shadow.engine):
        one.scorer.close()


POLICY = """
version: 1
name: tried
revision: 1
mode: enforce
thresholds: {default: {nudge: never, review: never, block: never}}
rules:
  - name: many_copies
    when: {campaign: {at_least: 20}}
    then: {at_least: review, reason: mass_mailed_offer}
"""


def test_campaigns_are_no_difference_between_bundles(tmp_path: Path) -> None:
    """A rule may decide by what neither bundle says."""
    (tmp_path / "policy.yaml").write_text(POLICY)
    settings = Settings(workers=1, policy=tmp_path / "policy.yaml")
    engines = [stub_engine(settings, StubModel()) for _ in range(2)]

    async def count(scored: Any) -> list[Seen]:
        return [Seen("cam_1", 50)] * len(scored)

    async def work() -> None:
        stop, ads = asyncio.Event(), [Ad(text="a job")] * 3
        job = asyncio.create_task(shadow.run(stop))
        answers = await engines[0].answer(ads, count)
        assert {one.outcome.decision for one in answers} == {"review"}
        shadow.offer(engines[0], ads, answers)
        while not shadow.tally.slices["all"] or shadow.tally.slices["all"]["all"].ads < 3:
            await asyncio.sleep(0.01)
        stop.set()
        await job

    shadow = Shadow(engines[1], share=1.0)
    asyncio.run(work())
    assert shadow.tally.slices["all"]["all"].decisions == {("review", "review"): 3}
    for one in engines:
        one.scorer.close()


def test_a_policy_that_is_read_again_is_the_challengers_too(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(selftest, "check", lambda engine: selftest.Passed(0, 0.0))
    path = tmp_path / "policy.yaml"
    path.write_text(POLICY)
    settings = Settings(
        workers=1, policy=path, shadow_bundle=tmp_path, shadow_share=1, data_dir=tmp_path
    )
    app = create_app(settings, start=lambda given: stub_engine(given, StubModel()))
    with TestClient(app) as client:
        path.write_text(POLICY.replace("revision: 1", "revision: 2"))
        score(client)
        report(client, 6)
        assert client.post("/v1/model/reload").json()["policy"] == "tried/2"
        found = client.get("/v1/model/shadow").json()
        assert found["challenger_policy"] == "tried/2"
        assert found["slices"] == [], "what was decided by another policy is compared no further"


def test_a_share_is_drawn(stub: Engine) -> None:
    shadow = Shadow(stub, share=0.25)
    answer = answered(stub, 0.5, "nudge")
    shadow.offer(stub, [Ad(text="x")] * 4000, [answer] * 4000)
    assert 850 < len(shadow._waiting) < 1150


@given(st.integers(1, 10_000), st.data())
def test_the_interval_holds_the_share(count: int, data: st.DataObject) -> None:
    hits = data.draw(st.integers(0, count))
    low, high = wilson(hits / count, count)
    assert 0 <= low <= hits / count <= high <= 1


def test_the_interval_is_wilsons() -> None:
    assert wilson(8 / 10, 10) == pytest.approx((0.4902, 0.9433), abs=1e-4)
    assert Compared().ads == 0
