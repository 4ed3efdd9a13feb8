"""The limit of a key holds for every way of having ads scored, and each says so in its own form."""

import base64
import json
import logging
import re
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx
import pytest
from fastapi.testclient import TestClient

from service import access
from service.access import Scope
from service.client import Client
from service.client.errors import Unavailable
from service.known_keys import FRESH_S
from service.quota import Quota
from service.runtime import Runtime
from service.store import Database
from service.window import MovingWindow
from tests.contract.test_access import asked, calls
from tests.live import Service, live, until
from tests.service.labelling import CONFIG
from tests.service.observing.scene import lose_database, scraped

TEXT = "Free visa"
LINES = {"Content-Type": "application/x-ndjson"}


@dataclass(frozen=True)
class Way:
    """Of having ads scored."""

    call: str
    limited: tuple[str, Any]
    """Where the answer to one ad too many names the kind of problem, and how."""

    body: Any = None
    lines: bool = False

    def ask(self, client: Any, key: str, ads: int = 1, **headers: str) -> Any:
        """So many ads."""
        path = self.call.partition(" ")[2]
        headers["Authorization"] = f"Bearer {key}"
        if self.lines:
            content = b'{"text": "Free visa"}\n' * ads
            return client.post(path, content=content, headers={**headers, **LINES})
        return client.post(path, json=self.body(ads), headers=headers)


OURS = ("type", "/problems/key-limited")
WAYS = (
    Way("POST /v1/score", OURS, lambda n: {"ads": [{"text": TEXT}] * n}),
    Way("POST /v1/score/stream", OURS, lines=True),
    Way("POST /v1/submissions", OURS, lambda n: {"ads": [{"text": TEXT}] * n}),
    Way("POST /v1/moderations", ("code", "rate_limit_exceeded"), lambda n: {"input": [TEXT] * n}),
    Way("POST /predict", ("error_type", "overloaded"), lambda n: {"inputs": [[TEXT]] * n}),
    Way("POST /v1/classify", OURS, lambda _: {"model": "lurewatch", "input": {"text": TEXT}}),
    Way(
        "POST /v1alpha1/comments:analyze", ("status", "RESOURCE_EXHAUSTED"),
        lambda _: {"comment": {"text": TEXT}, "requestedAttributes": {"FAKE_JOB_AD": {}}},
    ),
    Way(
        "POST /label-studio/predict", OURS,
        lambda n: {
            "tasks": [{"id": i, "data": {"text": TEXT}, "project": 1} for i in range(n)],
            "label_config": CONFIG, "project": "1.1",
        },
    ),
)  # fmt: skip
SCORE = WAYS[0]
SEVERAL = [way for way in WAYS if "classify" not in way.call and "comments" not in way.call]

READ_NOTHING = {
    "POST /label-studio/setup": "a labelling configuration holds no ad",
}

NAMES = [way.call for way in WAYS]


@pytest.fixture
def client(tmp_path: Path) -> Iterator[TestClient]:
    """Asks for keys, and gives each five ads a minute."""
    service = Service(data_dir=tmp_path, authentication="on", key_ads_per_minute=5)
    with TestClient(service.app) as client:
        yield client


def runtime(client: Any) -> Runtime:
    found: Runtime = client.app.state.runtime()
    return found


def key_for(client: Any, limit: int | None = None, scope: Scope = Scope.SCORE) -> str:
    """A new key."""
    database: Database = runtime(client).database
    return database.write_now(access.add, "tests", {scope}, None, limit)[1]


def quota_of(answer: Any) -> tuple[int, int, int, int]:
    """What the headers say: ads, in seconds; ads left, seconds until there are more."""
    policy = re.fullmatch(r'"ads";q=(\d+);w=(\d+)', answer.headers["ratelimit-policy"])
    left = re.fullmatch(r'"ads";r=(\d+);t=(\d+)', answer.headers["ratelimit"])
    assert policy
    assert left
    return int(policy[1]), int(policy[2]), int(left[1]), int(left[2])


def test_no_way_of_scoring_is_left_out(client: TestClient) -> None:
    """Every call that asks for the scope and has a body."""
    service = client.app.state  # type: ignore[attr-defined]
    whole = Service(data_dir=service.settings.data_dir, authentication="on")
    other = {"Authorization": f"Bearer {key_for(client, scope=Scope.METRICS)}"}
    with TestClient(whole.app) as everything:
        found = set()
        for call in calls(whole):
            answer = asked(everything, call, **other)
            if call.startswith("POST") and answer.status_code == 403 and "'score'" in answer.text:
                found.add(call)
    assert found == {*NAMES, *READ_NOTHING}


