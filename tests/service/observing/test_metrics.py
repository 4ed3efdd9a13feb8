"""``GET /metrics``: what is counted, and that nothing a caller sends becomes a name."""

import asyncio
import base64
import logging
import threading
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any, cast

import httpx
import pytest
from fastapi.testclient import TestClient
from nacl.public import PrivateKey
from prometheus_client.parser import text_string_to_metric_families

from models.ad import Platform
from service import access
from service.access import Scope
from service.app import PAGES, create_app
from service.observing import stored
from service.observing.labels import TONGUES, WRITINGS
from service.observing.stages import STAGES
from service.scoring.memory import Remembering
from service.settings import Settings
from service.store import Database
from tests.conftest import TinyRun
from tests.live import Service, StubModel, live, stub_engine, until
from tests.service.desk import SIGN, Told
from tests.service.observing.scene import (
    OPEN_METRICS,
    Scraped,
    lose_database,
    scraped,
    service,
    until_counted,
)
from tests.service.platforms.given import events
from tests.service.platforms.test_receiver import MASTODON, SECRET, send
from tests.service.receiver import Receiver, Say
from tests.service.registry import Registry

THAI = "รับสมัครพนักงานร้านอาหาร มีที่พักให้ สัมภาษณ์ที่ร้านวันจันทร์"


@pytest.fixture
def client(tmp_path: Path) -> Iterator[TestClient]:
    with service(tmp_path) as client:
        yield client


def score(client: TestClient, *ads: dict[str, Any]) -> None:
    answer = client.post("/v1/score", json={"ads": list(ads)})
    assert answer.status_code == 200, answer.text


def test_decisions_scores_and_kinds_are_counted_by_platform_and_language(
    client: TestClient,
) -> None:
    lure = {"text": f"[9] {SIGN}", "platform": "dating", "language": "EN-gb"}
    score(client, lure, {"text": f"[-9] {THAI}"})
    found = scraped(client)
    review = {"platform": "dating", "language": "en", "decision": "review"}
    allow = {"platform": "not_given", "language": "th", "decision": "allow"}
    assert found.of("lurewatch_decisions_total", **review) == 1
    assert found.of("lurewatch_decisions_total", **allow) == 1
    high = {"platform": "dating", "language": "en", "le": "0.99"}
    low = {"platform": "not_given", "language": "th", "le": "0.01"}
    assert found.of("lurewatch_score_bucket", **high) == 0
    assert found.of("lurewatch_score_bucket", **low) == 1
    assert found.by("lurewatch_kinds_total", "kind")["lure"] == 1
    assert found.of("lurewatch_indicators_shown_total", indicator="all_costs_covered") == 1
    assert found.by("lurewatch_ads_by_script_total", "script") == {"Latn": 1, "Thai": 1}
    assert found.of("lurewatch_call_ads_sum") == 2
    assert found.of("lurewatch_ad_windows_count") == 2


def test_every_stage_of_an_answer_is_timed(tmp_path: Path) -> None:
    with service(tmp_path, campaigns=True, review_queue=True) as client:
        score(client, {"text": f"[9] {THAI}"}, {"text": "[-9] baker in Hull wanted"})
        found = scraped(client)
    times = {stage: found.of("lurewatch_stage_seconds_count", stage=stage) for stage in STAGES}
    of_ads = dict.fromkeys(("wait", "render", "read", "tokenise", "model", "assess", "policy"), 2)
    # One transaction counts campaigns, one keeps what reviewers see. No incident is live.
    of_calls = {"score": 1, "campaigns": 1, "incidents": None, "decide": 1, "store": 2}
    assert times == of_ads | of_calls
    seconds = found.by("lurewatch_stage_seconds_sum", "stage")
    assert all(seconds[stage] > 0 for stage in times if stage not in ("tokenise", "incidents"))


def test_tokens_and_windows_are_those_of_the_model(tmp_path: Path, tiny_run: TinyRun) -> None:
    settings = Settings(bundle_dir=tiny_run.bundle, data_dir=tmp_path)
    with TestClient(create_app(settings)) as client:
        ads = [{"text": "seasonal work " * 300}, {"text": "hello"}]
        results = client.post("/v1/score", json={"ads": ads}).json()["results"]
        found = scraped(client)
        (info,) = (dict(one) for name, one in found.samples if name == "lurewatch_bundle_info")
    assert found.of("lurewatch_ad_windows_sum") == sum(one["windows"] for one in results) > 3
    assert (found.of("lurewatch_ad_tokens_sum") or 0) > 300
    assert (found.of("lurewatch_stage_seconds_sum", stage="tokenise") or 0) > 0
    assert (info["bundle"], info["policy"]) == ("tiny-1", results[0]["policy"])


