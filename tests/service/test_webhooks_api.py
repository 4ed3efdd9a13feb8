"""``/v1/webhooks`` and ``python -m service webhooks``, on SQLite and on PostgreSQL."""

import base64
from collections.abc import Callable, Iterator
from types import SimpleNamespace
from typing import Any, cast

import pytest
from fastapi.testclient import TestClient
from pydantic import SecretStr
from sqlalchemy import select
from standardwebhooks import Webhook

from service import access
from service.__main__ import main
from service.access import Scope
from service.app import create_app
from service.engine import Engine
from service.runtime import Runtime
from service.settings import Settings
from service.store.tables import Delivery
from tests.service.receiver import Receiver, Say, wait_for

KEY = base64.b64encode(bytes(range(32))).decode()
URL = "/v1/webhooks/moderation"

Open = Callable[..., TestClient]


def no_engine(_: Settings) -> Engine:
    """Nothing is scored here."""
    scorer = SimpleNamespace(close=lambda: None)
    return cast(Engine, SimpleNamespace(name="none", scorer=scorer, background=None))


@pytest.fixture
def opened(database_url: str) -> Iterator[Open]:
    """A service on the database, with other settings as given."""
    clients = []

    def start(**settings: Any) -> TestClient:
        given = Settings(database=SecretStr(database_url), secret_key=SecretStr(KEY), **settings)
        client = TestClient(create_app(given, start=no_engine))
        client.__enter__()
        clients.append(client)
        return client

    yield start
    for client in clients:
        client.__exit__(None, None, None)


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    with Receiver().open() as receiver:
        yield receiver


def runtime_behind(client: TestClient) -> Runtime:
    found: Runtime = cast(Any, client.app).state.runtime()
    return found


def kill(client: TestClient) -> None:
    """What waits is dead, as after the last attempt."""

    def work(session: Any) -> None:
        for row in session.scalars(select(Delivery).where(Delivery.state == "pending")):
            row.state, row.attempts, row.last_error = "dead", 10, "status 500"
            row.last_status = 500

    runtime_behind(client).database.write_now(work)


def test_from_registration_to_removal(opened: Open) -> None:
    client = opened()
    made = client.put(URL, json={"url": "https://1.1.1.1/hook?token=hidden"})
    assert made.status_code == 201
    secret = made.json()["secret"]
    prefix, _, random = secret.partition("_")
    assert (prefix, len(base64.b64decode(random))) == ("whsec", 32)
    shown = client.get(URL).json()
    assert shown == {
        "name": "moderation", "url": "https://1.1.1.1/hook?…", "disabled_at": None,
        "disabled_reason": None, "paused_until": None, "secrets": 1, "pending": 0, "dead": 0,
        "created_at": made.json()["created_at"],
    }  # fmt: skip
    changed = client.put(URL, json={"url": "https://1.1.1.1:8443/other"})
    assert (changed.status_code, changed.json()["secret"]) == (200, None)
    assert client.get("/v1/webhooks").json()["webhooks"] == [client.get(URL).json()]
    assert client.get(URL).json()["url"] == "https://1.1.1.1:8443/other"
    rotated = client.post(f"{URL}/secret", json={"overlap_hours": 1}).json()["secret"]
    assert rotated != secret
    assert client.get(URL).json()["secrets"] == 2
    assert client.post(f"{URL}/secret", json={"overlap_hours": 0}).status_code == 200
    assert client.get(URL).json()["secrets"] == 1
    assert client.delete(URL).status_code == 204
    for answer in (client.get(URL), client.delete(URL), client.post(f"{URL}/test"),
                   client.post(f"{URL}/secret"), client.post(f"{URL}/enable"),
                   client.get(f"{URL}/dead"), client.post(f"{URL}/replay")):  # fmt: skip
        assert (answer.status_code, answer.json()["type"]) == (404, "/problems/unknown-id")


@pytest.mark.parametrize(
    ("url", "rule"),
    [
        ("https://10.0.0.1/", "not public (private)"),
        ("https://localhost/", "not public (loopback)"),
        ("https://169.254.169.254/latest", "not public (cloud metadata)"),
        ("http://1.1.1.1/", "scheme is not https"),
        ("https://ana:hidden@1.1.1.1/", "a password"),
    ],
)
def test_where_nothing_is_sent(opened: Open, url: str, rule: str) -> None:
    client = opened()
    answer = client.put(URL, json={"url": url})
    assert (answer.status_code, answer.json()["type"]) == (422, "/problems/webhook-refused")
    assert rule in answer.json()["detail"]
    assert "hidden" not in answer.text
    assert client.get("/v1/webhooks").json() == {"webhooks": []}


@pytest.mark.parametrize("name", ["Upper", "-a", "a" * 65, "a.b"])
def test_names_that_are_refused(opened: Open, name: str) -> None:
    answer = opened().put(f"/v1/webhooks/{name}", json={"url": "https://1.1.1.1/"})
    assert (answer.status_code, answer.json()["type"]) == (422, "/problems/invalid-request")


def test_only_administrators_register(opened: Open) -> None:
    client = opened(authentication="on")
    runtime = runtime_behind(client)
    answers = []
    for scope in (Scope.REVIEW, Scope.ADMIN):
        _, key = runtime.database.write_now(access.add, "a", {scope})
        headers = {"Authorization": f"Bearer {key}"}
        answers.append(client.get("/v1/webhooks", headers=headers).status_code)
    assert client.get("/v1/webhooks").status_code == 401
    assert answers == [403, 200]


