"""What each platform is asked to do, decision by decision."""

from datetime import UTC, datetime
from typing import Any

import pytest

from service.platforms.base import Platform
from service.platforms.bluesky import Bluesky, BlueskyOptions
from service.platforms.discord import Discord
from service.platforms.matrix import Matrix, MatrixOptions
from service.platforms.plan import Call, Record
from service.platforms.seen import Skipped
from service.platforms.telegram import Telegram
from tests.service.platforms.given import (
    DECISIONS,
    OPTIONS,
    all_seen,
    calls,
    events,
    made,
    result,
    seen,
    skipped,
)

MODERATED = "/channels/350000000000000001/messages"


def whys(platform: Platform, number: int, decision: str) -> list[str]:
    """What would be done for the ad of that number, in words."""
    one = all_seen(platform.name)[number]
    return [action.why for action in platform.plan(one, result(decision)).actions]


def test_discord_shows_then_removes() -> None:
    one = all_seen("discord")[0]
    path = "/channels/310000000000000001/messages"
    assert calls(made("discord"), one, "nudge") == [("POST", path)]
    assert calls(made("discord"), one, "review") == [("POST", MODERATED)] * 2
    assert calls(made("discord"), one, "block") == [
        ("POST", MODERATED), ("POST", MODERATED), ("DELETE", f"{path}/330000000000000001"),
    ]  # fmt: skip


def test_discord_locks_a_thread_and_leaves_a_member() -> None:
    thread, member = all_seen("discord")[-2:]
    assert calls(made("discord"), thread, "block") == [
        ("POST", MODERATED), ("PATCH", "/channels/340000000000000001"),
    ]  # fmt: skip
    plan = made("discord").plan(member, result("block"))
    assert [(one.method, one.path) for one in plan.calls] == [("POST", MODERATED)]
    assert "moderators decide" in plan.cannot
    assert plan.calls[0].body is not None
    assert "<@320000000000000001>" in plan.calls[0].body["content"]


def test_discord_pings_nobody() -> None:
    for one in all_seen("discord"):
        for decision in ("nudge", "review"):
            for call in made("discord").plan(one, result(decision)).calls:
                assert call.body is not None
                assert call.body["allowed_mentions"] == {"parse": []}


def test_discord_answers_a_direct_message_alone() -> None:
    (direct,) = [one for one in all_seen("discord") if one.ad["surface"] == "direct_message"]
    assert calls(made("discord"), direct, "block") == [
        ("POST", "/channels/310000000000000003/messages")
    ]


def test_what_no_moderator_is_shown_is_not_removed() -> None:
    for platform in (Discord(), Telegram()):
        plan = platform.plan(all_seen(platform.name)[0], result("block"))
        assert plan.actions == ()
        assert "moderators" in plan.cannot


def test_telegram_forwards_then_removes() -> None:
    one = all_seen("telegram")[0]
    assert [path for _, path in calls(made("telegram"), one, "nudge")] == ["/sendMessage"]
    assert [path for _, path in calls(made("telegram"), one, "block")] == [
        "/sendMessage", "/forwardMessage", "/deleteMessage",
    ]  # fmt: skip


def test_telegram_keeps_what_it_cannot_forward() -> None:
    (protected,) = [one for one in all_seen("telegram") if "protected" in one.place]
    plan = made("telegram").plan(protected, result("block"))
    assert [call.path for call in plan.calls] == ["/sendMessage"]
    assert "forbids forwarding" in plan.cannot


def test_telegram_answers_who_asks_in_private() -> None:
    (private,) = [one for one in all_seen("telegram") if one.ad["surface"] == "direct_message"]
    for decision in DECISIONS:
        (call,) = made("telegram").plan(private, result(decision)).calls
        assert call.path == "/sendMessage"
        assert call.body is not None
        assert call.body["chat_id"] == 5550103
        assert "verify" in call.body["text"]


def test_telegram_leaves_a_request_to_join_open() -> None:
    (request,) = [one for one in all_seen("telegram") if one.place["what"] == "request"]
    plan = made("telegram").plan(request, result("block"))
    assert [call.path for call in plan.calls] == ["/sendMessage"]
    assert "stays open" in plan.cannot


