"""Our recorded events and planned calls against the libraries of the platforms: what they read and
send is what we wrote."""

import asyncio
import inspect
import json
from collections.abc import Iterator
from datetime import datetime
from types import SimpleNamespace
from typing import Any, cast

import asyncpraw
import discord
import nio
import pytest
import telegram
from asyncpraw.models import Comment, Submission
from atproto import models as bluesky
from mastodon import Mastodon, types_base
from mastodon.return_types import Account, AdminAccount, AdminReport, Status

from service.platforms.plan import Call, Record
from tests.service.platforms.given import all_seen, call, events, made, result, seen

RECORDS: dict[str, Any] = {
    "app.bsky.feed.post": bluesky.AppBskyFeedPost.Record,
    "app.bsky.actor.profile": bluesky.AppBskyActorProfile.Record,
    "app.bsky.feed.like": bluesky.AppBskyFeedLike.Record,
}


def discord_state() -> Any:
    """The library's own state, with one guild and channel in it; nothing is connected."""
    client = discord.Client(intents=discord.Intents.all())
    state = client._connection
    guild = discord.Guild(
        data=cast(Any, {
            "id": "310000000000000000", "name": "Guild", "channels": [], "members": [],
            "roles": [], "emojis": [], "features": [],
        }),
        state=state,
    )  # fmt: skip
    state._add_guild(guild)
    return state


@pytest.mark.parametrize("number", range(6))
def test_discord_reads_the_messages(number: int) -> None:
    data = events("discord")[number]["d"]
    state = discord_state()
    channel: Any = SimpleNamespace(
        id=int(data["channel_id"]), guild=state._get_guild(310000000000000000)
    )
    message = discord.Message(state=state, channel=channel, data=data)
    assert message.content == data["content"]
    assert message.type.value == data["type"]
    assert len(message.message_snapshots) == len(data.get("message_snapshots", ()))


def test_telegram_reads_the_updates() -> None:
    for event in events("telegram"):
        update = telegram.Update.de_json(event, None)
        assert set(update.to_dict()) == set(event)
        assert not update.api_kwargs  # nothing there that the library does not know
        message = update.effective_message
        assert message is None or not message.api_kwargs


@pytest.mark.parametrize("decision", ["nudge", "review", "block"])
def test_telegram_knows_what_is_called(decision: str) -> None:
    methods: dict[str, Any] = {
        "/sendMessage": telegram.Bot.send_message,
        "/forwardMessage": telegram.Bot.forward_message,
        "/deleteMessage": telegram.Bot.delete_message,
    }
    for one in all_seen("telegram"):
        for planned in made("telegram").plan(one, result(decision)).calls:
            known = set(inspect.signature(methods[planned.path]).parameters)
            assert planned.body is not None
            assert set(planned.body) <= known
            if "reply_parameters" in planned.body:
                read = telegram.ReplyParameters.de_json(planned.body["reply_parameters"], None)
                assert not read.api_kwargs


def test_mastodon_reads_what_webhooks_send() -> None:
    for event in events("mastodon"):
        given = event["object"]
        shape: Any = AdminReport if event["event"].startswith("report") else Status
        if event["event"] == "account.created":
            shape = AdminAccount
        assert set(given) <= set(shape.__annotations__)
        read = cast_to(shape, given)
        assert isinstance(read, shape)
        for status in getattr(read, "statuses", ()):
            assert isinstance(status.created_at, datetime)
            assert isinstance(status.account, Account)


def cast_to(shape: Any, given: Any) -> Any:
    """As the library does with what a server answers."""
    untyped: Any = types_base
    return untyped.try_cast_recurse(shape, given)


def test_mastodon_knows_what_is_reported() -> None:
    body = call(made("mastodon"), all_seen("mastodon")[0], "review").body
    assert body is not None
    assert set(body) <= set(inspect.signature(Mastodon.report).parameters)


def test_bluesky_reads_the_records() -> None:
    for event in events("bluesky"):
        record = event.get("commit", {}).get("record")
        if record is not None:
            read = bluesky.get_or_create(record, RECORDS[record["$type"]])
            assert isinstance(read, RECORDS[record["$type"]])


def test_bluesky_labels_are_those_of_its_protocol() -> None:
    plan = made("bluesky").plan(all_seen("bluesky")[0], result("block"))
    labels = [one for one in plan.actions if isinstance(one, Record)]
    assert [one.type for one in labels] == ["com.atproto.label.defs#label"] * 2
    read = [bluesky.ComAtprotoLabelDefs.Label(**one.value) for one in labels]
    assert [one.val for one in read] == ["job-offer-indicators", "!hide"]
    assert read[0].src == "did:plc:labelerlabelerlabelerxxx"


