"""Mastodon: whatever a post shows is read, whoever its author says they are."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from mastodon.return_types import MediaAttachment, PollOption, Status, StatusMention, Tag

from service.client.calls import Reply
from service.platforms.mastodon import Mastodon
from service.platforms.seen import BadEvent, Skipped
from tests.service.platforms.given import events, seen

LURE = "Fly Thursday on a tourist visa, permit later. Send a photo of your passport."


def status(**more: Any) -> dict[str, Any]:
    """A recorded post with other fields."""
    event = events("mastodon")[0]
    assert set(more) <= set(Status.__annotations__)
    return {**event, "object": {**event["object"], "spoiler_text": "", **more}}


def text(**more: Any) -> str:
    """What is read of it."""
    return seen(Mastodon(), status(**more)).ad["text"]


def test_a_post_of_an_automated_account_is_read() -> None:
    """Anybody can tick that box, and a report answers nobody."""
    account = {**events("mastodon")[0]["object"]["account"], "bot": True}
    assert text(account=account, content=f"<p>{LURE}</p>") == LURE


def test_answers_of_a_poll_are_read() -> None:
    options = [{"title": LURE, "votes_count": 0}, {"title": "No", "votes_count": 0}]
    assert set(options[0]) <= set(PollOption.__annotations__)
    assert text(content="<p>Which?</p>", poll={"id": "1", "options": options}) == (
        f"Which?\n{LURE}\nNo"
    )


def test_descriptions_of_pictures_are_read() -> None:
    pictures = [{"id": "1", "type": "image", "description": one} for one in (None, LURE)]
    assert set(pictures[0]) <= set(MediaAttachment.__annotations__)
    assert text(content="", media_attachments=pictures) == LURE


def test_where_links_lead_is_read() -> None:
    assert text(content='<p>Apply <a href="https://t.me/x">here</a></p>') == (
        "Apply here\nhttps://t.me/x"
    )


def test_a_link_that_is_shown_in_parts_is_read_once() -> None:
    link = (
        '<a href="https://example.org/work/abroad"><span class="invisible">https://</span>'
        '<span class="ellipsis">example.org/work</span><span class="invisible">/abroad</span></a>'
    )
    assert text(content=f"<p>{link}</p>") == "https://example.org/work/abroad"


def test_links_of_names_and_hashtags_are_left_out() -> None:
    """Every mention is one. What only looks like a hashtag is not."""
    name, tag = "https://social.example/@birch", "https://social.example/tags/work"
    mentions = [{"id": "1", "username": "birch", "acct": "birch", "url": name}]
    tags = [{"name": "work", "url": tag}]
    assert set(mentions[0]) <= set(StatusMention.__annotations__)
    assert set(tags[0]) <= set(Tag.__annotations__)
    content = f'<p><a href="{name}">@birch</a> <a href="{tag}">#work</a></p>'
    assert text(content=content, mentions=mentions, tags=tags) == "@birch #work"
    assert text(content=content, mentions=mentions) == f"@birch #work\n{tag}"


def test_where_links_of_a_profile_lead_is_read() -> None:
    event = events("mastodon")[6]
    target = event["object"]["target_account"]
    field = {"name": "Work", "value": '<a href="https://t.me/y">apply</a>', "verified_at": None}
    account = {**target["account"], "note": '<a href="https://t.me/x">here</a>', "fields": [field]}
    given = {**event, "object": {
        **event["object"], "target_account": {**target, "account": account},
    }}  # fmt: skip
    assert seen(Mastodon(), given).ad["text"] == (
        "Birch\nhere\nhttps://t.me/x\nWork: apply\nhttps://t.me/y"
    )


def report(*statuses: Any) -> dict[str, Any]:
    """A report of these posts."""
    event = events("mastodon")[5]
    assert event["event"] == "report.created"
    assert event["object"]["statuses"]
    return {**event, "object": {**event["object"], "statuses": list(statuses)}}


@pytest.mark.parametrize(
    "odd",
    [
        {"created_at": "10000-01-01T00:00:00Z"}, {"edited_at": 5.5e300}, {"poll": 5},
        {"spoiler_text": None}, {"tags": [5]}, {"media_attachments": "x"}, {"language": 5},
        {"account": {"id": "1", "display_name": 5, "fields": [5]}},
    ],
)  # fmt: skip
def test_an_odd_field_hides_no_words(odd: dict[str, Any]) -> None:
    """Other servers' posts come through this one."""
    assert text(**{"content": f"<p>{LURE}</p>", **odd}) == LURE


@pytest.mark.parametrize("visibility", [None, 5, [], "friends"])
def test_what_is_of_no_known_visibility_is_not_read(visibility: Any) -> None:
    found = Mastodon().read(status(visibility=visibility, content=f"<p>{LURE}</p>"))
    assert isinstance(found, Skipped)
    assert found.reason == "not public"


@pytest.mark.parametrize(
    "odd",
    [5, None, {}, {"id": "1"}, {"account": {"id": "2"}}, {"id": "1", "account": {"id": None}}],
)
def test_an_odd_post_of_a_report_hides_no_other(odd: Any) -> None:
    whole = {"id": "7", "account": {"id": "2"}, "content": LURE, "created_at": "0000-06-01"}
    one = seen(Mastodon(), report(odd, whole))
    assert one.ad["id"] == "mastodon:7"
    assert one.ad["text"] == LURE
    assert "posted_at" not in one.ad


def test_a_post_without_an_id_is_refused() -> None:
    with pytest.raises(BadEvent, match="id: "):
        Mastodon().read(status(id=None))


@pytest.mark.parametrize(
    ("status", "remaining", "waits"),
    [(429, "5", True), (503, "0", True), (503, "299", False), (503, "", False)],
)
def test_the_end_of_a_window_is_waited_for_only_at_the_limit(
    status: int, remaining: str, waits: bool
) -> None:
    """Every answer names it; another failure passes earlier."""
    reset = (datetime.now(UTC) + timedelta(seconds=280)).isoformat()
    headers = {"x-ratelimit-remaining": remaining, "x-ratelimit-reset": reset}
    assert (Mastodon().pause_s(Reply(status, headers, b"{}")) is not None) == waits