def test_requests_are_counted_by_route_never_by_address(client: TestClient) -> None:
    client.get("/v1/submissions/sub_words-of-an-ad")
    client.get("/words-of-an-ad")
    client.request("WORDS-OF-AN-AD", "/v1/score")
    client.get("/health/live?words-of-an-ad")
    answer = client.get("/metrics")
    assert "words" not in answer.text.lower()
    found = Scraped(client.get("/metrics", headers=OPEN_METRICS).text)
    for labels, times in [
        ({"method": "GET", "route": "/v1/submissions/{id}", "status": "404"}, 1),
        ({"method": "GET", "route": "other", "status": "404"}, 1),
        ({"method": "other", "route": "/v1/score", "status": "405"}, 1),
        ({"method": "GET", "route": "/health/live", "status": "200"}, 1),
        ({"method": "GET", "route": "/metrics", "status": "200"}, 1),
    ]:
        assert found.of("lurewatch_http_requests_total", **labels) == times, labels
        del labels["status"]
        assert found.of("lurewatch_http_request_seconds_count", **labels) == times, labels
    assert found.of("lurewatch_http_requests_in_flight") == 1  # this one


def test_whatever_callers_send_the_series_stay_few(client: TestClient) -> None:
    tags = [f"{a}{b}" for a in "abcdefghijklmnopqrstuvwxyz" for b in "aeiouxyz"]
    for start in range(0, len(tags), 50):
        ads = [{"text": "[9]", "language": tag} for tag in tags[start : start + 50]]
        score(client, *ads)
    for at in range(50):
        client.request(f"M{at}", f"/nowhere/{at}", headers={"x-request-id": f"id-{at}"})
    found = scraped(client)
    assert set(found.by("lurewatch_decisions_total", "language")) <= TONGUES | {"other"}
    assert found.by("lurewatch_decisions_total", "language")["other"] > 100
    routes = {"other", "/v1/score", "/metrics"}
    assert set(found.by("lurewatch_http_requests_total", "route")) <= routes
    platforms = {*map(str, Platform), "not_given"}
    assert set(found.by("lurewatch_decisions_total", "platform")) <= platforms
    assert set(found.by("lurewatch_ads_by_script_total", "script")) <= WRITINGS | {"other"}


@pytest.mark.parametrize(
    ("body", "reason"),
    [
        ({"ads": []}, "empty-batch"),
        ({"ads": [{"text": " "}]}, "empty-ad"),
        ({"ads": "x"}, "invalid-request"),
        ({"ads": [{"text": "x" * 20_000}] * 20}, "batch-too-large"),
        ({"ads": [{"text": "x"}], "more": "x" * 5_000_000}, "body-too-large"),
    ],
)
def test_refusals_are_counted_by_reason(client: TestClient, body: Any, reason: str) -> None:
    client.post("/v1/score", json=body)
    assert scraped(client).by("lurewatch_refused_total", "reason") == {reason: 1}


def test_refusals_of_the_router_and_in_other_dialects_are_counted(client: TestClient) -> None:
    client.get("/nowhere")
    client.post("/v1/moderations", json={"input": ""})
    client.post("/v1/score", content=b"{", headers={"content-type": "application/json"})
    client.post("/v1/score", content=b"x", headers={"content-type": "text/plain"})
    client.delete("/v1/score")
    reasons = scraped(client).by("lurewatch_refused_total", "reason")
    assert reasons.keys() >= {"not-found", "bad-json", "not-json", "method-not-allowed"}
    assert sum(reasons.values()) == 5


