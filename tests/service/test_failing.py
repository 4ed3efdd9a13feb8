"""What a caller is answered when there is no score, or not all of an answer."""

import base64
import json
import logging
import sqlite3
import threading
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any, cast

import pytest
from fastapi.testclient import TestClient
from sqlalchemy import make_url

from models.inference import Logits
from models.rendering import Rendered
from service.api.schemas import MAX_DEADLINE_MS, Undecided
from service.app import create_app
from service.client import Client, LineError, Unavailable
from service.client import Undecided as Read
from service.logs import JsonLines
from service.scoring.pace import Pace
from service.settings import Settings
from service.store import Database
from tests.live import WAIT_S, Service, StubModel, live, stub_engine, until
from tests.service.incidents.scene import HONEST, HOTELS, engine_of, put
from tests.service.observing.scene import lose_database, scraped

PATH = "/v1/score/stream"
NDJSON = {"Content-Type": "application/x-ndjson"}


class Stalling(StubModel):
    """Fails at some words, and at others waits for its gate."""

    def __init__(self) -> None:
        super().__init__()
        self.gate.clear()
        self.quick = StubModel()

    def logits(self, rendered: Rendered) -> Logits:
        if "poison" in rendered.text:
            raise ZeroDivisionError(rendered.text)
        if "slow" in rendered.text:
            return super().logits(rendered)
        return self.quick.logits(rendered)


@pytest.fixture(scope="module")
def begun() -> Iterator[tuple[Service, TestClient, str]]:
    """One application for all tests, asked in this process and over a socket."""
    made = Service()
    made.model = Stalling()
    with live(made.app) as address:
        yield made, TestClient(made.app, raise_server_exceptions=False), address


@pytest.fixture
def service(begun: tuple[Service, TestClient, str]) -> Iterator[Service]:
    """Idle, and stalling at slow texts."""
    made = begun[0]
    made.model.gate.clear()
    made.model.begun = 0
    made.scorer._pace = Pace()
    yield made
    made.scorer._limit = made.settings.max_queued_chars
    made.model.gate.set()
    until(lambda: not made.scorer._turns.before([10**9]).jobs)


@pytest.fixture
def client(begun: tuple[Service, TestClient, str], service: Service) -> TestClient:
    return begun[1]


@pytest.fixture
def address(begun: tuple[Service, TestClient, str], service: Service) -> str:
    return begun[2]


def score(client: TestClient, *texts: str, **terms: Any) -> Any:
    ads = [{"text": text, "id": str(number)} for number, text in enumerate(texts)]
    return client.post("/v1/score", json={"ads": ads, **terms})


def stream(client: TestClient, *texts: str, query: str = "") -> list[Any]:
    body = b"".join(json.dumps({"text": text}).encode() + b"\n" for text in texts)
    answer = client.post(PATH + query, content=body, headers=NDJSON)
    assert answer.status_code == 200, answer.text
    return [json.loads(line) for line in answer.text.splitlines()]


@pytest.mark.parametrize("decision", ["allow", "review"])
def test_what_is_late_gets_what_the_caller_chose(client: TestClient, decision: str) -> None:
    began = time.monotonic()
    answer = score(
        client, "quick", "slow", "slow", "quick", "slow", deadline_ms=500, on_error=decision
    )
    assert 0.4 < time.monotonic() - began < WAIT_S / 2
    results = answer.json()["results"]
    assert [one["id"] for one in results] == list("01234")
    assert results[0]["score"] > 0.9
    assert results[0]["degraded"] == []
    assert results[1] == {
        "id": "1", "decision": decision, "error": "deadline", "degraded": ["score"],
        "platform": None, "surface": None, "model": results[0]["model"],
    }  # fmt: skip
    assert "score" not in results[4]


def test_what_is_late_is_a_problem_else(client: TestClient, service: Service) -> None:
    answer = score(client, "quick", "slow", "slow", "slow", deadline_ms=400)
    assert (answer.status_code, answer.json()["type"]) == (503, "/problems/deadline-exceeded")
    assert int(answer.headers["Retry-After"]) >= 1
    assert answer.json()["scored"] == 1
    assert answer.json()["ads"] == 4
    assert answer.json()["retry_after_ms"] >= 0
    assert "`on_error`" in answer.json()["detail"]
    service.model.gate.set()
    until(lambda: not service.scorer._turns.before([10**9]).jobs)
    assert service.model.begun == 2, "one for each thread; nobody waits for the third"


def test_what_would_be_late_is_refused_at_once(client: TestClient, service: Service) -> None:
    service.scorer._pace.seconds = lambda ads, chars: ads  # type: ignore[method-assign]
    answer = score(client, "quick", "quick", "quick", "quick", deadline_ms=1_500)
    problem = answer.json()
    assert (answer.status_code, problem["type"]) == (429, "/problems/deadline-too-short")
    assert problem["estimate_ms"] == problem["alone_ms"] == 2_000
    assert "send fewer ads" in problem["detail"]
    results = score(client, *["quick"] * 4, deadline_ms=1_500, on_error="allow").json()["results"]
    assert [one["error"] for one in results] == ["deadline"] * 4
    assert service.model.begun == 0
    assert score(client, *["quick"] * 4, deadline_ms=9_000).status_code == 200