def test_mastodon_reports_once() -> None:
    post, _, _, reported, _, profile = all_seen("mastodon")
    assert calls(made("mastodon"), post, "review") == [("POST", "/api/v1/reports")]
    assert calls(made("mastodon"), reported, "block") == []
    assert calls(made("mastodon"), profile, "review") == []


def test_mastodon_reads_what_is_private_only_where_it_was_reported() -> None:
    assert "not public" in skipped("mastodon")
    assert all_seen("mastodon")[3].place["report"] == "71"  # of that post the visibility is private


def test_bluesky_labels_where_there_is_a_labeler() -> None:
    adapter = made("bluesky")
    assert whys(adapter, 0, "nudge") == ["label the record"]
    assert whys(adapter, 0, "review") == ["label the record", "report to the moderators"]
    assert whys(adapter, 0, "block") == ["label the record"] * 2 + ["report to the moderators"]
    assert whys(Bluesky(), 0, "review") == ["report to the moderators"]
    assert "labeler" in Bluesky().plan(all_seen("bluesky")[0], result("review")).cannot


def test_bluesky_label_is_on_one_version_of_one_record() -> None:
    moment = datetime(2026, 11, 20, 9, 30, tzinfo=UTC)
    adapter = Bluesky(BlueskyOptions(labeler="did:plc:l"), clock=lambda: moment)
    one = all_seen("bluesky")[0]
    (label,) = adapter.plan(one, result("nudge")).actions
    assert isinstance(label, Record)
    assert label.value == {
        "ver": 1, "src": "did:plc:l", "uri": one.place["uri"], "cid": one.place["cid"],
        "val": "job-offer-indicators", "cts": "2026-11-20T09:30:00.000Z",
    }  # fmt: skip


def test_bluesky_asks_the_labeler_through_the_account_s_server() -> None:
    for call in made("bluesky", ozone="true").plan(all_seen("bluesky")[0], result("review")).calls:
        assert call.headers["atproto-proxy"] == "did:plc:labelerlabelerlabelerxxx#atproto_labeler"


def test_matrix_reports_tells_redacts() -> None:
    assert whys(made("matrix"), 0, "nudge") == ["caution readers"]
    assert whys(made("matrix"), 0, "block") == [
        "report to the administrators", "tell the moderators", "redact the message",
    ]  # fmt: skip


def test_matrix_reads_notices_and_answers_none() -> None:
    """Anybody may send a lure as a notice; two programs that answer notices never end."""
    one = seen(made("matrix"), events("matrix")[6])
    plan = made("matrix").plan(one, result("nudge"))
    assert not plan.actions
    assert plan.cannot == "a notice is not answered"
    assert len(made("matrix").plan(one, result("block")).calls) == 3


def test_matrix_says_nothing_twice() -> None:
    """The same transaction: a server that hears it again does nothing."""
    one = all_seen("matrix")[0]
    assert calls(made("matrix"), one, "block") == calls(made("matrix"), one, "block")


def test_matrix_recommends_a_ban_only_where_a_policy_room_is_named() -> None:
    adapter = Matrix(MatrixOptions(policy_room="!policy:example.org"))
    one = all_seen("matrix")[0]
    assert [call.why for call in adapter.plan(one, result("review")).calls] == [
        "report to the administrators"
    ]
    last = adapter.plan(one, result("block")).calls[-1]
    assert last.path.endswith("/state/m.policy.rule.user/lurewatch%3A%40amber%3Aexample.org")
    assert last.body is not None
    assert last.body["recommendation"] == "m.ban"


def test_reddit_reports_then_removes() -> None:
    for one in all_seen("reddit"):
        assert calls(made("reddit"), one, "nudge") == [("POST", "/api/comment")]
        assert calls(made("reddit"), one, "block") == [
            ("POST", "/api/report"), ("POST", "/api/remove"),
        ]  # fmt: skip


def test_a_long_reason_is_cut_to_what_reddit_takes() -> None:
    signs = [{**result("review").indicators[0].model_dump(), "name": "A sign " * 10}] * 3
    plan = made("reddit").plan(all_seen("reddit")[0], result("review", indicators=signs))
    assert plan.calls[0].body is not None
    assert len(plan.calls[0].body["reason"]) <= 100