@pytest.mark.parametrize("way", WAYS, ids=NAMES)
def test_every_way_counts_and_says_what_is_left(client: TestClient, way: Way) -> None:
    key = key_for(client, limit=2)
    for left in (1, 0):
        answer = way.ask(client, key)
        assert answer.status_code in (200, 202), answer.text
        limit, window_s, found, more_in_s = quota_of(answer)
        assert (limit, window_s, found) == (2, 60, left)
        assert 1 <= more_in_s <= 60
    answer = way.ask(client, key)
    assert answer.status_code == 429, answer.text
    assert quota_of(answer)[:3] == (2, 60, 0)
    assert quota_of(answer)[3] <= int(answer.headers["retry-after"]) <= 60
    body = answer.json()
    name, value = way.limited
    told = body["error"] if isinstance(body.get("error"), dict) else body
    assert told[name] == value
    assert "1 ads given, and this key has 0 of its 2 a minute left; try again in" in answer.text
    assert TEXT not in answer.text
    assert way.ask(client, key_for(client)).status_code in (200, 202), "another key has its own"


@pytest.mark.parametrize("way", SEVERAL, ids=[way.call for way in SEVERAL])
def test_ads_are_counted_not_requests(client: TestClient, way: Way) -> None:
    key = key_for(client)
    assert quota_of(way.ask(client, key, ads=3))[2] == 2
    assert way.ask(client, key, ads=3).status_code == 429
    assert quota_of(way.ask(client, key, ads=2))[2] == 0


@pytest.mark.parametrize("way", [way for way in SEVERAL if not way.lines], ids=lambda way: way.call)
def test_what_could_never_pass_is_told_so(client: TestClient, way: Way) -> None:
    answer = way.ask(client, key_for(client), ads=6)
    assert answer.status_code in (400, 422)
    said = "6 ads given, at most 5 are taken in a minute with this key; send them in parts"
    assert said in answer.text
    assert "retry-after" not in answer.headers
    assert answer.headers["ratelimit"] == '"ads";r=5'


def test_what_is_wrong_costs_nothing(client: TestClient) -> None:
    key = key_for(client)
    headers = {"Authorization": f"Bearer {key}"}
    ads: list[list[dict[str, Any]]] = [[], [{"text": " "}], [{"text": 3}]]
    for given in ads:
        body = {"ads": given}
        assert client.post("/v1/score", json=body, headers=headers).status_code == 422
    assert quota_of(SCORE.ask(client, key))[2] == 4


def test_the_key_says_more_than_the_setting(client: TestClient) -> None:
    assert quota_of(SCORE.ask(client, key_for(client, limit=100), ads=6))[2] == 94
    unlimited = SCORE.ask(client, key_for(client, limit=0), ads=6)
    assert unlimited.status_code == 200
    assert "ratelimit" not in unlimited.headers


def test_without_a_limit_nothing_is_said(tmp_path: Path) -> None:
    with TestClient(Service(data_dir=tmp_path, authentication="on").app) as client:
        assert "ratelimit" not in SCORE.ask(client, key_for(client)).headers


def test_where_no_key_is_asked_for_nobody_is_limited(tmp_path: Path) -> None:
    with TestClient(Service(data_dir=tmp_path, key_ads_per_minute=1).app) as client:
        for _ in range(3):
            answer = SCORE.ask(client, "lw_anything", ads=2)
            assert answer.status_code == 200
            assert "ratelimit" not in answer.headers


def test_another_limit_is_in_force_once_the_key_is_read_again(client: TestClient) -> None:
    at = 0.0
    runtime(client).known_keys.clock = lambda: at
    database = runtime(client).database
    key_id, key = database.write_now(access.add, "tests", {Scope.SCORE})
    assert quota_of(SCORE.ask(client, key))[0] == 5
    assert database.write_now(access.set_limit, key_id, 7)
    assert quota_of(SCORE.ask(client, key))[0] == 5
    at = FRESH_S
    assert quota_of(SCORE.ask(client, key))[:3] == (7, 60, 4)


def test_a_submission_that_is_repeated_is_counted_once(client: TestClient) -> None:
    key, submissions = key_for(client), WAYS[2]
    first = submissions.ask(client, key, ads=2, **{"Idempotency-Key": "a"})
    again = submissions.ask(client, key, ads=2, **{"Idempotency-Key": "a"})
    assert first.json()["id"] == again.json()["id"]
    assert quota_of(submissions.ask(client, key))[2] == 2


def test_what_the_service_could_not_take_costs_nothing(client: TestClient) -> None:
    key = key_for(client)
    assert quota_of(SCORE.ask(client, key))[2] == 4
    lose_database(client)
    assert WAYS[2].ask(client, key, ads=4).status_code == 503
    assert quota_of(SCORE.ask(client, key))[2] == 3


