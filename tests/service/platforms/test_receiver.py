"""Webhooks of platforms: verified, queued once, scored in the background."""

import asyncio
import hashlib
import hmac
import json
import logging
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import pytest
from fastapi.testclient import TestClient
from pydantic import ValidationError
from sqlalchemy import select
from sqlalchemy.orm import Session

from service.app import create_app
from service.platforms.errors import PlatformError
from service.platforms.mastodon import Mastodon
from service.platforms.seen import Seen, Skipped
from service.problems import MEDIA_TYPE
from service.settings import Settings
from service.store.tables import Delivery
from service.submissions.request import event_arrival
from tests.live import Service, until
from tests.service.platforms.given import MAPPING, events

SECRET = "twenty-three-characters"
OTHER = "another-secret-of-theirs"
MASTODON, GENERIC = "/v1/platforms/mastodon", "/v1/platforms/generic/dating"


@pytest.fixture(scope="module")
def service(tmp_path_factory: pytest.TempPathFactory) -> Service:
    folder = tmp_path_factory.mktemp("receiver")
    (folder / "mappings").mkdir()
    (folder / "mappings" / "dating.yaml").write_text(MAPPING.read_text("utf-8"), "utf-8")
    return Service(
        data_dir=folder, mastodon_webhook_secret=SECRET, platform_webhook_secret=OTHER,
        platform_mappings=folder / "mappings",
    )  # fmt: skip


@pytest.fixture(scope="module")
def client(service: Service) -> Iterator[TestClient]:
    with TestClient(service.app) as client:
        yield client


def signature(secret: str, body: bytes) -> str:
    return "sha256=" + hmac.new(secret.encode(), body, hashlib.sha256).hexdigest()


def send(
    client: TestClient, path: str, event: Any, header: str | None = None, secret: str | None = None
) -> Any:
    """Post an event, signed as its platform does unless it is said otherwise."""
    body = event if isinstance(event, bytes) else json.dumps(event).encode()
    name = "X-Hub-Signature" if path == MASTODON else "X-Chat-Signature"
    usual = SECRET if path == MASTODON else OTHER
    given = signature(secret or usual, body) if header is None else header
    headers = {b"Content-Type": b"application/json", name.encode(): given.encode()}
    return client.post(path, content=body, headers=headers)


def results(client: TestClient, href: str) -> list[dict[str, Any]]:
    """Of a submission, once it is done."""
    until(lambda: client.get(href).json()["state"] == "done")
    found: list[dict[str, Any]] = client.get(href).json()["results"]
    return found


def test_a_post_is_scored(client: TestClient) -> None:
    answer = send(client, MASTODON, events("mastodon")[0])
    assert answer.status_code == 202
    told = answer.json()
    assert told["state"] == "queued"
    (scored,) = results(client, told["href"])
    assert scored["id"] == "mastodon:5001"
    assert scored["decision"] == "review"


def test_every_post_of_a_report_is_scored(client: TestClient) -> None:
    told = send(client, MASTODON, events("mastodon")[5]).json()
    assert told["ads"] == 2
    assert [one["id"] for one in results(client, told["href"])] == [
        "mastodon:5005", "mastodon:5007",
    ]  # fmt: skip


def test_a_post_without_text_takes_no_other_with_it(client: TestClient) -> None:
    """Mastodon does not send a report again that was refused."""
    event = json.loads(json.dumps(events("mastodon")[5]))
    event["object"]["statuses"][1] |= {"content": "<p>\u200b</p>", "spoiler_text": ""}
    assert send(client, MASTODON, event).json()["ads"] == 1


def test_an_event_that_comes_twice_is_scored_once(client: TestClient) -> None:
    first, second = (send(client, MASTODON, events("mastodon")[1]).json() for _ in range(2))
    assert first["submission"] == second["submission"]


def test_an_event_without_an_ad_is_taken(client: TestClient) -> None:
    answer = send(client, MASTODON, events("mastodon")[2])
    assert answer.status_code == 200
    assert answer.json() == {
        "state": "skipped", "reason": "not public", "ads": 0, "submission": None, "href": None,
        "submissions": [],
    }  # fmt: skip


def report(name: str, texts: Sequence[str]) -> dict[str, Any]:
    """A report on a post for each text; of another ``name`` the posts are others."""
    event: dict[str, Any] = json.loads(json.dumps(events("mastodon")[5]))
    post = event["object"]["statuses"][0]
    event["object"]["statuses"] = [
        {**post, "id": f"{name}{number}", "content": f"<p>{text}</p>"}
        for number, text in enumerate(texts)
    ]
    return event


