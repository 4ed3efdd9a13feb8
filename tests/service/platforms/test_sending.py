"""Plans carried out against a server that answers as each platform does."""

import asyncio
import time
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from service.client.calls import Reply
from service.client.retrying import Attempts, Patience
from service.platforms.base import Platform
from service.platforms.discord import Discord, DiscordOptions
from service.platforms.plan import Call, Plan
from service.platforms.reddit import Reddit
from service.platforms.sending import PATIENCE, NotDone, Sender
from service.platforms.telegram import Telegram, TelegramOptions
from tests.service.platforms.given import all_seen, made, result
from tests.service.platforms.server import Answer, serving

QUICK = Patience(retries=3, total_s=30.0, draw=lambda low, high: 0.0)
TOKEN = "42:secret"


def sent(platform: Platform, plan: Plan) -> None:
    """Carry it out."""

    async def run() -> None:
        sender = Sender(platform, TOKEN, patience=QUICK)
        try:
            await sender.send(plan)
        finally:
            await sender.aclose()

    asyncio.run(run())


def test_calls_are_made_in_order_with_the_token() -> None:
    with serving() as (api, address):
        adapter = Discord(DiscordOptions(moderators="350"), base=address)
        sent(adapter, adapter.plan(all_seen("discord")[0], result("block")))
    told, shown, removed = api.heard
    assert (told.method, told.path) == ("POST", "/channels/350/messages")
    assert told.headers["authorization"] == f"Bot {TOKEN}"
    assert shown.json["message_reference"]["type"] == 1
    assert removed.method == "DELETE"
    assert removed.path == "/channels/310000000000000001/messages/330000000000000001"


def test_a_token_in_the_address_is_put_there() -> None:
    with serving() as (api, address):
        adapter = Telegram(TelegramOptions(moderators="-7"), base=address)
        sent(adapter, adapter.plan(all_seen("telegram")[0], result("review")))
    assert [one.path for one in api.heard] == [
        f"/bot{TOKEN}/sendMessage", f"/bot{TOKEN}/forwardMessage",
    ]  # fmt: skip


def test_a_form_is_sent_as_one() -> None:
    with serving() as (api, address):
        adapter = Reddit(base=address)
        sent(adapter, adapter.plan(all_seen("reddit")[2], result("block")))
    assert [one.path for one in api.heard] == ["/api/report", "/api/remove"]
    assert api.heard[1].body == b"id=t1_kabc1&spam=false"
    assert api.heard[1].headers["user-agent"].startswith("script:org.lurewatch")


def test_it_waits_as_long_as_the_platform_asks() -> None:
    limited: Answer = (429, {"message": "limited", "retry_after": 0.3, "global": False}, {})
    with serving([limited]) as (api, address):
        adapter = Discord(DiscordOptions(moderators="350"), base=address)
        began = time.monotonic()
        sent(adapter, adapter.plan(all_seen("discord")[0], result("nudge")))
        waited = time.monotonic() - began
    assert len(api.heard) == 2
    assert waited >= 0.3


def test_what_comes_after_a_refusal_is_not_done() -> None:
    """Nothing is removed that moderators were not shown."""
    forbidden: Answer = (403, {"message": "Missing Access"}, {})
    with serving([(200, {}, {}), forbidden]) as (api, address):
        adapter = Discord(DiscordOptions(moderators="350"), base=address)
        plan = adapter.plan(all_seen("discord")[0], result("block"))
        with pytest.raises(NotDone, match="show them a copy of the message: status 403"):
            sent(adapter, plan)
    assert [one.method for one in api.heard] == ["POST", "POST"]


@pytest.mark.parametrize(
    ("repeatable", "status", "times"),
    [
        (True, 502, 2),
        (False, 502, 1),  # it may have been done
        (False, 503, 2),  # it was not
        (True, 404, 1),
    ],
)
def test_what_may_not_be_done_twice_is_not(repeatable: bool, status: int, times: int) -> None:
    with serving([(status, {}, {})]) as (api, address):
        adapter = Discord(base=address)
        plan = Plan("discord", "1", "nudge", (Call("w", "POST", "/x", {}, repeatable=repeatable),))
        if times == 1:
            with pytest.raises(NotDone):
                sent(adapter, plan)
        else:
            sent(adapter, plan)
    assert len(api.heard) == times