@pytest.mark.parametrize("decision", ["review", "block"])
def test_bluesky_calls_fit_the_lexicons(decision: str) -> None:
    shapes: dict[str, Any] = {
        "/xrpc/com.atproto.moderation.createReport": bluesky.ComAtprotoModerationCreateReport.Data,
        "/xrpc/tools.ozone.moderation.emitEvent": bluesky.ToolsOzoneModerationEmitEvent.Data,
    }
    for one in all_seen("bluesky"):
        plan = made("bluesky", ozone="true").plan(one, result(decision))
        assert len(plan.calls) == 2
        for planned in plan.calls:
            read = shapes[planned.path].model_validate(planned.body)
            assert read.model_dump(by_alias=True, exclude_none=True) == planned.body


def test_matrix_reads_the_events() -> None:
    kinds = [type(nio.Event.parse_event(json.loads(json.dumps(one)))) for one in events("matrix")]
    assert nio.BadEvent not in kinds
    assert kinds[:3] == [nio.RoomMessageText] * 3


def test_matrix_calls_are_those_of_the_library() -> None:
    one = all_seen("matrix")[0]
    room, event = "!room:example.org", "$event1"
    report, told, redact = made("matrix").plan(one, result("block")).calls
    assert report.path == "/_matrix/client/v3/rooms/%21room%3Aexample.org/report/%24event1"
    number = redact.path.rpartition("/")[2]
    assert redact.body is not None
    expected = nio.Api.room_redact("", room, event, number, redact.body["reason"])
    assert same(redact, expected)
    number = told.path.rpartition("/")[2]
    assert told.body is not None
    expected = nio.Api.room_send("", "!mods:example.org", "m.room.message", told.body, number)
    assert same(told, expected)


def same(planned: Call, expected: tuple[str, str, str]) -> bool:
    """Whether a call is the one that the library would make."""
    method, path, body = expected
    return (planned.method, planned.path, planned.body) == (
        method, path.partition("?")[0], json.loads(body),
    )  # fmt: skip


@pytest.fixture
def reddit() -> Iterator[asyncpraw.Reddit]:
    """The library."""
    with asyncio.Runner() as runner:

        async def opened() -> asyncpraw.Reddit:
            return asyncpraw.Reddit(
                client_id="a", client_secret="b", user_agent="c", check_for_updates=False
            )

        client = runner.run(opened())
        yield client
        runner.run(client.close())


def test_reddit_reads_the_things(reddit: asyncpraw.Reddit) -> None:
    for event in events("reddit"):
        if event["kind"] == "t3":
            assert Submission(reddit, _data=dict(event["data"])).fullname == event["data"]["name"]
        elif event["kind"] == "t1":
            assert Comment(reddit, _data=dict(event["data"])).fullname == event["data"]["name"]


def test_reddit_calls_are_those_of_the_library(
    reddit: asyncpraw.Reddit, monkeypatch: pytest.MonkeyPatch
) -> None:
    sent: list[tuple[str, dict[str, Any]]] = []

    async def post(path: str, *, data: dict[str, Any], **more: Any) -> None:
        sent.append((f"/{path.rstrip('/')}", data))

    monkeypatch.setattr(reddit, "post", post)
    thing = Submission(reddit, _data=dict(events("reddit")[0]["data"]))
    report, remove = made("reddit").plan(all_seen("reddit")[0], result("block")).calls
    assert report.body is not None
    assert remove.body is not None
    asyncio.run(thing.report(report.body["reason"]))
    asyncio.run(thing.mod.remove())
    assert [path for path, _ in sent] == [report.path, remove.path]
    assert sent[0][1].items() <= report.body.items()
    assert sent[1][1]["id"] == remove.body["id"]
    assert len(report.body["reason"]) <= 100


def test_an_edit_keeps_its_place() -> None:
    for name, first, edit in (
        ("discord", 0, 3),
        ("telegram", 0, 1),
        ("mastodon", 0, 1),
        ("matrix", 0, 1),
    ):
        adapter = made(name)
        one, other = (seen(adapter, events(name)[number]) for number in (first, edit))
        assert one.ad["id"] == other.ad["id"]
        assert one.ad["text"] != other.ad["text"]
        assert one.place == other.place