def test_a_test_message_arrives(opened: Open, receiver: Receiver) -> None:
    client = opened(webhook_private_targets=True)
    secret = client.put(URL, json={"url": receiver.url}).json()["secret"]
    answer = client.post(f"{URL}/test")
    assert answer.status_code == 202
    wait_for(lambda: len(receiver.received) == 1)
    (one,) = receiver.received
    assert one.id == answer.json()["id"]
    said = Webhook(secret).verify(one.body, dict(one.headers))
    assert (said["type"], said["data"]) == ("webhook.test", {"webhook": "moderation"})


def test_a_post_without_a_body_needs_no_content_type(opened: Open, receiver: Receiver) -> None:
    """As curl sends it: neither a length nor a type."""
    client = opened(webhook_private_targets=True)
    client.put(URL, json={"url": receiver.url})
    for action in ("secret", "enable", "test", "replay"):
        request = client.build_request("POST", f"{URL}/{action}")
        del request.headers["content-length"]
        assert client.send(request).status_code in (200, 202), action


def test_dead_letters_are_listed_and_replayed(opened: Open, receiver: Receiver) -> None:
    client = opened(webhook_private_targets=True)
    client.put(URL, json={"url": receiver.url})
    receiver.answer = lambda _: Say(410)
    first = client.post(f"{URL}/test").json()["id"]
    wait_for(lambda: bool(client.get(URL).json()["dead"]))
    shown = client.get(URL).json()
    assert (shown["disabled_reason"], shown["pending"]) == ("410 Gone", 0)
    letters = client.get(f"{URL}/dead", params={"limit": 1}).json()
    assert letters["total"] == 1
    assert letters["dead"][0] == {
        "id": first, "submission": None, "attempts": 1, "status": 410, "reason": "410 Gone",
        "created_at": letters["dead"][0]["created_at"],
    }  # fmt: skip
    for action in ("test", "replay"):
        answer = client.post(f"{URL}/{action}")
        assert (answer.status_code, answer.json()["type"]) == (422, "/problems/unknown-webhook")
        assert "enable" in answer.json()["detail"]
    receiver.answer = lambda _: Say()
    assert client.post(f"{URL}/enable").json()["disabled_at"] is None
    assert client.post(f"{URL}/replay", json={"ids": ["msg_0"]}).json() == {"replayed": 0}
    assert client.post(f"{URL}/replay", json={"since": "2999-01-01T00:00:00Z"}).json() == {
        "replayed": 0
    }
    assert client.post(f"{URL}/replay").json() == {"replayed": 1}
    wait_for(lambda: receiver.ids() == [first, first])
    assert receiver.received[0].body == receiver.received[1].body


def test_odd_times_and_ids_name_no_dead_letter(opened: Open) -> None:
    client = opened()
    client.put(URL, json={"url": "https://1.1.1.1/"})
    for since in ("0001-01-01T00:00:00+05:00", "9999-12-31T23:59:59-05:00"):
        assert client.get(f"{URL}/dead", params={"since": since}).json()["total"] == 0
        assert client.post(f"{URL}/replay", json={"since": since}).json() == {"replayed": 0}
    for odd in (b"\\u0000", b"\\ud800"):
        answer = client.post(
            f"{URL}/replay", content=b'{"ids": ["' + odd + b'"]}',
            headers={"Content-Type": "application/json"},
        )  # fmt: skip
        assert (answer.status_code, answer.json()["errors"][0]["pointer"]) == (422, "/ids/0")


def test_from_the_shell(
    opened: Open, receiver: Receiver, database_url: str, monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:  # fmt: skip
    monkeypatch.setenv("LUREWATCH_DATABASE", database_url)
    monkeypatch.setenv("LUREWATCH_SECRET_KEY", KEY)
    client = opened(webhook_private_targets=True)
    client.put(URL, json={"url": receiver.url + "?hidden"})
    receiver.answer = lambda _: Say(503)
    message = client.post(f"{URL}/test").json()["id"]
    wait_for(lambda: client.get(URL).json()["paused_until"] is not None)
    kill(client)
    assert main(["webhooks", "list"]) == 0
    (line,) = capsys.readouterr().out.splitlines()
    assert line.startswith(f"moderation  {receiver.url}?…  0 pending  1 dead  paused until")
    assert main(["webhooks", "dead", "--endpoint", "moderation", "--since", "2026-01-01"]) == 0
    assert capsys.readouterr().out == f"{message}  moderation  test  10 attempts  status 500\n"
    assert main(["webhooks", "dead", "--endpoint", "other"]) == 2
    assert "--endpoint other: no such endpoint; there are: moderation" in capsys.readouterr().err
    assert main(["webhooks", "replay", "--id", "msg_0"]) == 2
    assert "nothing to send again" in capsys.readouterr().err
    receiver.answer = lambda _: Say()
    client.post(f"{URL}/enable")  # ends the pause
    assert main(["webhooks", "replay", "--endpoint", "moderation"]) == 0
    assert capsys.readouterr().err == "moderation: 1\n"
    wait_for(lambda: client.get(URL).json()["pending"] == 0)
    assert set(receiver.ids()) == {message}