@pytest.mark.parametrize("name", ["discord", "telegram", "matrix"])
def test_words_of_another_are_context_of_the_one_to_be_protected(name: str) -> None:
    (answer,) = [one for one in all_seen(name) if "thread" in one.ad]
    assert answer.ad["thread"] == [{"text": "Is the flight paid?", "role": "own"}]


def test_who_answers_themselves_is_the_other_party() -> None:
    event = {**events("discord")[1]}
    answered = {**event["d"]["referenced_message"], "author": event["d"]["author"]}
    one = seen(made("discord"), {**event, "d": {**event["d"], "referenced_message": answered}})
    assert one.ad["thread"] == [{"text": "Is the flight paid?", "role": "other"}]


CHANNEL, OTHER_CHANNEL = ({"id": -n, "type": "channel"} for n in (5550107, 5550108))
STAND_IN = {"id": 136817688, "is_bot": True, "first_name": "Channel"}  # for every channel
AMBER = {"id": 5550101, "is_bot": False, "first_name": "Amber"}


@pytest.mark.parametrize(
    ("before", "after", "role"),
    [
        ({"from": STAND_IN, "sender_chat": CHANNEL}, {"sender_chat": OTHER_CHANNEL}, "own"),
        ({"from": STAND_IN, "sender_chat": CHANNEL}, {"sender_chat": CHANNEL}, "other"),
        ({"from": AMBER}, {"sender_chat": CHANNEL}, "own"),
        # The language of one's program is not always told.
        ({"from": AMBER}, {"from": {**AMBER, "language_code": "en"}}, "other"),
    ],
)
def test_telegram_tells_apart_who_writes_as_a_channel(
    before: dict[str, Any], after: dict[str, Any], role: str
) -> None:
    given = events("telegram")[2]["message"]
    message = {
        **given, "from": STAND_IN, **after,
        "reply_to_message": {**given["reply_to_message"], **before},
    }  # fmt: skip
    one = seen(made("telegram"), {"update_id": 3, "message": message})
    assert one.ad["thread"] == [{"text": "Is the flight paid?", "role": role}]


def test_what_moderators_say_among_themselves_is_not_read() -> None:
    """A lure that one of them shows the others."""
    group = events("telegram")[0]["message"]
    telegram = {"update_id": 1, "message": {**group, "chat": {**group["chat"], "id": -1005550111}}}
    data, thread = events("discord")[0]["d"], events("discord")[7]["d"]
    channel = OPTIONS["discord"]["moderators"]
    for adapter, event in (
        (Telegram, telegram),
        (Discord, {"t": "MESSAGE_CREATE", "d": {**data, "channel_id": channel}}),
        (Discord, {"t": "MESSAGE_CREATE", "d": {**data, "parent_id": channel}}),
        (Discord, {"t": "THREAD_CREATE", "d": {**thread, "parent_id": channel}}),
        (Discord, {"t": "THREAD_UPDATE", "d": {**thread, "id": channel}}),
    ):
        assert made(adapter.name).read(event) == Skipped("said among the moderators")
        assert isinstance(adapter().read(event), list)


def test_a_moderator_who_asks_the_bot_in_private_is_answered() -> None:
    """Where one person is all the moderators, that chat is theirs."""
    one = seen(made("telegram", moderators="5550103"), events("telegram")[4])
    assert one.asked


def test_own_words_are_skipped() -> None:
    for name, number, own in (
        ("discord", 0, {"own_id": "320000000000000001"}),
        ("matrix", 0, {"own_id": "@amber:example.org"}),
        ("reddit", 0, {"own_name": "amber_gate"}),
    ):
        assert isinstance(made(name).read(events(name)[number]), list)
        assert not isinstance(made(name, **own).read(events(name)[number]), list)


def test_links_that_hide_behind_words_are_read() -> None:
    for name in ("discord", "telegram", "bluesky", "reddit"):
        assert any("https://jobs.example.org/a" in one.ad["text"] for one in all_seen(name))


def test_a_record_is_not_sent() -> None:
    plan = made("bluesky").plan(all_seen("bluesky")[0], result("nudge"))
    assert plan.calls == ()
    assert not isinstance(plan.actions[0], Call)