@pytest.mark.parametrize(
    ("name", "texts", "ads"),
    [
        ("many", ["Cook for a school kitchen."] * 257, [256, 1]),
        ("long", ["x" * 20_000] * 11, [10, 1]),
        ("sentences", ["Fly Thursday " + "\ufdfa" * 11_200] * 11, [10, 1]),
    ],
)
def test_an_event_over_the_limits_of_a_request_is_scored_in_parts(
    client: TestClient, name: str, texts: Sequence[str], ads: list[int]
) -> None:
    """Mastodon does not send again what was refused, and cannot send less."""
    answer = send(client, MASTODON, report(name, texts))
    assert answer.status_code == 202, answer.json()
    told = answer.json()
    first = told["submissions"][0]
    assert (told["submission"], told["href"]) == (first["submission"], first["href"])
    assert answer.headers["location"] == first["href"]
    assert told["ads"] == len(texts)
    assert [one["ads"] for one in told["submissions"]] == ads
    found = [one["id"] for part in told["submissions"] for one in results(client, part["href"])]
    assert found == [f"mastodon:{name}{number}" for number in range(len(texts))]
    assert send(client, MASTODON, report(name, texts)).json() == told


def test_an_event_is_taken_whole_or_not_at_all(tmp_path: Path) -> None:
    service = Service(
        data_dir=tmp_path, mastodon_webhook_secret=SECRET, max_request_ads=2,
        max_pending_submissions=3,
    )  # fmt: skip
    with TestClient(service.app) as client:
        service.model.gate.clear()
        first = send(client, MASTODON, report("a", ["Cook"] * 3)).json()
        second = send(client, MASTODON, report("b", ["Cook"] * 5)).json()
        refused = send(client, MASTODON, report("c", ["Cook"] * 5))
        again = send(client, MASTODON, report("a", ["Cook"] * 3)).json()
        service.model.gate.set()
        assert (refused.status_code, refused.json()["unit"]) == (429, "submissions")
        assert [len(one["submissions"]) for one in (first, second)] == [2, 3]
        assert again == first
        for part in (*first["submissions"], *second["submissions"]):
            assert len(results(client, part["href"])) == part["ads"]
        assert len(send(client, MASTODON, report("c", ["Cook"] * 5)).json()["submissions"]) == 3


