"""Bluesky: records are their authors' own. Whatever a post shows is read, and an odd field hides
nothing."""

from datetime import UTC, datetime
from typing import Any

import pytest
from atproto import models

from service.client.calls import Reply
from service.platforms.bluesky import POST, PROFILE, Bluesky
from tests.service.platforms.given import events, seen

LURE = "Fly Thursday on a tourist visa, permit later. Send a photo of your passport."
NOW = datetime(2026, 11, 20, 9, 30, tzinfo=UTC)
LINK = "https://jobs.example.org/a"
CID = "bafyreicq3bmobgc6zr7waqmkv4gmlk2yp5bmevykrbajlkpizswnb5sulq"
BLOB = {"$type": "blob", "ref": {"$link": CID}, "mimeType": "image/png", "size": 9}
IMAGES = {"$type": "app.bsky.embed.images", "images": [{"alt": LURE, "image": BLOB}]}
VIDEO = {"$type": "app.bsky.embed.video", "video": BLOB, "alt": LURE}
CARD = {
    "$type": "app.bsky.embed.external",
    "external": {"uri": LINK, "title": LURE, "description": "Apply"},
}
RECORD = {
    "$type": "app.bsky.embed.record",
    "record": {"uri": "at://did:plc:a/app.bsky.feed.post/1", "cid": CID},
}


def beside(media: dict[str, Any]) -> dict[str, Any]:
    """Media beside another's post."""
    return {"$type": "app.bsky.embed.recordWithMedia", "record": RECORD, "media": media}


def commit(record: dict[str, Any], collection: str = POST) -> dict[str, Any]:
    """An event of Jetstream."""
    event = events("bluesky")[0]
    return {**event, "commit": {**event["commit"], "collection": collection, "record": record}}


def post(text: Any = "See", **more: Any) -> dict[str, Any]:
    """One that somebody wrote."""
    return commit({"$type": POST, "text": text, "createdAt": "2026-11-20T09:30:00.000Z", **more})


@pytest.mark.parametrize(
    ("embed", "read"),
    [
        (IMAGES, f"See\n{LURE}"),
        (VIDEO, f"See\n{LURE}"),
        (beside(IMAGES), f"See\n{LURE}"),
        (beside(VIDEO), f"See\n{LURE}"),
        (beside(CARD), f"See\n{LURE}\nApply\n{LINK}"),
    ],
)
def test_what_a_post_shows_is_read(embed: dict[str, Any], read: str) -> None:
    event = post(embed=embed)
    models.get_or_create(event["commit"]["record"], models.AppBskyFeedPost.Record)
    assert seen(Bluesky(), event).ad["text"] == read


@pytest.mark.parametrize(
    "odd",
    [
        {"facets": 5}, {"facets": [{"features": [{"$type": "com.example.x", "uri": 5}]}]},
        {"embed": 5}, {"embed": {"$type": "com.example.x", "external": 5}},
        {"embed": {"images": [{"alt": 5}, 5], "alt": [], "media": 5}},
        {"embed": {"external": {"uri": None, "title": None}}},
        {"langs": 5}, {"langs": [5]}, {"reply": 5}, {"createdAt": 5},
    ],
)  # fmt: skip
def test_an_odd_field_hides_no_words(odd: dict[str, Any]) -> None:
    assert seen(Bluesky(), post(LURE, **odd)).ad["text"] == LURE


def test_what_is_odd_hides_nothing_beside_it() -> None:
    facets = [5, {"features": [5, {"uri": 5}, {"uri": LINK}]}]
    external = {"uri": "https://jobs.example.org/b", "title": None, "description": LURE}
    given = post(None, facets=facets, embed={"external": external}, langs=[5, "en"])
    one = seen(Bluesky(), given)
    assert one.ad["text"] == f"{LURE}\n{LINK}\nhttps://jobs.example.org/b"
    assert one.ad["language"] == "en"


def test_an_odd_field_of_a_profile_hides_no_words() -> None:
    profile = commit({"$type": PROFILE, "displayName": 5, "description": LURE}, PROFILE)
    assert seen(Bluesky(), profile).ad["text"] == LURE


@pytest.mark.parametrize(
    ("status", "remaining", "pause_s"),
    [(429, "5", 280.0), (503, "0", 280.0), (503, "2999", None), (503, "", None)],
)
def test_the_end_of_a_window_is_waited_for_only_at_the_limit(
    status: int, remaining: str, pause_s: float | None
) -> None:
    """Every answer names it; another failure passes earlier."""
    reset = str(round(NOW.timestamp()) + 280)
    headers = {"ratelimit-remaining": remaining, "ratelimit-reset": reset}
    reply = Reply(status, headers, b"{}")
    assert Bluesky(clock=lambda: NOW).pause_s(reply) == pause_s
