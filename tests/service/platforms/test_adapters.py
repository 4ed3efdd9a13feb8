"""What holds for every adapter."""

import contextlib
import json
from collections.abc import Mapping
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from models.ad import MAX_TEXT_CHARS
from models.rendering import is_blank
from service.api.schemas import AdIn
from service.client.results import Result
from service.platforms import recorded
from service.platforms.base import Access, Platform
from service.platforms.catalogue import MAKE, OPTIONS, platform
from service.platforms.errors import PlatformError
from service.platforms.plan import Call, Plan
from service.platforms.seen import MAX_OPAQUE_CHARS, BadEvent, Seen, Skipped, opaque
from tests.service.platforms.given import (
    DECISIONS,
    NAMES,
    all_seen,
    events,
    made,
    result,
    skipped,
)

TOKEN = "secret-token"
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=9), inner),
    max_leaves=12,
)


def test_every_platform_has_recorded_events() -> None:
    assert set(NAMES) == set(MAKE) == set(OPTIONS)


@pytest.mark.parametrize("name", NAMES)
def test_the_service_takes_every_ad(name: str) -> None:
    seen = all_seen(name)
    assert seen
    for one in seen:
        ad = AdIn.model_validate(json.loads(json.dumps(one.ad)))
        assert ad.id
        assert not is_blank(ad.ad())
        assert ad.platform is not None
        assert ad.surface is not None


@pytest.mark.parametrize("name", NAMES)
def test_something_is_skipped_and_said_why(name: str) -> None:
    assert skipped(name)
    assert all(skipped(name))


@pytest.mark.parametrize("name", NAMES)
def test_nothing_follows_where_the_ad_is_allowed_unless_somebody_asked(name: str) -> None:
    for one in all_seen(name):
        plan = made(name).plan(one, result("allow"))
        assert plan.actions == () or one.asked
        assert plan.cannot == ""


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("decision", DECISIONS[1:])
def test_what_cannot_be_done_is_said(name: str, decision: str) -> None:
    for one in all_seen(name):
        plan = made(name).plan(one, result(decision))
        assert plan.actions or plan.cannot
        assert plan.decision == decision
        assert plan.ad == one.ad["id"]


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("decision", DECISIONS)
def test_only_the_decision_counts(name: str, decision: str) -> None:
    """A warning that quotes a lure scores high, and is left where the decision leaves it."""
    for one in all_seen(name):
        adapter = made(name)
        high, low = (
            [(call.method, call.path) for call in adapter.plan(one, result(decision, **how)).calls]
            for how in ({"score": 0.99, "kind": "lure"}, {"score": 0.01, "kind": "about_lures"})
        )
        assert high == low


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("decision", DECISIONS)
def test_a_plan_holds_no_words_of_the_ad_and_no_token(name: str, decision: str) -> None:
    for one in all_seen(name):
        adapter = made(name)
        plan = adapter.plan(one, result(decision))
        shown = json.dumps(plan.shown())
        assert one.ad["text"] not in shown
        assert TOKEN not in shown
        access = adapter.access(TOKEN)
        assert TOKEN in access.base + "".join(access.headers.values())


@pytest.mark.parametrize("name", NAMES)
def test_nobody_is_banned(name: str) -> None:
    for one in all_seen(name):
        for call in made(name).plan(one, result("block")).calls:
            words = f"{call.method} {call.path}".lower()
            for end in ("ban", "kick", "suspend", "timeout", "restrict", "decline", "/members/"):
                assert end not in words


@pytest.mark.parametrize("name", NAMES)
def test_moderators_come_before_removal(name: str) -> None:
    """What is removed has been shown, or reported, to somebody before."""
    for one in all_seen(name):
        whys = [call.why for call in made(name).plan(one, result("block")).calls]
        removals = [i for i, why in enumerate(whys) if why.startswith(("remove", "redact", "lock"))]
        assert 0 not in removals