def test_an_event_is_the_same_however_its_ads_are_read(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """After a deploy: another adapter, another endpoint for results, other limits."""
    event = report("same", ["Cook", "Waiter"])
    found = []
    for webhook, ads in (("moderation", 2), (None, 1)):
        service = Service(
            data_dir=tmp_path, mastodon_webhook_secret=SECRET, max_request_ads=ads,
            platform_results_webhook=webhook,
        )  # fmt: skip
        with TestClient(service.app) as client:
            found.append(send(client, MASTODON, event).json())
            results(client, found[-1]["href"])
        monkeypatch.setattr(Mastodon, "_report", shouted)
    assert found[0] == found[1]
    assert found[0]["ads"] == 2


def shouted(self: Mastodon, given: Any) -> list[Seen]:
    """Another reading of a report's posts."""
    posts = [{"id": f"shouted:{one.id}", "text": one.content.upper()} for one in given.statuses]
    return [Seen(one) for one in posts]  # type: ignore[arg-type]


def test_no_caller_can_occupy_an_event(client: TestClient) -> None:
    event = report("known", ["Cook"])
    body = json.dumps(event).encode()
    digest = hashlib.sha256(body).hexdigest()
    for key in (f"mastodon-{digest}", f"mastodon-{digest}.0", digest, f"{digest}.0"):
        given = {"ads": [{"text": "another"}]}
        taken = client.post("/v1/submissions", json=given, headers={"Idempotency-Key": key})
        assert taken.status_code == 202
    answer = send(client, MASTODON, body)
    assert answer.status_code == 202, answer.json()
    assert [one["id"] for one in results(client, answer.json()["href"])] == ["mastodon:known0"]


def test_the_same_body_from_another_place_is_another_event(service: Service) -> None:
    body, runtime = b"{}", service.app.state.runtime()
    keys = {
        event_arrival(runtime.vault, source, body, [], "en").key
        for source in ("mastodon", "generic/mastodon", "generic/dating")
    }
    assert len(keys) == 3


def test_an_event_at_which_an_adapter_fails_is_refused_without_its_words(
    client: TestClient, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def read(self: Mastodon, event: Mapping[str, Any]) -> list[Seen]:
        raise KeyError(event["object"]["content"])

    monkeypatch.setattr(Mastodon, "read", read)
    with caplog.at_level(logging.ERROR):
        answer = send(client, MASTODON, events("mastodon")[0])
    assert (answer.status_code, answer.json()["type"]) == (422, "/problems/invalid-request")
    assert "cannot be read as an event of this platform" in answer.json()["detail"]
    (line,) = [one for one in caplog.records if one.name == "service.platforms.reading"]
    assert (vars(line)["error"], line.exc_info) == ("KeyError", None)
    assert "tourist" not in answer.text + caplog.text


@pytest.mark.parametrize("ads", [[Seen({"text": "Cook", "id": "\ud800"})], []])
def test_ads_that_are_none_end_nothing(
    client: TestClient, monkeypatch: pytest.MonkeyPatch, ads: list[Seen]
) -> None:
    monkeypatch.setattr(Mastodon, "read", lambda self, event: ads)
    assert send(client, MASTODON, events("mastodon")[0]).status_code == (422 if ads else 200)


def test_an_event_is_read_beside_the_loop(
    client: TestClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A report of a thousand posts would hold up every request."""
    beside = []

    def read(self: Mastodon, event: Mapping[str, Any]) -> Skipped:
        try:
            asyncio.get_running_loop()
        except RuntimeError:
            beside.append(True)
        return Skipped("no text")

    monkeypatch.setattr(Mastodon, "read", read)
    assert send(client, MASTODON, events("mastodon")[0]).status_code == 200
    assert beside == [True]


def test_an_in_house_platform(client: TestClient) -> None:
    told = send(client, GENERIC, events("generic")[0]).json()
    (scored,) = results(client, told["href"])
    assert scored["id"] == "m/1"
    assert scored["platform"] == "dating"


@pytest.mark.parametrize("path", [MASTODON, GENERIC])
@pytest.mark.parametrize(
    "header",
    ["", "sha256=", "sha256=" + "0" * 64, "sha1=abc", "sha256=Ж"],
)
def test_a_wrong_signature_is_refused(client: TestClient, path: str, header: str) -> None:
    answer = send(client, path, events("mastodon")[0], header=header)
    assert answer.status_code == 401
    assert answer.headers["content-type"] == MEDIA_TYPE
    assert answer.json()["type"] == "/problems/platform-signature"


def test_the_secret_of_one_does_not_open_the_other(client: TestClient) -> None:
    assert send(client, MASTODON, events("mastodon")[0], secret=OTHER).status_code == 401
    assert send(client, GENERIC, events("generic")[0], secret=SECRET).status_code == 401


def test_a_body_that_was_changed_is_refused(client: TestClient) -> None:
    body = json.dumps(events("mastodon")[0]).encode()
    answer = send(client, MASTODON, body + b" ", header=signature(SECRET, body))
    assert answer.status_code == 401


@pytest.mark.parametrize(
    ("event", "status", "kind"),
    [
        (b"{", 400, "bad-json"),
        (b"[]", 422, "invalid-request"),
        ({"event": "status.created", "object": {"id": "1"}}, 422, "invalid-request"),
    ],
)
def test_what_is_not_in_its_shape_is_told(
    client: TestClient, event: Any, status: int, kind: str
) -> None:
    answer = send(client, MASTODON, event)
    assert (answer.status_code, answer.json()["type"]) == (status, f"/problems/{kind}")


def test_a_place_that_is_wrong_is_named(client: TestClient) -> None:
    answer = send(client, MASTODON, {"event": "status.created", "object": {"id": "1"}})
    assert "account: missing" in answer.json()["detail"]


def test_an_unknown_mapping(client: TestClient) -> None:
    answer = send(client, "/v1/platforms/generic/none", events("generic")[0])
    assert answer.status_code == 404


def test_it_is_off_unless_a_secret_is_set(tmp_path: Path) -> None:
    with TestClient(Service(data_dir=tmp_path).app) as client:
        for path in (MASTODON, GENERIC):
            answer = send(client, path, events("mastodon")[0])
            assert answer.status_code == 503
            assert answer.json()["type"] == "/problems/platform-closed"
            assert "LUREWATCH_" in answer.json()["detail"]


def test_an_event_is_taken_though_nobody_can_be_told(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    """Mastodon does not send again what was refused. The results wait as a dead letter."""
    service = Service(
        data_dir=tmp_path, mastodon_webhook_secret=SECRET, platform_results_webhook="moderation"
    )
    with caplog.at_level(logging.WARNING), TestClient(service.app) as client:
        (line,) = [one for one in caplog.records if one.name == "service.api.platforms"]
        assert vars(line)["endpoint"] == "moderation"
        told = send(client, MASTODON, events("mastodon")[0]).json()
        assert results(client, told["href"])[0]["decision"] == "review"
        letters = service.app.state.runtime().database.read_now(dead)
    assert letters == [("moderation", "the endpoint is removed")]


def dead(session: Session) -> list[tuple[str, str | None]]:
    """Endpoint of each dead letter, and why it is one."""
    found = session.scalars(select(Delivery).where(Delivery.state == "dead"))
    return [(one.endpoint, one.last_error) for one in found]


def test_mappings_without_a_secret_are_refused_at_start(tmp_path: Path) -> None:
    with pytest.raises(PlatformError, match="LUREWATCH_PLATFORM_WEBHOOK_SECRET"):
        create_app(Settings(platform_mappings=tmp_path))


def test_a_webhook_of_an_empty_name_is_refused_at_start() -> None:
    with pytest.raises(ValidationError, match="platform_results_webhook"):
        Settings(platform_results_webhook="")