def test_a_server_that_is_away_is_told_without_the_token() -> None:
    with serving() as (_, address):
        gone = address
    adapter = Telegram(base=gone)
    plan = adapter.plan(all_seen("telegram")[0], result("nudge"))
    with pytest.raises(NotDone, match="caution readers: no answer") as error:
        sent(adapter, plan)
    assert TOKEN not in str(error.value)


@pytest.mark.parametrize(
    ("decision", "done"),
    [("block", ["/api/report"]), ("nudge", ["/api/comment"])],
)
def test_reddit_refuses_with_a_status_of_success(decision: str, done: list[str]) -> None:
    """Nothing is removed whose report failed."""
    refused: Answer = (200, {"json": {"errors": [["RATELIMIT", "a while", "ratelimit"]]}}, {})
    with serving([refused]) as (api, address):
        adapter = Reddit(base=address)
        with pytest.raises(NotDone, match="status 200, which names errors"):
            sent(adapter, adapter.plan(all_seen("reddit")[2], result(decision)))
    assert [one.path for one in api.heard] == done


def test_what_reddit_answers_without_an_error_is_done() -> None:
    with serving([(200, {"json": {"errors": []}}, {}), (200, {"json": None}, {})]) as (_, address):
        adapter = Reddit(base=address)
        sent(adapter, adapter.plan(all_seen("reddit")[2], result("block")))


def test_a_failure_by_chance_does_not_wait_for_the_next_period() -> None:
    left = {"x-ratelimit-remaining": "95.0", "x-ratelimit-reset": "480"}
    with serving([(503, {}, left)]) as (api, address):
        adapter = Reddit(base=address)
        sent(adapter, adapter.plan(all_seen("reddit")[2], result("review")))
    assert len(api.heard) == 2


def test_patience_covers_the_longest_period() -> None:
    assert Attempts(PATIENCE).pause(600.0) is not None


@pytest.mark.parametrize(
    ("name", "body", "headers", "expected"),
    [
        ("discord", b'{"retry_after": 1.5}', {"retry-after": "2"}, 1.5),
        ("discord", b"<html>", {"retry-after": "2"}, 2.0),
        ("telegram", b'{"ok": false, "parameters": {"retry_after": 9}}', {}, 9.0),
        ("telegram", b'{"ok": false, "parameters": null}', {}, None),
        ("matrix", b'{"errcode": "M_LIMIT_EXCEEDED", "retry_after_ms": 250}', {}, 0.25),
        ("reddit", b"{}", {"x-ratelimit-reset": "31.5"}, 31.5),
        ("reddit", b"{}", {"x-ratelimit-reset": "soon"}, None),
        ("mastodon", b"{}", {"x-ratelimit-reset": "soon"}, None),
        ("bluesky", b"{}", {"retry-after": "4"}, 4.0),
        ("generic", b"{}", {"retry-after": "4"}, 4.0),
        ("generic", b"{}", {}, None),
    ],
)
def test_rate_limits_are_read(
    name: str, body: bytes, headers: dict[str, str], expected: float | None
) -> None:
    assert made(name).pause_s(Reply(429, headers, body)) == expected


@pytest.mark.parametrize(
    ("status", "remaining", "expected"),
    [(503, "95.0", None), (503, "0.0", 31.0), (429, "95.0", 31.0), (503, None, None)],
)
def test_reddit_s_period_is_waited_for_only_where_it_is_used_up(
    status: int, remaining: str | None, expected: float | None
) -> None:
    headers = {"x-ratelimit-reset": "31"}
    if remaining is not None:
        headers["x-ratelimit-remaining"] = remaining
    assert made("reddit").pause_s(Reply(status, headers, b"{}")) == expected


@pytest.mark.parametrize(
    ("name", "header", "form"),
    [
        ("mastodon", "x-ratelimit-reset", lambda at: at.isoformat()),
        ("bluesky", "ratelimit-reset", lambda at: str(round(at.timestamp()))),
    ],
)
def test_a_moment_to_come_back_at_is_read(name: str, header: str, form: Any) -> None:
    at = datetime.now(UTC) + timedelta(seconds=100)
    pause = made(name).pause_s(Reply(429, {header: form(at)}, b"{}"))
    assert pause is not None
    assert 0 < pause <= 101