@pytest.mark.parametrize("name", NAMES)
@settings(max_examples=20, deadline=None)  # machines are busy
@given(event=st.dictionaries(st.text(max_size=9), JSON, max_size=4))
def test_an_odd_event_is_refused_by_name(name: str, event: dict[str, Any]) -> None:
    with contextlib.suppress(BadEvent):
        found = made(name).read(event)
        assert isinstance(found, Skipped)


@pytest.mark.parametrize("name", NAMES)
@settings(max_examples=40, deadline=None)
@given(data=st.data())
def test_a_spoilt_event_is_refused_or_read(name: str, data: st.DataObject) -> None:
    """One value anywhere in a real event is another."""
    event = json.loads(json.dumps(data.draw(st.sampled_from(events(name)))))
    place: Any = event
    while True:
        key = data.draw(
            st.sampled_from(sorted(place) if isinstance(place, dict) else range(len(place)))
        )
        if isinstance(place[key], dict | list) and place[key] and data.draw(st.booleans()):
            place = place[key]
            continue
        place[key] = data.draw(JSON)
        break
    try:
        found = made(name).read(event)
    except BadEvent:
        return
    for one in found if isinstance(found, list) else ():
        AdIn.model_validate(one.ad)
        made(name).plan(one, result("block"))


@given(parts=st.lists(st.text(min_size=1, max_size=150), min_size=1, max_size=4))
def test_an_id_is_short_and_tells_one_from_another(parts: list[str]) -> None:
    named = opaque("matrix", *parts)
    assert len(named) <= MAX_OPAQUE_CHARS
    assert named.startswith("matrix:")
    assert opaque("matrix", *parts, "x") != named


def test_a_long_id_of_one_part_is_short_too() -> None:
    assert len(opaque("x" * 300)) <= MAX_OPAQUE_CHARS
    assert opaque("x" * 300) != opaque("x" * 301)


@pytest.mark.parametrize(
    ("name", "field", "odd"),
    [
        ("telegram", ("message", "date"), 10**18), ("telegram", ("message", "date"), -(10**12)),
        ("reddit", ("data", "created_utc"), float("inf")), ("matrix", ("origin_server_ts",), 2**62),
        ("matrix", ("origin_server_ts",), "9" * 400), ("telegram", ("message", "date"), "9" * 400),
        ("mastodon", ("object", "created_at"), "0001-01-01T00:00:00+14:00"),
        ("mastodon", ("object", "created_at"), "0000-06-01T00:00:00.000Z"),
        ("mastodon", ("object", "created_at"), "10000-01-01T00:00:00Z"),
        ("mastodon", ("object", "created_at"), "soon"), ("generic", ("message", "sent"), 10**400),
        ("mastodon", ("object", "language"), "?"), ("mastodon", ("object", "language"), "x" * 99),
        ("bluesky", ("commit", "record", "langs"), ["no tag"]),
        ("bluesky", ("commit", "record", "createdAt"), "9999-12-31T23:59:59-12:00"),
        ("discord", ("d", "timestamp"), "0001-01-01T00:00:00+14:00"),
    ],
)  # fmt: skip
def test_an_odd_time_or_language_is_left_out(name: str, field: tuple[str, ...], odd: Any) -> None:
    """What is no time or language is no reason not to look at the ad."""
    event = json.loads(json.dumps(events(name)[0]))
    place = event
    for key in field[:-1]:
        place = place[key]
    assert field[-1] in place
    place[field[-1]] = odd
    found = made(name).read(event)
    assert isinstance(found, list)
    ad = AdIn.model_validate(found[0].ad)
    assert ad.posted_at is None or ad.language is None


@pytest.mark.parametrize("line", ["[" * 100_000, '{"text": "\\ud800"}', '{"a": NaN}', "\0"])
def test_a_line_that_is_no_json_is_told(line: str) -> None:
    assert isinstance(read("generic", line), BadEvent)