def test_a_defect_is_counted(client: TestClient, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(*_: object) -> None:
        raise ZeroDivisionError

    monkeypatch.setattr("service.api.score.is_blank", broken)
    client.post("/v1/score", json={"ads": [{"text": "x"}]})
    found = scraped(client)
    assert found.of("lurewatch_refused_total", reason="internal") == 1
    route = {"method": "POST", "route": "/v1/score"}
    assert found.of("lurewatch_http_requests_total", **route, status="500") == 1


def test_the_queue_is_told_while_it_is_full(tmp_path: Path) -> None:
    served = Service(data_dir=tmp_path, max_queued_chars=20_000)
    served.model.gate.clear()
    body = {"ads": [{"text": "x" * 9_000}, {"text": "y" * 9_000}, {"text": "z"}]}
    with live(served.app) as address, httpx.Client(base_url=address, timeout=60) as caller:

        def scrape() -> Scraped:
            return Scraped(caller.get("/metrics", headers=OPEN_METRICS).text)

        asking = threading.Thread(
            target=httpx.post, args=(f"{address}/v1/score",), kwargs={"json": body, "timeout": 60}
        )
        asking.start()
        until(lambda: scrape().of("lurewatch_queue_ads") == 3)
        full = scrape()
        assert full.of("lurewatch_queue_characters") == 9_000 + 9_000 + 50
        assert full.of("lurewatch_queue_limit_characters") == 20_000
        assert (full.of("lurewatch_queue_wait_seconds") or 0) > 0
        assert full.of("lurewatch_http_requests_in_flight") == 2
        assert caller.post("/v1/score", json=body).status_code == 429
        served.model.gate.set()
        asking.join()
        empty = scrape()
    assert empty.of("lurewatch_queue_ads") == empty.of("lurewatch_queue_characters") == 0
    assert empty.of("lurewatch_refused_total", reason="overloaded") == 1
    assert empty.of("lurewatch_scorer_threads") == 2


def test_applications_in_one_process_do_not_share(tmp_path: Path) -> None:
    with service(tmp_path / "a") as one, service(tmp_path / "b") as other:
        score(one, {"text": "[9]"})
        assert scraped(one).of("lurewatch_call_ads_count") == 1
        assert scraped(other).of("lurewatch_call_ads_count") == 0


def test_both_formats_can_be_read(client: TestClient) -> None:
    score(client, {"text": "[9]"})
    plain = client.get("/metrics")
    assert plain.headers["content-type"].startswith("text/plain; version=")
    names = {family.name for family in text_string_to_metric_families(plain.text)}
    assert {"lurewatch_decisions", "lurewatch_queue_ads", "process_cpu_seconds"} <= names
    assert not any(name.endswith("_created") for name in names)
    opened = client.get("/metrics", headers=OPEN_METRICS)
    assert opened.headers["content-type"].startswith("application/openmetrics-text; version=1.0.0")
    assert scraped(client).of("process_resident_memory_bytes")


@pytest.mark.parametrize("accept", [
    "application/openmetrics-text; version=newest", "application/openmetrics-text;version=1.x.0",
    "text/plain;version=v1", "application/openmetrics-text;version=;escaping=", ";,=",
])  # fmt: skip
def test_a_version_that_is_none_is_answered_all_the_same(client: TestClient, accept: str) -> None:
    answer = client.get("/metrics", headers={"accept": accept})
    assert answer.status_code == 200
    assert "lurewatch_queue_ads" in answer.text


def test_what_waits_in_the_database_is_told(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(stored, "KEPT_S", 0.0)
    model = StubModel()
    model.gate.clear()
    with service(tmp_path, model, review_queue=True) as client:
        client.post("/v1/submissions", json={"ads": [{"text": "one"}]})
        until_counted(client, "lurewatch_submissions_waiting", 1)
        assert scraped(client).of("lurewatch_submissions_total", state="accepted") == 1
        model.gate.set()
        until_counted(client, "lurewatch_submissions_waiting", 0)
        until_counted(client, "lurewatch_submissions_total", 1, state="done")
        until_counted(client, "lurewatch_review_open", 1)
        found = scraped(client)
        assert found.of("lurewatch_store_up") == 1
        assert (found.of("lurewatch_review_oldest_seconds") or 0) > 0
        assert found.of("lurewatch_submissions_oldest_seconds") == 0
        # What a worker did for a submission is counted as any other ad.
        assert found.of("lurewatch_kinds_total", kind="lure") == 1


def test_figures_of_the_database_are_looked_up_now_and_then(client: TestClient) -> None:
    first = scraped(client)
    client.post("/v1/submissions", json={"ads": [{"text": "[9]"}]})
    assert first.of("lurewatch_store_up") == 1
    lose_database(client)  # nobody notices before the figures are too old
    assert scraped(client).of("lurewatch_store_up") == 1


def test_scrapes_at_once_share_one_look(database: Database) -> None:
    """Whoever is answered second does not take the figures away again."""

    async def twice(figures: stored.Stored) -> None:
        await asyncio.gather(*(figures.refresh(database) for _ in range(3)))

    figures = stored.Stored()
    asyncio.run(twice(figures))
    told = {one.name: one.samples[0].value for one in figures.collect()}
    assert told["lurewatch_store_up"] == 1
    assert told["lurewatch_submissions_waiting"] == 0


def test_without_the_database_the_rest_is_told_and_nothing_old(
    client: TestClient, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr(stored, "KEPT_S", 0.0)
    score(client, {"text": "[9]"})
    assert scraped(client).of("lurewatch_submissions_waiting") == 0
    lose_database(client)
    with caplog.at_level(logging.ERROR):
        found = [scraped(client) for _ in range(3)]
    for one in found:
        assert one.of("lurewatch_store_up") == 0
        assert one.of("lurewatch_submissions_waiting") is None
        assert one.of("lurewatch_kinds_total", kind="lure") == 1
    told = [one for one in caplog.records if one.name == "service.observing.stored"]
    assert len(told) == 1, "once, not with every scrape"


def test_webhooks_are_counted_by_what_came_of_them(tmp_path: Path) -> None:
    with Receiver().open() as receiver, service(tmp_path, webhook_private_targets=True) as client:
        receiver.answer = lambda _: Say(204 if len(receiver.received) == 1 else 410)
        made = client.put("/v1/webhooks/mine", json={"url": receiver.url})
        assert made.status_code == 201, made.text
        for outcome in ("delivered", "gone"):
            client.post("/v1/submissions", json={"ads": [{"text": "[9]"}], "webhook": "mine"})
            until_counted(client, "lurewatch_webhook_attempts_total", 1, outcome=outcome)


def test_reloads_and_self_tests_are_told(tmp_path: Path, tiny_run: TinyRun) -> None:
    registry = Registry(tmp_path / "registry", tiny_run.bundle)
    registry.add("one")
    registry.promote("one")
    settings = Settings(registry=registry.folder, data_dir=tmp_path)
    with TestClient(create_app(settings)) as client:
        before = scraped(client)
        assert client.post("/v1/model/reload").status_code == 200
        registry.promote("none-of-that-name")
        assert client.post("/v1/model/reload").status_code == 409
        found = scraped(client)
    assert before.by("lurewatch_reloads_total", "result") == {"changed": 0, "refused": 0}
    assert found.by("lurewatch_reloads_total", "result") == {"changed": 1, "refused": 1}
    assert (found.of("lurewatch_selftest_seconds") or 0) > 0
    assert found.of("lurewatch_refused_total", reason="bundle-refused") == 1


def test_a_key_file_that_is_gone_is_told(client: TestClient, tmp_path: Path) -> None:
    assert scraped(client).of("lurewatch_key_present") == 1
    (tmp_path / "key").unlink()
    assert scraped(client).of("lurewatch_key_present") == 0


def test_the_pages_for_people_are_not_counted(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A count that is scraped every few seconds would tell the minute at which someone asked."""
    with service(tmp_path) as client:
        form = {"content-type": "application/x-www-form-urlencoded"}
        page = client.post("/", content="text=%5B9%5D", headers=form)
        assert page.status_code == 200
        client.post("/v1/reports", json={"said": "nothing"})
        found = scraped(client)
        assert found.of("lurewatch_call_ads_count") == 0
        assert found.by("lurewatch_stage_seconds_count", "stage") == {}
        assert found.by("lurewatch_http_requests_total", "route") == {}
        assert found.by("lurewatch_refused_total", "reason") == {}

        def broken(*_: object) -> None:
            raise ZeroDivisionError

        monkeypatch.setattr("service.api.checker.is_blank", broken)
        assert client.post("/", content="text=x", headers=form).status_code == 500
        assert scraped(client).of("lurewatch_refused_total", reason="internal") == 1


def test_no_page_for_people_is_counted_or_logged_when_it_is_opened(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    """Nor what a browser loads with it; and a proxy's name for the request is not taken over."""
    routes = [route for module in PAGES for route in module.router.routes]
    opened = {cast(Any, route).path for route in routes if "GET" in cast(Any, route).methods}
    public = base64.b64encode(bytes(PrivateKey.generate().public_key)).decode()
    with (
        service(tmp_path, reports_public_key=public) as client,
        caplog.at_level(logging.INFO, "service.edge"),
    ):
        for path in opened:
            at = path.replace("{name}", "pages.js")
            answer = client.get(at, headers={"x-request-id": "of-a-proxy"})
            assert answer.headers["x-request-id"] != "of-a-proxy", path
        assert caplog.records == []
        found = scraped(client)
    assert opened >= {"/", "/report", "/advice", "/help", "/share", "/worker.js"}
    assert found.by("lurewatch_http_requests_total", "route") == {}
    assert found.by("lurewatch_http_request_seconds_count", "route") == {}
    assert found.by("lurewatch_refused_total", "reason") == {}


def test_what_a_person_pastes_moves_no_figure_of_the_memory(tmp_path: Path) -> None:
    settings, memory = Settings(data_dir=tmp_path, workers=1), Remembering(Told(), 2**20)
    engine = replace(stub_engine(settings, memory), memory=memory)
    names = ("lurewatch_cache_texts", "lurewatch_cache_bytes")

    def told(client: TestClient) -> list[Any]:
        found = scraped(client)
        lookups = found.by("lurewatch_cache_lookups_total", "result")
        return [lookups, *(found.of(name) for name in names)]

    with TestClient(create_app(settings, start=lambda _: engine)) as client:
        text = "Free visa, fly tonight"
        score(client, {"text": text})
        before = told(client)
        for pasted in (text, "Another offer", "Another offer"):
            assert client.post("/", data={"text": pasted}).status_code == 200
        assert told(client) == before
        score(client, {"text": "Another offer"})
        assert told(client)[0]["miss"] == before[0]["miss"] + 1


def test_a_submission_is_counted_once_whatever_way_it_came_and_however_often(
    tmp_path: Path,
) -> None:
    with service(tmp_path, mastodon_webhook_secret=SECRET) as client:
        for _ in range(3):
            answer = client.post(
                "/v1/submissions",
                json={"ads": [{"text": "[9]"}]},
                headers={"Idempotency-Key": "the-same-key-0001"},
            )
            assert answer.headers["location"] == answer.json()["href"]
        assert scraped(client).of("lurewatch_submissions_total", state="accepted") == 1
        for _ in range(2):
            answer = send(client, MASTODON, events("mastodon")[0])
            assert answer.status_code == 202, answer.text
            assert answer.headers["location"] == answer.json()["href"]
        assert scraped(client).of("lurewatch_submissions_total", state="accepted") == 2
        until_counted(client, "lurewatch_submissions_total", 2, state="done")


def key(client: TestClient, *scopes: Scope) -> dict[str, str]:
    runtime = cast(Any, client.app).state.runtime()
    made = runtime.database.write_now(access.add, "scraper", frozenset(scopes))[1]
    return {"authorization": f"Bearer {made}"}


def test_keys_are_asked_for_as_for_administration(tmp_path: Path) -> None:
    with service(tmp_path, authentication="on") as client:
        assert client.get("/metrics").status_code == 401
        assert client.get("/metrics", headers=key(client, Scope.SCORE)).status_code == 403
        for scope in (Scope.METRICS, Scope.ADMIN):
            assert client.get("/metrics", headers=key(client, scope)).status_code == 200
        # A key for scrapers opens nothing else.
        narrow = key(client, Scope.METRICS)
        assert client.get("/v1/queue", headers=narrow).status_code == 403
        assert client.post("/v1/model/reload", headers=narrow).status_code == 403


@pytest.mark.parametrize(("access", "status"), [("open", 200), ("off", 404)])
def test_the_operator_may_open_or_close_it(tmp_path: Path, access: str, status: int) -> None:
    with service(tmp_path, authentication="on", metrics=access) as client:
        assert client.get("/metrics").status_code == status


def test_a_scraper_whose_key_was_good_is_served_without_the_database(tmp_path: Path) -> None:
    with service(tmp_path, authentication="on") as client:
        good, other, never_seen = (key(client, Scope.METRICS) for _ in range(3))
        for one in (good, other):  # two scrapers, or a key and its successor
            assert client.get("/metrics", headers=one).status_code == 200
        lose_database(client)
        for one in (good, other, good):
            assert client.get("/metrics", headers=one).status_code == 200
        assert client.get("/metrics", headers=never_seen).status_code == 503
        assert client.get("/metrics").status_code == 401