def test_a_full_queue_gets_what_the_caller_chose(service: Service, address: str) -> None:
    service.scorer._limit = 1910
    busy = threading.Thread(target=lambda: ask(address, "slow " + "x" * 1_900))
    busy.start()
    until(lambda: service.model.begun)
    with Client(address, retries=0) as client:
        with pytest.raises(Unavailable) as refused:
            client.score(["quick"])
        assert refused.value.type == "/problems/overloaded"
        assert refused.value.facts["retry_after_ms"] >= 1
        (allowed,) = client.score(["quick"], on_error="allow")
    assert isinstance(allowed, Read)
    assert (allowed.decision, allowed.error) == ("allow", "overloaded")
    service.model.gate.set()
    busy.join()


def ask(address: str, text: str) -> None:
    with Client(address) as client:
        client.score([text])


def test_one_ad_that_fails_takes_no_other_with_it(client: TestClient) -> None:
    results = score(client, "quick", "poison", "quick", on_error="review").json()["results"]
    assert [one.get("error") for one in results] == [None, "internal", None]
    assert results[1]["decision"] == "review"
    assert score(client, "quick", "poison").status_code == 500


def test_ads_that_are_decided_never_say_otherwise(client: TestClient) -> None:
    plain = score(client, "quick", "quick").json()
    assert score(client, "quick", "quick", deadline_ms=30_000, on_error="allow").json() == plain


@pytest.mark.parametrize(
    ("terms", "place"),
    [
        ({"deadline_ms": 0}, "/deadline_ms"),
        ({"deadline_ms": MAX_DEADLINE_MS + 1}, "/deadline_ms"),
        ({"deadline_ms": "soon"}, "/deadline_ms"),
        ({"on_error": "block"}, "/on_error"),
    ],
)
def test_terms_that_are_none(client: TestClient, terms: dict[str, Any], place: str) -> None:
    answer = score(client, "quick", **terms)
    assert answer.status_code == 422
    assert answer.json()["errors"][0]["pointer"] == place


def test_a_submission_takes_none(client: TestClient) -> None:
    body = {"ads": [{"text": "quick"}], "deadline_ms": 100}
    assert client.post("/v1/submissions", json=body).status_code == 422


@pytest.mark.parametrize("decision", ["allow", "review"])
def test_lines_have_a_deadline_each(client: TestClient, decision: str) -> None:
    query = f"?deadline_ms=400&on_error={decision}"
    texts = ["quick", "slow", "poison", "quick"]
    first, late, failed, last = stream(client, *texts, query=query)
    assert first["score"] == last["score"] > 0.9
    assert (late["decision"], late["error"]) == (decision, "deadline")
    assert (failed["decision"], failed["error"]) == (decision, "internal")


def test_a_line_without_a_score_is_told_in_its_place(client: TestClient) -> None:
    first, late, failed, last = stream(
        client, "quick", "slow", "poison", "quick", query="?deadline_ms=400"
    )
    assert first["score"] == last["score"] > 0.9
    assert (late["line"], failed["line"]) == (2, 3)
    assert "`deadline_ms`" in late["error"]
    assert "X-Request-ID" in failed["error"]


def test_a_full_queue_delays_lines_no_longer_than_their_deadline(
    service: Service, address: str
) -> None:
    service.scorer._limit = 1910
    busy = threading.Thread(target=lambda: ask(address, "slow " + "x" * 1_900))
    busy.start()
    until(lambda: service.model.begun)
    with Client(address, retries=0) as client:
        began = time.monotonic()
        (line,) = client.score_stream(["quick"], on_error="allow", deadline_ms=300)
        assert isinstance(line, Read)
        assert 0.25 < time.monotonic() - began < WAIT_S / 2
    service.model.gate.set()
    busy.join()


@pytest.mark.parametrize("by", ["score", "stream"])
def test_ads_without_a_score_are_counted_and_logged_without_words(
    client: TestClient, caplog: pytest.LogCaptureFixture, by: str
) -> None:
    caplog.set_level(logging.INFO)
    counted = {"name": "lurewatch_unscored_total", "reason": "internal", "instead": "allow"}
    before = scraped(client).of(**counted) or 0
    caplog.clear()
    if by == "score":
        score(client, "quick", "poison Quaggafjord", on_error="allow")
    else:
        stream(client, "quick", "poison Quaggafjord", query="?on_error=allow")
    (line,) = [vars(one) for one in caplog.records if one.getMessage() == "request"]
    assert (line["ads"], line["unscored"]) == (1, {"internal": 1})
    assert "degraded" not in line
    assert scraped(client).of(**counted) == before + 1
    assert "Quaggafjord" not in "".join(map(JsonLines().format, caplog.records))