def read(name: str, line: str) -> Any:
    return recorded.read(made(name), line)


def test_a_long_text_is_cut_to_what_is_read() -> None:
    event = json.loads(json.dumps(events("reddit")[0]))
    event["data"]["selftext"] = "a" * 40_000
    found = made("reddit").read(event)
    assert isinstance(found, list)
    assert len(found[0].ad["text"]) == MAX_TEXT_CHARS


@pytest.mark.parametrize(
    ("name", "number", "field"),
    [
        ("discord", 0, ("d", "content")), ("discord", 7, ("d", "name")),
        ("telegram", 0, ("message", "text")), ("telegram", 5, ("chat_join_request", "bio")),
        ("mastodon", 1, ("object", "content")), ("bluesky", 0, ("commit", "record", "text")),
        ("matrix", 0, ("content", "body")), ("reddit", 2, ("data", "body")),
        ("generic", 0, ("message", "body")),
    ],
)  # fmt: skip
@pytest.mark.parametrize("text", ["\u200b\u2060", " \u00ad\n", "\u200b \u202a" * 20_000])
def test_invisible_characters_are_no_text(
    name: str, number: int, field: tuple[str, ...], text: str
) -> None:
    """The service refuses such an ad, and all that is sent with it."""
    event = json.loads(json.dumps(events(name)[number]))
    place = event
    for key in field[:-1]:
        place = place[key]
    assert field[-1] in place
    place[field[-1]] = text
    found = made(name).read(event)
    assert isinstance(found, Skipped)
    assert found.reason == "no text"


def test_a_member_whose_names_nobody_sees_is_no_ad() -> None:
    """The service refuses such an ad."""
    user = {"id": "1", "username": "\u200b", "global_name": None}
    event = {"t": "GUILD_MEMBER_ADD", "d": {"guild_id": "2", "user": user, "nick": "\u3164"}}
    found = made("discord").read(event)
    assert isinstance(found, Skipped)
    assert found.reason == "no text"


class Broken(Platform):
    """An adapter with a defect, which says what it was given."""

    name = "broken"

    def read(self, event: Mapping[str, Any]) -> list[Seen] | Skipped:
        if event["words"] == "odd":
            raise OverflowError(event["words"])
        return Skipped("no text")

    def plan(self, seen: Seen, result: Result) -> Plan:
        raise NotImplementedError

    def access(self, token: str) -> Access:
        raise NotImplementedError


def test_an_event_that_breaks_its_adapter_takes_no_other_with_it(
    caplog: pytest.LogCaptureFixture,
) -> None:
    found = [*recorded.lines(Broken(), ['{"words": "odd"}', '{"words": "even"}'])]
    assert isinstance(found[0].found, BadEvent)
    assert str(found[0].found) == "it cannot be read as an event of this platform"
    assert found[1].found == Skipped("no text")
    (said,) = caplog.records
    assert said.__dict__["error"] == "OverflowError"
    assert said.exc_info is None
    assert "odd" not in caplog.text


def test_an_option_that_is_none_is_told() -> None:
    with pytest.raises(PlatformError, match=r"discord: moderator: .*; options are moderators"):
        platform("discord", {"moderator": "1"})
    with pytest.raises(PlatformError, match="there are discord, telegram"):
        platform("usenet", {})


def test_a_plan_is_shown_with_whole_addresses() -> None:
    adapter = made("matrix")
    shown = adapter.plan(all_seen("matrix")[0], result("nudge")).shown()
    (action,) = shown["actions"]
    assert action["url"].startswith("https://matrix.example.org/_matrix/client/v3/rooms/")
    assert action["method"] == "PUT"
    assert action["json"]["msgtype"] == "m.notice"


def test_a_token_is_not_shown_by_accident() -> None:
    assert TOKEN not in repr(made("mastodon").access(TOKEN))
    assert TOKEN not in repr(Call("why", "POST", "/path"))