def test_a_stream_waits_where_a_request_is_refused(client: TestClient) -> None:
    runtime(client).quota._counted = MovingWindow(1)
    key, stream = key_for(client), WAYS[1]
    answer = stream.ask(client, key, ads=12)
    lines = [json.loads(line) for line in answer.text.splitlines()]
    assert [line["decision"] for line in lines] == ["review"] * 12
    assert answer.elapsed.total_seconds() >= 2, "five at once, five a second later, two after that"
    assert quota_of(answer)[:2] == (5, 1)
    assert stream.ask(client, key, ads=5).status_code == 429, "before it begins it is refused"


@pytest.mark.parametrize("on_error", ["fail", "review"])
def test_a_line_waits_no_longer_than_its_deadline(client: TestClient, on_error: str) -> None:
    headers = {"Authorization": f"Bearer {key_for(client)}", **LINES}
    answer = client.post(
        f"/v1/score/stream?deadline_ms=2000&on_error={on_error}",
        content=b'{"text": "Free visa"}\n' * 6, headers=headers,
    )  # fmt: skip
    *scored, last = [json.loads(line) for line in answer.text.splitlines()]
    assert [line["decision"] for line in scored] == ["review"] * 5
    if on_error == "fail":
        assert last["line"] == 6
        assert "`deadline_ms`" in last["error"]
    else:
        assert (last["decision"], last["error"]) == ("review", "deadline")
    assert 1 < answer.elapsed.total_seconds() < 30, "the limit has more after a minute"


def test_lines_that_are_wrong_are_not_counted(client: TestClient) -> None:
    headers = {"Authorization": f"Bearer {key_for(client)}", **LINES}
    content = b'{"text": "a"}\nnonsense\n{"text": " "}\n\n{"text": "b"}\n'
    answer = client.post("/v1/score/stream", content=content, headers=headers)
    assert len(answer.text.splitlines()) == 4
    assert quota_of(answer)[2] == 3


def test_many_at_once_get_no_more_than_one_after_another(tmp_path: Path) -> None:
    service = Service(data_dir=tmp_path, authentication="on", key_ads_per_minute=3)
    with live(service.app) as address, httpx.Client(base_url=address, timeout=60) as client:
        key = service.app.state.runtime().database.write_now(access.add, "t", {Scope.SCORE})[1]
        service.model.gate.clear()
        with ThreadPoolExecutor(6) as pool:
            asking = [pool.submit(SCORE.ask, client, key) for _ in range(6)]
            until(lambda: sum(one.done() for one in asking) == 3)
            assert {one.result().status_code for one in asking if one.done()} == {429}
            service.model.gate.set()
            statuses = sorted(one.result().status_code for one in asking)
    assert statuses == [200] * 3 + [429] * 3


def test_our_client_waits_and_sends_in_parts(tmp_path: Path) -> None:
    service = Service(data_dir=tmp_path, authentication="on", key_ads_per_minute=4)
    with live(service.app) as address:
        running = service.app.state.runtime()
        key = running.database.write_now(access.add, "t", {Scope.SCORE})[1]
        running.quota._counted = MovingWindow(1)
        with Client(address, key) as client:
            assert len(client.score([TEXT] * 10)) == 10
            assert len(list(client.score_stream([TEXT] * 10))) == 10
            assert client.submit([TEXT]).ads == 1
        running.quota._counted = MovingWindow(60)
        other = running.database.write_now(access.add, "t", {Scope.SCORE})[1]
        with Client(address, other, patience_s=0.5) as client:
            client.score([TEXT] * 4)
            with pytest.raises(Unavailable) as refused:
                client.score([TEXT])
    assert refused.value.type == "/problems/key-limited"
    assert refused.value.facts["limit"] == 4


def test_our_client_has_the_patience_for_a_whole_minute() -> None:
    """What a full window asks for at most, and the draw on top."""
    with Client("http://127.0.0.1:9") as client:
        assert client._patience.total_s > Quota().window_s + 20


def test_who_is_refused_is_counted_and_named_by_id(
    client: TestClient, caplog: pytest.LogCaptureFixture
) -> None:
    database = runtime(client).database
    key_id, key = database.write_now(access.add, "tests", {Scope.SCORE}, None, 1)
    _, reading = database.write_now(access.add, "scraper", {Scope.METRICS})
    with caplog.at_level(logging.INFO):
        assert [SCORE.ask(client, key).status_code for _ in range(3)] == [200, 429, 429]
    named = [getattr(record, "key", None) for record in caplog.records]
    assert named.count(key_id) == 2
    found = scraped(client, Authorization=f"Bearer {reading}")
    assert found.of("lurewatch_refused_total", reason="key-limited") == 2


def test_label_studio_may_send_the_key_as_a_password(client: TestClient) -> None:
    password = base64.b64encode(f"user:{key_for(client)}".encode()).decode()
    way = next(way for way in WAYS if "label-studio" in way.call)
    answer = client.post(
        "/label-studio/predict", json=way.body(1), headers={"Authorization": f"Basic {password}"}
    )
    assert quota_of(answer)[2] == 4
