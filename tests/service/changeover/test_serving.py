"""Another bundle under a running service: no request lost, nothing half changed, refusals."""

import os
import shutil
import signal
import time
from collections import Counter
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from threading import Event, Thread
from typing import Any

import httpx
import pytest
from fastapi.testclient import TestClient
from sqlalchemy import select

from models import mapped
from models.ad import Ad
from models.inference import Logits
from models.rendering import Rendered
from service import access
from service.access import Scope
from service.app import create_app
from service.changeover import selftest
from service.changeover.selftest import fault_of
from service.engine import Engine
from service.errors import BundleRefused
from service.settings import Settings
from service.store.tables import AuditEntry
from tests.conftest import TinyRun
from tests.e2e.processes import PATIENCE_S, free_port, serving
from tests.live import WAIT_S, StubModel, live, stub_engine
from tests.service.registry import Registry, with_one

ADS = {"ads": [{"text": "Pickers wanted, contract before travel."}, {"text": "x " * 300}]}


@pytest.fixture
def registry(tmp_path: Path, tiny_run: TinyRun) -> Registry:
    return with_one(tmp_path / "registry", tiny_run.bundle)


@pytest.fixture
def client(registry: Registry) -> Iterator[TestClient]:
    with TestClient(create_app(Settings(registry=registry.folder))) as client:
        yield client


def served(client: TestClient) -> set[str]:
    results = client.post("/v1/score", json=ADS).json()["results"]
    return {result["model"] for result in results}


def test_no_request_is_lost_and_each_is_answered_by_one_bundle(registry: Registry) -> None:
    app = create_app(Settings(registry=registry.folder, workers=2))
    enough, statuses, models = Event(), Counter[int](), Counter[str]()

    def ask(address: str) -> None:
        with httpx.Client(base_url=address, timeout=WAIT_S) as caller:
            while not enough.is_set():
                answer = caller.post("/v1/score", json=ADS)
                statuses[answer.status_code] += 1
                own = {result["model"] for result in answer.json()["results"]}
                assert len(own) == 1
                models.update(own)

    with live(app) as address:
        askers = [Thread(target=ask, args=(address,)) for _ in range(4)]
        for asker in askers:
            asker.start()
        for name in ("two", "three"):
            registry.add(name)
            registry.promote(name)
            told = httpx.post(f"{address}/v1/model/reload", timeout=WAIT_S).json()
            assert told["after"] == name
            now = httpx.post(f"{address}/v1/score", json=ADS, timeout=WAIT_S).json()["results"]
            assert {result["model"] for result in now} == {name}
        enough.set()
        for asker in askers:
            asker.join()
    assert set(statuses) == {200}
    assert {"one", "three"} <= set(models)


def test_the_answer_says_what_happened(client: TestClient, registry: Registry) -> None:
    registry.add("two")
    registry.promote("two")
    told = client.post("/v1/model/reload").json()
    assert (told["before"], told["after"], told["policy"]) == ("one", "two", "default/1")
    assert told["tested_texts"] == len(selftest.TEXTS)
    assert told["seconds"] >= told["test_seconds"] >= 0
    assert client.get("/v1/model").json()["name"] == "two"
    assert client.get("/health/ready").json()["model"] == "two"
    assert client.post("/v1/model/reload").json()["before"] == "two", "the same again is no error"
    database = client.app.state.runtime().database  # type: ignore[attr-defined]
    rows = database.read_now(
        lambda session: list(session.scalars(select(AuditEntry).order_by(AuditEntry.at)))
    )
    reloads = [row.detail for row in rows if row.action == "reload"]  # of tests before, too
    assert reloads[-2:] == [
        {"before": "one", "after": "two"}, {"before": "two", "after": "two"},
    ]  # fmt: skip