@contextmanager
def placing(folder: Path, **settings: Any) -> Iterator[TestClient]:
    """A service that knows incidents."""
    given = Settings(data_dir=folder, workers=1, **settings)
    with TestClient(create_app(given, lambda told: engine_of(told))) as client:
        yield client


def test_what_needs_the_database_is_left_out_and_told(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO)
    with placing(tmp_path, campaigns=True, review_queue=True) as client:
        lose_database(client)
        (result,) = score(client, HOTELS[0]).json()["results"]
        assert result["score"] > 0.9
        assert result["degraded"] == ["campaigns", "incidents", "queue"]
        assert (result["campaign"], result["incidents"], result["ad_id"]) == (None, [], None)
        lines = [vars(one) for one in caplog.records if one.getMessage() == "request"]
        assert lines[0]["degraded"] == {"campaigns": 1, "incidents": 1, "queue": 1}
        counted = scraped(client).by("lurewatch_degraded_total", "part")
        assert counted == {"campaigns": 1, "incidents": 1, "queue": 1}
        scorer = cast(Any, client.app).state.runtime().engine.scorer
        scorer._pace.seconds = lambda ads, chars: ads
        late = score(client, "x", "y", deadline_ms=1_000, on_error="review").json()["results"]
        assert [one["degraded"] for one in late] == [["score", "queue"]] * 2


def damage(database: Database) -> None:
    """Write over all but the head of its file."""
    path = Path(database.engine.url.database or "")
    database.engine.dispose()  # or they have read it already
    with closing(sqlite3.connect(path)) as connection:
        connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    with path.open("r+b") as file:
        file.seek(4096)
        file.write(b"\xa5" * (path.stat().st_size - 4096))


def read_only(url: str) -> str:
    """The database as a server gives it that others have taken over from."""
    with closing(Database(url)) as database:
        database.migrate()
    options = {"options": "-c default_transaction_read_only=on"}
    return make_url(url).update_query_dict(options).render_as_string(hide_password=False)


def test_a_database_that_fails_in_any_way_leaves_the_queue_out(
    database_url: str, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    sqlite = database_url.startswith("sqlite")
    service = Service(
        data_dir=tmp_path, database=database_url if sqlite else read_only(database_url),
        secret_key=base64.b64encode(bytes(32)), review_queue=True,
    )  # fmt: skip
    with TestClient(service.app) as client:
        if sqlite:
            damage(service.app.state.runtime().database)
        (result,) = score(client, "Quaggafjord").json()["results"]
        assert (result["degraded"], result["ad_id"]) == (["queue"], None)
        if not sqlite:
            submitted = client.post("/v1/submissions", json={"ads": [{"text": "Quaggafjord"}]})
            assert submitted.json()["type"] == "/problems/store-unavailable"
    assert "ads not kept for review" in caplog.text
    assert "Quaggafjord" not in "".join(map(JsonLines().format, caplog.records))


def test_only_what_was_due_is_missed(tmp_path: Path) -> None:
    """An ad that no reviewer was to see misses no queue."""
    with placing(tmp_path, review_queue=True, queue_from="block") as client:
        lose_database(client)
        (result,) = score(client, HOTELS[0]).json()["results"]
        assert result["degraded"] == ["incidents"]


def test_a_comparison_that_fails_leaves_the_incidents_out(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(*_: object) -> None:
        raise ZeroDivisionError

    with placing(tmp_path) as client:
        assert put(client).status_code < 300
        (result,) = score(client, HOTELS[0]).json()["results"]
        assert (result["degraded"], len(result["incidents"])) == ([], 1)
        monkeypatch.setattr("service.answering.all_matches", broken)
        (result,) = score(client, HONEST).json()["results"]
        assert (result["degraded"], result["incidents"]) == (["incidents"], [])


def test_a_slow_database_does_not_outlast_the_deadline(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    gate = threading.Event()

    def slow(*_: object) -> list[None]:
        gate.wait(WAIT_S)
        return [None]

    monkeypatch.setattr("service.answering.count", slow)
    monkeypatch.setattr("service.api.score.keep", slow)
    settings = Settings(data_dir=tmp_path, workers=1, campaigns=True, review_queue=True)
    engine = stub_engine(settings, StubModel())
    text = f"{HOTELS[0]} {HOTELS[1]} Write to okapi@example.com"
    with TestClient(create_app(settings, start=lambda _: engine)) as client:
        (result,) = score(client, text, deadline_ms=1_000).json()["results"]
        gate.set()
        assert result["score"] > 0.9
        assert result["degraded"] == ["campaigns", "queue"]


def test_the_client_does_not_ask_again_under_a_deadline(address: str) -> None:
    with Client(address, patience_s=20) as asking:
        began = time.monotonic()
        with pytest.raises(Unavailable):
            asking.score(["slow"], deadline_ms=100)
        (line,) = asking.score_stream(["slow"], deadline_ms=100)
        assert isinstance(line, LineError)
        assert time.monotonic() - began < 10


def test_shapes_of_client_and_service_agree() -> None:
    assert list(Read.model_fields) == list(Undecided.model_fields)