def spoil(bundle: Path) -> None:
    content = bytearray((bundle / "model.onnx").read_bytes())
    content[len(content) // 2] ^= 1
    (bundle / "model.onnx").write_bytes(content)


@pytest.mark.parametrize("fault", ["damaged", "missing", "no pointer"])
def test_what_cannot_serve_is_refused_and_the_old_one_serves_on(
    client: TestClient, registry: Registry, fault: str
) -> None:
    two = registry.add("two")
    registry.promote("two")
    if fault == "damaged":
        spoil(two)
    elif fault == "missing":
        shutil.rmtree(two)
    else:
        (registry.folder / "champion").unlink()
    refused = client.post("/v1/model/reload")
    assert refused.status_code == 409
    assert refused.json()["type"] == "/problems/bundle-refused"
    assert "serves on" in refused.json()["detail"]
    assert served(client) == {"one"}


def test_a_policy_that_cannot_be_read_changes_nothing(registry: Registry, tmp_path: Path) -> None:
    policy = tmp_path / "policy.yaml"
    policy.write_text("version: 1\nname: ours\nrevision: 1\nthresholds: {default: {review: 0.9}}\n")
    with TestClient(create_app(Settings(registry=registry.folder, policy=policy))) as client:
        policy.write_text(policy.read_text().replace("revision: 1", "revision: 2"))
        assert client.post("/v1/model/reload").json()["policy"] == "ours/2"
        policy.write_text("version: 1\nname: ours\nrevision: 3\nthresholds: none\n")
        assert client.post("/v1/model/reload").status_code == 409
        assert client.get("/v1/model").json()["policy"] == "ours/2"


def test_a_bundle_that_fails_its_self_test_is_not_served(tiny_run: TinyRun) -> None:
    begun: list[Engine] = []

    def start(settings: Settings) -> Engine:
        engine = Engine.start(settings) if not begun else stub_engine(settings, StubModel())
        begun.append(engine)
        return engine

    with TestClient(create_app(Settings(bundle_dir=tiny_run.bundle), start)) as client:
        refused = client.post("/v1/model/reload")
        assert refused.status_code == 409
        assert "every text the same score" in refused.json()["detail"]
        assert served(client) == {"tiny-1"}
    assert len(begun) == 2


def test_the_self_test_finds_each_fault(tiny_engine: Engine) -> None:
    ads = [Ad(text=text) for text in selftest.TEXTS]
    good = tiny_engine.answer_now(ads)
    assert fault_of(good, good) is None

    def with_(place: int, **changes: Any) -> list[Any]:
        spoilt = replace(good[place], assessment=replace(good[place].assessment, **changes))
        return [*good[:place], spoilt, *good[place + 1 :]]

    assert "not finite" in str(fault_of(with_(3, logit=float("nan")), good))
    kinds = {kind: 0.9 for kind in good[0].assessment.kinds}
    assert "do not add up" in str(fault_of(good, with_(1, kinds=kinds)))
    assert "beside it" in str(fault_of(good, with_(2, score=good[2].assessment.score + 0.01)))


class Unsteady:
    """The real model, but for a score that depends on how often it was asked."""

    def __init__(self, model: Any) -> None:
        self.model = model
        self.asked = 0

    def logits(self, rendered: Rendered) -> Logits:
        self.asked += 1
        said: Logits = self.model.logits(rendered)
        kind = said.kind.copy()
        kind[0] += self.asked / 10
        return replace(said, kind=kind)


@pytest.mark.parametrize("cache_mb", [0, 64])
def test_the_self_test_asks_the_model_twice_whatever_is_remembered(
    tiny_run: TinyRun, cache_mb: int
) -> None:
    engine = Engine.start(Settings(bundle_dir=tiny_run.bundle, cache_mb=cache_mb, workers=1))
    try:
        assert selftest.check(engine).texts == len(selftest.TEXTS)
        holder, name = (engine.memory, "model") if engine.memory else (engine.scorer, "_model")
        unsteady = Unsteady(getattr(holder, name))
        setattr(holder, name, unsteady)
        if engine.memory is not None:
            engine.memory.forget()
        with pytest.raises(BundleRefused, match="depends on what is read beside it"):
            selftest.check(engine)
        assert unsteady.asked == 2 * len(selftest.TEXTS)
    finally:
        engine.scorer.close()


def test_only_an_administrator_may_order_it(registry: Registry, tmp_path: Path) -> None:
    settings = Settings(registry=registry.folder, host="0.0.0.0", data_dir=tmp_path / "kept")
    app = create_app(settings)
    with TestClient(app) as client:
        database = app.state.runtime().database
        keys = {
            scope: database.write_now(access.add, scope, [scope])[1]
            for scope in (Scope.REVIEW, Scope.ADMIN)
        }
        for key, status in ((None, 401), (keys[Scope.REVIEW], 403), (keys[Scope.ADMIN], 200)):
            headers = {"Authorization": f"Bearer {key}"} if key else {}
            assert client.post("/v1/model/reload", headers=headers).status_code == status


def test_submissions_are_answered_by_the_new_bundle(client: TestClient, registry: Registry) -> None:
    registry.add("two")
    registry.promote("two")
    client.post("/v1/model/reload")
    id = client.post("/v1/submissions", json=ADS).json()["id"]
    end = time.monotonic() + WAIT_S
    while (found := client.get(f"/v1/submissions/{id}").json())["state"] != "done":
        assert time.monotonic() < end
        time.sleep(0.05)
    assert {result["model"] for result in found["results"]} == {"two"}


@pytest.mark.skipif(not hasattr(signal, "SIGHUP"), reason="Windows has no such signal")
def test_a_signal_does_the_same(registry: Registry, tmp_path: Path) -> None:
    registry.add("two")
    port = free_port()
    settings = {"LUREWATCH_REGISTRY": str(registry.folder), "LUREWATCH_DATA_DIR": str(tmp_path)}
    with serving(port, **settings) as process:
        address = f"http://127.0.0.1:{port}/v1/model"
        assert httpx.get(address, timeout=PATIENCE_S).json()["name"] == "one"
        registry.promote("two")
        os.kill(process.pid, signal.SIGHUP)
        end = time.monotonic() + PATIENCE_S
        while httpx.get(address, timeout=PATIENCE_S).json()["name"] != "two":
            assert time.monotonic() < end
            time.sleep(0.1)


def test_a_fixed_folder_may_be_copied_over_while_it_serves(
    tiny_run: TinyRun, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Mapped files that are cut short end a process: only those of a registry are mapped."""
    monkeypatch.setattr(mapped, "LARGE", 256)  # the bundle of the tests is small
    folder = tmp_path / "fixed"
    shutil.copytree(tiny_run.bundle, folder)
    with TestClient(create_app(Settings(bundle_dir=folder))) as client:
        before = client.post("/v1/score", json=ADS).json()["results"]
        os.truncate(folder / "model.onnx", 1000)
        other = {"ads": [{"text": "Cooks for a mountain hut, meals and a bed in the house."}]}
        assert client.post("/v1/score", json=other).status_code == 200
        refused = client.post("/v1/model/reload")
        assert refused.status_code == 409
        assert "the copy is torn" in refused.json()["detail"]
        shutil.copy(tiny_run.bundle / "model.onnx", folder / "model.onnx")
        assert client.post("/v1/model/reload").status_code == 200
        after = client.post("/v1/score", json=ADS).json()["results"]
    assert [one["score"] for one in after] == [one["score"] for one in before]
